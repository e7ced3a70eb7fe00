"""A stretch of time in words."""

import pytest

from tocsin.core.lengths import ago, length


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (7_199, "1 h"),
        (86_400 * 6, "6 d"),
        (86_400 * 7, "1 wk"),
        (86_400 * 365, "1 yr"),
        (1e15, "ages"),
    ],
)
def test_it_is_told_in_one_unit_rounded_down(seconds, words):
    assert length(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(4, "just now"), (-4, "just now"), (5, "5 s ago"), (7_200, "2 h ago"), (-60, "in 1 min")]
)
def test_how_far_back_or_ahead_something_is(seconds, words):
    assert ago(seconds) == words
