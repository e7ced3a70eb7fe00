"""How an issue changes as events arrive, and which of them are kept."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.core.issue import Happening, Status, Substatus
from tocsin.core.releases import Known
from tocsin.core.resolution import Fixed, Kind
from tocsin.core.states import ONGOING_AFTER, Standing, after_event, is_kept, reopened

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "substatus"),
    [
        pytest.param(Status.UNRESOLVED, Substatus.NEW, id="new"),
        pytest.param(Status.UNRESOLVED, Substatus.ONGOING, id="ongoing"),
        pytest.param(Status.UNRESOLVED, Substatus.REGRESSED, id="regressed already"),
        pytest.param(Status.IGNORED, Substatus.FOREVER, id="ignored"),
    ],
)
def test_an_event_changes_only_a_resolved_issue(status, substatus):
    before = Standing(status, substatus)

    assert after_event(before, NOON) == (before, None)


def test_an_event_after_the_resolution_is_a_regression():
    resolved = Standing(Status.RESOLVED, Substatus.NONE, NOON)

    after, happening = after_event(resolved, NOON + timedelta(seconds=1))

    assert happening is Happening.REGRESSION
    assert after == Standing(Status.UNRESOLVED, Substatus.REGRESSED)


def test_an_event_received_before_the_resolution_is_no_regression():
    resolved = Standing(Status.RESOLVED, Substatus.NONE, NOON)

    assert after_event(resolved, NOON - timedelta(seconds=1)) == (resolved, None)


def test_a_resolution_without_a_time_does_not_hide_a_regression():
    _, happening = after_event(Standing(Status.RESOLVED, Substatus.NONE), NOON)

    assert happening is Happening.REGRESSION


@pytest.mark.parametrize(
    ("seen", "kept"),
    [
        pytest.param(50, 50, id="the first fifty, all"),
        pytest.param(500, 95, id="then each tenth"),
        pytest.param(5_000, 140, id="then each hundredth"),
        pytest.param(1_000_000, 235, id="of a million, 235"),
    ],
)
def test_the_more_events_an_issue_has_the_fewer_are_kept(seen, kept):
    assert sum(is_kept(number) for number in range(1, seen + 1)) == kept


def test_an_issue_never_stops_keeping_events():
    assert is_kept(100_000_000)


@pytest.mark.parametrize(
    ("was", "age", "alone", "kind"),
    [
        pytest.param(Status.RESOLVED, timedelta(), True, Substatus.REGRESSED, id="one resolved"),
        pytest.param(Status.RESOLVED, timedelta(), False, Substatus.ONGOING, id="one of many resolved"),
        pytest.param(Status.IGNORED, ONGOING_AFTER - timedelta(seconds=1), True, Substatus.NEW, id="young"),
        pytest.param(Status.IGNORED, ONGOING_AFTER, True, Substatus.ONGOING, id="a week old"),
    ],
)
def test_what_is_reopened_is_of_the_kind_that_it_would_be(was, age, alone, kind):
    assert reopened(was, NOON - age, NOON, alone=alone) is kind


def test_an_event_of_a_release_that_lacks_the_fix_is_no_regression():
    resolved = Standing(Status.RESOLVED, Substatus.NONE, NOON, Fixed(Kind.IN_RELEASE, Known("shop@2.0.0", NOON)))

    assert after_event(resolved, NOON, Known("shop@1.0.0", NOON)) == (resolved, None)
    assert after_event(resolved, NOON, Known("shop@2.0.0", NOON))[1] is Happening.REGRESSION
