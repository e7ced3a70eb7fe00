"""Which issue an event belongs to: events of one failure get one hash, whatever differs between them (§13.7)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5
from typing import NamedTuple

from tocsin.core.chain import innermost, raised, significant
from tocsin.core.event import Event, ExceptionValue, Frame
from tocsin.core.frames import contribution
from tocsin.core.parameterise import parameterise

VERSION = "tocsin:2026-11-21"

_DEFAULT = re.compile(r"^\{\{\s*default\s*\}\}$")
_VARIABLE = re.compile(r"\{\{\s*([\w.:-]{1,200})\s*\}\}")
_HASH = re.compile(r"^[0-9a-fA-F]{32}$")


@dataclass(frozen=True, slots=True)
class Grouping:
    """`hashes` has the preferred one first; any that an issue already has, puts the event into that issue.

    `by` says what decided, in words that a page may show.
    """

    hashes: tuple[str, ...]
    by: str


def group(event: Event) -> Grouping:
    """The hashes of the event. The same for every event of one failure; never raises.

    29 frames take about 35 µs on the 2-core machine of bench/README.md.
    """
    if event.checksum:
        checksum = event.checksum.lower() if _HASH.match(event.checksum) else _hash(event.checksum)
        return Grouping((checksum,), "checksum set by the SDK")
    default = [_DEFAULT.match(value) is not None for value in event.fingerprint]
    if all(default):
        return _by_content(event)
    values = tuple(_resolved(value, event) for value in event.fingerprint)
    if not any(default):
        return Grouping((_hash("fingerprint", *values),), "fingerprint set by the SDK")
    found = _by_content(event)
    salted = tuple(_hash("salted", one, *values) for one in found.hashes)
    return Grouping(salted, f"{found.by}, and the fingerprint set by the SDK")


def _by_content(event: Event) -> Grouping:
    """The first of exceptions, stack trace and message that says something."""
    return _by_exceptions(event) or _by_stack(event) or _by_message(event)


def _by_exceptions(event: Event) -> Grouping | None:
    chain = significant(event.exceptions)
    calls = [_calls(one.frames, event.platform) for one in chain]
    if not any(its.all for its in calls):
        parts = [part for one in chain for part in (_type(one), parameterise(one.value))]
        return Grouping((_hash("exception", *parts),), "exception type and value") if any(parts) else None
    return _by_calls("exception", [(_head(one, its), its) for one, its in zip(chain, calls, strict=True)])


def _by_stack(event: Event) -> Grouping | None:
    calls = _calls(event.frames, event.platform)
    return _by_calls("stack", [((), calls)]) if calls.all else None


def _by_message(event: Event) -> Grouping:
    if said := event.message_template or event.message:
        return Grouping((_hash("message", parameterise(said)),), "message")
    # Nothing to go by: one issue for each place that such events come from, rather than one for all.
    return Grouping((_hash("nothing", event.platform, event.logger, event.culprit),), "nothing but its origin")


class _Calls(NamedTuple):
    """What the frames of one stack contribute, all of them and the application's own.

    A call that repeats itself counts once, however deep the recursion went.
    """

    all: list[str]
    own: list[str]


def _calls(frames: tuple[Frame, ...], platform: str) -> _Calls:
    calls = _Calls([], [])
    before = own_before = ""
    for frame in frames:
        found = contribution(frame, platform)
        if found and found != before:
            calls.all.append(found)
            before = found
        if found and frame.in_app and found != own_before:
            calls.own.append(found)
            own_before = found
    return calls


def _by_calls(kind: str, stacks: list[tuple[tuple[str, ...], _Calls]]) -> Grouping:
    """Two hashes, by the application's own calls and by all; one where there are none of its own or no others."""
    parts = [part for head, calls in stacks for part in (*head, *calls.all)]
    if not any(calls.own for _, calls in stacks):
        return Grouping((_hash(kind, *parts),), "stack trace")
    own = [part for head, calls in stacks for part in (*head, *calls.own)]
    found = (own,) if own == parts else (own, parts)
    return Grouping(tuple([_hash(kind, *one) for one in found]), "in-app stack trace")


def _head(one: ExceptionValue, calls: _Calls) -> tuple[str, ...]:
    """An exception's type, and its value when there are no calls to go by."""
    return (_type(one),) if calls.all else (_type(one), parameterise(one.value))


def _type(one: ExceptionValue) -> str:
    return "" if one.synthetic else one.type


def _hash(*parts: str) -> str:
    return md5("\x00".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _of_exception(attribute: str) -> Callable[[Event], str]:
    return lambda event: getattr(raised(event), attribute, "")


def _of_call(attribute: str) -> Callable[[Event], str]:
    def read(event: Event) -> str:
        found = raised(event)
        return getattr(innermost((found.frames if found else ()) or event.frames), attribute, "")

    return read


VARIABLES: dict[str, Callable[[Event], str]] = {
    "error.type": _of_exception("type"),
    "type": _of_exception("type"),
    "error.value": _of_exception("value"),
    "value": _of_exception("value"),
    "stack.function": _of_call("function"),
    "function": _of_call("function"),
    "stack.module": _of_call("module"),
    "module": _of_call("module"),
    "stack.abs_path": _of_call("abs_path"),
    "path": _of_call("abs_path"),
    "stack.package": _of_call("package"),
    "package": _of_call("package"),
    "transaction": lambda event: event.transaction,
    "message": lambda event: event.message,
    "level": lambda event: event.level,
    "logger": lambda event: event.logger,
    "release": lambda event: event.release,
    "environment": lambda event: event.environment,
    "dist": lambda event: event.dist,
}


def _resolved(value: str, event: Event) -> str:
    """The value with its variables filled in; those that nobody knows stay as they are written."""
    return _VARIABLE.sub(lambda found: _variable(found, event), value)


def _variable(found: re.Match[str], event: Event) -> str:
    name = found[1]
    if name.startswith("tags."):
        value = event.tag(name.removeprefix("tags."))
        return value if value is not None else found[0]
    read = VARIABLES.get(name)
    return read(event) if read else found[0]
