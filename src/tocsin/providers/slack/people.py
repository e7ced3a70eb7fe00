"""Who is in a workspace, with the addresses that Slack vouches for.

https://docs.slack.dev/reference/methods/users.list and …/users.info; addresses need the scope users:read.email.
"""

from collections.abc import Mapping
from typing import Any

from tocsin.core.replies import retry_after
from tocsin.core.roster import Listed, Roster, Somebody
from tocsin.core.sending import Outcome, Refused, Reply, Retry, Sending
from tocsin.providers.slack.answers import PASSING, error_of, next_page, part, read, word
from tocsin.providers.slack.reading import reading
from tocsin.providers.slack.send import Settings

AT_ONCE = 200  # what Slack recommends; from 1,000 on it refuses
NEEDS = "users:read.email"
LONGEST = 200  # a name
HINT = "Look at the API address under Integrations."


def page(settings: Settings, begins: str) -> Sending:
    """Up to 200 people: 20 pages a minute are allowed, so 10,000 take at least three minutes."""
    asked = {"limit": str(AT_ONCE)} | ({"cursor": begins} if begins else {})
    refused, said = read((yield reading(settings, "users.list", asked)), HINT, _refusal)
    if refused:
        return refused
    members = said.get("members")
    people = tuple(_somebody(one) for one in members if _has_id(one)) if isinstance(members, list) else ()
    return Listed(people=people, more=next_page(said))


def one(settings: Settings, user: str) -> Sending:
    """The one person of this id."""
    refused, said = read((yield reading(settings, "users.info", {"user": user})), HINT, _refusal)
    if refused:
        return refused
    found = part(said, "user")
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
    profile = part(user, "profile")
    name = word(user, "name", LONGEST) or word(profile, "display_name", LONGEST) or str(user["id"])
    is_ours = not any(user.get(flag) for flag in _OTHERS) and user.get("is_email_confirmed") is not False
    return Somebody(word(user, "id", LONGEST), name, word(profile, "email", LONGEST).lower() if is_ours else "")


def _has_id(user: Any) -> bool:
    return isinstance(user, Mapping) and bool(word(user, "id", LONGEST))


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
    error = error_of(said)
    if error in PASSING:
        return Retry(f"Slack asked to wait: {error}.", retry_after(reply.headers))
    means = _MEANS.get(error, "See https://docs.slack.dev/reference/methods/users.list")
    return Refused(f"Slack does not say who is there: {error}. {means}")


ROSTER = Roster(page=page, one=one, may=may)
