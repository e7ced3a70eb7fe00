"""Counting within a stretch of time that moves forward."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.sliding import SlidingCount

things = st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc"), st.integers(0, 5)), max_size=30)


@given(things, st.integers(1, 20), st.booleans())
def test_it_counts_what_a_look_at_everything_would(added, length, are_distinct):
    window, seen, at = SlidingCount(are_distinct=are_distinct), [], 40

    for second, member, pause in added:
        window.add(at - 40 + second, member)
        seen.append((at - 40 + second, member))
        at += pause
        inside = [name for when, name in seen if at - length < when <= at]

        assert window.count(at - length + 1, at) == len(set(inside) if are_distinct else inside)
