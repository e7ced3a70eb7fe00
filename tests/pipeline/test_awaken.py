"""Archived issues whose condition has come are open again (behaviour §10.3)."""

from datetime import timedelta

import pytest
import time_machine

from tests.builders import NOW
from tests.pipeline.spooling import a_payload, digested
from tocsin.core.commands import Archive
from tocsin.core.issue import Status, Substatus
from tocsin.pipeline import awaken, command
from tocsin.pipeline.auto_resolve import resolve_old
from tocsin.store.models import Activity, Firing, Issue, Project, Snooze
from tocsin.store.writes.founding import Founded, found

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(db) -> Founded:
    return found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)


def archived(shop: Founded, **condition) -> Issue:
    """An issue of one event that was archived an hour ago."""
    digested(shop.project.pk, a_payload(1))
    issue = Issue.objects.get()
    Issue.objects.update(first_seen=NOW - timedelta(days=30))
    command.run(
        organization_id=shop.organization.pk,
        issue_ids=[issue.pk],
        command=Archive(**condition),
        actor_id=None,
        now=NOW,
    )
    return issue


def events(shop: Founded, *numbers: int, **fields) -> None:
    digested(shop.project.pk, *(a_payload(number, **fields) for number in numbers), first=numbers[0])


def state(issue: Issue) -> tuple[Status, Substatus]:
    issue.refresh_from_db()
    return Status(issue.status), Substatus(issue.substatus)


ASLEEP = Status.IGNORED
AWAKE = (Status.UNRESOLVED, Substatus.ESCALATING)


def test_an_issue_sleeps_until_so_many_more_events(shop):
    issue = archived(shop, count=3)

    events(shop, 2, 3)
    assert state(issue)[0] is ASLEEP

    events(shop, 4)
    assert state(issue) == AWAKE


def test_an_issue_sleeps_until_so_many_events_within_a_window(shop):
    issue = archived(shop, count=3, window=60)

    events(shop, 2, 3)

    assert state(issue) == AWAKE  # with the one before it was archived: three within the hour


def test_an_issue_sleeps_until_so_many_more_users(shop):
    issue = archived(shop, user_count=2)

    events(shop, 2, user={"id": "1"})
    assert state(issue)[0] is ASLEEP

    events(shop, 3, user={"id": "2"})
    assert state(issue) == AWAKE


def test_an_issue_sleeps_until_it_happens_far_more_often_than_it_used_to(shop):
    issue = archived(shop, until_escalating=True)

    events(shop, *range(2, 11))
    assert state(issue)[0] is ASLEEP

    events(shop, 11)
    assert state(issue) == AWAKE
    assert Activity.objects.latest("pk").data["forecast"] == 10


def test_an_issue_that_was_archived_for_ever_sleeps(shop):
    issue = archived(shop)

    events(shop, *range(2, 60))

    assert state(issue)[0] is ASLEEP


def test_the_timeline_names_the_condition_that_came(shop):
    archived(shop, count=1)

    events(shop, 2)

    row = Activity.objects.latest("pk")
    assert (row.type, row.data["expired_snooze"]) == ("set_escalating", {"count": 1, "window": None})


def test_what_it_waited_for_is_forgotten(shop):
    archived(shop, count=1)

    events(shop, 2)

    assert not Snooze.objects.exists()


def test_rules_hear_that_it_escalated(shop):
    archived(shop, count=1)
    before = Firing.objects.count()

    digested(shop.project.pk, a_payload(2), first=2, now=NOW + HOUR)

    assert Firing.objects.count() == before + 1


def test_a_time_that_has_come_wakes_it_without_an_event(shop):
    issue = archived(shop, until=NOW + HOUR)

    with time_machine.travel(NOW + HOUR - timedelta(seconds=1), tick=False):
        assert awaken.by_the_clock() == 0
    with time_machine.travel(NOW + HOUR, tick=False):
        assert awaken.by_the_clock() == 1

    assert state(issue) == AWAKE


def test_an_issue_that_was_not_seen_for_long_is_resolved(shop):
    digested(shop.project.pk, a_payload(1))
    Project.objects.update(resolve_age=24)

    with time_machine.travel(NOW + 24 * HOUR, tick=False):
        assert resolve_old() == 0
    with time_machine.travel(NOW + 24 * HOUR + timedelta(seconds=1), tick=False):
        assert resolve_old() == 1

    assert state(Issue.objects.get())[0] is Status.RESOLVED
    row = Activity.objects.latest("pk")
    assert (row.type, row.data) == ("set_resolved_by_age", {"age": 24})


def test_projects_that_did_not_ask_for_it_keep_their_issues(shop):
    digested(shop.project.pk, a_payload(1))

    with time_machine.travel(NOW + 10_000 * HOUR, tick=False):
        assert resolve_old() == 0
