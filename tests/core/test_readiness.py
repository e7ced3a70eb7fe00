"""Ready is who completes turns, not who has a port open."""

from datetime import timedelta

import pytest
from tests.builders import NOW

from tocsin.core.readiness import BEHIND_AFTER, STUCK_AFTER, Signs, judge

JUST_NOW = {"digest": NOW - timedelta(seconds=2), "deliver": NOW - timedelta(seconds=2)}
SECOND = timedelta(seconds=1)


def test_loops_that_complete_turns_are_ready():
    found = judge(Signs(JUST_NOW), NOW)

    assert found.ready
    assert found.behind == ()


@pytest.mark.parametrize(("loop", "name"), [("digest", "The digest"), ("deliver", "The sender")])
def test_a_loop_that_completes_nothing_is_stuck(loop, name):
    found = judge(Signs({**JUST_NOW, loop: NOW - STUCK_AFTER - SECOND}), NOW)

    assert not found.ready
    (reason,) = found.stuck
    assert reason.startswith(f"{name} has completed nothing for 8 s.")


def test_a_loop_is_red_within_ten_seconds():
    assert timedelta(seconds=10) > STUCK_AFTER


def test_an_idle_loop_that_looks_each_five_seconds_is_not_stuck():
    assert judge(Signs(dict.fromkeys(JUST_NOW, NOW - timedelta(seconds=5))), NOW).ready


def test_a_worker_that_does_not_report_is_not_ready():
    found = judge(Signs(), NOW)

    assert len(found.stuck) == 2
    assert "Start a worker" in found.stuck[0]


def test_a_sign_from_the_future_is_a_wrong_clock_and_no_sign_of_life():
    found = judge(Signs({**JUST_NOW, "digest": NOW + timedelta(minutes=5)}), NOW)

    assert found.stuck == ("The digest reported 5 min from now. Set the clocks of all machines right.",)


AN_HOUR_AGO = dict.fromkeys(JUST_NOW, NOW - timedelta(hours=1))


def test_signs_of_an_earlier_run_do_not_count_against_one_that_has_just_begun():
    assert judge(Signs(AN_HOUR_AGO, watched_since=NOW - STUCK_AFTER), NOW).ready


@pytest.mark.parametrize("since", [NOW - STUCK_AFTER - SECOND, NOW + SECOND], ids=["long ago", "clock set back"])
def test_a_run_that_has_had_its_time_is_judged_by_its_signs(since):
    assert len(judge(Signs(AN_HOUR_AGO, watched_since=since), NOW).stuck) == 2


def test_a_run_that_has_just_begun_waits_for_the_first_sign_of_its_worker():
    assert judge(Signs(watched_since=NOW - STUCK_AFTER), NOW).ready


def test_a_run_whose_worker_does_not_come_is_not_ready():
    assert len(judge(Signs(watched_since=NOW - STUCK_AFTER - SECOND), NOW).stuck) == 2


def test_to_be_behind_is_said_and_is_no_reason_to_send_visitors_away():
    late = NOW - BEHIND_AFTER - SECOND

    found = judge(Signs(JUST_NOW, oldest_spooled=late, oldest_due=late), NOW)

    assert found.ready
    assert found.behind == (
        "Events have waited 61 s to be digested.",
        "Deliveries have waited 61 s to be taken up.",
    )


def test_what_came_in_a_moment_ago_is_not_behind():
    assert judge(Signs(JUST_NOW, NOW - SECOND, NOW - SECOND), NOW).behind == ()


def test_signs_that_cannot_be_read_are_the_reason():
    found = judge(Signs(JUST_NOW, unreadable="The database cannot be read."), NOW)

    assert found.stuck == ("The database cannot be read.",)
