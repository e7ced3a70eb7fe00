"""Comparing text by the codes that API clients send; each has its cases in test_tagged_event."""

import pytest

from tocsin.core.match import CODES, matches

OPPOSITES = {"co": "nc", "eq": "ne", "sw": "nsw", "ew": "new", "in": "nin", "is": "ns"}


@pytest.mark.parametrize(("code", "opposite"), OPPOSITES.items())
@pytest.mark.parametrize("values", [(), ("gold",), ("silver", "gold"), ("",)])
def test_a_not_is_the_opposite_of_what_it_negates(code, opposite, values):
    assert matches(code, values, "gold") is not matches(opposite, values, "gold")


@pytest.mark.parametrize("code", CODES)
def test_case_and_outer_blanks_make_no_difference(code):
    assert matches(code, (" Gold ",), "gold") is matches(code, ("gold",), " GOLD ")
