"""What is asked of Slack, and what its answers mean (they come as HTTP 200 with `"ok": false`)."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from tocsin.core.escape import one_line
from tocsin.core.fields import granted, secret, text
from tocsin.core.replies import by_status, retry_after, unanswered
from tocsin.core.sending import (
    Answer,
    Delivered,
    Failure,
    Gone,
    Outcome,
    Parcel,
    Question,
    Refused,
    Reply,
    Request,
    Retry,
    Sending,
    Unknown,
)
from tocsin.core.spots import Aside, Asking, Home, Preview, Spot, Whisper
from tocsin.providers.slack.answers import error_of, said_in
from tocsin.providers.slack.blocks import body, to_one

API = "https://slack.com/api"


@dataclass(frozen=True)
class Settings:
    token: str = secret(
        "Bot token",
        placeholder="xoxb-…",
        help="The app's bot token; it needs chat:write, chat:write.public for channels that it is not in, and "
        "channels:read, groups:read and users:read to look up what rules name",
    )
    api_url: str = text(
        "API address", placeholder=API, environment="TOCSIN_SLACK_API_URL", help="Only for GovSlack and tests"
    )
    signing_secret: str = secret(
        "Signing secret",
        default="",
        environment="TOCSIN_SLACK_SIGNING_SECRET",
        help="The app's, by which Slack signs what people press; without it messages have no buttons",
    )
    refresh_token: str = granted("Refresh token", is_secret=True)
    scopes: str = granted("Scopes")
    domain: str = granted("Domain")
    icon: str = granted("Icon")
    bot_user: str = granted("Bot user")
    app_id: str = granted("App")


@dataclass(frozen=True)
class Address:
    """A channel by name ("#ops") or, better, by id; the id of a person is a direct conversation."""

    channel: str = text("Channel", default=None, placeholder="#ops")
    channel_id: str = text("Channel id", placeholder="C024BE91L")
    answer_to: str = granted("Where Slack takes an answer for one person alone", is_secret=True)
    place: str = granted("What is there that is no conversation")
    message: str = granted("The message or draft whose links are shown")
    only_to: str = granted("The one person who sees it")


# What an address is that is no conversation (`Address.place`): the links of a message or of a draft, the home of
# the app, a question that is taken back, a dialog, one person in a thread.
PREVIEW, DRAFT, HOME, QUESTION, DIALOG = "preview", "draft", "home", "question", "dialog"
WHISPER = "whisper"
_ANSWERS = ("https://hooks.slack.com/", "https://hooks.slack-gov.com/")


def spot(place: Spot, api: str) -> Address | None:
    """What is no conversation, as an address; `api` is that of the operator, "" for Slack's own."""
    match place:
        case Aside(url, ends):
            return _aside(url, api, QUESTION if ends else "")
        case Preview(channel, message, is_draft):
            return Address("a shared link", channel, place=DRAFT if is_draft else PREVIEW, message=message)
        case Home(user):
            return Address("the app's home", user, place=HOME)
        case Whisper(thread, user):
            channel, _, at = thread.partition(":")
            return Address("this person", channel, place=WHISPER, message=at, only_to=user)
        case Asking(trigger, url):
            back = _aside(url, api, "") if url else None
            return Address("a dialog", answer_to=back.answer_to if back else "", place=DIALOG, message=trigger)


def _aside(url: str, api: str, what: str) -> Address | None:
    """The one person who pressed something: https://docs.slack.dev/interactivity/handling-user-interaction

    None where that is not Slack: at its own address, or on the host of the API that the operator named.
    """
    is_slack = url.startswith(_ANSWERS) or _is_on(url, api)
    return Address("this person", answer_to=url, place=what) if is_slack else None


def _is_on(url: str, api: str) -> bool:
    """Whether an address is on the API's host. Who signs with an app of their own writes there what they like."""
    try:
        given, usual = urlsplit(url), urlsplit(api)
        return bool(usual.hostname) and (given.scheme, given.hostname) == (usual.scheme, usual.hostname)
    except ValueError:
        return False


def send(settings: Settings, parcel: Parcel) -> Sending:
    if parcel.address.answer_to:
        return (yield from _answered(parcel))
    return (yield from _posted(settings, parcel, {}, interactive=_answers(settings)))[0]


