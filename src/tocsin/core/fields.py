"""Declared fields: from one dataclass come the form, the validation, the redaction and the reference page."""

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, cast

MAX_TEXT = 8192
MAX_CHOICES = 100
# PostgreSQL takes no NUL, UTF-8 no half of a surrogate pair: in a rule's notes it would fail every event.
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")

T = TypeVar("T")
N = TypeVar("N", int, float)


class Kind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    SECRET = "secret"  # noqa: S105 — a field's kind, not a secret
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class Spec:
    """What a form shows and a validator checks of one field."""

    label: str
    kind: Kind
    help: str = ""
    placeholder: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    environment: str = ""  # the TOCSIN_* variable that stands in when the field is empty
    is_kept_empty: bool = False  # an empty value is a value, not the default
    is_granted: bool = False  # the service gives it: no form shows it
    only_for: tuple[str, str] | None = None  # another field, and its value without which this one says nothing


class InvalidFieldsError(ValueError):
    """What is wrong, by field; each reason says what to do."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__("; ".join(f"{key}: {reason}" for key, reason in self.reasons.items()))


def text(
    label: str,
    *,
    default: str | None = "",
    help: str = "",  # noqa: A002
    placeholder: str = "",
    environment: str = "",
) -> Any:
    """A line of text; `default=None` makes it required."""
    return _declare(Spec(label, Kind.TEXT, help, placeholder, environment=environment), default)


def long_text(label: str, *, default: str | None = "", help: str = "") -> Any:  # noqa: A002
    return _declare(Spec(label, Kind.LONG_TEXT, help), default)


def secret(
    label: str,
    *,
    default: str | None = None,
    help: str = "",  # noqa: A002
    placeholder: str = "",
    environment: str = "",
) -> Any:
    """Text that is encrypted at rest, never shown again, and masked wherever it could leak."""
    spec = Spec(label, Kind.SECRET, help, placeholder, environment=environment)
    return _declare(spec, default, repr=False)


def granted(label: str, *, is_secret: bool = False) -> Any:
    """Text that the service gives, when it lets us in or calls, and nobody types."""
    return _declare(Spec(label, Kind.SECRET if is_secret else Kind.TEXT, is_granted=True), "", repr=not is_secret)


def integer(
    label: str,
    *,
    default: int | None = None,
    help: str = "",  # noqa: A002
    at_least: int | None = None,
    at_most: int | None = None,
) -> Any:
    return _declare(Spec(label, Kind.INTEGER, help, at_least=at_least, at_most=at_most), default)


def number(
    label: str,
    *,
    default: float | None = None,
    help: str = "",  # noqa: A002
    at_least: int | None = None,
    at_most: int | None = None,
) -> Any:
    """A number with or without a fraction."""
    return _declare(Spec(label, Kind.NUMBER, help, at_least=at_least, at_most=at_most), default)


def boolean(label: str, *, default: bool = False, help: str = "") -> Any:  # noqa: A002
    return _declare(Spec(label, Kind.BOOLEAN, help), default)


def choice(  # noqa: PLR0913 — what is declared of it, by name
    label: str,
    choices: Mapping[str, str],
    *,
    default: str | None = None,
    help: str = "",  # noqa: A002
    is_kept_empty: bool = False,
    only_for: tuple[str, str] | None = None,
) -> Any:
    """One of a few values; `choices` maps each value to its words. `only_for` names another field and the value of
    it without which this one says nothing."""
    words = tuple(choices.items())
    spec = Spec(label, Kind.CHOICE, help, choices=words, is_kept_empty=is_kept_empty, only_for=only_for)
    return _declare(spec, default)


def some(label: str, choices: Mapping[str, str], *, help: str = "") -> Any:  # noqa: A002
    """One or more of a few values, as a list or with commas between them; a tuple once parsed."""
    return _declare(Spec(label, Kind.CHOICES, help, choices=tuple(choices.items())), None)


def _declare(spec: Spec, default: object, *, repr: bool = True) -> Any:  # noqa: A002
    if default is None:
        return dataclasses.field(metadata={"spec": spec}, repr=repr)
    return dataclasses.field(default=default, metadata={"spec": spec}, repr=repr)


Declared = tuple[tuple[str, Spec, bool], ...]
_declared: dict[type[Any], Declared] = {}  # worked out once: this is asked for each delivery


def specs(declared: type[Any]) -> Declared:
    """Each field's name, what is declared of it, and whether it must be given."""
    if declared not in _declared:
        _declared[declared] = tuple(
            (field.name, field.metadata["spec"], field.default is dataclasses.MISSING)
            for field in dataclasses.fields(declared)
            if "spec" in field.metadata
        )
    return _declared[declared]


