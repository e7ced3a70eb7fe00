"""Pace: so many at once, then one every so often."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import NOW

from tocsin.core.pace import UNPACED, Pace, next_at, spent

SECOND = timedelta(seconds=1)


def gone_at(pace: Pace, asked: list[datetime]) -> list[datetime]:
    """When each of a lane's deliveries goes, that is ready at these moments."""
    paced, went = None, []
    for moment in asked:
        at = max(moment, next_at(pace, paced) or moment)
        paced = spent(pace, paced, at)
        went.append(at)
    return went


def test_without_a_gap_there_is_no_limit():
    assert gone_at(UNPACED, [NOW] * 5) == [NOW] * 5


def test_one_a_second_is_one_a_second():
    assert gone_at(Pace(SECOND), [NOW] * 3) == [NOW, NOW + SECOND, NOW + 2 * SECOND]


def test_a_burst_goes_at_once_and_then_the_gap_holds():
    assert gone_at(Pace(SECOND, burst=3), [NOW] * 5) == [NOW, NOW, NOW, NOW + SECOND, NOW + 2 * SECOND]


def test_a_rest_earns_the_burst_again():
    later = NOW + 60 * SECOND

    assert gone_at(Pace(SECOND, burst=2), [NOW, NOW, later, later]) == [NOW, NOW, later, later]


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 20_000), min_size=1, max_size=60).map(sorted),
    st.integers(1, 3_000),
    st.integers(1, 5),
)
def test_no_window_ever_holds_more_than_the_burst_and_its_share(moments, gap, burst):
    pace = Pace(timedelta(milliseconds=gap), burst)

    went = gone_at(pace, [NOW + timedelta(milliseconds=moment) for moment in moments])

    for start in range(len(went)):
        for end in range(start, len(went)):
            allowed = burst + (went[end] - went[start]) / pace.gap
            assert end - start + 1 <= allowed + 1e-6
