"""An event's JSON, whichever SDK wrote it and however loosely, as one `Event` (behaviour §13.4, §13.6)."""

from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any

from tocsin.core.chain import significant
from tocsin.core.event import LEVELS, Event, EventUser, ExceptionValue, Frame
from tocsin.formats import event_wire as wire
from tocsin.formats.event_frames import calls
from tocsin.formats.event_patient import UnreadableError, loads, text_of
from tocsin.formats.event_tags import given_tags, tags
from tocsin.formats.event_text import MESSAGE_LENGTH, NAME_LENGTH, culprit, message, title, trimmed

__all__ = ["UnreadableError", "parse"]

ENVIRONMENT_LENGTH = 64
RELEASE_LENGTH = 250
URL_LENGTH = 2048
FINGERPRINT_VALUES = 32
EXCEPTIONS = 50
USER_FIELDS = 50
OLDEST = 30 * 86400
MOST_AHEAD = 60

OLD_NAMES = {
    "sentry.interfaces.Exception": "exception",
    "sentry.interfaces.Stacktrace": "stacktrace",
    "sentry.interfaces.Http": "request",
}

LEVEL_NAMES: dict[str | int, str] = {
    **{name: name for name in LEVELS},
    **{number: name for name, number in LEVELS.items()},
    **{str(number): name for name, number in LEVELS.items()},
    "critical": "fatal",
    "warn": "warning",
    "notice": "info",
    "log": "info",
    "trace": "debug",
}


def parse(payload: bytes, *, event_id: str, received: float) -> Event:
    """The event in `payload`, under the id that its envelope gave it.

    `received`, in seconds since 1970, stands in for a time that is missing, older than 30 days or more than
    a minute ahead. Raises UnreadableError only when the payload holds no JSON object.

    12 kB with 29 frames take about 55 µs on the 2-core machine of bench/README.md, 18 of them the JSON; an event
    of a shape that only the patient reader takes, eight times that.
    """
    read = wire.read(payload)
    exceptions = _exceptions(read.exception or read.old_exception)
    frames = calls(read.stacktrace or read.old_stacktrace) or _threadcalls(read.threads)
    telling = significant(exceptions)
    raised = telling[-1] if telling else None
    stack = (raised.frames if raised else ()) or frames
    said, template = message(read)
    transaction = trimmed(read.transaction, NAME_LENGTH)
    user = _user(read.user or read.old_user)
    request = read.request or read.old_request
    own = {
        "level": _level(read.level),
        "environment": trimmed(read.environment, ENVIRONMENT_LENGTH) or "production",
        "release": trimmed(read.release, RELEASE_LENGTH),
        "dist": trimmed(read.dist, ENVIRONMENT_LENGTH),
        "logger": trimmed(read.logger, NAME_LENGTH),
        "server_name": trimmed(read.server_name, NAME_LENGTH),
        "transaction": transaction,
    }
    url = trimmed(request.url, URL_LENGTH) if request else ""
    return Event(
        event_id=event_id,
        timestamp=_time(read.timestamp, received),
        platform=trimmed(read.platform, ENVIRONMENT_LENGTH).lower() or "other",
        culprit=transaction or culprit(stack) or trimmed(read.culprit, NAME_LENGTH),
        title=title(telling, said, stack),
        message=said,
        message_template=template,
        tags=tags(read, (*own.items(), ("url", url)), user, raised),
        user=user,
        exceptions=exceptions,
        frames=frames,
        fingerprint=_fingerprint(read.fingerprint),
        checksum=trimmed(read.checksum, NAME_LENGTH),
        request_url=url,
        sdk=trimmed(read.sdk.name, NAME_LENGTH) if read.sdk else "",
        read_again=partial(_whole, payload),
        **own,
    )


def _whole(payload: bytes) -> dict[str, Any]:
    """All that the SDK wrote, under today's names."""
    try:
        found = loads(payload)
    except UnreadableError:
        return {}
    for old, new in OLD_NAMES.items():
        if old in found:
            found.setdefault(new, found[old])
    return found


def _level(given: str | int | None) -> str:
    """A level by its name or by its number, as Python's logging and old clients write it."""
    name = given.strip().lower() if isinstance(given, str) else given
    return LEVEL_NAMES.get(name, "error") if name is not None else "error"


def _time(given: str | float | None, received: float) -> float:
    found = _seconds(given)
    # Written so that NaN, which compares to nothing, is refused as well.
    return found if received - OLDEST <= found <= received + MOST_AHEAD else received


def _seconds(given: str | float | None) -> float:
    """Seconds since 1970; a time that names no zone is UTC, and 0 stands for none."""
    if not isinstance(given, str):
        return float(given or 0)
    try:
        found = datetime.fromisoformat(given.strip())
    except ValueError:
        return _number(given)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _exceptions(
    given: wire.WireChain | list[wire.WireException | None] | None,
) -> tuple[ExceptionValue, ...]:
    if given is None:
        return ()
    if isinstance(given, wire.WireChain):
        given = given.values if given.values is not None else [given]
    found = [_exception(one) for one in given if one is not None]
    # The raised one stands last; of a longer chain the far causes go.
    return tuple(one for one in found if one.type or one.value or one.frames)[-EXCEPTIONS:]


def _exception(one: wire.WireException) -> ExceptionValue:
    mechanism = one.mechanism or wire.WireMechanism()
    return ExceptionValue(
        type=trimmed(one.type, NAME_LENGTH),
        value=trimmed(one.value, MESSAGE_LENGTH),
        module=trimmed(one.module, NAME_LENGTH),
        handled=mechanism.handled,
        synthetic=bool(mechanism.synthetic),
        frames=calls(one.stacktrace),
        mechanism=trimmed(mechanism.type, NAME_LENGTH),
        id=mechanism.exception_id,
        parent=mechanism.parent_id,
        is_group=bool(mechanism.is_exception_group),
    )


def _threadcalls(given: wire.WireThreads | list[wire.WireThread | None] | None) -> tuple[Frame, ...]:
    """The calls of the thread that crashed, else of the one that reported, else of the first."""
    threads = given.values if isinstance(given, wire.WireThreads) else given
    with_calls = [one for one in threads or () if one is not None and one.stacktrace is not None]
    if not with_calls:
        return ()
    return calls(max(with_calls, key=lambda one: (bool(one.crashed), bool(one.current))).stacktrace)


def _user(given: wire.WireUser | None) -> EventUser | None:
    if given is None:
        return None
    user = EventUser(
        id=trimmed(given.id, NAME_LENGTH),
        email=trimmed(given.email, NAME_LENGTH),
        username=trimmed(given.username, NAME_LENGTH),
        # "{{auto}}" asks the server to fill in the sender's address, which the spool does not keep.
        ip_address="" if given.ip_address == "{{auto}}" else trimmed(given.ip_address, ENVIRONMENT_LENGTH),
        data=tuple(islice(given_tags(given.data), USER_FIELDS)) if given.data else (),
    )
    return user if any(user) else None


def _fingerprint(given: Any) -> tuple[str, ...]:
    values = given if isinstance(given, list) else [given]
    texts = [text_of(value)[:RELEASE_LENGTH] for value in values[:FINGERPRINT_VALUES]]
    return tuple(text for text in texts if text)
