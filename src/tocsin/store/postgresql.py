"""What PostgreSQL's text cannot hold, taken out on the way in: events and forms may carry any character.

A NUL and half of a surrogate pair are legal in Python and, escaped, in JSON; PostgreSQL refuses the statement.
"""

import re
from typing import Any

from django.db.backends.signals import connection_created
from django.dispatch import receiver

_UNHOLDABLE = re.compile("[\x00\ud800-\udfff]")
# \u0000 and a half without its other half, in JSON's escapes; an escaped backslash before them is just that.
_ESCAPED = re.compile(
    r"(?<!\\)((?:\\\\)*)"
    r"(?:\\u0000|\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    r"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_INSTEAD = "\ufffd"


def holdable(text: str) -> str:
    """The text with U+FFFD for each character that PostgreSQL cannot hold; in JSON text also for escaped ones."""
    if not text.isascii() or "\x00" in text:
        text = _UNHOLDABLE.sub(_INSTEAD, text)
    return _ESCAPED.sub(rf"\g<1>{_INSTEAD}", text) if text[:1] in ("{", "[") and "\\u" in text else text


@receiver(connection_created)
def _hold_any_text(connection: Any, **_: object) -> None:
    if connection.vendor == "postgresql":
        _register(connection.connection.adapters)


def _register(adapters: Any) -> None:
    """Puts `holdable` before psycopg's own writing of texts and of JSON, 0.3 µs a text."""
    from psycopg.adapt import Dumper, PyFormat  # noqa: PLC0415 — of the extra `scale`
    from psycopg.types.json import Jsonb, JsonbDumper  # noqa: PLC0415

    fast = adapters.get_dumper(str, PyFormat.TEXT)

    class Text(Dumper):
        def __init__(self, cls: type, context: Any = None) -> None:
            super().__init__(cls, context)
            self._fast = fast(cls, context)

        def dump(self, obj: str) -> Any:
            return self._fast.dump(holdable(obj))

        def quote(self, obj: str) -> Any:
            return self._fast.quote(holdable(obj))

    class Json(JsonbDumper):
        def dump(self, obj: Any) -> Any:
            written = bytes(super().dump(obj) or b"")
            return holdable(written.decode()).encode() if b"\\u" in written else written

    adapters.register_dumper(str, Text)
    adapters.register_dumper(Jsonb, Json)