def parse(declared: type[T], raw: Mapping[str, object]) -> T:
    """The declared value that `raw` describes; unknown keys are left aside.

    Raises InvalidFieldsError with a reason for each field that is missing or wrong.
    """
    values: dict[str, object] = {}
    reasons: dict[str, str] = {}
    for name, spec, required in specs(declared):
        given = raw.get(name)
        if given is None or (given == "" and not spec.is_kept_empty):
            if required:
                reasons[name] = f"{spec.label} is required."
            continue
        try:
            values[name] = _parse_one(spec, given)
        except ValueError as error:
            reasons[name] = str(error)
    if reasons:
        raise InvalidFieldsError(reasons)
    return declared(**values)


def _parse_one(spec: Spec, given: object) -> object:
    match spec.kind:
        case Kind.TEXT | Kind.LONG_TEXT | Kind.SECRET:
            return _parse_text(spec, given)
        case Kind.INTEGER:
            return _parse_integer(spec, given)
        case Kind.NUMBER:
            return _parse_number(spec, given)
        case Kind.BOOLEAN:
            return _parse_boolean(spec, given)
        case Kind.CHOICE:
            return _parse_choice(spec, given)
        case Kind.CHOICES:
            return _parse_choices(spec, given)


def _parse_integer(spec: Spec, given: object) -> int:
    try:
        number = int(cast("Any", given))
        is_whole = not isinstance(given, bool) and (not isinstance(given, float) or number == given)
    except (TypeError, ValueError, OverflowError):
        is_whole = False
    if not is_whole:
        raise ValueError(f"{spec.label} must be a whole number, not {str(given)[:40]!r}.")
    return _within(spec, number)


def _parse_number(spec: Spec, given: object) -> float:
    try:
        found = math.nan if isinstance(given, bool) else float(cast("Any", given))
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"{spec.label} must be a number, not {str(given)[:40]!r}.")
    return _within(spec, found)


def _within(spec: Spec, number: N) -> N:
    if spec.at_least is not None and number < spec.at_least:
        raise ValueError(f"{spec.label} must be at least {spec.at_least}.")
    if spec.at_most is not None and number > spec.at_most:
        raise ValueError(f"{spec.label} must be at most {spec.at_most}.")
    return number


def _parse_boolean(spec: Spec, given: object) -> bool:
    if isinstance(given, bool):
        return given
    match str(given).strip().lower():
        case "true" | "1" | "on" | "yes":
            return True
        case "false" | "0" | "off" | "no":
            return False
        case other:
            raise ValueError(f"{spec.label} must be true or false, not {other!r}.")


def _parse_choices(spec: Spec, given: object) -> tuple[str, ...]:
    values = given if isinstance(given, list | tuple) else str(given).split(",")
    found = dict.fromkeys(_parse_choice(spec, str(value).strip()) for value in values[:MAX_CHOICES])
    if not found:
        raise ValueError(f"{spec.label} is required.")
    return tuple(found)


def _parse_choice(spec: Spec, given: object) -> str:
    value = str(given)
    if spec.is_kept_empty and not value:
        return value
    if value not in dict(spec.choices):
        known = ", ".join(key for key, _ in spec.choices)
        raise ValueError(f"{spec.label} must be one of {known}, not {value!r:.80}.")
    return value


def _parse_text(spec: Spec, given: object) -> str:
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise ValueError(f"{spec.label} must be text.")  # noqa: TRY004 — one error type for a form
    value = str(given).strip()
    if len(value) > MAX_TEXT:
        raise ValueError(f"{spec.label} is longer than {MAX_TEXT} characters.")
    if _UNWRITABLE.search(value):
        raise ValueError(f"{spec.label} holds a NUL or half of a character; type it again.")
    return value


def secret_names(declared: type[Any]) -> frozenset[str]:
    """The fields to mask wherever they could leak."""
    return frozenset(name for name, spec, _ in specs(declared) if spec.kind is Kind.SECRET)


def granted_names(declared: type[Any]) -> frozenset[str]:
    """The fields that the service gives, and nobody types."""
    return frozenset(name for name, spec, _ in specs(declared) if spec.is_granted)


def as_mapping(value: Any) -> dict[str, Any]:
    """The declared fields of a value, ready for JSON."""
    return {name: getattr(value, name) for name, _, _ in specs(type(value))}
