"""What people write in the threads of a workspace: said, said otherwise, taken back.

https://docs.slack.dev/reference/events/message. The words of bots, ours among them, are nobody's remark.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.threads import Became

LONGEST = 200_000  # 40,000 characters, should each be written &amp;
MOST_FILES = 20
_ID = re.compile(r"[A-Z0-9]{1,40}")
_TIME = re.compile(r"\d{1,20}\.\d{1,20}")
_UNHOLDABLE = re.compile("[\0\ud800-\udfff]")
# A reply, one with a file, one that the channel sees too, one that begins with /me.
_SAID = (None, "file_share", "thread_broadcast", "me_message")


@dataclass(frozen=True, slots=True)
class Remark:
    """Words of one person, `user`, below a message. `thread` and `name` are what Slack calls the thread and the
    words: a channel and a time each. `text` has Slack's marks (see plain)."""

    became: Became
    thread: str
    name: str
    user: str = ""
    text: str = ""


def remark(told: Mapping[str, Any]) -> Remark | None:
    """The remark that a `message` event of a channel tells of; None for what is none."""
    match told.get("subtype"):
        case "message_changed":
            return _reworded(told)
        case "message_deleted":
            before = _part(told, "previous_message")
            return _remark(Became.TAKEN_BACK, told, {**before, "ts": told.get("deleted_ts"), "text": ""})
        case subtype if subtype in _SAID:
            return _remark(Became.SAID, told, told)
        case _:
            return None


def _reworded(told: Mapping[str, Any]) -> Remark | None:
    """Slack tells of a change for each preview of a link that it adds, too: the words are the same then."""
    now, before = _part(told, "message"), _part(told, "previous_message")
    if now.get("subtype") not in _SAID or _words(now) == _words(before):
        return None
    return _remark(Became.REWORDED, told, now)


def _remark(became: Became, told: Mapping[str, Any], message: Mapping[str, Any]) -> Remark | None:
    channel, user = _match(_ID, told.get("channel")), _match(_ID, message.get("user"))
    at, begins = _match(_TIME, message.get("ts")), _match(_TIME, message.get("thread_ts"))
    if not (channel and user and at and begins) or at == begins or message.get("bot_id"):
        return None
    return Remark(became, f"{channel}:{begins}", f"{channel}:{at}", user, _words(message))


def _words(message: Mapping[str, Any]) -> str:
    """The text, and a line for each file."""
    files = message.get("files")
    lines = (
        [_file(one) for one in files[:MOST_FILES] if isinstance(one, Mapping)] if isinstance(files, list) else []
    )
    return "\n".join(line for line in (_text(message.get("text")), *lines) if line)


def _file(one: Mapping[str, Any]) -> str:
    """Its name, with its page in Slack, which asks who wants to see it; as Slack writes a link."""
    name, page = _text(one.get("name"))[:200], _text(one.get("permalink"))[:1000]
    named = re.sub("[<>|]", " ", name).strip() or "file"
    return f"<{page}|{named}>" if page.startswith("https://") and not re.search("[<>|]", page) else named


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, Mapping) else {}


def _match(pattern: re.Pattern[str], value: Any) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def _text(value: Any) -> str:
    return _UNHOLDABLE.sub("", value)[:LONGEST] if isinstance(value, str) else ""
