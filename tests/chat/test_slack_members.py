"""Who asks to be let in is approved or rejected in Slack (§8.7)."""

import pytest

from tests.builders import NOW, World, a_member, a_world
from tests.chat.pressing import TEAM, USER, a_workspace, decided, known, press, said
from tocsin.core.member_acts import APPROVE, REJECT
from tocsin.pipeline import members
from tocsin.pipeline.members import Wanted
from tocsin.store.models import AuditEntry, Delivery, Invitation, MemberRequest, Membership, Notification

pytestmark = pytest.mark.django_db

BEN = "ben@example.org"


@pytest.fixture
def asked(world, workspace) -> MemberRequest:
    """Ben asks to join, and whoever owns the organization is told in Slack."""
    return asks(world)


@pytest.fixture
def mail(settings) -> None:
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"email_url": "smtp://mail.example.com:25"})


def asks(world: World, email: str = BEN) -> MemberRequest:
    made = members.ask_to_join(world.organization, Wanted(email, name="Ben Ode"), NOW)
    assert made is not None
    return made


def a_manager(world: World, workspace: int, user: str, name: str) -> None:
    """A further member who may decide, and is known in the workspace."""
    person = a_member(world.organization, email=f"{name.lower()}@example.com", name=name, role="manager")
    known(world, workspace, user, person)


def state(request: MemberRequest) -> str:
    request.refresh_from_db()
    return request.state


def audited() -> list[tuple[str, str, int | None]]:
    found = AuditEntry.objects.filter(event__startswith="member.").order_by("pk")
    return list(found.values_list("event", "target", "actor_id"))


# What a press does


def test_approve_invites_by_mail_as_the_person_who_pressed(world, mail, asked):
    assert press(decided(asked.pk, APPROVE)).content == b""

    assert (state(asked), asked.decided_by) == ("approved", world.user)
    assert Delivery.objects.get(notification__kind="invitation").label == BEN
    assert audited() == [("member.request_approve", f"request:{asked.pk}", world.user.pk)]
    assert said() == []


def test_reject_invites_nobody(world, mail, asked):
    press(decided(asked.pk, REJECT))

    assert (state(asked), asked.decided_by, Invitation.objects.exists()) == ("rejected", world.user, False)
    assert audited() == [("member.request_reject", f"request:{asked.pk}", world.user.pk)]


def test_where_no_mail_is_set_up_whoever_approves_has_the_link_to_hand_on(asked):
    press(decided(asked.pk, APPROVE))

    [answer] = Notification.objects.filter(kind="chat_answer")
    assert (answer.facts["title"], answer.facts["next"]) == ("Approved", "The invitation")
    token = answer.facts["url"].rstrip("/").rpartition("/")[2]
    assert members.accept(token, user=None, name="Ben", now=NOW) is not None


def test_for_whom_a_member_asked_is_approved_too(world, mail, workspace):
    cleo = a_member(world.organization, email="cleo@example.com", name="Cleo")
    mine = Membership.objects.select_related("organization", "user").get(user=cleo)
    made = members.ask_to_invite(mine, Wanted(BEN), NOW)
    assert made is not None

    press(decided(made.pk, APPROVE))

    assert (state(made), Invitation.objects.get().email) == ("approved", BEN)


# Who may


def test_who_is_not_linked_is_asked_to_and_nothing_is_decided(world):
    a_workspace(world)
    request = asks(world)

    assert press(decided(request.pk, APPROVE)).status_code == 200

    assert state(request) == "waiting"
    [answer] = Notification.objects.filter(kind="chat_answer")
    assert "/extensions/slack/link-identity/" in answer.facts["url"]


def test_who_was_taken_out_of_the_organization_decides_nothing(world, asked):
    Membership.objects.filter(user=world.user).delete()

    press(decided(asked.pk, APPROVE))

    assert state(asked) == "waiting"
    assert said()[0].startswith(f"Your account has no access to {world.organization.name}.")


def test_whose_account_is_switched_off_decides_nothing(world, asked):
    world.user.is_active = False
    world.user.save()

    press(decided(asked.pk, APPROVE))

    assert (state(asked), len(said())) == ("waiting", 1)


def test_whose_membership_is_pending_decides_nothing(asked):
    Membership.objects.update(pending=True)

    press(decided(asked.pk, APPROVE))

    assert (state(asked), len(said())) == ("waiting", 1)


