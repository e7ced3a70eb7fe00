"""Slack lets us into a workspace: consent, the code that comes back, the token that it becomes, and its renewal.

https://docs.slack.dev/authentication/installing-with-oauth and …/authentication/using-token-rotation
"""

from base64 import b64encode
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tocsin.core.escape import one_line
from tocsin.core.fields import secret, text
from tocsin.core.registry import Install
from tocsin.core.replies import retry_after
from tocsin.core.sending import (
    Answer,
    Gone,
    Granted,
    Outcome,
    Question,
    Refused,
    Reply,
    Request,
    Retry,
    Sending,
    Unknown,
)
from tocsin.providers.slack.answers import PASSING, error_of, part, read, word
from tocsin.providers.slack.manifest import manifest, scopes
from tocsin.providers.slack.send import API, Settings

HINT = "Look at TOCSIN_SLACK_API_URL."


@dataclass(frozen=True)
class App:
    """The operator's Slack app."""

    client_id: str = text("Client id", default=None, environment="TOCSIN_SLACK_CLIENT_ID")
    client_secret: str = secret("Client secret", environment="TOCSIN_SLACK_CLIENT_SECRET")
    api_url: str = text("API address", environment="TOCSIN_SLACK_API_URL")

    @property
    def api(self) -> str:
        return self.api_url.rstrip("/") or API


def consent(app: App, back: str, state: str, *, hears: bool) -> str:
    """Where somebody chooses a workspace and agrees. No user scopes: nothing is done in anybody's name there."""
    wanted = ",".join(scopes(hears=hears))
    asked = {"client_id": app.client_id, "scope": wanted, "redirect_uri": back, "state": state}
    return f"{app.api.removesuffix('/api')}/oauth/v2/authorize?{urlencode(asked)}"


def exchange(app: App, code: str, back: str) -> Sending:
    """The code for a token, then the workspace's name, domain and icon with it."""
    refused, said = read((yield _token(app, {"code": code, "redirect_uri": back})), HINT, _refusal)
    if refused:
        return refused
    team, token = part(said, "team"), word(said, "access_token")
    if not word(team, "id"):
        return Refused(_WHOLE_ORGANIZATION)
    if not token or word(said, "token_type") not in ("", "bot"):
        return Refused("Slack gave no bot token: add a bot user with scopes to your Slack app, then add it again.")
    refused, info = yield from _info(app, token)
    if refused:
        return refused
    here = {
        "domain": f"{word(info, 'domain')}.slack.com" if word(info, "domain") else "",
        "icon": word(part(info, "icon"), "image_132"),
    }
    name = word(info, "name") or word(team, "name")
    return Granted({"team_id": word(team, "id"), "team": name}, {**_given(said), **here}, _lasts(said))


def renew(app: App, settings: Settings) -> Sending:
    """A new token, and a new refresh token: the old one has then been used up."""
    asked = {"grant_type": "refresh_token", "refresh_token": settings.refresh_token}
    refused, said = read((yield _token(app, asked)), HINT, _refusal)
    if refused:
        return refused
    if not word(said, "access_token") or not word(said, "refresh_token"):
        return Unknown("Slack's answer holds no new token.")
    team = part(said, "team")
    return Granted({"team_id": word(team, "id"), "team": word(team, "name")}, _given(said), _lasts(said))


def lacks(settings: Settings, *, hears: bool) -> tuple[str, ...]:
    """The scopes that this version asks for and the workspace has not given; none for a token that was typed."""
    has = set(settings.scopes.split(","))
    return tuple(scope for scope in scopes(hears=hears) if scope not in has) if settings.scopes else ()


def denied(error: str) -> str:
    """What Slack means when it leads back without a code."""
    if error == "access_denied":
        return "Nobody agreed: whoever was asked in Slack pressed Cancel, or may not add apps there. " + _ASK_OWNER
    return _words(one_line(error, 80))


def _token(app: App, asked: Mapping[str, str]) -> Request:
    known = b64encode(f"{app.client_id}:{app.client_secret}".encode()).decode()
    return Request("POST", f"{app.api}/oauth.v2.access", {"Authorization": f"Basic {known}"}, form=asked)


def _info(app: App, token: str) -> Generator[Question, Answer, tuple[Outcome | None, Mapping[str, Any]]]:
    answer = yield Request("POST", f"{app.api}/team.info", {"Authorization": f"Bearer {token}"}, form={})
    refused, said = read(answer, HINT, _refusal)
    match refused:
        case None:
            return None, part(said, "team")
        case Retry() | Refused() | Gone() | Unknown():
            return Refused(f"The workspace agreed but did not say what it is called. {refused.reason}"), {}
        case _:
            return refused, {}


