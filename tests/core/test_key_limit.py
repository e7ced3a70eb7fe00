"""A key's limit as people and clients give it."""

import pytest

from tocsin.core.key_limit import Limit, parse_limit, span


@pytest.mark.parametrize(
    ("count", "window", "limit"),
    [
        (100, 60, Limit(100, 60)),
        ("100", "3600", Limit(100, 3_600)),
        ("", "3600", None),
        (None, None, None),
        (0, 60, None),
    ],
)
def test_a_limit_is_read_as_people_and_clients_give_it(count, window, limit):
    assert parse_limit(count, window) == limit


@pytest.mark.parametrize(
    ("count", "window", "words"),
    [
        ("many", 60, "number of events"),
        (-1, 60, "number of events"),
        (True, 60, "number of events"),
        ("9" * 30, 60, "number of events"),
        (1.5, 60, "number of events"),
        (100, "", "window"),
        (100, 0, "window"),
        (100, 86_401, "window"),
    ],
)
def test_what_is_no_limit_is_refused_with_what_to_give(count, window, words):
    with pytest.raises(ValueError, match=words):
        parse_limit(count, window)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "a second"),
        (45, "45 seconds"),
        (60, "a minute"),
        (7_200, "2 hours"),
        (3_600, "an hour"),
        (86_400, "a day"),
    ],
)
def test_a_window_in_words(seconds, words):
    assert span(seconds) == words
