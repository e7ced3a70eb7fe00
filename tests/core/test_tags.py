"""Which tags of an event are new to its issue."""

import pytest

from tocsin.core.tags import MOST_VALUES, Known


def test_what_was_had_is_not_new():
    assert Known([("os", "Linux")]).fresh([("os", "Linux"), ("os", "BSD")]) == [("os", "BSD")]


def test_one_pair_is_new_once():
    assert Known().fresh([("os", "Linux"), ("os", "Linux")]) == [("os", "Linux")]


def test_a_key_that_never_repeats_is_kept_up_to_a_hundred_values():
    known = Known([("id", str(number)) for number in range(MOST_VALUES)])

    assert known.fresh([("id", "one more"), ("os", "Linux")]) == [("os", "Linux")]


def test_people_are_not_kept_as_tags():
    assert Known().fresh([("user", "id:7")]) == []


@pytest.mark.parametrize(
    ("tags", "learns"),
    [
        ([("os", "Linux")], False),
        ([("os", "Linux"), ("os", "BSD")], True),
        ([("user", "id:7")], False),
        ([("id", "one more")], False),
    ],
)
def test_there_is_something_to_learn_where_a_tag_would_be_fresh(tags, learns):
    known = Known([("os", "Linux"), *(("id", str(number)) for number in range(MOST_VALUES))])

    assert known.learns_from(tags) is learns
    assert bool(known.fresh(tags)) is learns
