"""What people write in Slack, as plain text.

https://docs.slack.dev/messaging/formatting-message-text: of what they type Slack escapes & < >, so that whatever
stands in <angle brackets> is Slack's own: a mention, a channel, a link. What makes text bold or code stays so.
"""

import re
from collections.abc import Mapping

MOST_SPOKEN_TO = 50
_MARK = re.compile(r"<([^<>]*)>")
_PERSON = re.compile(r"<@([A-Z0-9]{1,40})(?:\|[^<>]*)?>")


def spoken_to(text: str) -> tuple[str, ...]:
    """The Slack ids of the people whom a text mentions, each once; at most 50."""
    return tuple(dict.fromkeys(_PERSON.findall(text)))[:MOST_SPOKEN_TO]


def plain(text: str, people: Mapping[str, str]) -> str:
    """The text without Slack's marks; `people` are the names of those whom it mentions, by their Slack id."""
    shown = _MARK.sub(lambda found: _shown(found.group(1), people), text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shown(mark: str, people: Mapping[str, str]) -> str:
    target, _, label = mark.partition("|")
    match target[:1]:
        case "@":
            return f"@{people.get(target[1:]) or label or target[1:]}"
        case "#":
            return f"#{label or target[1:]}"
        case "!":
            return _special(target[1:], label)
        case _:
            return _link(target, label)


def _special(target: str, label: str) -> str:
    """@here and its like, a group of users, a date with what stands for it."""
    word, _, rest = target.partition("^")
    if word in ("here", "channel", "everyone"):
        return f"@{word}"
    return label or f"@{rest.partition('^')[0] or word}"


def _link(target: str, label: str) -> str:
    """A link whose label is only the shorter way to write it is written that way."""
    shorter = target.removeprefix("mailto:").removeprefix("tel:").partition("://")
    if not label or label == target:
        return target
    return label if label.rstrip("/") in (shorter[0], shorter[2].rstrip("/")) else f"{label} ({target})"
