"""`/tocsin …` (§8.4)."""

from urllib.parse import urlencode

import pytest

from tests.builders import NOW, a_delivery, a_notification, a_world, an_issue
from tests.chat.pressing import TEAM, USER, a_workspace, posted, signature
from tocsin.core.issue import Status
from tocsin.store.models import ExternalActor, Membership, Snooze
from tocsin.store.queries import directory

pytestmark = pytest.mark.django_db


def said(text: str, **more: str) -> str:
    """All that is answered to somebody who types it."""
    fields = {
        "team_id": TEAM,
        "user_id": USER,
        "user_name": "ana",
        "channel_id": "C1",
        "command": "/tocsin",
        "text": text,
        "response_url": "https://hooks.slack.com/commands/1",
    }
    body = urlencode({**fields, **more}).encode()
    answer = posted(body, "commands", signature(body, NOW))
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert found["response_type"] == "ephemeral"
    return f"{found['text']} {found['blocks']}"


def test_help_names_what_can_be_said(world, workspace):
    assert "silence SHOP-12 2h" in said("help")


def test_what_nobody_knows_is_named(world, workspace):
    assert "“sing” is nothing that I know" in said("sing")


def test_who_is_not_linked_is_given_the_link_whatever_they_ask(world):
    a_workspace(world)

    assert "/extensions/slack/link-identity/" in said("status")


def test_who_is_linked_is_told_so(world, workspace):
    assert "You are linked already" in said("link")


def test_who_unlinks_is_nobody_any_more(world, workspace):
    assert "not linked any more" in said("unlink")

    assert not ExternalActor.objects.exists()


def test_status_counts_what_is_open_and_names_what_is_mine(world, workspace):
    an_issue(world.project, title="Mine", assignee_user=world.user)
    an_issue(world.project, title="Solved", status=Status.RESOLVED, assignee_user=world.user)
    an_issue(world.project, title="Nobody's")

    answer = said("status")

    assert "2 in shop" in answer
    assert ("Mine" in answer, "Solved" in answer, "Nobody's" in answer) == (True, False, False)


def test_status_names_what_is_my_teams(world, workspace):
    an_issue(world.project, title="Ours", assignee_team=world.team)

    assert "Ours" in said("status")


def test_why_says_who_was_told(world, workspace):
    issue = an_issue(world.project)
    step = {"verdict": "added", "label": "#ops", "sentence": "the alert rule names this destination"}
    a_delivery(a_notification(world.project, issue, trace=[step]))

    assert "#ops" in said(f"why SHOP-{issue.number}")


def test_why_of_what_nobody_was_told_of_says_so(world, workspace):
    issue = an_issue(world.project)

    assert "Nobody was told" in said(f"why shop-{issue.number}")


def test_silence_archives_for_so_long(world, workspace):
    issue = an_issue(world.project)

    assert "archived for 2 hours" in said(f"silence SHOP-{issue.number} 2h")

    issue.refresh_from_db()
    assert issue.status == Status.IGNORED
    assert (Snooze.objects.get().until - NOW).total_seconds() == 7200


def test_another_organizations_issue_is_as_if_it_were_not_there(world, workspace):
    theirs = an_issue(a_world("umbra", "door", "eve@example.com").project)

    assert "There is no issue DOOR-" in said(f"silence DOOR-{theirs.number}")

    theirs.refresh_from_db()
    assert theirs.status == Status.UNRESOLVED


@pytest.mark.parametrize("words", ["why", "silence"])
def test_a_role_without_issues_gets_no_answer_about_them(world, workspace, words):
    issue = an_issue(world.project)
    Membership.objects.update(role="billing")

    assert "does not include issues" in said(f"{words} SHOP-{issue.number}")

    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED


def test_a_teams_alerts_come_to_the_channel_from_then_on(world, workspace):
    assert "is told here" in said(f"link team {world.team.slug}")

    world.organization.refresh_from_db()
    [account] = directory.of(world.organization.pk, world.organization.version).teams[world.team.pk].accounts
    assert (account.external_id, account.integration_id) == ("C1", workspace)


def test_and_no_more_once_that_is_taken_back(world, workspace):
    said(f"link team {world.team.slug}")

    assert "come here no more" in said("unlink team", trigger_id="2")

    assert not ExternalActor.objects.filter(team__isnull=False).exists()


def test_a_channel_without_a_team_has_nothing_to_take_back(world, workspace):
    assert "No team is linked" in said("unlink team")


def test_a_team_is_not_linked_to_one_persons_conversation(world, workspace):
    assert "Say that in a channel" in said(f"link team {world.team.slug}", channel_id="D1")


def test_a_team_that_nobody_named_is_asked_for(world, workspace):
    assert "Say which team" in said("link team")
    assert not ExternalActor.objects.filter(team__isnull=False).exists()


def test_a_team_that_is_not_there_is_said(world, workspace):
    assert "There is no team #ops" in said("link team ops")


def test_a_member_cannot_link_teams(world, workspace):
    Membership.objects.update(role="member")

    assert "Owners, managers and admins" in said(f"link team {world.team.slug}")


def test_a_team_comes_to_one_channel_of_a_workspace(world, workspace):
    said(f"link team {world.team.slug}")
    said(f"link team {world.team.slug}", channel_id="C2")

    assert ExternalActor.objects.get(team__isnull=False).external_id == "C2"


@pytest.mark.parametrize("missing", ["user_id", "team_id"])
def test_a_command_that_does_not_say_who_typed_it_is_refused(world, workspace, missing, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_signing_secret": "s"})
    fields = {"team_id": TEAM, "user_id": USER, "text": "help"}
    body = urlencode({**fields, missing: ""}).encode()

    answer = posted(body, "commands", signature(body, NOW, "s"))

    assert answer.status_code in (400, 403)
