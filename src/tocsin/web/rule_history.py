"""What the page of a rule shows of its history: a chart of a period, what was held back, the last firings."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from tocsin.core.periods import HOUR, Period
from tocsin.store.queries import rule_history, rules
from tocsin.store.queries.rule_history import Hour
from tocsin.web.access import MemberRequest

DAY = 24
HEIGHT, WIDTH, GAP = 72, 10, 2


@dataclass(frozen=True, slots=True)
class Span:
    """A period to choose: so many bars of so many hours."""

    slug: str
    words: str
    bars: int
    hours: int


SPANS = (Span("24h", "24 hours", 24, 1), Span("14d", "14 days", 14, DAY), Span("90d", "90 days", 90, DAY))
USUAL = SPANS[1]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the chart: what fired stands on the ground, what was held back on top of it; pixels of its box."""

    x: int
    fired: int
    held: int
    words: str

    @property
    def fired_top(self) -> int:
        return HEIGHT - self.fired

    @property
    def held_top(self) -> int:
        return self.fired_top - self.held


@dataclass(frozen=True, slots=True)
class Chart:
    span: Span
    bars: tuple[Bar, ...]
    total: Hour
    first: datetime
    width: int
    height: int = HEIGHT
    bar: int = WIDTH - GAP

    @property
    def held(self) -> int:
        return _held(self.total)


def history(request: MemberRequest, project_id: int, rule_id: int) -> dict[str, Any]:
    """The context of `_rule_history.html`."""
    asked = request.GET.get("period", "")
    span = next((one for one in SPANS if one.slug == asked), USUAL)
    return {
        "chart": chart(span, rule_id, project_id, request.now),
        "spans": SPANS,
        "firings": rules.firings(rule_id, project_id, request.now),
        "most": rules.MOST_FIRINGS,
    }


def chart(span: Span, rule_id: int, project_id: int, now: datetime) -> Chart:
    """The bars up to this hour, or up to the reader's today."""
    end = _end(span, now)
    start = end - timedelta(hours=span.bars * span.hours)
    found = rule_history.hours(rule_id, project_id, Period(start, end))
    columns = [Hour() for _ in range(span.bars)]
    for hour, counted in found.items():
        columns[(hour - int(start.timestamp()) // HOUR) // span.hours].add(counted)
    total = Hour()
    for one in columns:
        total.add(one)
    return Chart(span, tuple(_bars(columns, span, start)), total, start, span.bars * WIDTH)


def _end(span: Span, now: datetime) -> datetime:
    """The end of the hour or of the reader's day that it is, on a whole hour of UTC."""
    if span.hours == 1:
        return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    here = now.astimezone(timezone.get_current_timezone())
    tomorrow = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return tomorrow.astimezone(UTC).replace(minute=0)


def _bars(columns: list[Hour], span: Span, start: datetime) -> list[Bar]:
    top = max((one.fired + _held(one) for one in columns), default=0) or 1
    found = []
    for index, one in enumerate(columns):
        at = start + timedelta(hours=index * span.hours)
        found.append(Bar(index * WIDTH, _high(one.fired, top), _high(_held(one), top), _words(one, span, at)))
    return found


def _high(count: int, top: int) -> int:
    """What is there at all is 2 high, so that it can be seen."""
    return max(2, round(count / top * (HEIGHT - 4))) if count else 0


def _held(one: Hour) -> int:
    return one.by_frequency + one.by_limit + one.by_snooze


def _words(one: Hour, span: Span, at: datetime) -> str:
    here = timezone.localtime(at)
    when = date_format(here, "j M, H:i" if span.hours == 1 else "j M")
    held = f", held back {_held(one):,}" if _held(one) else ""
    return f"{when}: fired {one.fired:,}{held}"