def _given(said: Mapping[str, Any]) -> dict[str, str]:
    """What of the answer an integration holds; what is missing in it is not given."""
    found = {
        "token": word(said, "access_token"),
        "refresh_token": word(said, "refresh_token"),
        "scopes": word(said, "scope"),
        "bot_user": word(said, "bot_user_id"),
        "app_id": word(said, "app_id"),
    }
    return {name: value for name, value in found.items() if value or name == "refresh_token"}


def _lasts(said: Mapping[str, Any]) -> float | None:
    seconds = said.get("expires_in")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not word(said, "refresh_token"):
        return None
    return float(min(seconds, _YEAR)) if seconds > 0 else None


def _refusal(said: Mapping[str, Any], reply: Reply) -> Outcome:
    error = error_of(said)
    if error in PASSING:
        return Retry(_words(error), retry_after(reply.headers))
    return Gone(_words(error), account=True) if error in _OVER else Refused(_words(error))


def _words(error: str) -> str:
    return f"Slack answered {error}. {_MEANS.get(error, 'See https://docs.slack.dev/reference/methods/oauth.v2.access')}"


_YEAR = 366 * 86_400
# What can't become well again without the consent of the workspace.
_OVER = frozenset(
    {
        "account_inactive",
        "invalid_refresh_token",
        "token_expired",
        "token_revoked",
        "no_permission",
        "org_login_required",
    }
)
_MANIFEST = "Paste the manifest under Integrations into your Slack app."
_AGAIN = "Add the app to the workspace again."
_ASK_OWNER = "Ask an owner of the workspace to allow it, then add it again."
_ONCE_MORE = "Begin again under Integrations: a code holds for ten minutes, and once."
_SETTINGS = "Compare it with Basic Information of your Slack app, and start Tocsin again."
_REDIRECT = "Add this instance's address, …/extensions/slack/setup/, to the Redirect URLs of your Slack app."
_WHOLE_ORGANIZATION = (
    "The app was added to a whole Enterprise organization, and messages go to one workspace. "
    "Add it again and choose the workspace in the upper right corner of Slack's page."
)
_WAIT = "Try again in a few minutes."
_MEANS = {
    "access_denied": _ASK_OWNER,
    "accesslimited": "The workspace takes requests from some networks only: let this instance's in.",
    "account_inactive": f"The workspace or the app in it was removed. {_AGAIN}",
    "bad_client_secret": f"TOCSIN_SLACK_CLIENT_SECRET is not the app's. {_SETTINGS}",
    "bad_redirect_uri": _REDIRECT,
    "cannot_install_an_org_installed_app": "The app is in the whole Enterprise organization already.",
    "code_already_used": _ONCE_MORE,
    "ekm_access_denied": "The workspace's administrators have suspended access.",
    "enterprise_is_restricted": "This can't be asked of an Enterprise organization: choose a workspace.",
    "fatal_error": _WAIT,
    "internal_error": _WAIT,
    "invalid_client_id": f"TOCSIN_SLACK_CLIENT_ID is no app that Slack knows. {_SETTINGS}",
    "invalid_code": _ONCE_MORE,
    "invalid_grant_type": "Turn token rotation on in your Slack app, or add the app again without it.",
    "invalid_refresh_token": f"The token could not be renewed: it was renewed elsewhere, or revoked. {_AGAIN}",
    "invalid_scope": f"{_MANIFEST} It lacks scopes that are asked for.",
    "invalid_team_for_non_distributed_app": "The app is of another workspace: activate its Public Distribution.",
    "missing_scope": f"{_MANIFEST} It lacks a scope: team:read, perhaps.",
    "no_permission": f"Whoever added the app may not do that any more. {_AGAIN}",
    "no_scopes": f"{_MANIFEST} It has no scopes.",
    "oauth_authorization_url_mismatch": "Begin under Integrations here, not with a link of Slack's.",
    "org_login_required": f"The workspace is moving into an Enterprise organization. {_AGAIN}",
    "rate_limited": _WAIT,
    "ratelimited": _WAIT,
    "request_timeout": _WAIT,
    "service_unavailable": _WAIT,
    "team_access_not_granted": _ASK_OWNER,
    "team_added_to_org": "The workspace is moving into an Enterprise organization; try again in an hour.",
    "token_expired": _AGAIN,
    "token_revoked": f"The app was removed from the workspace. {_AGAIN}",
    "unapproved_scope": _ASK_OWNER,
}

INSTALL = Install(
    app=App,
    consent=consent,
    exchange=exchange,
    renew=renew,
    fills="token",
    lacks=lacks,
    denied=denied,
    manifest=manifest,
    made_at="https://api.slack.com/apps?new_app=1",
    set_afterwards=(
        ("TOCSIN_SLACK_CLIENT_ID", "Basic Information → App Credentials → Client ID"),
        ("TOCSIN_SLACK_CLIENT_SECRET", "Basic Information → App Credentials → Client Secret"),
        ("TOCSIN_SLACK_SIGNING_SECRET", "Basic Information → App Credentials → Signing Secret"),
    ),
    account="workspace",
)
