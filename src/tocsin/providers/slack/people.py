"""Who is in a workspace, with the addresses that Slack vouches for.

https://docs.slack.dev/reference/methods/users.list and …/users.info; addresses need the scope users:read.email.
"""

import json
from collections.abc import Mapping
from typing import Any

from tocsin.core.escape import one_line
from tocsin.core.replies import by_status, retry_after, unanswered
from tocsin.core.roster import Listed, Roster, Somebody
from tocsin.core.sending import Answer, Failure, Outcome, Refused, Reply, Retry, Sending, Unknown
from tocsin.providers.slack.reading import reading
from tocsin.providers.slack.send import Settings

AT_ONCE = 200  # what Slack recommends; from 1,000 on it refuses
NEEDS = "users:read.email"


def page(settings: Settings, begins: str) -> Sending:
    """Up to 200 people: 20 pages a minute are allowed, so 10,000 take at least three minutes."""
    asked = {"limit": str(AT_ONCE)} | ({"cursor": begins} if begins else {})
    refused, said = _read((yield reading(settings, "users.list", asked)))
    if refused:
        return refused
    members = said.get("members")
    people = tuple(_somebody(one) for one in members if _has_id(one)) if isinstance(members, list) else ()
    more = _part(said, "response_metadata").get("next_cursor")
    return Listed(people=people, more=more if isinstance(more, str) else "")


def one(settings: Settings, user: str) -> Sending:
    """The one person of this id."""
    refused, said = _read((yield reading(settings, "users.info", {"user": user})))
    if refused:
        return refused
    found = _part(said, "user")
    return Listed(people=(_somebody(found),) if _has_id(found) else ())


def may(settings: Settings) -> bool:
    return NEEDS in settings.scopes.split(",")


# Who is no member of the workspace, or nobody: https://docs.slack.dev/reference/objects/user-object
_OTHERS = (
    "deleted",
    "is_bot",
    "is_workflow_bot",
    "is_restricted",  # guests, of several channels and of one
    "is_ultra_restricted",
    "is_stranger",  # of another workspace, in a channel that both share
    "is_invited_user",
)


def _somebody(user: Mapping[str, Any]) -> Somebody:
    profile = _part(user, "profile")
    name = _text(user, "name") or _text(profile, "display_name") or str(user["id"])
    is_ours = not any(user.get(flag) for flag in _OTHERS) and user.get("is_email_confirmed") is not False
    return Somebody(_text(user, "id"), name, _text(profile, "email").lower() if is_ours else "")


def _has_id(user: Any) -> bool:
    return isinstance(user, Mapping) and bool(_text(user, "id"))


def _part(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _text(said: Mapping[str, Any], name: str) -> str:
    found = said.get(name)
    return one_line(found, 200) if isinstance(found, str) else ""


def _read(answer: Answer) -> tuple[Outcome | None, Mapping[str, Any]]:
    """What went wrong, or None with what Slack said."""
    if isinstance(answer, Failure):
        return unanswered(answer, "Slack"), {}
    if answer.status != 200:
        return by_status(answer, "Slack", hint="Look at the API address under Integrations."), {}
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        return Unknown("Slack's answer could not be read: it is not JSON."), {}
    return (None, said) if said.get("ok") is True else (_refusal(said, answer), {})


_LATER = frozenset(
    {
        "accesslimited",
        "fatal_error",
        "internal_error",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
_AGAIN = "Add the app to the workspace again."
_MEANS = {
    "account_inactive": f"The workspace or the app in it was removed. {_AGAIN}",
    "invalid_auth": f"The token is not valid any more. {_AGAIN}",
    "invalid_cursor": "The list is read from its beginning again.",
    "missing_scope": f"The app lacks {NEEDS}. {_AGAIN}",
    "token_expired": _AGAIN,
    "token_revoked": f"The app was removed from the workspace. {_AGAIN}",
    "user_not_found": "There is no such person in the workspace any more.",
    "user_not_visible": "There is no such person in the workspace any more.",
}


def _refusal(said: Mapping[str, Any], reply: Reply) -> Outcome:
    error = one_line(str(said.get("error") or "no reason given"), 80)
    if error in _LATER:
        return Retry(f"Slack asked to wait: {error}.", retry_after(reply.headers))
    means = _MEANS.get(error, "See https://docs.slack.dev/reference/methods/users.list")
    return Refused(f"Slack does not say who is there: {error}. {means}")


ROSTER = Roster(page=page, one=one, may=may)
