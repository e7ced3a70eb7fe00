"""What people do to issues."""

from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_world, an_issue
from tocsin.core.issue import Status, Substatus
from tocsin.pipeline.command import set_status
from tocsin.store.models import Activity, Issue

LATER = NOW + timedelta(hours=1)


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
    assert (issue.status, issue.substatus) == (Status.UNRESOLVED, Substatus.ONGOING)
    assert (issue.resolved_at, issue.active_at) == (None, LATER)


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
