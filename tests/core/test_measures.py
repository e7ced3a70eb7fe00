"""Lengths of time fall into buckets, and buckets add up as a histogram shows them."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.measures import BOUNDS, cumulated, measured


def test_a_length_falls_into_the_first_bucket_that_holds_it():
    assert list(measured([BOUNDS[3]])) == [3]
    assert list(measured([BOUNDS[3] + 0.001])) == [4]


def test_what_is_longer_than_every_bound_has_a_bucket_too():
    assert list(measured([BOUNDS[-1] + 1])) == [len(BOUNDS)]


def test_a_clock_that_was_set_back_counts_as_no_time():
    (one,) = measured([-5.0]).values()

    assert (one.count, one.seconds) == (1, 0.0)


@given(st.lists(st.floats(0, 1e6)))
def test_every_length_is_counted_once_and_the_last_bucket_holds_all(lengths):
    found = measured(lengths)

    shown = cumulated({number: one.count for number, one in found.items()})
    assert shown[-1] == ("+Inf", len(lengths))
    assert [count for _, count in shown] == sorted(count for _, count in shown)
    for bound, count in shown[:-1]:
        assert count == sum(length <= float(bound) for length in lengths)
