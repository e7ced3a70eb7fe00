"""Who is in a workspace, and for whose address Slack vouches."""

import json
from dataclasses import replace

import pytest
from tests.providers.driving import asked, play
from tests.real_parts import shared_schemas

from tocsin.core.roster import Listed, Somebody
from tocsin.core.sending import Failure, Gone, Refused, Reply, Retry, Unknown
from tocsin.providers.slack.people import ROSTER, may, one, page
from tocsin.providers.slack.send import Settings

needs_schemas = pytest.mark.needs("shared_schemas")
SETTINGS = Settings("xoxb-1", scopes="chat:write,users:read.email")
ANA = {"id": "U1", "name": "ana", "profile": {"email": "Ana@Example.org"}}


def ok(**said):
    return Reply(200, {}, json.dumps({"ok": True} | said).encode())


def no(error, headers=None):
    return Reply(200, headers or {}, json.dumps({"ok": False, "error": error}).encode())


def listed(*members):
    return play(page(SETTINGS, ""), ok(members=list(members))).people


def test_the_first_page_is_asked_for_with_the_bots_token_and_no_cursor():
    [request], _ = asked(page(SETTINGS, ""), ok(members=[]))

    assert (request.url, request.form) == ("https://slack.com/api/users.list", {"limit": "200"})
    assert request.headers["Authorization"] == "Bearer xoxb-1"


def test_the_next_page_begins_where_slack_says():
    first = play(page(SETTINGS, ""), ok(members=[ANA], response_metadata={"next_cursor": "dXNlcjpV"}))

    [request], _ = asked(page(SETTINGS, first.more), ok(members=[]))

    assert request.form == {"limit": "200", "cursor": "dXNlcjpV"}


@pytest.mark.parametrize("said", [{}, {"response_metadata": {}}, {"response_metadata": {"next_cursor": ""}}])
def test_the_last_page_says_so(said):
    assert play(page(SETTINGS, "x"), ok(members=[ANA], **said)) == Listed(
        people=(Somebody("U1", "ana", "ana@example.org"),)
    )


def test_one_person_is_asked_for_by_their_id():
    [request], found = asked(one(SETTINGS, "U1"), ok(user=ANA))

    assert (request.url, request.form) == ("https://slack.com/api/users.info", {"user": "U1"})
    assert found.people == (Somebody("U1", "ana", "ana@example.org"),)


@pytest.mark.parametrize(
    "flag",
    [
        "deleted",
        "is_bot",
        "is_workflow_bot",
        "is_restricted",
        "is_ultra_restricted",
        "is_stranger",
        "is_invited_user",
    ],
)
def test_for_who_is_no_member_of_the_workspace_no_address_is_believed(flag):
    assert listed(ANA | {flag: True}) == (Somebody("U1", "ana", ""),)
    assert listed(ANA | {flag: False}) == (Somebody("U1", "ana", "ana@example.org"),)


@pytest.mark.parametrize(("said", "email"), [(False, ""), (True, "ana@example.org"), (None, "ana@example.org")])
def test_an_address_that_slack_knows_to_be_unconfirmed_is_not_believed(said, email):
    assert listed(ANA | {"is_email_confirmed": said})[0].email == email


@pytest.mark.parametrize("member", [None, "U1", {}, {"id": 7}, {"id": ""}, []])
def test_what_is_nobody_is_left_out(member):
    assert listed(member, ANA) == (Somebody("U1", "ana", "ana@example.org"),)


@pytest.mark.parametrize("profile", [None, {}, {"email": None}, {"email": ["a@b"]}, "x"])
def test_without_an_address_somebody_has_none(profile):
    assert listed(ANA | {"profile": profile})[0].email == ""


def test_without_a_name_the_id_is_one():
    assert listed({"id": "U1"}) == (Somebody("U1", "U1", ""),)


@pytest.mark.parametrize("members", [None, {}, "x", 7])
def test_a_list_that_is_none_is_empty(members):
    assert play(page(SETTINGS, ""), ok(members=members)).people == ()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Failure("no route"), Retry),
        (Failure("lost", written=True), Unknown),
        (Reply(503), Retry),
        (Reply(404), Gone),
        (Reply(200, {}, b"<html>"), Unknown),
        (Reply(200, {}, b"[" * 100_000), Unknown),
        (no("internal_error"), Retry),
        (no("missing_scope"), Refused),
        (no("what_is_this"), Refused),
    ],
)
def test_what_went_wrong_is_said(answer, kind):
    assert type(play(page(SETTINGS, ""), answer)) is kind


@pytest.mark.parametrize("answer", [Reply(429, {"retry-after": "30"}), no("ratelimited", {"retry-after": "30"})])
def test_slack_may_ask_to_wait(answer):
    assert play(page(SETTINGS, ""), answer).after == 30


def test_who_has_left_is_said_to_have():
    assert "no such person" in play(one(SETTINGS, "U1"), no("user_not_found")).reason


@pytest.mark.parametrize(
    ("scopes", "may_ask"), [("users:read,users:read.email", True), ("users:read", False), ("", False)]
)
def test_addresses_are_asked_for_where_the_workspace_allowed_it(scopes, may_ask):
    assert may(Settings("x", scopes=scopes)) is may_ask


def test_the_token_is_in_no_words_of_the_provider():
    assert "xoxb" not in repr(ROSTER) + repr(asked(page(SETTINGS, ""), no("missing_scope")))


# — beside Slack's own reference


def documented(method):
    return json.loads((shared_schemas() / f"slack/method-ref/{method}.json").read_text())


def is_known_to_slack(request):
    return set(request.form) <= set(documented(request.url.rpartition("/")[2])["args"])


@needs_schemas
def test_each_argument_is_one_that_slack_knows():
    [pages], _ = asked(page(SETTINGS, "x"), ok(members=[]))
    [person], _ = asked(one(SETTINGS, "U1"), ok(user=ANA))

    assert all(is_known_to_slack(request) for request in (pages, person))
    assert not is_known_to_slack(replace(person, form={"user_id": "U1"}))


@needs_schemas
def test_slacks_own_examples_are_understood():
    example = documented("users.list")["response"]["examples"][0]
    person = documented("users.info")["response"]["examples"][0]

    assert "spengler@ghostbusters.example.com" in [
        found.email for found in play(page(SETTINGS, ""), Reply(200, {}, example.encode())).people
    ]
    assert len(play(one(SETTINGS, "x"), Reply(200, {}, person.encode())).people) == 1
