"""Threads: what of an issue's news stands below an alert about it, and what is said anew (behaviour §8.9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tocsin.core.fields import boolean, choice
from tocsin.core.sending import BROADCAST, REPLY


class Later(StrEnum):
    """How an alert is said where one about the same issue stands already: below it and, so that somebody sees it,
    in the channel too; below it alone; or as a message with a thread of its own."""

    BROADCAST = "broadcast"
    THREAD = "thread"
    ANEW = "anew"


class Activity(StrEnum):
    """Whether what happens to the issue is said in an alert's thread."""

    THREAD = "thread"
    NEVER = "never"


class Became(StrEnum):
    """What became of words that somebody wrote in a thread."""

    SAID = "said"
    REWORDED = "reworded"
    TAKEN_BACK = "taken_back"


LATER_WORDS: Mapping[str, str] = {
    Later.BROADCAST: "in its thread, and in the channel too",
    Later.THREAD: "in its thread only",
    Later.ANEW: "as a message of its own",
}
ACTIVITY_WORDS: Mapping[str, str] = {
    Activity.THREAD: "in its thread",
    Activity.NEVER: "nowhere",
}
AS_ORGANIZATION = "as the organization chose"


@dataclass(frozen=True)
class Choices:
    """What an organization chose for the threads of its alerts, as pages and API show it."""

    later_alerts: str = choice(
        "A later alert about the same issue is said",
        LATER_WORDS,
        help="A rule's action may differ for its channel",
    )
    threads_activity: bool = boolean(
        "What happens to an issue is said in the thread",
        default=True,
        help="Resolved, archived, assigned, back again: whoever did it, wherever. A rule's action may differ",
    )
    threads_comments: bool = boolean(
        "Comments on an issue are said in the thread", default=True, help="Written on its page, or by the API"
    )
    takes_comments: bool = boolean(
        "What people write in the thread becomes a comment on the issue",
        help="Of people who linked their account; what they change or delete there changes here. Slack has to let "
        "Tocsin read the channels that it is in; what is not written below an alert is kept nowhere",
    )


def later(of_action: str, of_organization: str) -> Later:
    """How a later alert is said: a rule's action may differ from the organization. A word that this version does
    not know is none."""
    return _known(of_action) or _known(of_organization) or Later.BROADCAST


def _known(word: str) -> Later | None:
    return Later(word) if word in LATER_WORDS else None


def detail_of(chosen: Later) -> dict[str, Any]:
    """What the delivery of a later alert does beside being said."""
    match chosen:
        case Later.BROADCAST:
            return {"act": REPLY, BROADCAST: True}
        case Later.THREAD:
            return {"act": REPLY}
        case Later.ANEW:
            return {}


def conversation_of(issue_id: int) -> str:
    """The name under which services' references for an issue are kept."""
    return f"issue:{issue_id}"


def own_conversation(issue_id: int, notification: str) -> str:
    """The name for an alert that begins a thread of its own, beside those about the same issue."""
    return f"{conversation_of(issue_id)}/{notification}"


def about(conversation: str) -> str:
    """What a conversation is about, whichever of its threads it is."""
    return conversation.partition("/")[0]
