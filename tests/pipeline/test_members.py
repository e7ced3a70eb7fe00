"""Inviting, asking to be let in, deciding, leaving."""

from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_member, a_user, a_world
from tocsin.pipeline import members
from tocsin.pipeline.members import NotAllowedError, UnusableError, Wanted
from tocsin.store.models import (
    AuditEntry,
    Delivery,
    Invitation,
    MemberRequest,
    Membership,
    Notification,
    Team,
    User,
)

BEN = "ben@example.org"


@pytest.fixture
def world(db) -> World:
    return a_world()


def membership(user: User) -> Membership:
    return Membership.objects.select_related("organization", "user").get(user=user)


@pytest.fixture
def owner(world) -> Membership:
    return membership(world.user)


@pytest.fixture
def plain(world) -> Membership:
    return membership(a_member(world.organization, world.team, email="cleo@example.com", name="Cleo"))


def token_of(done: members.Invited) -> str:
    return done.link.rstrip("/").rpartition("/")[2]


def events() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("event", flat=True))


# Inviting


def test_who_accepts_an_invitation_is_a_member_with_its_role_and_teams(world, owner):
    done = members.invite(owner, Wanted("Ben@Example.org", "admin", [world.team.pk]), NOW)

    person = members.accept(token_of(done), user=None, name="Ben", now=NOW)

    assert person is not None
    assert (person.email, membership(person).role) == (BEN, "admin")
    assert person.team_memberships.get().team == world.team
    assert events() == ["member.invite", "member.accept"]


def test_an_invitation_works_once(owner):
    token = token_of(members.invite(owner, Wanted(BEN), NOW))
    members.accept(token, user=None, name="", now=NOW)

    assert members.accept(token, user=None, name="", now=NOW) is None


@pytest.mark.parametrize(("after", "works"), [(timedelta(days=6), True), (timedelta(days=7), False)])
def test_an_invitation_lasts_seven_days(owner, after, works):
    token = token_of(members.invite(owner, Wanted(BEN), NOW))

    assert bool(members.accept(token, user=None, name="", now=NOW + after)) is works


def test_a_second_invitation_of_an_address_ends_the_first(owner):
    first = token_of(members.invite(owner, Wanted(BEN), NOW))
    members.invite(owner, Wanted(BEN), NOW)

    assert members.accept(first, user=None, name="", now=NOW) is None


def test_who_is_signed_in_joins_as_themselves(owner):
    eve = a_user("eve@example.net")

    person = members.accept(token_of(members.invite(owner, Wanted(BEN), NOW)), user=eve, name="", now=NOW)

    assert person == eve


def test_teams_of_another_organization_count_for_nothing(owner):
    foreign = a_world("other", email="eve@example.com").team

    person = members.accept(
        token_of(members.invite(owner, Wanted(BEN, teams=[foreign.pk, 99]), NOW)), user=None, name="", now=NOW
    )

    assert person is not None
    assert not person.team_memberships.exists()


def test_without_mail_the_link_is_handed_on(owner):
    done = members.invite(owner, Wanted(BEN), NOW)

    assert (done.mailed, Notification.objects.exists()) == (False, False)


def test_with_mail_the_invited_have_one(owner, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"email_url": "smtp://mail.example.com:25"})

    assert members.invite(owner, Wanted(BEN), NOW).mailed

    sent = Delivery.objects.get()
    assert (sent.label, sent.notification.kind) == (BEN, "invitation")


def test_who_came_by_a_mailed_invitation_has_shown_that_the_address_is_theirs(owner, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"email_url": "smtp://mail.example.com:25"})
    done = members.invite(owner, Wanted(BEN), NOW)

    person = members.accept(token_of(done), user=None, name="", now=NOW)

    assert person is not None
    assert person.is_email_proved


def test_who_came_by_a_link_that_was_handed_on_has_not(owner):
    done = members.invite(owner, Wanted(BEN), NOW)

    person = members.accept(token_of(done), user=None, name="", now=NOW)

    assert person is not None
    assert not person.is_email_proved


@pytest.mark.parametrize("email", ["", "nobody", "admin@localhost", "a@b\r\nBcc: c@d.example"])
def test_an_address_that_no_mail_reaches_is_refused(owner, email):
    with pytest.raises(UnusableError) as refused:
        members.invite(owner, Wanted(email), NOW)

    assert (refused.value.field, Invitation.objects.exists()) == ("email", False)


def test_a_member_is_not_invited_again(owner):
    with pytest.raises(UnusableError, match="member already"):
        members.invite(owner, Wanted(owner.user.email), NOW)


def test_who_may_not_invite_does_not(plain):
    with pytest.raises(NotAllowedError):
        members.invite(plain, Wanted(BEN), NOW)


