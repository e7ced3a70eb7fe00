"""What Slack sends us: whether it is Slack's, and what somebody pressed or typed.

https://docs.slack.dev/authentication/verifying-requests-from-slack
https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.acts import ASSIGN
from tocsin.core.subjects import Subject
from tocsin.providers.slack.controls import issue_of, subject_of
from tocsin.providers.slack.entered import answers
from tocsin.providers.slack.remarks import Remark, remark

FRESH = timedelta(minutes=5)
LONGEST = 2_000
_UNHOLDABLE = re.compile("[\0\ud800-\udfff]")  # no database takes half a character


class UnreadableError(ValueError):
    """What came is signed, perhaps, and makes no sense."""


def is_signed(
    secrets: Iterable[str], timestamp: str | None, signature: str | None, body: bytes, now: datetime
) -> bool:
    """Whether one of the secrets signed this body within the last five minutes; compared in constant time."""
    if not timestamp or not signature or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(now.timestamp() - int(timestamp)) > FRESH.total_seconds():
        return False
    signed = b"v0:" + timestamp.encode() + b":" + body
    given = signature.encode(errors="replace")
    found = False
    for secret in secrets:
        # Each is compared, so that the time tells nothing of which one it was. An empty one signs nothing.
        right = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        found |= bool(secret) and hmac.compare_digest(right.encode(), given)
    return found


@dataclass(frozen=True, slots=True)
class Sender:
    """Who did it, in which workspace. `answer_to` is where Slack takes an answer for half an hour."""

    team: str
    user: str
    name: str = ""
    channel: str = ""
    answer_to: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button or a line of a menu; `about` is what its message is about, None where that is nothing of ours, and
    `does` its word (core.acts, core.member_acts)."""

    sender: Sender
    about: Subject | None
    does: str
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody types into a menu of people and teams, below a message about an issue."""

    sender: Sender
    issue_id: int | None
    text: str


def team_of(payload: Mapping[str, Any]) -> str:
    """The workspace that a payload says it is from, before anything of it is believed."""
    team = payload.get("team")
    found = team.get("id") if isinstance(team, Mapping) else payload.get("team_id")
    return _text(found)


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers to a dialog: its name, what it was about, and what was entered, by the names of its inputs."""

    sender: Sender
    about: Subject | None
    name: str
    answers: Mapping[str, str]


def read(payload: Mapping[str, Any]) -> Pressed | Typed | Answered | None:
    """What was done; None for what needs no answer. Raises UnreadableError."""
    match payload.get("type"):
        case "view_submission":
            return _answered(payload)
        case "block_actions":
            return _pressed(payload)
        case "block_suggestion":
            text = _text(payload.get("value"))
            return Typed(_sender(payload), issue_of(_text(payload.get("block_id"))), text)
        case str():
            return None
        case _:
            raise UnreadableError("The payload does not say what it is.")


def _pressed(payload: Mapping[str, Any]) -> Pressed | None:
    actions = payload.get("actions")
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], Mapping):
        raise UnreadableError("The payload names no action.")
    one = actions[0]
    word, about = _word(one), subject_of(_text(one.get("block_id")))
    return Pressed(_sender(payload), about, word, _text(payload.get("trigger_id"))) if word else None


def _answered(payload: Mapping[str, Any]) -> Answered:
    """What a modal carried comes back with it: what it is about, and where its reader is answered."""
    view = payload.get("view")
    if not isinstance(view, Mapping):
        raise UnreadableError("The payload holds no view.")
    carried = document(view.get("private_metadata"))
    sender = replace(_sender(payload), answer_to=_text(carried.get("answer_to")))
    return Answered(
        sender, subject_of(_text(carried.get("about"))), _text(view.get("callback_id")), answers(view.get("state"))
    )


