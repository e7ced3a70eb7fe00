"""A test error on demand: a real exception, in the very body that an SDK sends, put where the door puts bodies."""

import json
import linecache
import secrets
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.conf import settings

import tocsin
from tocsin.engine.port import put
from tocsin.engine.spool import SpoolUnavailableError, append_one

CLIENT = "tocsin.test-error"
LINES_AROUND = 3


class TestError(Exception):
    """Raised on purpose."""


class NotAcceptedError(RuntimeError):
    """The test error could not be kept; the text says why and what to do."""


def send_test_error(project_id: int, now: datetime) -> str:
    """Reports one exception to a project as an SDK would; the event's id, by which its walk is read.

    Each one is an issue of its own. Raises NotAcceptedError when it could not be spooled.
    """
    event_id = new_event_id(now)
    body = _envelope(_event(event_id, now), event_id, now)
    try:
        append_one(settings.TOCSIN.spool, project_id, now.timestamp(), "envelope", "", event_id, CLIENT, body)
    except SpoolUnavailableError as error:
        raise NotAcceptedError(f"{error}. Is the disk full? Free some space and send it again.") from None
    put("digest")
    return event_id


def new_event_id(now: datetime) -> str:
    """A new id that begins with its time (12 hex of milliseconds), so that a walk knows how long it has waited."""
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"


def accepted_at(event_id: str) -> datetime:
    """When the event of such an id was sent."""
    return datetime.fromtimestamp(int(event_id[:12], 16) / 1000, UTC)


def _envelope(event: dict[str, Any], event_id: str, now: datetime) -> bytes:
    payload = json.dumps(event).encode()
    headers = {"event_id": event_id, "sent_at": now.isoformat(), "sdk": event["sdk"]}
    item = {"type": "event", "length": len(payload), "content_type": "application/json"}
    return b"\n".join([json.dumps(headers).encode(), json.dumps(item).encode(), payload]) + b"\n"


def _event(event_id: str, now: datetime) -> dict[str, Any]:
    try:
        check_out("an order")
    except TestError as error:
        caught = error
    return {
        "event_id": event_id,
        "timestamp": now.timestamp(),
        "platform": "python",
        "level": "error",
        "logger": CLIENT,
        "environment": "production",
        "server_name": "tocsin",
        "fingerprint": [CLIENT, event_id],
        "tags": {"test": "true"},
        "exception": {"values": [_exception(caught)]},
        "sdk": {"name": CLIENT, "version": tocsin.__version__},
    }


def check_out(order: str) -> None:
    """The first call of the test error's stack trace."""
    charge(order)


def charge(order: str) -> None:
    """The call that fails, always."""
    raise TestError(f"Nothing is wrong, this is a test (while charging {order})")


def _exception(error: TestError) -> dict[str, Any]:
    return {
        "type": type(error).__name__,
        "value": str(error),
        "module": type(error).__module__,
        "mechanism": {"type": "generic", "handled": True},
        "stacktrace": {"frames": list(_frames(error.__traceback__))},
    }


def _frames(trace: TracebackType | None) -> Iterator[dict[str, Any]]:
    # The outermost call is the one that caught it, here; an application's would be its own.
    for frame, line in list(traceback.walk_tb(trace))[1:]:
        code = frame.f_code
        around = [
            linecache.getline(code.co_filename, number).rstrip("\n")
            for number in range(max(line - LINES_AROUND, 1), line + LINES_AROUND + 1)
        ]
        place = min(LINES_AROUND, line - 1)
        module = frame.f_globals["__name__"]
        yield {
            "filename": module.replace(".", "/") + ".py",
            "abs_path": code.co_filename,
            "module": module,
            "function": code.co_name,
            "lineno": line,
            "pre_context": around[:place],
            "context_line": around[place],
            "post_context": around[place + 1 :],
            "in_app": True,
        }
