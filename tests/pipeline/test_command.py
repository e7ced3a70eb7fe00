"""What people do to issues."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, World, a_world, an_issue
from tocsin.core.commands import Archive, InvalidCommandError
from tocsin.core.issue import Status, Substatus
from tocsin.pipeline.command import run, set_status, settle
from tocsin.store.models import Activity, Issue, IssueMinute, Snooze, Subscription, User

LATER = NOW + timedelta(hours=1)
WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


@pytest.fixture
def world(db) -> World:
    return a_world()


def change(world: World, *issues: Issue, to: str = "resolved") -> int:
    return set_status(
        organization_id=world.organization.pk,
        issue_ids=[issue.pk for issue in issues],
        status=to,
        actor_id=world.user.pk,
        now=LATER,
    )


@pytest.mark.parametrize(
    ("to", "status", "substatus", "activity"),
    [
        ("resolved", Status.RESOLVED, Substatus.NONE, "set_resolved"),
        ("ignored", Status.IGNORED, Substatus.FOREVER, "set_ignored"),
    ],
)
def test_a_status_is_set_and_stands_on_the_timeline_with_who_did_it(world, to, status, substatus, activity):
    issue = an_issue(world.project)

    assert change(world, issue, to=to) == 1

    issue.refresh_from_db()
    assert (issue.status, issue.substatus) == (status, substatus)
    row = Activity.objects.get()
    assert (row.type, row.user, row.issue, row.date_added) == (activity, world.user, issue, LATER)


def test_a_resolution_remembers_when(world):
    issue = an_issue(world.project)

    change(world, issue)

    issue.refresh_from_db()
    assert issue.resolved_at == LATER


def test_who_reopens_an_issue_forgets_its_resolution_and_makes_it_active(world):
    issue = an_issue(world.project, status=Status.RESOLVED, resolved_at=NOW)

    change(world, issue, to="unresolved")

    issue.refresh_from_db()
    assert (issue.status, issue.substatus) == (Status.UNRESOLVED, Substatus.REGRESSED)
    assert (issue.resolved_at, issue.active_at) == (None, LATER)


def test_of_many_that_are_reopened_none_counts_as_regressed(world):
    issues = [an_issue(world.project, status=Status.RESOLVED, resolved_at=NOW) for _ in range(2)]

    change(world, *issues, to="unresolved")

    assert set(Issue.objects.values_list("substatus", flat=True)) == {Substatus.ONGOING}


def test_what_is_taken_out_of_the_archive_is_as_new_as_it_is(world):
    young = an_issue(world.project, status=Status.IGNORED, first_seen=LATER - WEEK + SECOND)
    old = an_issue(world.project, status=Status.IGNORED, first_seen=LATER - WEEK)

    change(world, young, old, to="unresolved")

    assert list(Issue.objects.order_by("pk").values_list("substatus", flat=True)) == [
        Substatus.NEW,
        Substatus.ONGOING,
    ]


# Settling


def settled(at) -> int:
    with time_machine.travel(at, tick=False):
        return settle()


@pytest.mark.parametrize(
    ("substatus", "since"),
    [(Substatus.NEW, "first_seen"), (Substatus.REGRESSED, "active_at"), (Substatus.ESCALATING, "active_at")],
)
def test_after_a_week_an_issue_is_ongoing_and_its_timeline_says_so(world, substatus, since):
    other = {"first_seen": "active_at", "active_at": "first_seen"}[since]
    issue = an_issue(world.project, substatus=substatus, **{since: NOW, other: NOW - WEEK + SECOND})

    assert settled(NOW + WEEK) == 0
    assert settled(NOW + WEEK + SECOND) == 1

    issue.refresh_from_db()
    assert issue.substatus == Substatus.ONGOING
    assert Activity.objects.get().type == "auto_set_ongoing"


@pytest.mark.parametrize(
    ("status", "substatus"),
    [
        (Status.UNRESOLVED, Substatus.ONGOING),
        (Status.RESOLVED, Substatus.NONE),
        (Status.IGNORED, Substatus.FOREVER),
    ],
)
def test_nothing_else_settles(world, status, substatus):
    an_issue(world.project, status=status, substatus=substatus)

    assert settled(NOW + 2 * WEEK) == 0


def test_any_number_settles_in_as_many_statements_as_one(world, django_assert_num_queries):
    for _ in range(20):
        an_issue(world.project, substatus=Substatus.NEW)

    # savepoint, which, change, timeline, the project and its rules, release
    with django_assert_num_queries(7):
        assert settled(NOW + 2 * WEEK) == 20


def test_who_archives_a_resolved_issue_forgets_its_resolution(world):
    issue = an_issue(world.project, status=Status.RESOLVED, resolved_at=NOW)

    change(world, issue, to="ignored")

    issue.refresh_from_db()
    assert (issue.resolved_at, issue.active_at) == (None, NOW)


def test_an_issue_that_is_so_already_is_left_alone(world):
    issue = an_issue(world.project, status=Status.RESOLVED, resolved_at=NOW)

    assert change(world, issue) == 0

    issue.refresh_from_db()
    assert issue.resolved_at == NOW
    assert not Activity.objects.exists()


def test_another_organizations_issue_is_left_alone(world):
    other = a_world("other", email="ben@example.com")
    theirs = an_issue(other.project)

    assert change(world, theirs) == 0

    theirs.refresh_from_db()
    assert theirs.status == Status.UNRESOLVED


def statements(work) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_many_are_changed_by_as_many_statements_as_two(world):
    issues = [an_issue(world.project, number=number) for number in range(1, 55)]
    change(world, *issues[:2])  # the people of the organization are read once

    two = statements(lambda: change(world, *issues[2:4]))

    assert statements(lambda: change(world, *issues[4:])) == two


def test_an_unknown_status_is_refused_and_the_known_ones_named(world):
    with pytest.raises(ValueError, match="resolved, unresolved, ignored"):
        change(world, an_issue(world.project), to="done")


def test_nothing_to_change_changes_nothing(world):
    assert change(world) == 0


# Archived until …


def archive(world: World, issue: Issue, **condition) -> None:
    run(
        organization_id=world.organization.pk,
        issue_ids=[issue.pk],
        command=Archive(**condition),
        actor_id=world.user.pk,
        now=LATER,
    )


@pytest.mark.parametrize(
    ("condition", "substatus"),
    [
        ({}, Substatus.FOREVER),
        ({"until": LATER + WEEK}, Substatus.UNTIL_CONDITION_MET),
        ({"count": 10}, Substatus.UNTIL_CONDITION_MET),
        ({"user_count": 3, "user_window": 60}, Substatus.UNTIL_CONDITION_MET),
        ({"until_escalating": True}, Substatus.UNTIL_ESCALATING),
    ],
)
def test_an_issue_is_archived_until_what_was_asked(world, condition, substatus):
    issue = an_issue(world.project)

    archive(world, issue, **condition)

    issue.refresh_from_db()
    assert (issue.status, issue.substatus) == (Status.IGNORED, substatus)


def test_the_counts_of_the_moment_are_remembered(world):
    issue = an_issue(world.project, times_seen=41, users_seen=7)

    archive(world, issue, count=10)

    snooze = Snooze.objects.get(issue=issue)
    assert (snooze.count, snooze.seen_before, snooze.users_before) == (10, 41, 7)


def test_an_issue_that_waits_until_it_escalates_has_a_forecast(world):
    issue = an_issue(world.project)
    IssueMinute.objects.create(issue=issue, minute=int(NOW.timestamp()) // 60, environment="", count=25)

    archive(world, issue, until_escalating=True)

    assert Snooze.objects.get(issue=issue).forecast == 25


def test_who_reopens_an_issue_ends_what_it_waited_for(world):
    issue = an_issue(world.project)
    archive(world, issue, count=10)

    change(world, issue, to="unresolved")

    assert not Snooze.objects.exists()


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ({"until": NOW - SECOND}, "ignoreUntil"),
        ({"until": NOW + timedelta(days=9999)}, "ignoreUntil"),
        ({"count": -1}, "ignoreCount"),
        ({"window": 60}, "ignoreWindow"),
        ({"count": 1, "window": 99_999}, "ignoreWindow"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused_and_changes_nothing(world, condition, field):
    issue = an_issue(world.project)

    with pytest.raises(InvalidCommandError) as refused:
        archive(world, issue, **condition)

    issue.refresh_from_db()
    assert (refused.value.field, issue.status) == (field, Status.UNRESOLVED)


# Who did it


def test_who_changes_an_issue_follows_it(world):
    issue = an_issue(world.project)

    change(world, issue)

    followed = Subscription.objects.get()
    assert (followed.user, followed.reason, followed.is_active) == (world.user, "status_change", True)


def test_who_unsubscribed_stays_so(world):
    issue = an_issue(world.project)
    Subscription.objects.create(
        issue=issue, project=world.project, user=world.user, is_active=False, date_added=NOW
    )

    change(world, issue)

    assert not Subscription.objects.get().is_active


@pytest.mark.parametrize(("wants", "assignee"), [(True, "ana@example.com"), (False, None)])
def test_who_resolves_an_issue_that_nobody_has_gets_it_if_they_like_it_so(world, wants, assignee):
    User.objects.update(assigns_self_on_resolve=wants)
    issue = an_issue(world.project)

    change(world, issue)

    issue.refresh_from_db()
    assert (issue.assignee_user.email if issue.assignee_user else None) == assignee
