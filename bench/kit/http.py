"""As much of HTTP/1.1 as a benchmark's own ends need."""

import re

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)


def is_whole(held: bytes) -> bool:
    """Whether a message of declared length has come, head and body."""
    head, found, body = held.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return bool(found) and len(body) >= (int(length[1]) if length else 0)
