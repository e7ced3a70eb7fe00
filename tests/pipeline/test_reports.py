"""Each Monday each member's report is written, once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import (
    World,
    a_delivery,
    a_member,
    a_notification,
    a_project,
    a_world,
    an_activity,
    an_issue,
)
from tocsin.core.acts import REWRITTEN
from tocsin.pipeline import reports
from tocsin.store.models import Delivery, Notification, Organization, Preference, Untold, WeeklyReport

MONDAY = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
IN_THE_WEEK = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
THE_WEEK_BEFORE = IN_THE_WEEK - timedelta(days=7)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def world(db) -> World:
    return a_world()


def counted(issue, count: int, at: datetime = IN_THE_WEEK):
    issue.minutes.create(minute=int(at.timestamp()) // 60, environment="", count=count)


def busy(project, count: int = 3, **columns):
    issue = an_issue(project, **{"first_seen": IN_THE_WEEK, "last_seen": IN_THE_WEEK, **columns})
    counted(issue, count)
    return issue


def written() -> list[Notification]:
    return list(Notification.objects.filter(kind="weekly_report").order_by("pk"))


def project_weeks() -> list[dict]:
    (found,) = written()
    return found.facts["projects"]


# What it says


def test_a_member_gets_the_week_of_their_project_by_mail(world):
    issue = busy(world.project, 5)
    counted(issue, 2, THE_WEEK_BEFORE)
    an_activity(issue, "set_regression", date_added=IN_THE_WEEK)
    an_activity(issue, "set_resolved_in_release", date_added=IN_THE_WEEK)

    assert reports.send_due() == 1

    (found,) = project_weeks()
    numbers = {key: found[key] for key in ("name", "events", "before", "opened", "regressed", "resolved")}
    assert numbers == {"name": "Shop", "events": 5, "before": 2, "opened": 1, "regressed": 1, "resolved": 1}
    assert [(one["short_id"], one["events"]) for one in found["busiest"]] == [("SHOP-1", 5)]
    assert Delivery.objects.get().address == {"email": "ana@example.com"}


def test_an_issue_that_was_resolved_twice_counts_once(world):
    issue = busy(world.project)
    for _ in range(2):
        an_activity(issue, "set_resolved", date_added=IN_THE_WEEK)

    reports.send_due()

    assert project_weeks()[0]["resolved"] == 1


def test_what_was_before_and_after_the_week_does_not_count(world):
    issue = busy(world.project, 1, first_seen=THE_WEEK_BEFORE)
    for at in (MONDAY - timedelta(hours=4), datetime(2026, 11, 15, 23, 59, tzinfo=UTC)):
        counted(issue, 10, at)
        an_activity(issue, date_added=at)

    reports.send_due()

    (found,) = project_weeks()
    assert (found["events"], found["before"], found["opened"], found["resolved"]) == (1, 10, 0, 0)


def test_the_five_busiest_issues_are_shown(world):
    for count in (1, 6, 3, 5, 2, 4):
        busy(world.project, count)

    reports.send_due()

    assert [one["events"] for one in project_weeks()[0]["busiest"]] == [6, 5, 4, 3, 2]


def test_it_says_how_much_the_reader_was_told_and_not_told(world):
    issue = busy(world.project)
    for _ in range(2):
        heard = a_notification(world.project, issue, date_added=IN_THE_WEEK)
        for provider in ("email", "inbox"):
            a_delivery(heard, provider=provider, state="sent", user=world.user)
    missed = a_notification(world.project, issue, date_added=IN_THE_WEEK)
    Untold.objects.create(
        notification=missed, user=world.user, verdict="removed", reason="unsubscribed", date_added=IN_THE_WEEK
    )

    reports.send_due()

    assert (written()[0].facts["told"], written()[0].facts["untold"]) == (2, 1)


# To whom


def test_nobody_reads_of_a_project_that_they_are_not_in(world):
    busy(world.project)
    busy(a_project(world.organization, None, "secret"))

    reports.send_due()

    assert [one["name"] for one in project_weeks()] == ["Shop"]


def test_other_organizations_are_not_mixed_in(world):
    other = a_world("globex", "shop", "ben@example.com")
    busy(world.project, 3)
    busy(other.project, 40)

    reports.send_due()

    assert [one.facts["projects"][0]["events"] for one in written()] == [3, 40]


def test_bringing_a_message_up_to_date_counts_as_telling_nobody(world):
    issue = busy(world.project)
    rewritten = a_notification(world.project, issue, category=REWRITTEN, date_added=IN_THE_WEEK)
    a_delivery(rewritten, provider="slack", state="sent", user=world.user)

    reports.send_due()

    assert written()[0].facts["told"] == 0


def test_a_quiet_week_is_told_to_nobody_and_found_among_what_one_was_not_told(world):
    reports.send_due()

    assert not Delivery.objects.exists()
    assert Untold.objects.get().reason == "quiet_week"


def test_who_declined_is_kept_as_suppressed(world):
    busy(world.project)
    Preference.objects.create(user=world.user, scope="user", scope_id=world.user.pk, type="reports", value="never")

    reports.send_due()

    assert Delivery.objects.get().state == "suppressed"
    assert Untold.objects.get().reason == "preference_never"


# Once


def test_a_second_scheduler_writes_nothing(world):
    busy(world.project)

    assert [reports.send_due(), reports.send_due()] == [1, 0]
    assert len(written()) == 1


def test_of_two_that_saw_the_same_week_due_one_writes(world, monkeypatch):
    busy(world.project)
    both = reports.queries.due(reports.to_report(MONDAY), 10)
    reports.send_due()
    monkeypatch.setattr(reports.queries, "due", lambda week, most: both)

    assert reports.send_due() == 0
    assert len(written()) == 1


def test_a_crash_leaves_nothing_behind_and_the_next_run_writes_all(world, monkeypatch):
    busy(world.project)
    with monkeypatch.context() as broken:
        broken.setattr(reports.activities, "untold", lambda *_: 1 / 0)
        assert reports.send_due() == 0

    assert not WeeklyReport.objects.exists()
    assert not written()
    assert reports.send_due() == 1


def test_one_organization_that_fails_holds_no_other_up(world, monkeypatch):
    a_world("globex", "shop", "ben@example.com")
    read = reports.directory.of

    def failing(organization_id, version):
        if organization_id == world.organization.pk:
            raise RuntimeError("torn")
        return read(organization_id, version)

    monkeypatch.setattr(reports.directory, "of", failing)

    assert reports.send_due() == 1
    assert [one.organization.slug for one in WeeklyReport.objects.all()] == ["globex"]


def test_after_a_long_pause_only_the_last_week_is_reported(world):
    busy(world.project)
    reports.send_due()

    with time_machine.travel(MONDAY + timedelta(days=25), tick=False):
        assert reports.send_due() == 1
        assert reports.send_due() == 0

    assert [str(one.week) for one in WeeklyReport.objects.order_by("pk")] == ["2026-11-16", "2026-12-07"]


def test_an_organization_that_was_not_there_in_that_week_is_not_reported_to(world):
    Organization.objects.update(date_added=MONDAY)

    assert reports.send_due() == 0


def test_the_number_of_statements_does_not_grow_with_people_projects_and_issues(world):
    def statements() -> int:
        WeeklyReport.objects.all().delete()
        Organization.objects.update(version=Organization.objects.get().version + 1)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            reports.send_due()
        return len(seen)

    busy(world.project)
    few = statements()
    for number in range(20):
        a_member(world.organization, world.team, email=f"p{number}@example.com")
        busy(a_project(world.organization, world.team, f"project-{number}"))

    assert statements() == few
