"""What a rule would have done lately, as the editor shows it beside the rule as one types."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from tocsin.core.periods import HOUR
from tocsin.core.rule_check import Refusal
from tocsin.pipeline.backtest import Backtested, Outcome, PlayingError, of_draft
from tocsin.store.models import Project
from tocsin.web.rule_home import Home

# Days to play, and how many hours one column of the strip has.
SPANS = {1: 1, 7: 6, 14: 12}
USUAL = 7
MOST_EVENTS = 20_000  # about a second: it is asked again at each pause in typing
MOST_ISSUES = 5
HEIGHT, WIDTH, GAP = 44, 10, 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the strip; heights in pixels, what the draft does above the line, what is saved below."""

    x: int
    draft: int
    saved: int
    words: str

    @property
    def top(self) -> int:
        return HEIGHT - self.draft


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue that the rule would have fired for: how often, and when last."""

    id: int
    short_id: str
    title: str
    count: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """`reasons` say why there is none; `is_busy` that another one is being worked out."""

    days: int
    found: Backtested | None = None
    columns: tuple[Column, ...] = ()
    issues: tuple[Issue, ...] = ()
    reasons: tuple[str, ...] = ()
    is_busy: bool = False
    height: int = HEIGHT
    bar: int = WIDTH - GAP

    @property
    def width(self) -> int:
        return len(self.columns) * WIDTH

    @property
    def further(self) -> int:
        return len(self.found.draft.last_fired) - len(self.issues) if self.found else 0


def preview(  # noqa: PLR0913, PLR0917 — what is drafted, whose it is, where and when it is played
    home: Home, project: Project, sent: Mapping[str, Any], rule_id: int | None, days: int, now: datetime
) -> Preview:
    """The draft played, unless another rule is being played; its tests are asked when it is saved."""
    draft = {key: value for key, value in sent.items() if key not in ("tests", "name", "owner")}
    try:
        found = of_draft(project, draft, now=now, home=home.place, rule_id=rule_id, days=days, most=MOST_EVENTS)
    except PlayingError:
        return Preview(days, is_busy=True)
    if isinstance(found, Refusal):
        return Preview(days, reasons=tuple(one for some in found.reasons.values() for one in some))
    return Preview(days, found, tuple(_columns(found, days, now)), tuple(_issues(found.draft)))


def days_of(asked: str) -> int:
    """The days to play, the usual ones for what is no choice."""
    return int(asked) if asked.isdecimal() and len(asked) < 4 and int(asked) in SPANS else USUAL


def project_of(projects: Sequence[Project], asked: str) -> Project | None:
    """Where a rule of all projects is tried: in the project that is asked for, or the first."""
    return next((one for one in projects if one.slug == asked), projects[0] if projects else None)


def _columns(found: Backtested, days: int, now: datetime) -> Iterable[Column]:
    wide = SPANS[days]
    last = int(now.timestamp()) // HOUR
    first = last - days * 24 + 1
    draft = _by_column(found.draft, first, wide)
    saved = _by_column(found.current, first, wide) if found.current else Counter()
    top = max((*draft.values(), *saved.values()), default=0) or 1
    for index in range(days * 24 // wide):
        at = timezone.localtime(datetime.fromtimestamp((first + index * wide) * HOUR, now.tzinfo))
        words = f"{date_format(at, 'j M, H:i')}: {draft[index]:,}"
        words += f", saved {saved[index]:,}" if found.current else ""
        yield Column(index * WIDTH, _high(draft[index], top), _high(saved[index], top), words)


def _by_column(outcome: Outcome, first: int, wide: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for hour, count in outcome.by_hour.items():
        found[max(hour - first, 0) // wide] += count
    return found


def _high(count: int, top: int) -> int:
    """What is there at all is 3 high, so that it can be seen."""
    return max(3, round(count / top * (HEIGHT - 2))) if count else 0


def _issues(outcome: Outcome) -> Iterable[Issue]:
    """The latest, each once; firings are those that are told one by one, the latest 500."""
    counts = Counter(one.issue_id for one in outcome.firings)
    seen: dict[int, Issue] = {}
    for one in reversed(outcome.firings):
        if one.issue_id not in seen and len(seen) < MOST_ISSUES:
            seen[one.issue_id] = Issue(one.issue_id, one.short_id, one.title, counts[one.issue_id], one.at)
    return seen.values()