def document(text: Any) -> Mapping[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# What Sentry's buttons that lead somewhere send: Slack tells of each press, and nothing is to be done (§8.3).
_LINKS = frozenset(
    {
        "grace_period_warning",
        "integration_disabled_slack",
        "link_clicked",
        "sentry_docs_link_clicked",
        "trial_end_warning",
    }
)


def _word(action: Mapping[str, Any]) -> str:
    """The word of a button, or of the line that was chosen; a link's button has none."""
    chosen = action.get("selected_option")
    if isinstance(chosen, Mapping):
        value = _text(chosen.get("value"))
        return f"{ASSIGN}:{value}" if action.get("action_id") == ASSIGN and value else value
    value = _text(action.get("value"))
    return "" if value in _LINKS else value


def _sender(payload: Mapping[str, Any]) -> Sender:
    user, channel = payload.get("user"), payload.get("channel")
    person = user if isinstance(user, Mapping) else {}
    found = Sender(
        team=team_of(payload),
        user=_text(person.get("id")),
        name=_text(person.get("username") or person.get("name")),
        channel=_text(channel.get("id")) if isinstance(channel, Mapping) else "",
        answer_to=_text(payload.get("response_url")),
    )
    if not found.team or not found.user:
        raise UnreadableError("The payload does not say who did it, or in which workspace.")
    return found


def _text(value: Any) -> str:
    """A text of the payload; "" for anything else, or one longer than anything that we sent."""
    if not isinstance(value, str) or len(value) > LONGEST or _UNHOLDABLE.search(value):
        return ""
    return value


def command(fields: Mapping[str, Any]) -> tuple[Sender, str]:
    """Who typed a slash command, and what stands behind its name. Raises UnreadableError.

    https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    found = Sender(
        team=team_of(fields),
        user=_text(fields.get("user_id")),
        name=_text(fields.get("user_name")),
        channel=_text(fields.get("channel_id")),
        answer_to=_text(fields.get("response_url")),
    )
    if not found.team or not found.user:
        raise UnreadableError("The command does not say who typed it, or in which workspace.")
    return found, _text(fields.get("text"))


_YEAR_3000 = 32_503_680_000


@dataclass(frozen=True, slots=True)
class Removed:
    """The app was taken out of the workspace, or its token was taken back; why, in a sentence, and when, in seconds
    since 1970, where that is said."""

    why: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Somebody wrote to the app itself."""

    sender: Sender
    text: str


def event(payload: Mapping[str, Any]) -> Removed | Written | Remark | None:
    """What an event tells; None for what needs nothing done: a bot's words, an empty message, what is no reply.

    https://docs.slack.dev/reference/events
    """
    told = payload.get("event")
    if not isinstance(told, Mapping):
        raise UnreadableError("The payload tells of no event.")
    match told.get("type"):
        case "app_uninstalled":
            return Removed("The app was removed from the Slack workspace. Add it again.", _at(payload))
        case "tokens_revoked" if _bots(told.get("tokens")):
            return Removed("The workspace took the app's token back. Add the app again.", _at(payload))
        case "message" if told.get("channel_type") == "im" and not told.get("bot_id") and not told.get("subtype"):
            return _written(payload, told)
        case "message" if told.get("channel_type") in ("channel", "group"):
            return remark(told)
        case _:
            return None


def event_name(payload: Mapping[str, Any]) -> str:
    """The name that an event keeps however often it is told; "" for none."""
    return _text(payload.get("event_id"))


def _at(payload: Mapping[str, Any]) -> float | None:
    """When it happened, to the end of the second that Slack names."""
    at = payload.get("event_time")
    if not isinstance(at, int) or isinstance(at, bool) or not 0 < at < _YEAR_3000:
        return None
    return at + 0.999999


def _bots(tokens: Any) -> bool:
    """Whether a bot's token is among those that were taken back; people's are none that we hold."""
    return isinstance(tokens, Mapping) and bool(tokens.get("bot"))


def _written(payload: Mapping[str, Any], told: Mapping[str, Any]) -> Written | None:
    user, text = _text(told.get("user")), _text(told.get("text")).strip()
    sender = Sender(team_of(payload), user, "", _text(told.get("channel")))
    return Written(sender, text) if user and text and sender.channel else None