def test_an_invitation_can_be_withdrawn(owner):
    token = token_of(members.invite(owner, Wanted(BEN), NOW))

    members.withdraw(owner, Invitation.objects.get().pk, NOW)

    assert members.accept(token, user=None, name="", now=NOW) is None


# Asking


def test_those_who_may_decide_hear_that_a_member_asks(world, owner, plain):
    members.ask_to_invite(plain, Wanted(BEN, name="Ben"), NOW)

    told = Delivery.objects.filter(notification__kind="member_request", provider="inbox")
    assert [one.user for one in told] == [world.user]


def test_those_who_may_decide_hear_that_a_stranger_asks(world, owner):
    members.ask_to_join(world.organization, Wanted(BEN, name="Ben"), NOW)

    assert Delivery.objects.filter(provider="inbox").count() == 1
    assert MemberRequest.objects.get().kind == "join"


def test_the_trace_begins_with_what_happened(world, owner):
    made = members.ask_to_join(world.organization, Wanted(BEN), NOW)

    [first, *_] = Notification.objects.get(kind="member_request").trace
    assert (first["reason"], first["cause"]) == ("asks_to_come_in", f"request:{made.pk}")


def test_one_request_of_an_address_waits_at_a_time(world, owner):
    members.ask_to_join(world.organization, Wanted(BEN), NOW)

    assert members.ask_to_join(world.organization, Wanted(BEN), NOW) is None
    assert Delivery.objects.filter(provider="inbox").count() == 1


def test_who_is_a_member_already_asks_in_vain_and_learns_nothing(world, owner):
    assert members.ask_to_join(world.organization, Wanted(world.user.email), NOW) is None


def test_an_organization_may_take_no_requests(world):
    world.organization.takes_requests = False

    assert members.ask_to_join(world.organization, Wanted(BEN), NOW) is None


def test_a_stranger_asks_for_no_role(world):
    made = members.ask_to_join(world.organization, Wanted(BEN, role="owner"), NOW)

    assert made is not None
    assert made.role == "member"


def test_who_is_approved_is_invited(owner, plain):
    made = members.ask_to_invite(plain, Wanted(BEN), NOW)

    done = members.decide(owner, made.pk, approve=True, now=NOW)

    assert done is not None
    assert members.accept(token_of(done), user=None, name="Ben", now=NOW) is not None
    assert "member.request_approve" in events()


def test_who_is_rejected_is_not(owner, plain):
    made = members.ask_to_invite(plain, Wanted(BEN), NOW)

    assert members.decide(owner, made.pk, approve=False, now=NOW) is None

    made.refresh_from_db()
    assert (made.state, made.decided_by, Invitation.objects.exists()) == ("rejected", owner.user, False)


def test_a_request_is_decided_once(owner, plain):
    made = members.ask_to_invite(plain, Wanted(BEN), NOW)
    members.decide(owner, made.pk, approve=False, now=NOW)

    with pytest.raises(UnusableError, match="decided already"):
        members.decide(owner, made.pk, approve=True, now=NOW)


def test_who_may_not_decide_does_not(plain):
    made = members.ask_to_invite(plain, Wanted(BEN), NOW)

    with pytest.raises(NotAllowedError):
        members.decide(plain, made.pk, approve=True, now=NOW)


def test_another_organizations_request_is_not_there(world, owner):
    theirs = a_world("other", email="eve@example.com")
    made = members.ask_to_join(theirs.organization, Wanted(BEN), NOW)

    with pytest.raises(UnusableError):
        members.decide(owner, made.pk, approve=True, now=NOW)


# Roles, and leaving


def test_a_role_is_changed(owner, plain):
    members.change_role(owner, plain.pk, "manager", NOW)

    plain.refresh_from_db()
    assert (plain.role, events()) == ("manager", ["member.role"])


def test_nobody_raises_anybody_above_themselves(world, plain):
    manager = membership(a_member(world.organization, email="m@example.com", role="manager"))

    with pytest.raises(NotAllowedError):
        members.change_role(manager, plain.pk, "owner", NOW)


@pytest.mark.parametrize(
    "action", [lambda by: members.change_role(by, by.pk, "member", NOW), lambda by: members.remove(by, by.pk, NOW)]
)
def test_somebody_goes_on_owning_the_organization(owner, action):
    with pytest.raises(UnusableError, match="own the organization"):
        action(owner)


def test_who_leaves_is_on_no_team_any_more(world, owner, plain):
    members.remove(plain, plain.pk, NOW)

    assert not Membership.objects.filter(pk=plain.pk).exists()
    assert Team.objects.get(pk=world.team.pk).team_members.count() == 1


def test_a_member_takes_nobody_else_out(owner, plain):
    with pytest.raises(NotAllowedError):
        members.remove(plain, owner.pk, NOW)
