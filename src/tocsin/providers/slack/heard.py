"""What Slack tells of its readers: that somebody shared links of ours, that somebody opened the app's home.

https://docs.slack.dev/reference/events/link_shared
https://docs.slack.dev/reference/events/app_home_opened
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.own_links import LONGEST
from tocsin.core.spots import Preview
from tocsin.providers.slack.receive import Sender, team_of

MOST_LINKS = 20
_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")
_ADDRESS = re.compile(rf"[!-~]{{1,{LONGEST}}}")  # as Slack writes them: ASCII without spaces


@dataclass(frozen=True, slots=True)
class Shared:
    """Links in a message or a draft, each once, exactly as Slack writes them (an & is `&amp;`)."""

    sender: Sender
    at: Preview
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody looks at the app's home."""

    sender: Sender


def heard(payload: Mapping[str, Any]) -> Shared | Opened | None:
    """What there is to show, and to whom; None for any other event, and for one that makes no sense."""
    told = payload.get("event")
    if not isinstance(told, Mapping):
        return None
    match told.get("type"):
        case "link_shared":
            return _shared(payload, told)
        case "app_home_opened" if told.get("tab") == "home" and (user := _name(told.get("user"))):
            return Opened(Sender(team_of(payload), user))
        case _:
            return None


def _shared(payload: Mapping[str, Any], told: Mapping[str, Any]) -> Shared | None:
    """Nothing for a channel that other companies read too (Slack Connect): a preview is for all who are there."""
    user, at = _name(told.get("user")), _place(told)
    if payload.get("is_ext_shared_channel") or not user or at is None:
        return None
    given = told.get("links")
    urls = [one.get("url") for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []
    links = dict.fromkeys(url for url in urls if isinstance(url, str) and _ADDRESS.fullmatch(url))
    return Shared(Sender(team_of(payload), user, "", at.channel), at, tuple(links)[:MOST_LINKS])


def _place(told: Mapping[str, Any]) -> Preview | None:
    """A draft has an id of its own, which nothing but chat.unfurl knows; Enterprise tells of none."""
    if told.get("source") == "composer":
        draft = _name(told.get("unfurl_id"))
        return Preview("", draft, is_draft=True) if draft else None
    channel, message = _name(told.get("channel")), _name(told.get("message_ts"))
    return Preview(channel, message) if channel and message else None


def _name(value: Any) -> str:
    """An id or a time of Slack's; "" for anything else."""
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""
