"""How often: windows, thresholds and comparisons, the same for all that a condition counts (behaviour §5.2)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tocsin.core.facts import SESSIONS, Facts, Need
from tocsin.core.fields import InvalidFieldsError, choice, integer, number

SECONDS = {"1m": 60, "5m": 300, "10m": 600, "15m": 900, "30m": 1800, "1h": 3600, "1d": 86_400, "1w": 604_800}
SECONDS["30d"] = 30 * 86_400
_WORDS = {
    "1m": "one minute",
    "5m": "5 minutes",
    "10m": "10 minutes",
    "15m": "15 minutes",
    "30m": "30 minutes",
    "1h": "one hour",
    "1d": "one day",
    "1w": "one week",
    "30d": "30 days",
}
MOST = 1_000_000_000
LEAST_SESSIONS = 50


def _words(*intervals: str) -> dict[str, str]:
    return {interval: _WORDS[interval] for interval in intervals}


INTERVALS = _words("1m", "5m", "15m", "1h", "1d", "1w", "30d")
COMPARISONS = {key: f"{words} before" for key, words in _words("5m", "15m", "1h", "1d", "1w", "30d").items()}
SESSION_INTERVALS = _words("1m", "5m", "10m", "30m", "1h")
KINDS = {"count": "is more than", "percent": "has grown, in percent, by more than"}
_PERCENT = ("comparisonType", "percent")
_INCREASE = "Compared with the same length of time so long before; only for “percent”."


@dataclass(frozen=True, slots=True)
class Options:
    """More than `value` in `interval`, or more than `value` percent above what it was."""

    value: int = integer("Number", at_least=0, at_most=MOST)
    interval: str = choice("Within", INTERVALS)
    comparisonType: str = choice("Comparison", KINDS, default="count")  # noqa: N815
    comparisonInterval: str = choice(  # noqa: N815
        "Compared with", COMPARISONS, default="5m", help=_INCREASE, is_kept_empty=True, only_for=_PERCENT
    )


def needs(options: Options, name: str) -> Iterator[Need]:
    """What has to be counted for `holds`."""
    window = SECONDS[options.interval]
    if options.comparisonType == "count":
        yield Need(name, window)
    elif options.comparisonInterval:
        yield Need(name, window)
        yield Need(name, window, SECONDS[options.comparisonInterval])


def holds(options: Options, facts: Facts, name: str) -> bool:
    """Whether the count is strictly greater; a new issue can have been counted once only."""
    if facts.is_new and options.value > 1:
        return False
    counts = [facts.value(need) for need in needs(options, name)]
    match counts:
        case [count]:
            return bool(count > options.value)
        case [now, before]:
            return increase(now, before) > options.value
        case _:
            return False


def increase(now: float, before: float) -> int:
    """By how many percent it is more than before, 0 where there was nothing before."""
    return int(max(0, (now - before) / before * 100)) if before else 0


@dataclass(frozen=True, slots=True)
class ShareOptions:
    """As Options, of a share: a percentage of the project's sessions."""

    value: float = number("Percent", at_least=0, at_most=MOST)
    interval: str = choice("Within", SESSION_INTERVALS)
    comparisonType: str = choice("Comparison", KINDS, default="count")  # noqa: N815
    comparisonInterval: str = choice(  # noqa: N815
        "Compared with", COMPARISONS, default="5m", help=_INCREASE, is_kept_empty=True, only_for=_PERCENT
    )

    def __post_init__(self) -> None:
        if self.comparisonType == "count" and self.value > 100:
            raise InvalidFieldsError({"value": "Percent must be at most 100: more than all sessions cannot fail."})


def share_needs(options: ShareOptions, name: str) -> Iterable[Need]:
    return (Need(SESSIONS, SECONDS["1h"]), *needs(_counted(options), name))


def share_holds(options: ShareOptions, facts: Facts, name: str) -> bool:
    """Whether the count is strictly greater as a share of the sessions that an average interval has."""
    if facts.is_new and options.value > 1:
        return False
    sessions = facts.value(Need(SESSIONS, SECONDS["1h"]))
    counts = [facts.value(need) for need in needs(_counted(options), name)]
    if sessions < LEAST_SESSIONS or not counts:
        return False
    average = sessions / (SECONDS["1h"] / SECONDS[options.interval])
    shares = [share(count, average) for count in counts]
    return shares[0] > options.value if len(shares) == 1 else increase(*shares) > options.value


def share(count: float, average: float) -> float:
    """Percent of the sessions of an average interval, to two decimals."""
    return 100 * round(count / average, 4)


def _counted(options: ShareOptions) -> Options:
    return Options(0, options.interval, options.comparisonType, options.comparisonInterval)
