"""Slack lets us in (§8.1): what is asked for, what comes of the code, and each refusal in words."""

import json
from base64 import b64decode
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk.oauth import AuthorizeUrlGenerator
from tests.providers.driving import asked, play
from tests.real_parts import shared_schemas

from tocsin.core.sending import Failure, Gone, Granted, Refused, Reply, Retry, Unknown
from tocsin.providers.slack.install import INSTALL, App, consent, denied, exchange, lacks, renew
from tocsin.providers.slack.manifest import HEARING, SCOPES
from tocsin.providers.slack.send import Settings

needs_schemas = pytest.mark.needs("shared_schemas")
APP = App("1.2", "geheim")
BACK = "https://alerts.example.org/extensions/slack/setup/"
SAID = {
    "access_token": "xoxb-17653672481",
    "token_type": "bot",
    "scope": "chat:write,commands",
    "bot_user_id": "U0KRQLJ9H",
    "app_id": "A0KRD7HC3",
    "team": {"name": "Softball", "id": "T9TK3CUKW"},
    "enterprise": None,
}
TEAM = {
    "id": "T9TK3CUKW",
    "name": "Softball Team",
    "domain": "softball",
    "icon": {"image_132": "https://i/132.png"},
}
ROTATING = {"access_token": "xoxe.xoxb-1-x", "refresh_token": "xoxe-1-y", "expires_in": 43200}


def ok(**said):
    return Reply(200, {}, json.dumps({"ok": True} | said).encode())


def no(error, headers=None):
    return Reply(200, headers or {}, json.dumps({"ok": False, "error": error}).encode())


def exchanged(*answers):
    return play(exchange(APP, "c0de", BACK), *answers)


# — what is asked


def test_consent_is_asked_for_the_bots_scopes_and_leads_back_with_the_state():
    page = urlsplit(consent(APP, BACK, "st/ate", hears=False))

    assert (page.scheme, page.netloc, page.path) == ("https", "slack.com", "/oauth/v2/authorize")
    assert parse_qs(page.query) == {
        "client_id": ["1.2"],
        "scope": [",".join(SCOPES)],
        "redirect_uri": [BACK],
        "state": ["st/ate"],
    }


def test_a_workspace_is_asked_to_let_us_read_only_where_comments_are_taken_from_threads():
    asked_for = parse_qs(urlsplit(consent(APP, BACK, "s", hears=True)).query)["scope"]

    assert asked_for == [",".join([*SCOPES, "channels:history", "groups:history"])]


def test_who_takes_no_comments_is_not_told_of_scopes_for_them():
    assert lacks(Settings("x", scopes=",".join(SCOPES)), hears=False) == ()
    assert lacks(Settings("x", scopes=",".join(SCOPES)), hears=True) == HEARING


def test_it_is_the_page_that_slacks_own_library_leads_to():
    theirs = AuthorizeUrlGenerator(client_id=APP.client_id, redirect_uri=BACK, scopes=list(SCOPES))
    ours, known = urlsplit(consent(APP, BACK, "s", hears=False)), urlsplit(theirs.generate("s"))

    assert (ours.netloc, ours.path) == (known.netloc, known.path)
    assert parse_qs(ours.query) == parse_qs(known.query)


@pytest.mark.parametrize("api", ["https://slack-gov.com/api", "https://slack-gov.com/api/"])
def test_consent_is_asked_where_the_web_api_is(api):
    assert consent(App("1.2", "x", api), BACK, "s", hears=False).startswith(
        "https://slack-gov.com/oauth/v2/authorize?"
    )


def test_the_code_is_sent_with_the_apps_secret_as_basic_authentication():
    [code, _], _ = asked(exchange(APP, "c0de", BACK), ok(**SAID), ok(team=TEAM))

    assert (code.method, code.url) == ("POST", "https://slack.com/api/oauth.v2.access")
    assert code.form == {"code": "c0de", "redirect_uri": BACK}
    assert b64decode(code.headers["Authorization"].removeprefix("Basic ")) == b"1.2:geheim"


def test_the_workspace_is_asked_for_its_name_with_the_new_token():
    [_, info], _ = asked(exchange(APP, "c0de", BACK), ok(**SAID), ok(team=TEAM))

    assert (info.url, info.headers["Authorization"]) == (
        "https://slack.com/api/team.info",
        "Bearer xoxb-17653672481",
    )


# — what comes of it


def test_an_integration_holds_what_slack_gave():
    granted = exchanged(ok(**SAID), ok(team=TEAM))

    assert granted.reference == {"team_id": "T9TK3CUKW", "team": "Softball Team"}
    assert granted.lasts is None
    assert granted.settings == {
        "token": "xoxb-17653672481",
        "refresh_token": "",
        "scopes": "chat:write,commands",
        "bot_user": "U0KRQLJ9H",
        "app_id": "A0KRD7HC3",
        "domain": "softball.slack.com",
        "icon": "https://i/132.png",
    }


