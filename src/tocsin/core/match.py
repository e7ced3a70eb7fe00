"""How a condition compares text: the codes that API clients send, and what each means (behaviour §5.3)."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

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

_Fits = Callable[[str, Any], bool]
_POSITIVE: dict[str, _Fits] = {
    "co": lambda value, wanted: wanted in value,
    "eq": lambda value, wanted: bool(value == wanted),
    "sw": lambda value, wanted: value.startswith(wanted),
    "ew": lambda value, wanted: value.endswith(wanted),
    "in": lambda value, wanted: value in wanted,
    "is": lambda _value, _wanted: True,
}
_NEGATIVE = {"nc": "co", "ne": "eq", "nsw": "sw", "new": "ew", "nin": "in", "ns": "is"}


def matches(code: str, values: Iterable[str], wanted: str) -> bool:
    """Whether any of the values fits, in any case; for the codes with "not", whether none does."""
    fits, known, answer = _compiled(code, wanted)
    for value in values:
        if fits(prepared(value), known):
            return answer
    return not answer


def prepared(text: str) -> str:
    """A value as it is compared: in lower case, without outer blanks."""
    return text.strip().lower()


@lru_cache(maxsize=4096)
def _compiled(code: str, wanted: str) -> tuple[_Fits, str | frozenset[str], bool]:
    """How to compare, with what, and the answer where one fits. Rules are few and events many: read once."""
    positive = _NEGATIVE.get(code, code)
    text = prepared(wanted)
    known = frozenset(item.strip() for item in text.split(",")) if positive == "in" else text
    return _POSITIVE[positive], known, code not in _NEGATIVE
