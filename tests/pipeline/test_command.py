"""What people do to issues."""

from datetime import timedelta

import pytest
import time_machine

from tests.builders import NOW, World, a_world, an_issue
from tocsin.core.issue import Status, Substatus
from tocsin.pipeline.command import set_status, settle
from tocsin.store.models import Activity, Issue

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

    with django_assert_num_queries(5):  # savepoint, which, change, timeline, release
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


def test_many_are_changed_by_as_many_statements_as_one(world, django_assert_num_queries):
    issues = [an_issue(world.project, number=number) for number in range(1, 51)]

    with django_assert_num_queries(5):  # savepoint, which, change, timeline, release
        assert change(world, *issues) == 50


def test_an_unknown_status_is_refused_and_the_known_ones_named(world):
    with pytest.raises(ValueError, match="resolved, unresolved, ignored"):
        change(world, an_issue(world.project), to="done")


def test_nothing_to_change_changes_nothing(world):
    assert change(world) == 0
