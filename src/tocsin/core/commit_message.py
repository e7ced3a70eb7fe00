"""Which issues a commit or a pull request says that it resolves: "Fixes SHOP-12", "closes shop-3 and SHOP-4"."""

import re

# A word of intent, then ids with commas and "and" between them. Each part is bounded, so that no message is slow.
_RESOLVES = re.compile(
    r"\b(?:fix|fixes|fixed|close|closes|closed|resolve|resolves|resolved)\b:?[ \t]{0,8}"
    r"(?P<ids>[\[(#]?[a-z0-9_][a-z0-9_-]{0,63}-\d{1,9}\b[\])]?"
    r"(?:(?:[ \t]{0,8}[,&][ \t]{0,8}(?:and[ \t]{1,8})?|[ \t]{1,8}and[ \t]{1,8})"
    r"[\[(#]?[a-z0-9_][a-z0-9_-]{0,63}-\d{1,9}\b[\])]?)*)",
    re.IGNORECASE,
)
_ID = re.compile(r"([a-z0-9_][a-z0-9_-]{0,63})-(\d{1,9})\b", re.IGNORECASE)
READ_UP_TO = 65_536  # characters: whoever writes more has said it by then
MOST = 100  # issues of one message


def resolves(message: str) -> tuple[tuple[str, int], ...]:
    """The (project slug in lower case, number) pairs of the issues that a message resolves, each once, in order."""
    found: dict[tuple[str, int], None] = {}
    for said in _RESOLVES.finditer(message[:READ_UP_TO]):
        for slug, number in _ID.findall(said["ids"]):
            found[slug.lower(), int(number)] = None
    return tuple(found)[:MOST]