def test_a_token_that_rotates_comes_with_what_renews_it_and_when():
    granted = exchanged(ok(**SAID | ROTATING), ok(team=TEAM))

    assert (granted.settings["token"], granted.settings["refresh_token"]) == ("xoxe.xoxb-1-x", "xoxe-1-y")
    assert granted.lasts == 43200


def test_no_token_stands_in_what_is_written_of_it():
    granted = exchanged(ok(**SAID | ROTATING), ok(team=TEAM))

    assert "xox" not in repr(granted)


@pytest.mark.parametrize(
    "said",
    [{"expires_in": True}, {"expires_in": "soon"}, {"expires_in": -1}, {"expires_in": 43200, "refresh_token": ""}],
)
def test_a_time_that_makes_no_sense_is_none(said):
    assert exchanged(ok(**SAID | {"refresh_token": "xoxe-1"} | said), ok(team=TEAM)).lasts is None


# — what is refused


@pytest.mark.parametrize("team", [None, {}, {"id": None}, "T1", {"id": 7}])
def test_an_app_for_a_whole_enterprise_organization_is_explained(team):
    refused = exchanged(ok(**SAID | {"team": team, "is_enterprise_install": True}))

    assert isinstance(refused, Refused)
    assert "choose the workspace" in refused.reason


@pytest.mark.parametrize("said", [{"access_token": ""}, {"access_token": None}, {"token_type": "user"}])
def test_an_app_without_a_bot_is_explained(said):
    assert "no bot token" in exchanged(ok(**SAID | said)).reason


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("invalid_code", "Begin again"),
        ("bad_redirect_uri", "Redirect URLs"),
        ("bad_client_secret", "TOCSIN_SLACK_CLIENT_SECRET"),
        ("invalid_client_id", "TOCSIN_SLACK_CLIENT_ID"),
        ("invalid_team_for_non_distributed_app", "Public Distribution"),
        ("what_is_this", "oauth.v2.access"),
    ],
)
def test_each_error_is_said_in_words_that_tell_what_to_do(error, words):
    refused = exchanged(no(error))

    assert isinstance(refused, Refused)
    assert error in refused.reason
    assert words in refused.reason


def test_without_the_workspaces_name_nothing_is_connected():
    refused = exchanged(ok(**SAID), no("missing_scope"))

    assert isinstance(refused, Refused)
    assert "did not say what it is called" in refused.reason
    assert "team:read" in refused.reason


@pytest.mark.parametrize(
    "answer", [Failure("lost", written=True), Reply(500), Reply(200, {}, b"<html>"), no("ratelimited")]
)
def test_a_workspace_that_does_not_say_its_name_is_never_half_connected(answer):
    assert isinstance(exchanged(ok(**SAID), answer), Refused)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Failure("no route"), Retry),
        (Failure("lost", written=True), Unknown),
        (Reply(503), Retry),
        (Reply(200, {}, b"[]"), Unknown),
        (Reply(200, {}, b"[" * 100_000), Unknown),
        (no("ratelimited", {"retry-after": "30"}), Retry),
        (no("fatal_error"), Retry),
    ],
)
def test_what_may_pass_is_no_refusal(answer, kind):
    assert type(exchanged(answer)) is kind


@pytest.mark.parametrize(("error", "words"), [("access_denied", "Cancel"), ("invalid_scope", "manifest")])
def test_consent_that_was_not_given_is_explained(error, words):
    assert words in denied(error)


def test_what_slack_says_of_a_denial_is_kept_short():
    assert len(denied("x" * 9000)) < 300


# — renewal


def test_a_token_is_renewed_with_the_refresh_token_alone():
    [request], granted = asked(renew(APP, Settings("old", refresh_token="xoxe-1-old")), ok(**SAID | ROTATING))

    assert request.form == {"grant_type": "refresh_token", "refresh_token": "xoxe-1-old"}
    assert isinstance(granted, Granted)
    assert (granted.settings["token"], granted.settings["refresh_token"], granted.lasts) == (
        "xoxe.xoxb-1-x",
        "xoxe-1-y",
        43200,
    )


def test_a_renewal_leaves_alone_what_it_does_not_tell():
    granted = play(renew(APP, Settings("old", refresh_token="r")), ok(**ROTATING))

    assert set(granted.settings) == {"token", "refresh_token"}


@pytest.mark.parametrize("error", ["invalid_refresh_token", "token_revoked", "account_inactive"])
def test_what_only_consent_mends_breaks_the_account(error):
    gone = play(renew(APP, Settings("old", refresh_token="r")), no(error))

    assert isinstance(gone, Gone)
    assert gone.account


