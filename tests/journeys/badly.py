"""Bodies that a door meets in the open: broken, hostile, far too large, or odd and events all the same."""

import gzip
import json
import zlib
from typing import Any, NamedTuple

import brotli
import zstandard

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> <!channel> <@U1> <https://evil.example|ok> {{ 7*7 }}"
)
MEGABYTE = 1_000_000
OVER = 200 * MEGABYTE
KEY = object()  # stands for the project's own key


class Bad(NamedTuple):
    """A request that has to be refused with this status, for a reason that holds these words."""

    name: str
    status: int
    reason: str
    body: bytes
    headers: dict[str, str] = {}
    key: Any = KEY
    path: str = "/api/1/envelope/"


def envelope(event: bytes | dict[str, Any], event_id: str = "", **headers: Any) -> bytes:
    """An envelope of one event, as an SDK writes it."""
    payload = event if isinstance(event, bytes) else json.dumps(event).encode()
    first = {"event_id": event_id, **headers} if event_id else headers
    item = json.dumps({"type": "event", "length": len(payload)}).encode()
    return b"\n".join([json.dumps(first).encode(), item, payload]) + b"\n"


def _packed(encoding: str, body: bytes) -> dict[str, Any]:
    return {"headers": {"Content-Encoding": encoding}, "body": body}


def _gzip_bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    zeros = bytes(MEGABYTE)
    return b"".join([*(packer.compress(zeros) for _ in range(OVER // MEGABYTE)), packer.flush()])


REFUSED = [
    Bad("an empty body", 400, "does not begin with a JSON object", b""),
    Bad("no JSON", 400, "does not begin with a JSON object", b"hello\n"),
    Bad(
        "an item that ends early", 400, "ends 90 bytes too early", b'{}\n{"type":"event","length":99}\n{"a":1}\n\n'
    ),
    Bad("a negative length", 400, "not a number of bytes", b'{}\n{"type":"event","length":-1}\n{}\n'),
    Bad("an item without a type", 400, "has no type", b'{}\n{"length":2}\n{}\n'),
    Bad("two events", 400, "more than one event", envelope({"message": "a"}) + envelope({"message": "b"})[3:]),
    Bad("an event that is a list", 400, "", envelope(b"[1,2]")),
    Bad("half an event", 400, "not JSON", envelope(b'{"message":"x"')),
    Bad("an id that is none", 400, "not 32 hexadecimal digits", envelope({}, event_id="../../etc/passwd")),
    Bad("invalid UTF-8", 400, "not UTF-8 at byte", envelope(b'{"message":"caf\xe9 \xff\xfe"}')),
    Bad("deep JSON", 400, "nested too deeply", envelope(b'{"extra":' + b"[" * 200_000 + b"]" * 200_000 + b"}")),
    Bad("an event of two megabytes", 413, "larger than 1,000,000 bytes", envelope({"message": "x" * 2_000_000})),
    Bad("a body of 21 MB", 413, "", bytes(21 * MEGABYTE)),
    Bad("a gzip bomb", 413, "unpacks to more than", **_packed("gzip", _gzip_bomb())),
    Bad("a deflate bomb", 413, "unpacks to more than", **_packed("deflate", zlib.compress(bytes(OVER), 9))),
    Bad("a br bomb", 413, "unpacks to more than", **_packed("br", brotli.compress(bytes(OVER), quality=1))),
    Bad("a zstd bomb", 413, "unpacks to more than", **_packed("zstd", zstandard.compress(bytes(OVER)))),
    Bad("a cut gzip body", 400, "gzip", **_packed("gzip", gzip.compress(envelope({"message": "x"}))[:-9])),
    Bad("a body that is not gzip", 400, "not gzip", **_packed("gzip", b"not packed at all")),
    Bad("an unknown encoding", 400, "send gzip, deflate, br or zstd", **_packed("rot13", b"x")),
    Bad("no key", 403, "names no key", envelope({}), key=""),
    Bad("an unknown key", 403, "does not open this project", envelope({}), key="f" * 32),
    Bad("a key that cannot be one", 403, "not one of this server's", envelope({}), key="' OR 1=1 --"),
    Bad("another project", 403, "does not open this project", envelope({}), path="/api/2/envelope/"),
    Bad("another key inside", 403, "different keys", envelope({}, dsn=f"https://{'e' * 32}@example.com/1")),
    Bad("a store body that is neither JSON nor packed", 400, "", b"%%%", path="/api/1/store/"),
]


def failure(kind: str, value: str = "it broke", **more: Any) -> dict[str, Any]:
    """An event with one exception."""
    return {"exception": {"values": [{"type": kind, "value": value}]}, **more}


def _frames(count: int) -> list[dict[str, Any]]:
    line = "x = " + "1 + " * 40 + "1"
    return [
        {"function": f"call_{n}", "filename": f"module_{n}.py", "lineno": n, "context_line": line, "in_app": True}
        for n in range(1, count)
    ]


def _of_a_megabyte() -> bytes:
    frames = _frames(3_600)
    event = {"exception": {"values": [{"type": "LongStack", "value": "deep", "stacktrace": {"frames": frames}}]}}
    return json.dumps(event).encode()


TAKEN = {
    "NulBytes": json.dumps(failure("NulBytes", "a\x00b", tags={"k\x00": "v\x00"})).encode(),
    "LoneSurrogate": rb'{"exception":{"values":[{"type":"LoneSurrogate","value":"\ud800 half"}]}}',
    "NotANumber": b'{"exception":{"values":[{"type":"NotANumber","value":"x"}]},"extra":{"load":NaN}}',
    "ManyTags": json.dumps(failure("ManyTags", tags={f"tag{n}": "v" * 300 for n in range(300)})).encode(),
    "LongStack": _of_a_megabyte(),
    "FromTheFuture": json.dumps(failure("FromTheFuture", timestamp="2099-01-01T00:00:00Z")).encode(),
    "FromThePast": json.dumps(failure("FromThePast", timestamp=1)).encode(),
    "NoTimeAtAll": json.dumps(failure("NoTimeAtAll", timestamp=1e300)).encode(),
    "WrongShapes": b'{"exception":{"values":[{"type":"WrongShapes","value":[1],"stacktrace":7}]},"tags":5}',
    "Hostile": json.dumps(
        failure(
            "Hostile",
            HOSTILE,
            level="error",
            environment="production\r\nX-Evil: 1",
            release=HOSTILE,
            transaction=f"{HOSTILE}\r\nBcc: evil@example.com",
            server_name=HOSTILE,
            tags={"customer": HOSTILE, HOSTILE: "x"},
            user={"id": HOSTILE, "email": "x\r\nBcc: evil@example.com", "username": HOSTILE},
            breadcrumbs={"values": [{"message": HOSTILE, "category": HOSTILE, "type": "default"}]},
            request={"url": "javascript:alert(3)", "headers": {HOSTILE: HOSTILE}, "data": HOSTILE},
            extra={HOSTILE: HOSTILE},
            contexts={HOSTILE: {HOSTILE: HOSTILE}},
        )
    ).encode(),
    "MailHeaders\r\nBcc: evil@example.com\r\n\r\n<b>body</b>": json.dumps(
        failure("MailHeaders\r\nBcc: evil@example.com\r\n\r\n<b>body</b>", "x\r\nSubject: mine")
    ).encode(),
}
