"""How a condition compares text: the codes that API clients send, and what each means (behaviour §5.3)."""

from collections.abc import Callable, Iterable

CODES = {
    "co": "contains",
    "nc": "does not contain",
    "eq": "equals",
    "ne": "does not equal",
    "sw": "starts with",
    "nsw": "does not start with",
    "ew": "ends with",
    "new": "does not end with",
    "is": "is set",
    "ns": "is not set",
    "in": "is one of",
    "nin": "is none of",
}
WITHOUT_VALUE = frozenset({"is", "ns"})

_POSITIVE: dict[str, Callable[[str, str], bool]] = {
    "co": lambda value, wanted: wanted in value,
    "eq": lambda value, wanted: value == wanted,
    "sw": lambda value, wanted: value.startswith(wanted),
    "ew": lambda value, wanted: value.endswith(wanted),
    "in": lambda value, wanted: value in {item.strip() for item in wanted.split(",")},
    "is": lambda _value, _wanted: True,
}
_NEGATIVE = {"nc": "co", "ne": "eq", "nsw": "sw", "new": "ew", "nin": "in", "ns": "is"}


def matches(code: str, values: Iterable[str], wanted: str) -> bool:
    """Whether any of the values fits, in any case; for the codes with "not", whether none does."""
    if code in _NEGATIVE:
        return not matches(_NEGATIVE[code], values, wanted)
    fits, wanted = _POSITIVE[code], wanted.strip().lower()
    for value in values:  # noqa: SIM110 — any() would make a generator for each of 50 rules' one value
        if fits(value.strip().lower(), wanted):
            return True
    return False