def _answered(parcel: Parcel) -> Sending:
    """Says it below the message that was pressed, to that one person. Slack takes five answers in half an hour."""
    is_over = parcel.address.place == QUESTION
    said = {"delete_original": True} if is_over else to_one(parcel.message)
    reply = yield Request("POST", parcel.address.answer_to, json=said)
    if isinstance(reply, Failure):
        return unanswered(reply, "Slack")
    if reply.status in (403, 404, 410) or _error(reply) in _OVER:
        return Refused("Slack takes no more answers to this press: half an hour is over, or five were given.")
    if error := _error(reply):
        return Refused(f"Slack refused the answer: {error}.")
    return by_status(reply, "Slack", hint="")


_OVER = frozenset({"expired_url", "used_url"})


def _error(reply: Reply) -> str:
    """What Slack says against an answer, which may come as HTTP 200; "" for nothing.

    It says "ok" where it took one, and writes one of its errors in two ways ("Expired url", expired_url).
    """
    said = said_in(reply) or {}
    return error_of(said).lower().replace(" ", "_") if said.get("ok") is False else ""


def whisper(settings: Settings, parcel: Parcel) -> Sending:
    """Says it to one person in a thread: https://docs.slack.dev/reference/methods/chat.postEphemeral"""
    address: Address = parcel.address
    said = to_one(parcel.message)
    told = {
        "channel": address.channel_id,
        "user": address.only_to,
        "thread_ts": address.message,
        "text": said["text"],
        "blocks": said["blocks"],
    }
    return (yield from beside(settings, "chat.postEphemeral", told, {}))


# What stood there and no longer takes an answer: the news is said on its own rather than not at all.
_CANNOT_REPLY = frozenset({"cannot_reply_to_message", "message_not_found", "thread_not_found", "invalid_thread_ts"})


def reply(settings: Settings, parcel: Parcel) -> Sending:
    """Answers in the thread of the conversation's first message; with `broadcast` in the channel as well."""
    parent = parcel.parent or {}
    place: dict[str, Any] = {"thread_ts": parent["ts"]}
    if parent.get("channel"):
        place["channel"] = parent["channel"]
    if parcel.broadcast:
        place["reply_broadcast"] = True
    # What can be done stands in the first message, the one that is kept true.
    outcome, said = yield from _posted(settings, parcel, place, interactive=False)
    if isinstance(outcome, Refused) and said.get("error") in _CANNOT_REPLY:
        outcome = yield from send(settings, parcel)
        return replace(outcome, instead=True) if isinstance(outcome, Delivered) else outcome
    return outcome


def thread_of(reference: Mapping[str, str]) -> str:
    """What Slack calls the thread of a message when people write there: its channel and its time."""
    channel, at = reference.get("channel", ""), reference.get("ts", "")
    return f"{channel}:{at}" if channel and at else ""


def _posted(
    settings: Settings, parcel: Parcel, place: Mapping[str, Any], *, interactive: bool
) -> Generator[Question, Answer, tuple[Outcome, Mapping[str, Any]]]:
    """What came of chat.postMessage, and what Slack said."""
    address: Address = parcel.address
    message = {
        **body(parcel.message, address.channel_id or address.channel, interactive=interactive),
        **place,
    }
    answer = yield _call(settings, "chat.postMessage", message)
    outcome, said = _read(answer, address.channel or address.channel_id)
    if outcome is not None:
        return outcome, said
    return Delivered({"channel": str(said.get("channel", "")), "ts": str(said.get("ts", ""))}), said


# It is not said anew: a message that somebody deleted would come back with each change of its issue.
_CANNOT_EDIT = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})
_NOT_OF_AN_EDIT = ("unfurl_links", "unfurl_media")


def edit(settings: Settings, parcel: Parcel) -> Sending:
    """Rewrites the conversation's first message with chat.update."""
    parent = parcel.parent or {}
    message = body(parcel.message, parent["channel"], interactive=_answers(settings))
    message = {key: value for key, value in message.items() if key not in _NOT_OF_AN_EDIT}
    answer = yield _call(settings, "chat.update", {**message, "ts": parent["ts"]})
    outcome, said = _read(answer, parcel.address.channel or parcel.address.channel_id)
    if outcome is None:
        return Delivered({"channel": parent["channel"], "ts": parent["ts"]})
    if said.get("error") in _CANNOT_EDIT:
        return Refused("The message was deleted, or is too old for Slack to let it be rewritten.")
    return outcome


def _answers(settings: Settings) -> bool:
    """Whether what people press comes back to us."""
    return bool(settings.signing_secret)


