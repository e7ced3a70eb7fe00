"""The tags of an event: those that the SDK set, and those that the event's own fields make."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from tocsin.core.event import EventUser, ExceptionValue
from tocsin.formats.event_patient import text_of
from tocsin.formats.event_text import NAME_LENGTH
from tocsin.formats.event_wire import WireContexts, WireEvent

LIMIT = 200


def tags(
    event: WireEvent, own: Iterable[tuple[str, str]], user: EventUser | None, raised: ExceptionValue | None
) -> tuple[tuple[str, str], ...]:
    """Names and values, at most 200 characters each and 200 in number from the SDK; the event's own win.

    `own` are the fields that are tags as they stand: level, environment, release …
    """
    made = [(name, value[:NAME_LENGTH]) for name, value in own if value]
    if user is not None and user.identity:
        made.append(("user", user.identity[:NAME_LENGTH]))
    if raised is not None and raised.mechanism:
        made.append(("mechanism", raised.mechanism))
    if raised is not None and raised.handled is not None:
        made.append(("handled", "yes" if raised.handled else "no"))
    if event.contexts is not None:
        made.extend(_from_contexts(event.contexts))
    names = {name for name, _ in made}
    given = (pair for pair in given_tags(event.tags) if pair[0] not in names)
    return (*islice(given, LIMIT), *made)


def given_tags(raw: Any) -> Iterator[tuple[str, str]]:
    """The SDK's tags, written as an object, as pairs, or as objects with key and value."""
    pairs = raw.items() if isinstance(raw, dict) else map(_pair, raw) if isinstance(raw, list) else ()
    for key, value in pairs:
        if key is None or value is None:
            continue
        name, said = _line(key), _line(value)
        if name and said:
            yield name, said


def _pair(item: Any) -> tuple[Any, Any]:
    match item:
        case [key, value]:
            return key, value
        case {"key": key, "value": value}:
            return key, value
        case _:
            return None, None


def _line(value: Any) -> str:
    text = value if type(value) is str else text_of(value)
    if not text.isprintable():
        text = " ".join(text.split())
    return text.strip()[:NAME_LENGTH]


def _from_contexts(contexts: WireContexts) -> Iterator[tuple[str, str]]:
    """Browser, device, system and runtime, as "CPython 3.11.7" and by name alone."""
    for kind in ("browser", "device", "os", "runtime"):
        context = getattr(contexts, kind)
        name = _line(context.name) if context is not None and context.name else ""
        if name:
            version = _line(context.version) if context.version is not None else ""
            yield kind, f"{name} {version}".strip()[:NAME_LENGTH]
            yield f"{kind}.name", name
