"""Slack's channels and people, looked up before a rule names one; nothing is posted for it.

https://docs.slack.dev/reference/methods/conversations.info and …/conversations.list,
https://docs.slack.dev/reference/methods/users.info and …/users.list
"""

import re
from collections.abc import Generator, Mapping
from typing import Any

from tocsin.core.channels import PEOPLE, ROOMS, Channel, Listed, Wanted
from tocsin.core.escape import one_line
from tocsin.core.registry import Channels
from tocsin.core.replies import retry_after
from tocsin.core.sending import (
    Answer,
    Failure,
    Gone,
    Outcome,
    Question,
    Refused,
    Reply,
    Retry,
    Sending,
    Unknown,
)
from tocsin.providers.slack.answers import error_of, next_page, said_in
from tocsin.providers.slack.reading import reading
from tocsin.providers.slack.send import LATER, TOKEN, Settings

# "An integer under 1000": https://docs.slack.dev/reference/methods/conversations.list
PAGE = 999

_ID = re.compile(r"[CGDUW][A-Z0-9]{7,19}")
_PERSONS = ("U", "W")
_LISTS = {ROOMS: ("conversations.list", "channels"), PEOPLE: ("users.list", "members")}
_SCOPES = {ROOMS: "channels:read", PEOPLE: "users:read"}


def wanted(channel: str, channel_id: str) -> Wanted:
    """What is meant by a name ("#ops", "ops", "@ana") or an id, in whichever field it was typed."""
    name, id_ = channel.strip(), channel_id.strip()
    if _ID.fullmatch(name) and id_ in ("", name):  # no channel's name has capitals
        name, id_ = "", name
    is_person = id_.startswith(_PERSONS) if id_ else name.startswith(PEOPLE)
    return Wanted(name.removeprefix("#").removeprefix("@").strip(), id_, PEOPLE if is_person else ROOMS)


def find(settings: Settings, id_: str) -> Sending:
    """The channel or the person of an id. Unknown where Slack does not say, as a scope is missing."""
    is_person = id_.startswith(_PERSONS)
    method, argument = ("users.info", "user") if is_person else ("conversations.info", "channel")
    refused, said = _read((yield reading(settings, method, {argument: id_})), PEOPLE if is_person else ROOMS)
    if isinstance(refused, Refused):
        return Unknown(refused.reason)
    if refused:
        return refused
    channel = _person(said.get("user")) if is_person else _room(said.get("channel"))
    if channel is None:
        return Unknown(_UNREADABLE)
    if is_person and said["user"].get("deleted") is True:
        return Gone(f"{channel.shown} is no longer in the Slack workspace: choose somebody else.")
    return Listed(channels=(channel,))


def page(settings: Settings, listing: str, cursor: str) -> Sending:
    """A page of all channels that the app can see, archived ones too, or of all people; from the first on where the
    cursor has run out. Public ones alone where the scope for private ones is missing; refused without both."""
    refused, said = yield from _page(settings, listing, cursor)
    if cursor and said.get("error") == "invalid_cursor":
        refused, said = yield from _page(settings, listing, "")
    if listing == ROOMS and "groups:read" in _lacking(said):
        refused, said = yield from _page(settings, listing, cursor, types="public_channel")
    if refused:
        return refused
    found = said.get(_LISTS[listing][1])
    if not isinstance(found, list):
        return Unknown(_UNREADABLE)
    read = _person if listing == PEOPLE else _room
    living = (one for one in found if not (isinstance(one, dict) and one.get("deleted") is True))
    channels = tuple(channel for one in living if (channel := read(one)) is not None and channel.name)
    return Listed(channels=channels, cursor=next_page(said))


def _lacking(said: Mapping[str, Any]) -> str:
    return str(said.get("needed") or "") if said.get("error") == "missing_scope" else ""


