"""Seed 001, its Slack half: what may be pressed that is about no issue, and what is answered, in our words.

What each press does has tests of its own; here is the seed's list, line by line.
"""

import json

import msgspec
import pytest

from tests.builders import NOW, a_member, an_issue
from tests.chat.pressing import TEAM, USER, a_workspace, decided, known, press, pressed
from tocsin.core.acts import EVERYTHING, IGNORE
from tocsin.core.member_acts import APPROVE, REJECT
from tocsin.core.subjects import AboutIssue
from tocsin.notifications.member_request import Facts, render
from tocsin.pipeline import chat, chat_actions, members
from tocsin.pipeline.members import Wanted
from tocsin.store.models import MemberRequest, Membership, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace(world) -> int:
    return a_workspace(world)


@pytest.fixture
def asked(world) -> MemberRequest:
    return asks(world)


def asks(world) -> MemberRequest:
    made = members.ask_to_join(world.organization, Wanted("ben@example.org", name="Ben"), NOW)
    assert made is not None
    return made


def answer() -> dict[str, str]:
    """What the person who pressed was told, and where it leads."""
    return Notification.objects.filter(kind="chat_answer").latest("pk").facts


def test_the_words_that_slack_sends_back_are_sentrys():
    assert (IGNORE, f"{EVERYTHING}slack", APPROVE, REJECT) == (
        "ignore",
        "all_slack",
        "approve_member",
        "reject_member",
    )


def test_link_your_identity_is_a_link_to_the_page_that_links(world, workspace):
    press(pressed(an_issue(world.project).pk, "resolved"))

    assert answer()["said"].startswith("Tocsin does not know who you are here.")
    assert "/extensions/slack/link-identity/" in answer()["url"]


def test_unlink_your_identity_is_a_link_to_the_page_that_unlinks(world, workspace):
    known(world, workspace)
    Membership.objects.all().delete()

    press(pressed(an_issue(world.project).pk, "resolved"))

    assert answer()["said"].startswith(f"Your account has no access to {world.organization.name}.")
    assert "/extensions/slack/unlink-identity/" in answer()["url"]


def test_no_access_to_the_organization_of_an_invitation(world, workspace, asked):
    known(world, workspace)
    Membership.objects.all().delete()

    press(decided(asked.pk, APPROVE))

    assert answer()["said"].startswith(f"Your account has no access to {world.organization.name}.")


def test_no_permission_to_approve(world, workspace, asked):
    known(world, workspace, person=a_member(world.organization, email="cleo@example.com"))

    press(decided(asked.pk, APPROVE))

    asked.refresh_from_db()
    assert (asked.state, "wners and managers" in answer()["said"]) == ("waiting", True)


def test_no_identity_for_an_approval(world, workspace, asked):
    press(decided(asked.pk, APPROVE))

    assert "/extensions/slack/link-identity/" in answer()["url"]


def test_slack_is_enabled(world, workspace):
    known(world, workspace)
    payload = pressed(0, "all_slack")
    payload["actions"][0]["block_id"] = json.dumps({"account": workspace})

    press(payload)

    assert answer()["title"] == "Slack is on for all your notifications"


def test_what_went_wrong_here_is_said_to_be_our_fault(world, workspace):
    def broken(*_):
        raise RuntimeError

    known(world, workspace)
    chat_actions.keep(
        chat_actions.ChatAction(
            chat.Talker("slack", TEAM, USER, "ana", "https://hooks.slack.com/actions/1"),
            (workspace,),
            AboutIssue(an_issue(world.project).pk),
            "resolved",
            NOW,
        )
    )

    chat_actions.do_all({AboutIssue: broken})

    assert answer()["said"] == chat_actions.BUG


@pytest.mark.parametrize(("word", "became"), [(APPROVE, "approved"), (REJECT, "rejected")])
def test_a_decision_stands_in_the_message_with_a_link_to_the_members(world, workspace, word, became):
    """Where Sentry writes one sentence in place of the message that was pressed."""
    known(world, workspace)
    request = asks(world)

    press(decided(request.pk, word))

    now = Notification.objects.filter(kind="member_request", category="rewritten").get()
    message = render(msgspec.convert(now.facts, Facts))
    assert message.title == f"Join request for ben@example.org: {became} by Ana"
    assert [(one.label, one.url.endswith("/acme/members/")) for one in message.actions] == [
        ("Members and requests", True)
    ]