@pytest.mark.parametrize("said", [{"access_token": "xoxe.xoxb"}, {"refresh_token": "xoxe"}, {}])
def test_half_a_renewal_is_none(said):
    assert isinstance(play(renew(APP, Settings("old", refresh_token="r")), ok(**said)), Unknown)


# — scopes


def test_scopes_that_a_workspace_has_not_given_are_known():
    given = ",".join(set(SCOPES) - {"commands", "team:read"})

    assert lacks(Settings("x", scopes=given), hears=False) == ("commands", "team:read")


def test_of_a_token_that_was_typed_nothing_is_known():
    assert lacks(Settings("x"), hears=True) == ()


# — the app


def app_of(url="https://alerts.example.org", **environ):
    return json.loads(INSTALL.manifest(url, environ))


def test_each_address_of_the_app_is_this_instances():
    described = app_of()

    assert described["oauth_config"]["redirect_urls"] == [BACK]
    assert (
        described["settings"]["interactivity"]["request_url"]
        == "https://alerts.example.org/extensions/slack/action/"
    )
    assert described["settings"]["event_subscriptions"]["request_url"].endswith("/extensions/slack/event/")
    assert described["features"]["slash_commands"][0]["url"].endswith("/extensions/slack/commands/")
    assert described["features"]["unfurl_domains"] == ["alerts.example.org"]


@pytest.mark.parametrize(("environ", "named"), [({}, "/tocsin"), ({"TOCSIN_SLACK_COMMAND": "/alerts"}, "/alerts")])
def test_the_command_may_have_another_name(environ, named):
    assert app_of(**environ)["features"]["slash_commands"][0]["command"] == named


def test_the_app_has_a_home_and_a_conversation():
    home = app_of()["features"]["app_home"]

    assert (home["home_tab_enabled"], home["messages_tab_enabled"]) == (True, True)


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_a_domain_that_slack_does_not_take_is_left_out(url):
    assert app_of(url)["features"]["unfurl_domains"] == []


def test_the_app_asks_for_the_scopes_that_consent_is_asked_for():
    assert app_of()["oauth_config"]["scopes"] == {"bot": [*SCOPES, *HEARING]}


# — beside Slack's own reference


def documented(method):
    return json.loads((shared_schemas() / f"slack/method-ref/{method}.json").read_text())


def is_known_to_slack(request):
    """Whether each argument is one that Slack's reference names for the method."""
    return set(request.form) <= set(documented(request.url.rpartition("/")[2])["args"])


@needs_schemas
def test_each_argument_is_one_that_slack_knows():
    [code, info], _ = asked(exchange(APP, "c0de", BACK), ok(**SAID), ok(team=TEAM))
    [renewal], _ = asked(renew(APP, Settings("old", refresh_token="r")), ok(**ROTATING))

    assert all(is_known_to_slack(request) for request in (code, info, renewal))


@needs_schemas
def test_one_that_slack_does_not_know_is_seen():
    [code, _], _ = asked(exchange(APP, "c0de", BACK), ok(**SAID), ok(team=TEAM))

    assert not is_known_to_slack(replace(code, form={**code.form, "callback": BACK}))


@needs_schemas
def test_slacks_own_examples_are_understood():
    bot, rotating, person, refused = documented("oauth.v2.access")["response"]["examples"]
    team, _ = documented("team.info")["response"]["examples"]
    answers = [Reply(200, {}, one.encode()) for one in (bot, rotating, person, refused, team)]

    assert exchanged(answers[0], answers[4]).lasts is None
    assert exchanged(answers[1], answers[4]).lasts == 43200
    assert "no bot token" in exchanged(answers[2]).reason
    assert "TOCSIN_SLACK_CLIENT_ID" in exchanged(answers[3]).reason


# What only a request that is built wrongly meets, and what a bot's token never does.
NEVER = {
    "deprecated_endpoint",
    "invalid_arg_name",
    "invalid_array_arg",
    "invalid_charset",
    "invalid_code_verifier",
    "invalid_form_data",
    "invalid_post_type",
    "is_bot",
    "method_deprecated",
    "missing_post_type",
    "not_allowed_token_type",
    "not_authed",
    "pkce_not_allowed",
    "preview_feature_not_available",
    "two_factor_setup_required",
    "unknown_method",
    "user_email_unverified",
}


@needs_schemas
def test_each_error_that_slack_documents_and_an_operator_can_meet_has_words_of_its_own():
    errors = set(documented("oauth.v2.access")["errors"])

    assert {one for one in errors if "reference/methods" in denied(one)} <= NEVER
    assert errors >= NEVER
