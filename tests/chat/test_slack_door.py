"""Slack's door: who is let in (§8.2)."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.builders import NOW, a_world, an_issue
from tests.chat.pressing import SECRET, a_workspace, known, posted, press, pressed, signature, to_slacks_door, typed
from tocsin.core.issue import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(world):
    known(world, a_workspace(world))
    return an_issue(world.project)


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({}, 200),
        ({"secret": "another"}, 401),
        ({"at": NOW - timedelta(minutes=6)}, 401),
        ({"at": NOW + timedelta(minutes=6)}, 401),
        ({"X-Slack-Signature": "v0=0"}, 401),
        ({"X-Slack-Signature": ""}, 401),
        ({"X-Slack-Request-Timestamp": "yesterday"}, 401),
    ],
)
def test_only_what_slack_signed_lately_is_done(issue, how, status):
    assert press(pressed(issue.pk, "resolved"), **how).status_code == status

    issue.refresh_from_db()
    assert (issue.status == Status.RESOLVED) == (status == 200)


def test_what_was_sent_before_is_refused(issue):
    press(pressed(issue.pk, "resolved"))

    again = press(pressed(issue.pk, "resolved"))

    assert (again.status_code, again.json()["detail"]) == (401, "This was sent before.")


def test_a_workspace_that_nobody_connected_is_refused(issue, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_signing_secret": SECRET})

    assert press(pressed(issue.pk, "resolved", team={"id": "T9"})).status_code == 403


def test_the_operators_secret_counts_for_every_workspace(world, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_signing_secret": "operator"})
    known(world, a_workspace(world, secret=""))
    issue = an_issue(world.project)

    assert press(pressed(issue.pk, "resolved"), secret="operator").status_code == 200


def test_another_workspaces_secret_does_not_sign_for_this_one(world, issue):
    a_workspace(a_world("umbra", "door", "eve@example.com"), secret="theirs", team="T9")

    assert press(pressed(issue.pk, "resolved"), secret="theirs").status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"payload=", b"payload={", b"payload=[]", b"x=1", b"\xff", b"payload=" + b"[" * 99_999]
)
def test_what_is_signed_and_makes_no_sense_is_a_bad_request(world, settings, body):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_signing_secret": SECRET})

    assert posted(body, "action", signature(body, NOW)).status_code == 400


def test_what_makes_no_sense_and_is_not_signed_is_nobodys():
    assert posted(b"payload={", "action", {}).status_code == 401


def test_a_body_that_is_too_large_is_refused(settings):
    body = urlencode({"payload": json.dumps({"x": "y" * 3_000_000})}).encode()

    assert posted(body, "action", signature(body, NOW)).status_code == 413


def test_nothing_of_what_came_is_logged(issue, caplog):
    press(pressed(issue.pk, "resolved", token="sesame"), secret="wrong")
    press(pressed(issue.pk, "resolved", token="sesame"))

    assert "sesame" not in caplog.text


def test_another_organization_that_says_it_is_connected_to_the_workspace_acts_in_its_own_name_alone(world, issue):
    evil = a_world("umbra", "door", "eve@example.com")
    a_workspace(evil, secret="theirs")

    assert press(pressed(issue.pk, "resolved"), secret="theirs").status_code == 200

    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED


def test_nor_does_it_learn_who_works_there(world, issue):
    a_workspace(a_world("umbra", "door", "eve@example.com"), secret="theirs")

    answer = to_slacks_door(typed(issue.pk, ""), "options-load", secret="theirs")

    assert answer.json() == {"option_groups": []}


def test_the_operators_secret_says_nothing_of_a_workspace_at_an_address_of_somebodys_own(world, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_signing_secret": "operator"})
    known(world, a_workspace(world, secret="", api_url="https://slack.example/api"))
    issue = an_issue(world.project)

    assert press(pressed(issue.pk, "resolved"), secret="operator").status_code == 403


@pytest.mark.parametrize("team", ["\ud800", "\0", "T" * 3000])
def test_no_name_of_a_workspace_is_too_strange_for_a_stranger(db, team):
    assert press(pressed(1, "resolved", team={"id": team}), secret="x").status_code == 401
