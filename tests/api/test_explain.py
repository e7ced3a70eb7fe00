"""Who was told and why, who was not, and who would be, over the API."""

from datetime import timedelta

import pytest
import time_machine

from tests.api.callers import Caller, a_caller
from tests.builders import NOW, World, a_member, a_world, an_issue
from tocsin.pipeline.assignment import Assignee, By, assign
from tocsin.pipeline.command import set_status
from tocsin.store.models import Issue, Notification, Subscription, Untold, User


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def ana(world) -> Caller:
    return a_caller(world.user, world.organization)


@pytest.fixture
def ben(world) -> User:
    return a_member(world.organization, world.team, email="ben@example.com", name="Ben")


@pytest.fixture
def issue(world, ben) -> Issue:
    """Assigned to Ben by Ana, so that one notification was decided."""
    made = an_issue(world.project)
    assign(
        organization_id=world.organization.pk,
        issue_ids=[made.pk],
        to=Assignee(user_id=ben.pk),
        by=By(world.user.pk),
        now=NOW,
    )
    return made


def test_the_notifications_of_an_issue_come_with_trace_and_deliveries(ana, issue):
    (told,) = ana.get(f"/issues/{issue.pk}/notifications/").json

    assert told["kind"] == "assigned"
    assert "subscribed" in {step["reason"] for step in told["trace"]}
    assert {one["to"] for one in told["deliveries"]} == {"Ben", "ben@example.com"}


def test_one_notification_is_read_by_its_id(ana, issue):
    notification = Notification.objects.get()

    assert ana.get(f"/organizations/acme/notifications/{notification.pk}/").json["id"] == str(notification.pk)


def test_a_person_learns_why_they_were_told(ana, issue, ben):
    (explained,) = ana.get(f"/issues/{issue.pk}/explain/?user={ben.pk}").json

    assert explained["considered"]
    assert {step["subject"] for step in explained["steps"]} == {f"user:{ben.pk}"}


def test_a_person_whom_nobody_thought_of_learns_what_keeps_it_so(ana, issue):
    (explained,) = ana.get(f"/issues/{issue.pk}/explain/").json

    assert (explained["told"], explained["considered"]) == (False, False)
    assert [step["reason"] for step in explained["steps"]] == ["not_subscribed"]


def test_a_person_outside_the_project_learns_that(world, ana, issue):
    cleo = a_member(world.organization, email="cleo@example.com")

    (explained,) = ana.get(f"/issues/{issue.pk}/explain/?user={cleo.pk}").json

    assert [step["reason"] for step in explained["steps"]] == ["not_a_member"]


@pytest.mark.parametrize("user", ["0", "x", "9" * 30])
def test_nobody_is_explained_to_nobody(ana, issue, user):
    assert ana.get(f"/issues/{issue.pk}/explain/?user={user}").status == 404


def test_what_a_person_was_not_told_lately_and_why(world, ben, issue):
    Subscription.objects.filter(user=ben).update(is_active=False)
    set_status(
        organization_id=world.organization.pk,
        issue_ids=[issue.pk],
        status="resolved",
        actor_id=world.user.pk,
        now=NOW,
    )

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        found = a_caller(ben, world.organization).get("/organizations/acme/untold/")

    assert ("SHOP-1", "unsubscribed", "unsubscribed from this issue") in [
        (one["shortId"], one["reason"], one["sentence"]) for one in found.json
    ]


@pytest.mark.parametrize("days", ["0", "91", "-1"])
def test_the_days_have_bounds(ana, days):
    assert list(ana.get(f"/organizations/acme/untold/?days={days}").json) == ["days"]


def test_what_was_longer_ago_is_left_out(world, ben, issue):
    notification = Notification.objects.get()
    Untold.objects.create(
        notification=notification,
        user=ben,
        verdict="removed",
        reason="unsubscribed",
        date_added=NOW - timedelta(days=8),
    )

    with time_machine.travel(NOW, tick=False):
        found = a_caller(ben, world.organization).get("/organizations/acme/untold/?days=7")

    assert "unsubscribed" not in {one["reason"] for one in found.json}


def test_who_would_hear_of_an_assignment(world, ana, issue):
    supposed = ana.get(f"/issues/{issue.pk}/what-if/?assignedTo=team:{world.team.pk}").json

    assert supposed["what"] == "Assigned"
    assert "Ben" in {one["to"] for one in supposed["destinations"]}


def test_nobody_who_cannot_have_it_is_supposed_to(ana, issue):
    assert list(ana.get(f"/issues/{issue.pk}/what-if/?assignedTo=user:99").json) == ["assignedTo"]


def test_who_would_hear_of_an_alert(ana):
    assert ana.get("/projects/acme/shop/what-if/").json == []  # it has no rule


def test_an_issue_of_another_project_is_not_about_this_one(ana):
    assert ana.get("/projects/acme/shop/what-if/?issue=99").status == 404
