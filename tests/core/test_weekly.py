"""Weekly reports: which week, and who is sent what of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.core.routing import ANA, BEN, CID, MAIL, OTHER_PROJECT, PROJECT, a_directory, held_back, steps, told

from tocsin.core.people import Preference, Scope
from tocsin.core.plan import Services
from tocsin.core.reasons import Reason, Verdict
from tocsin.core.weekly import Counts, Week, report, to_report

BY_MAIL = Services({"email": replace(MAIL, slug="email")}, {"email": None})
SOME = Counts(events=3)
MORE = Counts(events=9)


def reports(counts: dict[int, Counts], directory=None):
    found = report(directory or a_directory(), BY_MAIL, counts, "report:1")
    return {one.person.name: one for one in found}


# Which week


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        pytest.param(datetime(2026, 11, 23, 4, 0, tzinfo=UTC), date(2026, 11, 16), id="Monday at four"),
        pytest.param(datetime(2026, 11, 23, 3, 59, tzinfo=UTC), date(2026, 11, 9), id="a minute before"),
        pytest.param(datetime(2026, 11, 29, 23, 0, tzinfo=UTC), date(2026, 11, 16), id="late by six days"),
        pytest.param(datetime(2026, 1, 1, 12, 0, tzinfo=UTC), date(2025, 12, 22), id="over the new year"),
    ],
)
def test_the_last_week_that_is_over_is_reported_from_monday_at_four(now, monday):
    assert to_report(now).monday == monday


def test_a_week_is_seven_days_from_mondays_midnight_utc():
    week = Week(date(2026, 11, 16))

    assert (week.start, week.end) == (datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
    assert week.before.end == week.start
    assert week.end - week.start == timedelta(days=7)


# Who, and of what


def test_each_is_sent_the_projects_that_they_are_in():
    found = reports({PROJECT: SOME, OTHER_PROJECT: SOME})

    assert {name: one.project_ids for name, one in found.items()} == {
        "Ana": (PROJECT,),
        "Ben": (PROJECT,),
        "Cid": (OTHER_PROJECT,),
    }
    assert told(found["Cid"].routed) == [CID.email]


def test_the_busiest_project_comes_first():
    everything = a_directory(project_teams={PROJECT: (7,), OTHER_PROJECT: (7,)})

    assert reports({PROJECT: SOME, OTHER_PROJECT: MORE}, everything)["Ana"].project_ids == (OTHER_PROJECT, PROJECT)


@pytest.mark.parametrize("counts", [{}, {PROJECT: Counts()}, {OTHER_PROJECT: SOME}])
def test_nobody_gets_an_empty_report_and_the_reason_is_kept(counts):
    found = reports(counts)["Ana"].routed

    assert found.planned == ()
    assert (ANA.subject, Reason.QUIET_WEEK) in steps(found, Verdict.REMOVED)
    assert [one.reason for one in found.untold(a_directory())] == [Reason.QUIET_WEEK]


def test_a_project_that_went_silent_is_worth_a_report():
    assert told(reports({PROJECT: Counts(before=9)})["Ana"].routed) == [ANA.email]


def test_who_is_in_no_project_is_told_nothing_and_the_reason_is_kept():
    found = reports({PROJECT: SOME}, a_directory(project_teams={PROJECT: (8,)}))["Ana"].routed

    assert (ANA.subject, Reason.NO_PROJECT) in steps(found, Verdict.REMOVED)


def test_who_declined_reports_has_theirs_suppressed():
    declined = Preference(1, BEN.id, Scope.USER, BEN.id, "reports", "never")

    found = reports({PROJECT: SOME}, a_directory(preferences={BEN.id: (declined,)}))

    assert told(found["Ben"].routed) == []
    assert held_back(found["Ben"].routed) == {BEN.email: Reason.PREFERENCE_NEVER}
    assert told(found["Ana"].routed) == [ANA.email]


def test_an_account_that_is_switched_off_has_no_report():
    off = a_directory(people={ANA.id: replace(ANA, active=False), BEN.id: BEN})

    assert set(reports({PROJECT: SOME}, off)) == {"Ben"}