def _page(
    settings: Settings, listing: str, cursor: str, types: str = "public_channel,private_channel"
) -> Generator[Question, Answer, tuple[Outcome | None, Mapping[str, Any]]]:
    asked = {"limit": str(PAGE), **({"cursor": cursor} if cursor else {})}
    if listing == ROOMS:
        asked |= {"types": types, "exclude_archived": "false"}
    return _read((yield reading(settings, _LISTS[listing][0], asked)), listing)


_GONE = {
    "channel_not_found": "Slack has no channel of this id, or it is private and the app is not in it: invite the "
    "app there with /invite, or correct the id.",
    "not_in_channel": "The channel is private and the app is not in it: invite the app there with /invite, then "
    "save again.",
    "user_not_found": "Slack has nobody of this id: correct it.",
    "user_not_visible": "The app may not see this person: choose somebody else.",
}
_UNREADABLE = "Slack's answer does not say what was asked."


def _read(answer: Answer, listing: str) -> tuple[Outcome | None, Mapping[str, Any]]:
    """What went wrong, or None with what Slack said. To ask does nothing, so it can always be asked again."""
    match answer:
        case Failure():
            words = f"Slack gave no answer: {answer.reason}."
            return (Unknown(words) if answer.permanent else Retry(words)), {}
        case Reply() if answer.status == 429 or (answer.status >= 500 and answer.status != 501):
            words = "asks to wait" if answer.status == 429 else "does not work right now"
            return Retry(f"Slack {words} (HTTP {answer.status}).", retry_after(answer.headers)), {}
        case Reply() if answer.status == 401:
            return Gone("Slack did not accept the token (HTTP 401).", account=True), {}
        case Reply() if answer.status != 200:
            return Unknown(f"Slack answered HTTP {answer.status}."), {}
        case Reply():
            return _read_body(answer, listing)


def _read_body(reply: Reply, listing: str) -> tuple[Outcome | None, Mapping[str, Any]]:
    said = said_in(reply)
    if said is None:
        return Unknown(_UNREADABLE), {}
    if said.get("ok") is True:
        return None, said
    return _refusal(said, reply, listing), said


def _refusal(said: Mapping[str, Any], reply: Reply, listing: str) -> Outcome:
    error = error_of(said)
    if error in LATER:
        return Retry(f"Slack asks to wait: {error}.", retry_after(reply.headers))
    if error in _GONE:
        return Gone(_GONE[error])
    if error in TOKEN and error != "no_permission":
        return Gone(f"Slack did not accept the token: {error}.", account=True)
    if error in ("missing_scope", "no_permission"):
        needed = one_line(str(said.get("needed") or _SCOPES[listing]), 120)
        return Refused(
            f"The app may not look names up in Slack: it lacks the scope {needed}. Add it to the app and reinstall "
            "it in the workspace, or give the id."
        )
    return Unknown(f"Slack did not say: {error}.")


def _room(told: object) -> Channel | None:
    if not isinstance(told, dict) or not isinstance(told.get("id"), str) or not told["id"]:
        return None
    name = told.get("name")
    is_private = bool(told.get("is_private"))
    return Channel(
        told["id"][:64],
        # A conversation with one person has no name that anybody uses.
        one_line(name, 200) if isinstance(name, str) and not told.get("is_im") else "",
        is_archived=told.get("is_archived") is True,
        is_private=is_private,
        is_open=not is_private or told.get("is_member") is not False,
    )


def _person(told: object) -> Channel | None:
    if not isinstance(told, dict) or not isinstance(told.get("id"), str) or not told["id"]:
        return None
    profile = told.get("profile")
    display = profile.get("display_name") if isinstance(profile, dict) else ""
    names = [one_line(one, 200) for one in (display, told.get("name")) if isinstance(one, str) and one]
    return Channel(told["id"][:64], names[0] if names else "", PEOPLE, names[1] if len(names) > 1 else "")


CHANNELS = Channels(name="channel", ids=("channel_id", "input_channel_id"), wanted=wanted, find=find, page=page)
