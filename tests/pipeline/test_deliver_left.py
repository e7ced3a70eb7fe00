"""People leave between the decision and the sending: what is for them alone is not sent any more."""

import pytest
import time_machine

from tests.builders import NOW, World, a_delivery, a_member, a_notification, a_world
from tests.pipeline.sending import answering, connected, go, slack_said, to_slack
from tocsin.core.sending import Reply
from tocsin.pipeline import deliver
from tocsin.store.models import Attempt, Delivery, Membership, Project, TeamMember, User, UserAddress
from tocsin.store.writes.addresses import removed


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db, settings) -> World:
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"email_url": "smtp://mail.example.com:25"})
    return a_world()


def a_mail(world: World, user: User | None = None, to: str = "", **columns) -> Delivery:
    notification = a_notification(world.project, **columns)
    who = user or world.user
    address = to or who.email
    return a_delivery(
        notification,
        user=who,
        due=NOW,
        address={"email": address},
        label=address,
        detail={"rules": [3], "reason": ""},
    )


def what_was_sent() -> int:
    transport = answering(Reply(250, {"stage": "data"}, b"2.0.0 queued"))
    deliver.record(go(deliver.turn([], 10, NOW), transport), NOW)
    return len(transport.smtp.asked)


def leaves_the_organization(world: World) -> None:
    Membership.objects.get(user=world.user).delete()


def is_switched_off(world: World) -> None:
    User.objects.filter(pk=world.user.pk).update(is_active=False)


def is_only_invited(world: World) -> None:
    Membership.objects.filter(user=world.user).update(pending=True)


def leaves_the_team(world: World) -> None:
    TeamMember.objects.get(user=world.user).delete()


GONE = [leaves_the_organization, is_switched_off, is_only_invited, leaves_the_team]


def test_who_is_still_there_is_told(world):
    a_mail(world)

    assert what_was_sent() == 1


@pytest.mark.parametrize("happens", GONE)
def test_who_has_left_is_not_told_of_an_issue(world, happens):
    mail = a_mail(world)
    happens(world)

    assert what_was_sent() == 0

    mail.refresh_from_db()
    assert (mail.state, mail.reason) == ("suppressed", deliver.LEFT)
    assert Attempt.objects.get().status == 0


def is_removed(address: UserAddress) -> None:
    removed(address.user_id, address.pk)


def is_to_be_proved_anew(address: UserAddress) -> None:
    UserAddress.objects.filter(pk=address.pk).update(verified=None)


def a_further_address(world: World) -> UserAddress:
    return UserAddress.objects.create(user=world.user, email="ana@home.example", verified=NOW, date_added=NOW)


def test_a_further_address_that_is_still_theirs_is_written_to(world):
    a_mail(world, to=a_further_address(world).email)

    assert what_was_sent() == 1


@pytest.mark.parametrize("happens", [is_removed, is_to_be_proved_anew])
def test_a_further_address_that_is_not_theirs_any_more_is_not_written_to(world, happens):
    address = a_further_address(world)
    mail = a_mail(world, to=address.email)
    happens(address)

    assert what_was_sent() == 0

    mail.refresh_from_db()
    assert (mail.state, mail.reason) == ("suppressed", deliver.ASTRAY)


def test_an_address_that_somebody_else_has_proved_is_not_theirs(world):
    ben = a_member(world.organization, world.team, email="ben@example.com")
    UserAddress.objects.create(user=ben, email="b@home.example", verified=NOW, date_added=NOW)
    a_mail(world, to="b@home.example")

    assert what_was_sent() == 0


def test_membership_elsewhere_does_not_count(world):
    other = a_world("other", email="ben@example.com")
    Membership.objects.filter(user=world.user).update(organization=other.organization)
    a_mail(world)

    assert what_was_sent() == 0


def test_a_seat_in_a_team_of_another_project_does_not_count(world):
    elsewhere = a_member(world.organization, None, email="cleo@example.com")
    other = Project.objects.create(organization=world.organization, slug="till", name="Till", date_added=NOW)
    other.project_teams.create(team=world.organization.teams.create(slug="tills", name="Tills", date_added=NOW))
    elsewhere.team_memberships.create(team=other.project_teams.get().team)
    a_mail(world, elsewhere)

    assert what_was_sent() == 0


def test_what_is_not_about_issues_needs_no_seat_in_the_projects_teams(world):
    a_mail(world, category="approval")
    leaves_the_team(world)

    assert what_was_sent() == 1


@pytest.mark.parametrize("happens", GONE)
def test_what_goes_to_a_channel_goes_whoever_leaves(world, happens):
    integration = connected(world)
    to_slack(world, integration_id=integration)
    happens(world)

    (tried,) = go(deliver.turn([], 10, NOW), answering(slack_said()))

    assert tried.state == "sent"


def test_looking_whether_people_have_left_takes_no_further_statement(world, django_assert_num_queries):
    for _ in range(20):
        a_mail(world)

    with django_assert_num_queries(7):  # savepoint, ready, busy, heads, lease, jobs, release
        deliver.turn([], 30, NOW)
