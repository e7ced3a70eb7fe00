"""The words and shapes of the pages: times, counts, levels, states, verdicts, sparklines."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tocsin.core import lengths
from tocsin.core.delivery import STATE_WORDS, State
from tocsin.core.event import LEVELS
from tocsin.core.reasons import Verdict
from tocsin.core.search import Filter, Pattern

register = template.Library()

STEP_ICONS = {"done": "state-sent", "failed": "state-failed", "running": "state-sending", "waiting": "state-queued"}
BAR_WIDTH = 4
BARS_HEIGHT = 24


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One shape of the sprite in _icons.svg; decorative, so words stand beside it."""
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="#i-{}"/></svg>', extra, name)


@register.simple_tag
def level(name: str) -> SafeString:
    """A severity by colour and shape: diamond, disc, triangle, square, dotted ring."""
    shape = name if name in LEVELS else "error"
    drawn = "debug" if shape == "sample" else shape
    return format_html(
        '<svg class="icon level-{}" role="img" aria-label="{}"><use href="#i-level-{}"/></svg>', shape, name, drawn
    )


@register.simple_tag
def state(name: str) -> SafeString:
    """A delivery's state: shape, colour and word."""
    known = name if name in STATE_WORDS else State.UNKNOWN.value
    word = STATE_WORDS.get(State(known), name)
    return format_html('<span class="state">{}{}</span>', icon(f"state-{known}", f"state-{known}"), word)


@register.simple_tag
def state_shape(name: str) -> SafeString:
    """A delivery's state where there is room for its shape alone."""
    known = name if name in STATE_WORDS else State.UNKNOWN.value
    return format_html(
        '<svg class="icon state-{}" role="img" aria-label="{}"><use href="#i-state-{}"/></svg>', known, known, known
    )


@register.simple_tag
def verdict(name: str) -> SafeString:
    """What a step of a decision trace did: shape, colour and word; a rule's own step says "fired"."""
    known = name if name == "fired" or name in list(Verdict) else Verdict.KEPT.value
    return format_html(
        '<span class="verdict">{}{}</span>', icon(f"verdict-{known}", f"verdict-{known}"), name.capitalize()
    )


@register.simple_tag
def step_icon(name: str) -> SafeString:
    """How a step of a walk stands: done, failed, running or waiting."""
    return icon(STEP_ICONS.get(name, "state-queued"), f"step-{name}")


@register.simple_tag(takes_context=True)
def ago(context: Context, moment: datetime | None) -> SafeString | str:
    """A time as "3 min ago", with the exact one, in the reader's zone, on hover; needs `request.now`."""
    if moment is None:
        return "never"
    return _time(moment, _phrase(context["request"].now, moment))


@register.simple_tag(takes_context=True)
def age(context: Context, moment: datetime | None) -> SafeString | str:
    """A time as "3 min", where columns are narrow; the exact one on hover."""
    if moment is None:
        return "never"
    return _time(moment, lengths.length(abs((context["request"].now - moment).total_seconds())))


@register.simple_tag
def exactly(moment: datetime) -> SafeString:
    """The time itself, in the reader's zone."""
    return _time(moment, _exact(moment))


@register.simple_tag
def clock(moment: datetime) -> SafeString:
    """The time of the day to the millisecond, where a list is about seconds."""
    return _time(moment, timezone.localtime(moment).strftime("%H:%M:%S.%f")[:-3])


def _time(moment: datetime, words: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), _exact(moment), words)


def _exact(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%-d %b %Y, %H:%M:%S %Z")


def _phrase(now: datetime, moment: datetime) -> str:
    return lengths.ago((now - moment).total_seconds())


@register.filter
def short(number: int) -> str:
    """A count that fits a column, rounded down: 999, 1.2k, 34k, 5.6M."""
    for size, unit in ((1_000_000_000, "G"), (1_000_000, "M"), (1000, "k")):
        if number >= size:
            tenths = number * 10 // size
            return f"{tenths / 10:g}{unit}" if tenths < 100 else f"{number // size}{unit}"
    return str(number)


@register.filter
def tail(path: str, most: int = 44) -> str:
    """The end of a long path, where its file is; whole folders as far as they fit."""
    if len(path) <= most:
        return path
    end = path[-most:]
    return f"…{end[end.find('/') :] if '/' in end else end}"


@register.filter
def full(number: int) -> str:
    """A count with thousands apart: 1,234,567."""
    return f"{number:,}"


@register.simple_tag
def sparkline(counts: Sequence[int], period: str = "in the last 24 hours") -> SafeString:
    """Counts as bars, tallest at full height, in one path; the sum and the period are its words."""
    number, width = sum(counts), len(counts) * BAR_WIDTH
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{} event{} {}">'
        '<line x1="0" y1="{}" x2="{}" y2="{}"/><path d="{}"/></svg>',
        width,
        BARS_HEIGHT,
        full(number),
        "" if number == 1 else "s",
        period,
        BARS_HEIGHT - 0.5,
        width,
        BARS_HEIGHT - 0.5,
        bars(counts),
    )


def bars(counts: Sequence[int]) -> str:
    """The path of a bar chart; a count above zero is never less than 2 high, so that it can be seen."""
    top = max(counts, default=0)
    path = ""
    for index, count in enumerate(counts):
        if count > 0:
            height = max(2, round(count / top * BARS_HEIGHT))
            path += f"M{index * BAR_WIDTH} {BARS_HEIGHT}v-{height}h{BAR_WIDTH - 1}v{height}z"
    return path


@register.simple_tag
def tag_term(key: str, value: str) -> str:
    """A tag as a term of the search, ready to stand in an address."""
    return quote(str(Filter(key, (Pattern((value,)),))))


@register.simple_tag(takes_context=True)
def release_path(context: Context, version: str) -> str:
    """A release's page, whatever characters an SDK put into the version."""
    return f"/{context['request'].organization.slug}/releases/{quote(version, safe='')}/"


@register.simple_tag(takes_context=True)
def here(context: Context, path: str) -> SafeString | str:
    """Marks the navigation's link to where the reader is."""
    request = context.get("request")
    if request is None or not request.path.startswith(path):
        return ""
    return format_html('aria-current="{}"', "page" if request.path == path else "true")


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The page's own address with some parameters changed; None takes one out."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"
