"""What became true of issues: onto the timeline, to those who follow, into the threads of alerts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import (
    NOW,
    World,
    a_delivery,
    a_lane,
    a_member,
    a_notification,
    a_reference,
    a_world,
    an_issue,
)
from tocsin.core.issue import Happening
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.store.db import one_transaction
from tocsin.store.models import (
    Activity,
    Delivery,
    Integration,
    Issue,
    Notification,
    Preference,
    Subscription,
    Untold,
    User,
)


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def ben(world) -> User:
    return a_member(world.organization, world.team, email="ben@example.com", name="Ben Ode")


def resolved(issue: Issue, actor: User | None = None, *, quiet: bool = False, **data) -> Happened:
    actor_id = actor.pk if actor else None
    return Happened(issue.project_id, issue.pk, Happening.RESOLVED, actor_id, data, quiet)


def say(*happened: Happened) -> list[int]:
    with one_transaction():
        return happen(happened, NOW)


def follow(user: User, issue: Issue, *, is_active: bool = True) -> None:
    Subscription.objects.create(user=user, issue=issue, project=issue.project, is_active=is_active, date_added=NOW)


def an_alert_in(issue: Issue, channel: str, user: User | None = None) -> Delivery:
    """A message about an issue that stands in a channel of Slack."""
    integration, _ = Integration.objects.get_or_create(
        organization=issue.project.organization,
        provider="slack",
        name="Acme",
        defaults={"settings": b"", "date_added": NOW, "date_updated": NOW},
    )
    lane = a_lane(integration_id=integration.pk)
    sent = a_delivery(
        a_notification(issue.project, issue),
        provider="slack",
        integration=integration,
        address={"channel": channel, "channel_id": "C1"},
        label=channel,
        conversation=f"issue:{issue.pk}",
        state="sent",
        user=user,
        lane=lane,
    )
    a_reference(sent, ts="1.0")
    return sent


def told(provider: str = "inbox") -> list[User | None]:
    found = Delivery.objects.filter(provider=provider, notification__kind="resolved").order_by("pk")
    return [one.user for one in found]


def test_it_stands_on_the_timeline_with_its_data(world):
    issue = an_issue(world.project)

    (activity,) = say(resolved(issue, world.user, age=3))

    row = Activity.objects.get(pk=activity)
    assert (row.type, row.user, row.issue, row.data) == ("set_resolved", world.user, issue, {"age": 3})


def test_those_who_follow_are_told_and_read_what_happened(world, ben):
    issue = an_issue(world.project)
    follow(ben, issue)

    say(resolved(issue, world.user))

    assert told() == [ben]
    facts = Notification.objects.get().facts
    assert (facts["author"], facts["title"]) == ("Ana", issue.title)


def test_what_concerns_nobody_is_no_notification(world):
    say(resolved(an_issue(world.project), world.user))

    assert not Notification.objects.exists()


def test_what_only_the_timeline_tells_is_told_to_nobody(world, ben):
    issue = an_issue(world.project)
    follow(ben, issue)

    say(Happened(issue.project_id, issue.pk, Happening.ONGOING))

    assert not Notification.objects.exists()


def test_who_was_considered_and_not_told_is_found_by_the_person(world, ben):
    issue = an_issue(world.project)
    follow(ben, issue, is_active=False)

    say(resolved(issue, world.user))

    missed = Untold.objects.get()
    assert (missed.user, missed.reason, missed.cause) == (
        ben,
        "unsubscribed",
        f"subscription:{Subscription.objects.get().pk}",
    )


def test_who_said_never_is_recorded_and_suppressed(world, ben):
    issue = an_issue(world.project)
    follow(ben, issue)
    Preference.objects.create(user=ben, scope="user", scope_id=ben.pk, type="workflow", value="never")

    say(resolved(issue, world.user))

    assert set(Delivery.objects.values_list("state", flat=True)) == {"suppressed"}
    assert Untold.objects.get().reason == "preference_never"


def test_it_is_said_in_the_thread_of_each_alert(world):
    issue = an_issue(world.project)
    an_alert_in(issue, "#ops")
    an_alert_in(issue, "#web")

    say(resolved(issue, world.user))

    replies = Delivery.objects.filter(notification__kind="resolved").order_by("pk")
    assert [(one.label, one.detail) for one in replies] == [("#ops", {"act": "reply"}), ("#web", {"act": "reply"})]
    assert {one.conversation for one in replies} == {f"issue:{issue.pk}"}


def test_it_is_not_said_in_the_thread_of_what_one_person_was_sent(world, ben):
    issue = an_issue(world.project)
    an_alert_in(issue, "@ben", user=ben)

    say(resolved(issue, world.user))

    assert told("slack") == []


def test_an_organization_may_keep_it_out_of_the_threads_which_is_said(world):
    issue = an_issue(world.project)
    an_alert_in(issue, "#ops")
    world.organization.threads_activity = False
    world.organization.save()

    say(resolved(issue, world.user))

    assert told("slack") == []
    assert [step["reason"] for step in Notification.objects.get(kind="resolved").trace][-1] == "threads_off"


def test_of_many_at_once_no_person_hears_and_the_threads_do(world, ben):
    issue = an_issue(world.project)
    follow(ben, issue)
    an_alert_in(issue, "#ops")

    say(resolved(issue, world.user, quiet=True))

    assert (told(), told("slack")) == ([], [None])


def test_nothing_that_happened_costs_nothing(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert happen([], NOW) == []


def test_many_take_as_many_statements_as_two(world, ben):
    issues = [an_issue(world.project) for _ in range(24)]
    for issue in issues:
        follow(ben, issue)
        an_alert_in(issue, f"#c{issue.pk}")
    say(resolved(issues[0]))  # the people of the organization are read once

    def statements(some: list[Issue]) -> int:
        with CaptureQueriesContext(connection) as captured:
            say(*[resolved(issue) for issue in some])
        return len(captured)

    assert statements(issues[4:]) == statements(issues[2:4])
