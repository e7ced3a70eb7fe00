"""Links that end messages: whose they are, how long they hold, and what they end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOW, a_member, a_project, a_world, an_issue
from tocsin.core.unsubscribe import Ends, Level, what_ends, wider
from tocsin.pipeline.unsubscribe import by_link, by_oneself, unsubscribe
from tocsin.pipeline.unsubscribe_link import Link, opened, sign
from tocsin.store.models import Issue, Membership, Preference, Subscription, User, UserAddress

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_world()


def of_issue(world, **changes) -> Link:
    issue = Issue.objects.filter(project=world.project).first() or an_issue(world.project)
    ends = Ends(Level.ISSUE, issue.pk, "alerts", world.organization.pk, world.project.pk)
    return replace(Link(world.user.pk, "ana@example.com", ends, NOW), **changes)


def test_a_link_opens_to_what_it_ends(world):
    way = by_link(sign(of_issue(world)), NOW)

    assert way is not None
    assert (way.user_id, way.email, way.named.name) == (world.user.pk, "ana@example.com", "SHOP-1")
    assert way.more is not None
    assert way.more[1].name == "Shop"


def test_the_same_message_has_the_same_link_however_often_it_is_tried(world):
    assert sign(of_issue(world)) == sign(of_issue(world))


def test_a_link_tells_nobody_the_address(world):
    assert "ana" not in sign(of_issue(world)).lower()


@pytest.mark.parametrize(
    ("after", "holds"),
    [(timedelta(0), True), (timedelta(days=89), True), (timedelta(days=90), False), (timedelta(hours=-2), False)],
)
def test_a_link_holds_for_90_days(world, after, holds):
    assert (by_link(sign(of_issue(world)), NOW + after) is not None) == holds


def test_no_letter_of_a_link_can_be_changed(world):
    token = sign(of_issue(world))

    for place in range(len(token)):
        letter = "A" if token[place] != "A" else "B"
        assert opened(token[:place] + letter + token[place + 1 :], NOW) is None or place == len(token) - 1


@pytest.mark.parametrize("token", ["", "x", ":", "a:b:c", "W10:x", "é" * 300, "=" * 5000])
def test_what_is_no_link_opens_nothing(token):
    assert by_link(token, NOW) is None


def test_a_link_to_an_address_that_is_the_persons_no_more_is_over(world):
    token = sign(of_issue(world))
    User.objects.filter(pk=world.user.pk).update(email="ana@example.org")

    assert by_link(token, NOW) is None


def test_a_link_to_a_further_address_holds_once_that_is_proved(world):
    token = sign(of_issue(world, address="further@example.com"))
    further = UserAddress.objects.create(user=world.user, email="further@example.com", date_added=NOW)
    assert by_link(token, NOW) is None

    further.verified = NOW
    further.save()
    assert by_link(token, NOW) is not None


def test_a_link_of_somebody_who_left_is_over(world):
    token = sign(of_issue(world))
    Membership.objects.all().delete()

    assert by_link(token, NOW) is None


def test_a_link_to_an_issue_that_is_gone_is_over(world):
    token = sign(of_issue(world))
    Issue.objects.all().delete()

    assert by_link(token, NOW) is None


def test_an_issue_of_another_organization_is_not_there(world):
    foreign = an_issue(a_world("globex", "other", "eve@example.com").project)
    ends = Ends(Level.ISSUE, foreign.pk, "alerts", world.organization.pk, foreign.project_id)

    assert by_oneself(world.user.pk, ends) is None


def test_ending_an_issue_twice_is_one_inactive_subscription(world):
    ends = of_issue(world).ends

    for _ in range(2):
        unsubscribe(world.user.pk, ends, NOW)

    row = Subscription.objects.get()
    assert (row.user, row.issue_id, row.is_active) == (world.user, ends.id, False)


def test_ending_a_project_is_a_choice_that_its_pages_show(world):
    more = wider(of_issue(world).ends)
    assert more is not None

    unsubscribe(world.user.pk, more, NOW)

    row = Preference.objects.get()
    assert (row.scope, row.scope_id, row.type, row.value) == ("project", world.project.pk, "alerts", "never")


def test_ending_a_type_holds_for_its_organization(world):
    ends = what_ends("deploy", world.organization.pk, world.project.pk, None)
    assert ends is not None

    unsubscribe(world.user.pk, ends, NOW)

    row = Preference.objects.get()
    assert (row.scope, row.scope_id, row.type, row.value) == (
        "organization",
        world.organization.pk,
        "deploy",
        "never",
    )


def test_ending_something_ends_it_for_nobody_else(world):
    other = a_member(world.organization, world.team, email="bo@example.com")

    unsubscribe(world.user.pk, of_issue(world).ends, NOW)

    assert not Subscription.objects.filter(user=other).exists()
    assert a_project(world.organization, slug="else") not in [row.project for row in Subscription.objects.all()]
