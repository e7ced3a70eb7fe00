"""Whether a rule that matched may fire."""

from datetime import timedelta

import pytest
from tests.builders import NOW

from tocsin.core.claim import cutoff, granted, is_ready

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("ago", "ready"), [(None, True), (timedelta(minutes=59), False), (HOUR, True), (2 * HOUR, True)]
)
def test_a_rule_is_ready_once_its_frequency_has_passed(ago, ready):
    assert is_ready(None if ago is None else NOW - ago, cutoff(NOW, HOUR)) is ready


def test_of_several_issues_as_many_as_the_limit_lets_the_first_first():
    wanted = {(1, issue): cutoff(NOW, HOUR) for issue in (7, 8, 9)}

    found = granted(wanted, {(1, 7): NOW}, {1: 3}, {1: 2})

    assert (found.pairs, found.over) == ([(1, 8)], [(1, 9)])
