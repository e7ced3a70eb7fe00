"""Makes hostile text harmless before any service's own markup is applied: event text may hold anything."""

import re

ELLIPSIS = "…"

# C0 and C1 controls but tab and newline; bidirectional controls, which make text read other than it is
# (CVE-2021-42574); line and paragraph separators; lone surrogates, which UTF-8 cannot carry.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_WHITE = re.compile(r"\s+")


def clean(text: str) -> str:
    """The text without control, bidirectional and unencodable characters; lines end in a newline."""
    if text.isascii() and text.isprintable():
        return text
    return _HARMFUL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str, limit: int) -> str:
    """The text as one line of at most `limit` characters."""
    if not (text.isascii() and text.isprintable()):
        text = _WHITE.sub(" ", clean(text)).strip()
    return cut(text, limit)


def cut(text: str, limit: int) -> str:
    """The text, shortened with an ellipsis where it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)] + ELLIPSIS


_ADDRESS = re.compile(r"([^\s@<>]{1,64})@[^\s@<>]{1,255}\.[^\s@<>]{1,63}")


def without_addresses(text: str) -> str:
    """For whoever may read along: of each mail address only how it begins, "ana" for ana@example.org."""
    return _ADDRESS.sub(r"\1", text)
