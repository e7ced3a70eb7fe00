"""JSON as it should not be written: read all the same, and bent into the shape that was asked for.

What cannot be bent becomes None, so that one odd value never costs the event around it.
"""

import json
from collections.abc import Callable
from typing import Any

from msgspec import inspect

TOO_DEEP = "The event is nested too deeply to be read."


class UnreadableError(ValueError):
    """The body holds no JSON object; `reason` says what it holds instead, for the project's owner to read."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def loads(payload: bytes) -> dict[str, Any]:
    """The JSON object in `payload`, whatever its flaws: broken UTF-8, raw control characters, NaN, huge numbers.

    Raises UnreadableError when there is none, or when it is nested deeper than about 900 levels.
    """
    text = payload.decode("utf-8-sig", "replace")
    try:
        found = json.loads(text, strict=False, parse_int=_whole_number, parse_constant=_nothing)
    except RecursionError:
        raise UnreadableError(TOO_DEEP) from None
    except ValueError as error:
        raise UnreadableError(f"The event is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise UnreadableError(f"The event must be a JSON object, not {type(found).__name__}.")
    return found


def clean(text: str) -> str:
    """Text that every database and every encoder takes: no NUL, no half of a surrogate pair."""
    if text.isascii():
        return text.replace("\x00", "")
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def text_of(value: object) -> str:
    """Any JSON value as text: text as it is, the rest as JSON writes it, nothing for null."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return ""


def _whole_number(digits: str) -> int | float:
    # int() takes quadratic time over long digits, and Python refuses more than 4,300 of them.
    return int(digits) if len(digits) <= 18 else float(digits)


def _nothing(name: str) -> None:
    del name


def bend(kind: inspect.Type, value: Any) -> Any:
    """The value as `kind` wants it, or None. Raises UnreadableError for what is nested too deeply."""
    try:
        return _bend(kind, value)
    except RecursionError:
        raise UnreadableError(TOO_DEEP) from None


def _bend(kind: inspect.Type, value: Any) -> Any:
    bender = _BENDERS.get(type(kind))
    return bender(kind, value) if bender else _clean_all(value)


_PREFERRED: dict[type, type[inspect.Type]] = {
    str: inspect.StrType,
    bool: inspect.BoolType,
    int: inspect.IntType,
    float: inspect.FloatType,
    list: inspect.ListType,
    dict: inspect.StructType,
}


def _bend_to_one(kind: inspect.UnionType, value: Any) -> Any:
    """The first kind that takes the value, the one made for it before all others."""
    kinds = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
    if len(kinds) > 1:
        preferred = _PREFERRED.get(type(value), inspect.NoneType)
        kinds.sort(key=lambda one: not isinstance(one, preferred))
    return next((bent for one in kinds if (bent := _bend(one, value)) is not None), None)


def _bend_struct(kind: inspect.StructType, value: Any) -> Any:
    if not isinstance(value, dict):
        return None
    bent = {
        field.name: _bend(field.type, value[field.encode_name])
        for field in kind.fields
        if value.get(field.encode_name) is not None
    }
    return kind.cls(**bent)


def _bend_list(kind: inspect.ListType, value: Any) -> list[Any] | None:
    return [_bend(kind.item_type, item) for item in value] if isinstance(value, list) else None


def _bend_text(kind: inspect.Type, value: Any) -> str | None:
    del kind
    return clean(text_of(value)) if value is not None else None


def _bend_number(kind: inspect.Type, value: Any) -> int | None:
    del kind
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 2**63 else None


def _bend_float(kind: inspect.Type, value: Any) -> float | None:
    del kind
    return value if isinstance(value, int | float) else None


def _bend_flag(kind: inspect.Type, value: Any) -> bool | None:
    del kind
    return value if isinstance(value, bool) else None


def _clean_all(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case list():
            return [_clean_all(item) for item in value]
        case dict():
            return {clean(key): _clean_all(item) for key, item in value.items()}
        case _:
            return value


_BENDERS: dict[type[inspect.Type], Callable[[Any, Any], Any]] = {
    inspect.UnionType: _bend_to_one,
    inspect.StructType: _bend_struct,
    inspect.ListType: _bend_list,
    inspect.StrType: _bend_text,
    inspect.IntType: _bend_number,
    inspect.FloatType: _bend_float,
    inspect.BoolType: _bend_flag,
}
