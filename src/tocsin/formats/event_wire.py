"""The JSON of an event as SDKs write it: read in one pass when it has the usual shapes, forgiven when not.

Two readers give one shape, `WireEvent`. The quick one decodes only the fields that decisions need; whatever it
refuses (a number where text belongs, a NUL, broken UTF-8) goes to the patient one, which bends each value into
place or leaves it out. Only a body that holds no JSON object is refused.
"""

from typing import Any

import msgspec
from msgspec import inspect

from tocsin.formats.event_patient import bend, loads

Scalar = str | int | float | bool | None


class WireFrame(msgspec.Struct, gc=False):
    filename: str | None = None
    abs_path: str | None = None
    module: str | None = None
    function: str | None = None
    context_line: str | None = None
    lineno: int | None = None
    colno: int | None = None
    in_app: bool | None = None
    package: str | None = None


class WireStack(msgspec.Struct):
    frames: list[WireFrame | None] | None = None


class WireMechanism(msgspec.Struct):
    type: str | None = None
    handled: bool | None = None
    synthetic: bool | None = None
    exception_id: int | None = None
    parent_id: int | None = None
    is_exception_group: bool | None = None


class WireException(msgspec.Struct):
    type: str | None = None
    value: Scalar = None
    module: str | None = None
    stacktrace: WireStack | None = None
    mechanism: WireMechanism | None = None


class WireChain(WireException):
    """`exception`: {"values": […]}, or, from old clients, one exception as it is."""

    values: list[WireException | None] | None = None


class WireThread(msgspec.Struct):
    crashed: bool | None = None
    current: bool | None = None
    stacktrace: WireStack | None = None


class WireThreads(msgspec.Struct):
    values: list[WireThread | None] | None = None


class WireMessage(msgspec.Struct):
    message: str | None = None
    formatted: str | None = None
    params: Any = None


class WireUser(msgspec.Struct):
    id: Scalar = None
    email: str | None = None
    username: Scalar = None
    ip_address: str | None = None
    data: Any = None


class WireRequest(msgspec.Struct):
    url: str | None = None


class WireContext(msgspec.Struct):
    name: str | None = None
    version: Scalar = None


class WireContexts(msgspec.Struct):
    browser: WireContext | None = None
    device: WireContext | None = None
    os: WireContext | None = None
    runtime: WireContext | None = None


class WireSdk(msgspec.Struct):
    name: str | None = None


class WireEvent(msgspec.Struct):
    """The last five are what clients wrote before 2018; `raven` still does."""

    timestamp: str | int | float | None = None
    platform: str | None = None
    level: str | int | None = None
    logger: str | None = None
    transaction: str | None = None
    culprit: str | None = None
    environment: str | None = None
    release: str | None = None
    dist: Scalar = None
    server_name: str | None = None
    checksum: str | None = None
    message: str | WireMessage | None = None
    logentry: WireMessage | None = None
    fingerprint: Any = None
    tags: Any = None
    user: WireUser | None = None
    request: WireRequest | None = None
    exception: WireChain | list[WireException | None] | None = None
    stacktrace: WireStack | None = None
    threads: WireThreads | list[WireThread | None] | None = None
    contexts: WireContexts | None = None
    sdk: WireSdk | None = None
    old_message: WireMessage | None = msgspec.field(name="sentry.interfaces.Message", default=None)
    old_exception: WireChain | list[WireException | None] | None = msgspec.field(
        name="sentry.interfaces.Exception", default=None
    )
    old_stacktrace: WireStack | None = msgspec.field(name="sentry.interfaces.Stacktrace", default=None)
    old_user: WireUser | None = msgspec.field(name="sentry.interfaces.User", default=None)
    old_request: WireRequest | None = msgspec.field(name="sentry.interfaces.Http", default=None)


_DECODER = msgspec.json.Decoder(WireEvent)
_SHAPE = inspect.type_info(WireEvent)


def read(payload: bytes) -> WireEvent:
    """The event in `payload`. Raises UnreadableError when there is no JSON object in it."""
    # PostgreSQL stores no NUL in text; the patient reader removes them wherever they stand.
    if b"\\u0000" not in payload:
        try:
            return _DECODER.decode(payload)
        except (ValueError, RecursionError):
            pass
    event: WireEvent = bend(_SHAPE, loads(payload))
    return event
