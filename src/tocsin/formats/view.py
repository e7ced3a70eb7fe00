"""All that a page shows of one event, as plain values; a page reads nothing else of the JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple

from tocsin.formats.event_frames import both_ends, is_own
from tocsin.formats.event_patient import clean, loads, text_of
from tocsin.formats.event_tags import given_tags
from tocsin.formats.event_text import filled

TEXT_LENGTH = 8192
VALUE_LENGTH = 1024
LINE_LENGTH = 512
EXCEPTIONS = 50
LINES = 10  # of source before a call, and after
THREADS = 50
BREADCRUMBS = 100
PAIRS = 100


class Pair(NamedTuple):
    name: str
    value: str


class Line(NamedTuple):
    """A line of source; `number` is 0 when the SDK did not say where it stands."""

    number: int
    text: str
    is_call: bool = False


@dataclass(frozen=True, slots=True)
class FrameView:
    """One call, with the source around it and the values of its variables as they were."""

    filename: str
    module: str
    function: str
    lineno: int
    colno: int
    in_app: bool
    lines: tuple[Line, ...] = ()
    variables: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """One exception; frames run from the outermost call to the raise. `handled` is None when nobody said."""

    type: str
    value: str
    module: str
    mechanism: str
    handled: bool | None
    frames: tuple[FrameView, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadView:
    name: str
    crashed: bool
    current: bool
    frames: tuple[FrameView, ...] = ()


@dataclass(frozen=True, slots=True)
class BreadcrumbView:
    """Something that happened before. `at` is None for a time that cannot be read."""

    at: datetime | None
    kind: str
    category: str
    level: str
    message: str
    data: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestView:
    method: str
    url: str
    query: str
    body: str
    headers: tuple[Pair, ...] = ()
    cookies: tuple[Pair, ...] = ()
    environment: tuple[Pair, ...] = ()


class ContextView(NamedTuple):
    name: str
    values: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class EventView:
    """Exceptions stand as reported: the cause first, the raised one last. Text is cut, never escaped."""

    message: str = ""
    exceptions: tuple[ExceptionView, ...] = ()
    frames: tuple[FrameView, ...] = ()
    threads: tuple[ThreadView, ...] = ()
    breadcrumbs: tuple[BreadcrumbView, ...] = ()
    request: RequestView | None = None
    user: tuple[Pair, ...] = ()
    tags: tuple[Pair, ...] = ()
    contexts: tuple[ContextView, ...] = ()
    extra: tuple[Pair, ...] = ()
    modules: tuple[Pair, ...] = ()
    sdk: str = ""


def view(payload: bytes) -> EventView:
    """What the event holds, values of unforeseen shape left out. Raises UnreadableError for no JSON object."""
    event = loads(payload)
    return EventView(
        message=_message(event),
        exceptions=tuple(_exceptions(_first(event, "exception", "sentry.interfaces.Exception"))),
        frames=_frames(_first(event, "stacktrace", "sentry.interfaces.Stacktrace")),
        threads=tuple(_thread(one) for one in islice(_values(event.get("threads")), THREADS)),
        breadcrumbs=tuple(map(_breadcrumb, list(_values(event.get("breadcrumbs")))[-BREADCRUMBS:])),
        request=_request(_first(event, "request", "sentry.interfaces.Http")),
        user=_pairs(_first(event, "user", "sentry.interfaces.User")),
        tags=tuple(Pair(clean(name), clean(value)) for name, value in islice(given_tags(event.get("tags")), PAIRS)),
        contexts=tuple(_contexts(event.get("contexts"))),
        extra=_pairs(event.get("extra")),
        modules=_pairs(event.get("modules"), limit=1000),
        sdk=" ".join(pair.value for pair in _pairs(event.get("sdk")) if pair.name in ("name", "version")),
    )


def _first(event: Mapping[str, Any], *names: str) -> Any:
    return next((found for name in names if (found := event.get(name))), None)


def _message(event: Mapping[str, Any]) -> str:
    found = _first(event, "logentry", "sentry.interfaces.Message", "message")
    if isinstance(found, dict):
        found = found.get("formatted") or filled(_text(found.get("message"), TEXT_LENGTH), found.get("params"))
    return _text(found or event.get("message"), TEXT_LENGTH)


def _values(given: Any) -> Iterator[dict[str, Any]]:
    """The objects of an interface that is written as {"values": […]}, as a list, or as one object."""
    if isinstance(given, dict):
        given = given.get("values", [given])
    return (one for one in given if isinstance(one, dict)) if isinstance(given, list) else iter(())


def _exceptions(given: Any) -> Iterator[ExceptionView]:
    for one in list(_values(given))[-EXCEPTIONS:]:
        mechanism = _object(one.get("mechanism"))
        handled = mechanism.get("handled")
        yield ExceptionView(
            type=_text(one.get("type")),
            value=_text(one.get("value"), TEXT_LENGTH),
            module=_text(one.get("module")),
            mechanism=_text(mechanism.get("type")),
            handled=handled if isinstance(handled, bool) else None,
            frames=_frames(one.get("stacktrace")),
        )


def _thread(one: Mapping[str, Any]) -> ThreadView:
    return ThreadView(
        name=_text(one.get("name") or one.get("id")),
        crashed=one.get("crashed") is True,
        current=one.get("current") is True,
        frames=_frames(one.get("stacktrace")),
    )


def _frames(stack: Any) -> tuple[FrameView, ...]:
    frames = both_ends([one for one in _list(_object(stack).get("frames")) if isinstance(one, dict)])
    unmarked = all(one.get("in_app") is None for one in frames)
    return tuple(_frame(one, unmarked=unmarked) for one in frames)


def _frame(one: Mapping[str, Any], *, unmarked: bool) -> FrameView:
    lineno = _number(one.get("lineno"))
    path = _text(one.get("abs_path") or one.get("filename"))
    return FrameView(
        filename=_text(one.get("filename") or one.get("abs_path")),
        module=_text(one.get("module")),
        function=_text(one.get("function")),
        lineno=lineno,
        colno=_number(one.get("colno")),
        in_app=is_own(path) if unmarked else one.get("in_app") is True,
        lines=tuple(_lines(one, lineno)),
        variables=_pairs(one.get("vars"), limit=50),
    )


def _lines(one: Mapping[str, Any], lineno: int) -> Iterator[Line]:
    """The source around a call, numbered."""
    called = one.get("context_line")
    if called is None:
        return
    before = [_text(line, LINE_LENGTH) for line in _list(one.get("pre_context"))[-LINES:]]
    after = [_text(line, LINE_LENGTH) for line in _list(one.get("post_context"))[:LINES]]
    for offset, line in enumerate(before, start=-len(before)):
        yield Line(max(lineno + offset, 0) if lineno else 0, line)
    yield Line(lineno, _text(called, LINE_LENGTH), is_call=True)
    for offset, line in enumerate(after, start=1):
        yield Line(lineno + offset if lineno else 0, line)


def _breadcrumb(one: Mapping[str, Any]) -> BreadcrumbView:
    return BreadcrumbView(
        at=_time(one.get("timestamp")),
        kind=_text(one.get("type")) or "default",
        category=_text(one.get("category")),
        level=_text(one.get("level")) or "info",
        message=_text(one.get("message"), TEXT_LENGTH),
        data=_pairs(one.get("data")),
    )


def _time(given: Any) -> datetime | None:
    try:
        found = datetime.fromtimestamp(given, UTC) if isinstance(given, int | float) else _moment(given)
    except (ValueError, OverflowError, OSError):
        return None
    return found


def _moment(given: Any) -> datetime:
    found = datetime.fromisoformat(_text(given))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _request(given: Any) -> RequestView | None:
    if not isinstance(given, dict) or not given:
        return None
    query = given.get("query_string")
    return RequestView(
        method=_text(given.get("method")),
        url=_text(given.get("url"), TEXT_LENGTH),
        query=_text(query, TEXT_LENGTH)
        if isinstance(query, str)
        else "&".join(f"{name}={value}" for name, value in _pairs(query)),
        body=_text(given.get("data"), TEXT_LENGTH),
        headers=_pairs(given.get("headers")),
        cookies=_pairs(given.get("cookies")),
        environment=_pairs(given.get("env")),
    )


def _contexts(given: Any) -> Iterator[ContextView]:
    for name, values in islice(_object(given).items(), PAIRS):
        if pairs := _pairs(values):
            yield ContextView(_text(name), pairs)


def _pairs(given: Any, limit: int = PAIRS) -> tuple[Pair, ...]:
    """Names and values of an object or a list of pairs, values that are no text as JSON writes them."""
    items: Iterable[Any] = given.items() if isinstance(given, dict) else _list(given)
    pairs = (item for item in items if isinstance(item, tuple | list) and len(item) == 2)
    return tuple(Pair(_text(name), _text(value, VALUE_LENGTH)) for name, value in islice(pairs, limit))


def _object(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, dict) else {}


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _number(given: Any) -> int:
    return int(given) if isinstance(given, int | float) and 0 <= given < 2**31 else 0


def _text(given: Any, limit: int = VALUE_LENGTH) -> str:
    return clean(text_of(given)[:limit])
