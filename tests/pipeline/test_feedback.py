"""Feedback is kept, stands on the issue's timeline, and is told to who follows it."""

import json

import pytest

from tests.builders import NOW, a_member
from tests.pipeline.spooling import SPOOL, a_payload, an_id, digested
from tocsin.engine.spool import Accepted
from tocsin.formats.envelope import Item, join
from tocsin.pipeline.digest import digest
from tocsin.store.models import Activity, Delivery, Event, EventSeen, Feedback, Issue, Subscription, Team
from tocsin.store.writes.founding import Founded, found

SAID = "I pressed Pay and nothing happened."


@pytest.fixture
def shop(db) -> Founded:
    return found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)


def reported(shop: Founded, number: int, *, place: int = 2, comments: str = SAID, with_event: bool = False) -> None:
    """A body with a report about event `number`, and with the event itself where the SDK sends both."""
    report = {"event_id": an_id(number), "name": "Jo", "email": "jo@example.net", "comments": comments}
    items = [Item("user_report", {}, json.dumps(report).encode())]
    if with_event:
        items.insert(0, Item("event", {}, json.dumps(a_payload(number)).encode()))
    body = join({"event_id": an_id(number)}, items)
    accepted = Accepted(
        id=place,
        project_id=shop.project.pk,
        received=NOW.timestamp(),
        kind="envelope",
        encoding="",
        event_id=an_id(number),
        client="",
        body=body,
    )
    digest([accepted], SPOOL, NOW)


def test_feedback_about_an_event_stands_on_the_timeline_of_its_issue(shop):
    digested(shop.project.pk, a_payload(1))

    reported(shop, 1)

    row = Activity.objects.get(type="user_feedback")
    assert (row.issue, row.data["comments"], row.data["name"]) == (Issue.objects.get(), SAID, "Jo")


def test_feedback_beside_its_event_is_about_its_issue(shop):
    reported(shop, 1, with_event=True)

    assert Feedback.objects.get().issue == Issue.objects.get()


def test_feedback_that_came_before_its_event_waits_for_it(shop):
    reported(shop, 1, place=1)
    assert Feedback.objects.get().issue is None

    digested(shop.project.pk, a_payload(1), first=2)

    assert Feedback.objects.get().issue == Issue.objects.get()
    assert Activity.objects.filter(type="user_feedback").count() == 1


def test_feedback_about_an_event_that_was_only_counted_is_about_its_issue(shop):
    digested(shop.project.pk, *(a_payload(number) for number in range(1, 60)))
    assert not Event.objects.filter(event_id=an_id(59)).exists()

    reported(shop, 59, place=60)

    assert Activity.objects.get(type="user_feedback").issue == Issue.objects.get()


def test_feedback_about_an_event_that_was_seen_long_ago_finds_it_where_it_was_kept(shop):
    digested(shop.project.pk, a_payload(1))
    EventSeen.objects.all().delete()

    reported(shop, 1)

    assert Feedback.objects.get().issue == Issue.objects.get()


def test_feedback_about_an_issue_that_is_gone_stays_with_the_project(shop):
    digested(shop.project.pk, a_payload(1))
    Issue.objects.all().delete()

    reported(shop, 1)

    assert (Feedback.objects.get().issue, Activity.objects.count()) == (None, 0)


def test_those_who_follow_the_issue_are_told(shop):
    digested(shop.project.pk, a_payload(1))
    ben = a_member(shop.organization, Team.objects.get(), email="ben@example.com")
    issue = Issue.objects.get()
    Subscription.objects.create(issue=issue, project=issue.project, user=ben, date_added=NOW)

    reported(shop, 1)

    told = Delivery.objects.filter(notification__kind="feedback", provider="inbox")
    assert [one.user for one in told] == [ben]


def test_the_same_feedback_twice_is_one(shop):
    digested(shop.project.pk, a_payload(1))

    reported(shop, 1, place=2)
    reported(shop, 1, place=3)

    assert (Feedback.objects.count(), Activity.objects.filter(type="user_feedback").count()) == (1, 1)


def test_feedback_about_nothing_known_stays_with_the_project(shop):
    reported(shop, 7, place=1)

    assert (Feedback.objects.get().project, Activity.objects.count()) == (shop.project, 0)


def test_hostile_words_are_kept_without_what_harms(shop):
    reported(shop, 1, place=1, comments="a\x00b\u202ec<script>")

    assert Feedback.objects.get().comments == "abc<script>"
