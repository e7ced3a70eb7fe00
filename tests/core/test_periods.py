"""The stretch of time that a client asks about."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.core.periods import InvalidPeriodError, Period, period

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "hours"),
    [(("", "", ""), 14 * 24), (("24h", "", ""), 24), (("90m", "", ""), 1.5), (("1w", "", ""), 168)],
)
def test_a_length_ends_now(asked, hours):
    assert period(*asked, NOW) == Period(NOW - timedelta(hours=hours), NOW)


@pytest.mark.parametrize("end", ["2026-11-20T10:00:00Z", "2026-11-20T11:00:00+01:00", "2026-11-20T10:00:00"])
def test_two_times_are_its_ends(end):
    found = period("", "2026-11-20T09:00:00Z", end, NOW)

    assert found.end - found.start == timedelta(hours=1)


@pytest.mark.parametrize(
    "asked",
    [
        ("ages", "", ""),
        ("0d", "", ""),
        ("91d", "", ""),
        ("9999999w", "", ""),
        ("", "2026-11-20", ""),
        ("", "", "2026-11-20"),
        ("", "2026-11-20", "then"),
        ("", "2026-11-20", "2026-11-20"),
        ("", "2026-11-21", "2026-11-20"),
        ("", "2026-01-01", "2026-11-20"),
        ("", "0001-01-01T00:00:00+14:00", "2026-11-20"),
    ],
)
def test_what_makes_no_sense_is_refused(asked):
    with pytest.raises(InvalidPeriodError):
        period(*asked, NOW)


def test_it_touches_the_hours_of_its_ends():
    assert len(Period(NOW - timedelta(hours=1), NOW).hours) == 2
