"""How many events a key takes: the number and the window, as people and clients give them."""

from typing import NamedTuple


class Limit(NamedTuple):
    """So many events in so many seconds."""

    events: int
    seconds: int


MOST_EVENTS, LONGEST_WINDOW = 1_000_000_000, 86_400


def parse_limit(count: object, window: object) -> Limit | None:
    """A limit as people and clients give it: numbers or their digits; no count is no limit.

    Raises ValueError that says what to give.
    """
    if count in (None, "", 0, "0"):
        return None
    events, seconds = _number(count), _number(window)
    if events is None or not 1 <= events <= MOST_EVENTS:
        raise ValueError(f"Give a number of events from 1 to {MOST_EVENTS:,}, or none for no limit.")
    if seconds is None or not 1 <= seconds <= LONGEST_WINDOW:
        raise ValueError(f"Give a window of 1 to {LONGEST_WINDOW:,} seconds (a day).")
    return Limit(events, seconds)


def _number(given: object) -> int | None:
    if isinstance(given, bool) or not isinstance(given, int | str):
        return None
    text = str(given).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def span(seconds: int) -> str:
    """A limit's window in words."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            count = seconds // length
            return f"{count:,} {unit}s" if count > 1 else f"{'an' if unit == 'hour' else 'a'} {unit}"
    return f"{seconds:,} seconds" if seconds != 1 else "a second"