def beside(settings: Settings, method: str, body: dict[str, Any], refusals: Mapping[str, Refused]) -> Sending:
    """Asks for something that is no message of a channel. Whatever Slack says against it (`refusals`, by its
    error), the next one may go: nothing is gone that others would be sent to."""
    outcome, said = _read((yield _call(settings, method, body)), "")
    error = str(said.get("error", ""))
    if found := refusals.get(error):
        return replace(found, reason=f"Slack refused it: {error}. {found.reason}")
    if isinstance(outcome, Gone) and not outcome.account:
        return Refused(outcome.reason)
    return outcome or Delivered()


def check(settings: Settings) -> Sending:
    """Ask Slack whose token this is; nobody sees anything."""
    outcome, said = _read((yield _call(settings, "auth.test", {})), "")
    if outcome is not None:
        return outcome
    return Delivered({key: str(said[key]) for key in ("team", "team_id", "user") if key in said})


def _call(settings: Settings, method: str, body: dict[str, Any]) -> Request:
    return Request(
        "POST",
        f"{settings.api_url.rstrip('/') or API}/{method}",
        {"Authorization": f"Bearer {settings.token}"},
        json=body,
    )


LATER = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "service_unavailable",
        "internal_error",
        "request_timeout",
        "team_added_to_org",
        "org_login_required",
        "accesslimited",
    }
)
TOKEN = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "no_permission",
        "ekm_access_denied",
        "not_allowed_token_type",
    }
)
_GONE = {
    "channel_not_found": "There is no {where}, or it is private and the app is not in it: invite the app "
    "there with /invite or choose another channel. Of a person: the account is not there any more.",
    "is_archived": "{where} is archived: unarchive it or choose another channel.",
    "user_not_found": "There is no {where}: choose another recipient.",
    "user_not_visible": "The app may not see {where}: choose another recipient.",
    "messages_tab_disabled": "The app's own conversation is switched off in its App Home settings.",
}
_HINTS = {
    "not_in_channel": "Invite the app to {where} with /invite, then replay.",
    "missing_scope": "Add the scope {needed} to the app, reinstall it in the workspace, then replay.",
    "cannot_reply_to_message": "The message that this would answer can't be answered.",
}
_NEW_TOKEN = "Enter a working bot token under Integrations, then replay."  # noqa: S105 — a hint
_RESTRICTED = "The workspace restricts who may post to {where}: let the app post there, then replay."
_OUR_FAULT = "Tocsin built a message that Slack does not take; please report it."


def _read(answer: Answer, where: str) -> tuple[Outcome | None, Mapping[str, Any]]:
    """What went wrong, or None with what Slack said."""
    match answer:
        case Failure():
            return unanswered(answer, "Slack"), {}
        case Reply() if answer.status == 401:
            return Gone(f"Slack did not accept the token (HTTP 401). {_NEW_TOKEN}", account=True), {}
        case Reply() if answer.status != 200:
            hint = _NEW_TOKEN if answer.status == 403 else "Check the API address under Integrations."
            return by_status(answer, "Slack", hint=hint), {}
        case Reply():
            return _read_body(answer, where or "such channel or person")


def _read_body(reply: Reply, where: str) -> tuple[Outcome | None, Mapping[str, Any]]:
    said = said_in(reply)
    if said is None:
        # A proxy's page, most likely. Slack itself may or may not have been reached.
        return Unknown("Slack's answer could not be read: it is not JSON."), {}
    if said.get("ok") is True:
        return None, said
    return _refusal(said, reply, where), said


def _refusal(said: Mapping[str, Any], reply: Reply, where: str) -> Outcome:
    error = error_of(said)
    words = f"Slack refused the message: {error}."
    filled = {"where": where, "needed": one_line(str(said.get("needed") or "chat:write"), 80)}
    if error in LATER:
        return Retry(f"Slack asked to wait: {error}.", retry_after(reply.headers))
    if error == "fatal_error":
        return Unknown("Slack failed half-way: fatal_error.")
    if error in _GONE:
        return Gone(f"{words} {_GONE[error].format(**filled)}")
    if error in TOKEN:
        return Gone(f"{words} {_NEW_TOKEN}", account=True)
    hint = _RESTRICTED if error.startswith("restricted_action") else _HINTS.get(error, _OUR_FAULT)
    return Refused(f"{words} {hint.format(**filled)}")