@pytest.mark.parametrize("word", [APPROVE, REJECT])
@pytest.mark.parametrize("role", ["admin", "member", "billing"])
def test_who_was_an_owner_when_the_message_came_and_is_none_now_decides_nothing(asked, role, word):
    Membership.objects.update(role=role)

    press(decided(asked.pk, word))

    assert state(asked) == "waiting"
    assert said() == [f"Owners and managers decide who is let in; you are {role}."]


def test_a_manager_lets_no_owner_in(asked):
    Membership.objects.update(role="manager")
    MemberRequest.objects.update(role="owner")

    press(decided(asked.pk, APPROVE))

    assert (state(asked), Invitation.objects.exists()) == ("waiting", False)
    assert said() == ["You let people in up to your own role, manager; this one would be owner."]


def test_a_manager_keeps_an_owner_out(asked):
    Membership.objects.update(role="manager")
    MemberRequest.objects.update(role="owner")

    press(decided(asked.pk, REJECT))

    assert state(asked) == "rejected"


# What is not there, or not theirs


@pytest.mark.parametrize("request_id", [999, 2**63 - 1])
def test_a_request_that_is_not_there_is_said(workspace, request_id):
    press(decided(request_id, APPROVE))

    assert said()[0].startswith("This request is not there any more")


def test_another_organizations_request_is_as_if_it_were_not_there(asked):
    theirs = asks(a_world("umbra", "door", "eve@example.com"))

    press(decided(theirs.pk, APPROVE))

    assert state(theirs) == "waiting"
    assert said()[0].startswith("This request is not there any more")


def test_of_a_workspace_in_two_organizations_the_requests_own_counts(asked):
    other = a_world("umbra", "door", "eve@example.com")
    a_workspace(other)
    theirs = asks(other)

    press(decided(theirs.pk, APPROVE))

    assert state(theirs) == "waiting"
    assert said()[0].startswith("Tocsin does not know who you are here")


def test_a_workspace_that_nobody_connected_is_refused(asked):
    elsewhere = {"team": {"id": "T0OTHER"}, "user": {"id": USER, "username": "ana", "team_id": "T0OTHER"}}

    answer = press(decided(asked.pk, APPROVE, **elsewhere))

    assert (answer.status_code, state(asked)) == (401, "waiting")


def test_a_workspace_of_another_organization_decides_nothing_here(world):
    a_workspace(world, team="T0OTHER")
    other = a_world("umbra", "door", "eve@example.com")
    known(other, a_workspace(other, team=TEAM))
    request = asks(world)

    press(decided(request.pk, APPROVE))

    assert state(request) == "waiting"
    assert said()[0].startswith("This request is not there any more")


def test_what_was_not_signed_by_slack_decides_nothing(asked):
    answer = press(decided(asked.pk, APPROVE), secret="another")

    assert (answer.status_code, state(asked)) == (401, "waiting")


@pytest.mark.parametrize("word", ["resolved", "approve_all", "approve_member:owner", "assign:user:1", " "])
def test_a_word_that_nobody_offers_is_refused(asked, word):
    press(decided(asked.pk, word))

    assert state(asked) == "waiting"
    assert said()[0].startswith(repr(word))


def test_a_requests_word_does_nothing_to_an_issue_of_its_number(world, asked):
    from tests.builders import an_issue
    from tests.chat.pressing import pressed

    issue = an_issue(world.project)

    press(pressed(issue.pk, APPROVE))

    assert (state(asked), len(said())) == ("waiting", 1)


# Somebody was first


def test_who_presses_second_is_told_who_was_first(world, asked, workspace):
    a_manager(world, workspace, "U0CLEO", "Cleo")
    press(decided(asked.pk, REJECT))

    press(decided(asked.pk, APPROVE, user={"id": "U0CLEO", "username": "cleo"}))

    assert (state(asked), Invitation.objects.exists()) == ("rejected", False)
    assert said() == ["This request was decided already: Ana rejected it."]


def test_whose_account_was_deleted_since_is_somebody(world, asked, workspace):
    a_manager(world, workspace, "U0CLEO", "Cleo")
    press(decided(asked.pk, REJECT))
    MemberRequest.objects.update(decided_by=None)

    press(decided(asked.pk, APPROVE, user={"id": "U0CLEO", "username": "cleo"}))

    assert said() == ["This request was decided already: Somebody rejected it."]


def test_what_was_decided_on_the_page_is_said_to_who_presses_then(world, asked):
    mine = Membership.objects.select_related("organization", "user").get(user=world.user)
    members.decide(mine, asked.pk, approve=False, now=NOW)

    press(decided(asked.pk, APPROVE))

    assert said() == ["This request was decided already: Ana rejected it."]
