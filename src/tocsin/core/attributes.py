"""The values that an event has for an attribute, as rules name them (behaviour §5.3)."""

from collections.abc import Callable, Iterator
from typing import Any

from tocsin.core.event import Event, Frame

NAMES = (
    "message",
    "platform",
    "environment",
    "type",
    "error.handled",
    "error.unhandled",
    "error.main_thread",
    "exception.type",
    "exception.value",
    "user.id",
    "user.email",
    "user.username",
    "user.ip_address",
    "http.method",
    "http.url",
    "http.status_code",
    "sdk.name",
    "stacktrace.code",
    "stacktrace.module",
    "stacktrace.filename",
    "stacktrace.abs_path",
    "stacktrace.package",
    "unreal.crash_type",
    "app.in_foreground",
    "os.distribution_name",
    "os.distribution_version",
    "symbolicated_in_app",
    "ota_updates.channel",
    "ota_updates.runtime_version",
    "ota_updates.update_id",
    "device.screen_density",
    "device.screen_dpi",
    "device.screen_height_pixels",
    "device.screen_width_pixels",
)
EXTRA, TAGS = "extra.", "tags."
_CONTEXTS = ("unreal", "app", "os", "ota_updates", "device")
_FRAME = ("module", "filename", "abs_path", "package")

Values = tuple[str, ...]


def is_known(attribute: str) -> bool:
    """Whether an attribute can be asked for; `extra.` and `tags.` go before any name."""
    prefixed = attribute.startswith((EXTRA, TAGS)) and not attribute.endswith(".")
    return attribute in NAMES or prefixed


def values(event: Event, attribute: str) -> Values | None:
    """All values of an attribute, () for none; None where the question has no answer, which matches nothing.

    Most are read from what is parsed anyway; the rest parse the event's JSON once more, on first use.
    """
    reader = _READERS.get(attribute)
    if reader is not None:
        return reader(event)
    if attribute.startswith(TAGS):
        return event.tag_values(attribute.removeprefix(TAGS))
    if attribute.startswith(EXTRA):
        return _texts(_extra(event.detail("extra"), attribute.removeprefix(EXTRA).split(".")))
    return None


def _extra(given: Any, path: list[str]) -> Any:
    """What stands at a dotted path; a key may have dots of its own."""
    if not isinstance(given, dict):
        return None
    if (whole := given.get(".".join(path))) is not None or len(path) == 1:
        return whole
    return _extra(given.get(path[0]), path[1:])


def _texts(given: Any) -> Values:
    match given:
        case None:
            return ()
        case bool():
            return ("true" if given else "false",)
        case list():
            return tuple(text for one in given for text in _texts(one))
        case dict():
            return ()
        case _:
            return (str(given),)


def _set(*found: str) -> Values:
    return tuple(filter(None, found))


def _message(event: Event) -> Values:
    raised = (text for one in event.exceptions for text in (one.type, one.value))
    return _set(event.message, event.title, *raised)


def _handled(event: Event) -> Values | None:
    said = [one.handled for one in event.exceptions if one.handled is not None]
    return _texts(all(said)) if said else None


def _unhandled(event: Event) -> Values | None:
    said = [one.handled for one in event.exceptions if one.handled is not None]
    return _texts(not all(said)) if said else None


def _main_thread(event: Event) -> Values | None:
    """Whether the exception was raised in the main thread, where the SDK says which that is."""
    threads = {one.get("id"): one.get("main") for one in _values(event.detail("threads"))}
    said = [
        threads[one["thread_id"]]
        for one in _values(event.detail("exception"))
        if isinstance(one.get("thread_id"), int | str) and threads.get(one["thread_id"]) is not None
    ]
    return _texts(bool(said[-1])) if said else None


def _values(given: Any) -> Iterator[dict[str, Any]]:
    found = given.get("values") if isinstance(given, dict) else given
    return (
        one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict) and _has_plain_id(one)
    )


def _has_plain_id(one: dict[str, Any]) -> bool:
    return isinstance(one.get("id"), int | str | None)


def _frames(event: Event) -> Iterator[Frame]:
    for one in event.exceptions:
        yield from one.frames
    yield from event.frames


def _frame(name: str) -> Callable[[Event], Values]:
    return lambda event: _set(*dict.fromkeys(getattr(frame, name) for frame in _frames(event)))


def _code(event: Event) -> Values:
    """The calls' lines with the source around them."""
    stacks = [event.detail("stacktrace"), *(one.get("stacktrace") for one in _values(event.detail("exception")))]
    frames = [frame for stack in stacks if isinstance(stack, dict) for frame in stack.get("frames") or ()]
    lines = (
        text
        for frame in frames
        if isinstance(frame, dict)
        for part in ("pre_context", "context_line", "post_context")
        for text in _texts(frame.get(part))
    )
    return _set(*dict.fromkeys(lines))


def _user(name: str) -> Callable[[Event], Values]:
    return lambda event: _set(getattr(event.user, name)) if event.user else ()


def _context(kind: str, name: str) -> Callable[[Event], Values]:
    def read(event: Event) -> Values:
        contexts = event.detail("contexts")
        found = contexts.get(kind) if isinstance(contexts, dict) else None
        return _texts(found.get(name)) if isinstance(found, dict) else ()

    return read


def _method(event: Event) -> Values:
    request = event.detail("request")
    return _texts(request.get("method")) if isinstance(request, dict) else ()


_READERS: dict[str, Callable[[Event], Values | None]] = {
    "message": _message,
    "platform": lambda event: _set(event.platform),
    "environment": lambda event: _set(event.environment),
    "type": lambda event: ("error" if event.exceptions else "default",),
    "error.handled": _handled,
    "error.unhandled": _unhandled,
    "error.main_thread": _main_thread,
    "exception.type": lambda event: _set(*(one.type for one in event.exceptions)),
    "exception.value": lambda event: _set(*(one.value for one in event.exceptions)),
    "http.method": _method,
    "http.url": lambda event: _set(event.request_url),
    "http.status_code": _context("response", "status_code"),
    "sdk.name": lambda event: _set(event.sdk),
    "stacktrace.code": _code,
    "symbolicated_in_app": lambda event: _texts(event.detail("symbolicated_in_app")),
    **{f"user.{name}": _user(name) for name in ("id", "email", "username", "ip_address")},
    **{f"stacktrace.{name}": _frame(name) for name in _FRAME},
    **{
        name: _context(*name.split(".", 1))
        for name in NAMES
        if name.partition(".")[0] in _CONTEXTS and name.count(".") == 1
    },
}
