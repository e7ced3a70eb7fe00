"""Bodies as the door spools them, and the events in them."""

import json
from collections.abc import Mapping
from typing import Any

from tests.builders import NOW
from tocsin.engine.spool import Accepted
from tocsin.pipeline.digest import Digested, digest

SPOOL = "5" * 32


def a_payload(number: int = 1, **fields: Any) -> dict[str, Any]:
    """What an SDK sends: the id comes from `number`, so the same number is the same event."""
    return {
        "event_id": an_id(number),
        "timestamp": NOW.timestamp(),
        "platform": "python",
        "exception": {"values": [an_exception()]},
        **fields,
    }


def an_exception(*frames: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "type": "ZeroDivisionError",
        "value": "division by zero",
        "stacktrace": {"frames": list(frames) or [a_frame("total")]},
        **fields,
    }


def a_frame(function: str, *, in_app: bool = True) -> dict[str, Any]:
    return {"module": "shop.cart", "function": function, "filename": "shop/cart.py", "lineno": 41, "in_app": in_app}


def an_id(number: int) -> str:
    return f"{number:032x}"


def accepted(project_id: int, payload: Mapping[str, Any] | bytes, *, place: int = 1, **columns: Any) -> Accepted:
    """One spooled envelope; `place` is its id in the spool."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    event_id = payload["event_id"] if isinstance(payload, Mapping) else columns.pop("event_id", an_id(place))
    head = json.dumps({"event_id": event_id}).encode()
    item = json.dumps({"type": "event", "length": len(body)}).encode()
    columns = {"received": NOW.timestamp(), "kind": "envelope", "encoding": "", "client": "", **columns}
    return Accepted(
        id=place, project_id=project_id, event_id=event_id, body=b"\n".join([head, item, body]) + b"\n", **columns
    )


def a_batch(
    project_id: int, *payloads: Mapping[str, Any] | bytes, first: int = 1, **columns: Any
) -> list[Accepted]:
    return [
        accepted(project_id, payload, place=place, **columns) for place, payload in enumerate(payloads, start=first)
    ]


def digested(project_id: int, *payloads: Mapping[str, Any] | bytes, first: int = 1, now=NOW, **columns) -> Digested:
    """The payloads as one batch, digested at `now`."""
    return digest(a_batch(project_id, *payloads, first=first, **columns), SPOOL, now)
