"""Store bodies, what SDKs sent before envelopes: one event as JSON, at times zlib'd and base64'd.

Source: behaviour §13.1; raven's clients to version 5 pack the body themselves and name no encoding.
"""

import base64
import binascii

from tocsin.formats.encoding import UndecodableError, unpack
from tocsin.formats.envelope import MalformedError


def plain(body: bytes, limit: int) -> bytes:
    """The JSON of an event from an unpacked store body, at most `limit` bytes; JSON comes back as it is.

    Raises MalformedError for what is neither JSON nor packed JSON, TooLargeError past the limit.
    """
    text = body.strip()
    if text.startswith(b"{"):
        return unpack(text, "", limit)
    try:
        packed = base64.b64decode(text, validate=True)
        return _json_object(unpack(packed, "deflate", limit))
    except (binascii.Error, UndecodableError):
        raise MalformedError("The body is neither a JSON object nor one packed with zlib and base64") from None


def _json_object(text: bytes) -> bytes:
    if not text.lstrip().startswith(b"{"):
        raise MalformedError("The packed body holds no JSON object")
    return text
