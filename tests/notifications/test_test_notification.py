"""The message of a test."""

from dataclasses import replace

from tocsin.core.message import Fields
from tocsin.notifications.test_notification import EXAMPLE, render


def test_it_says_who_asked_from_where_and_that_nothing_is_wrong():
    text = render(EXAMPLE).plain()

    for part in ("Ana", "#ops", "acme", "Nothing is wrong", "21 Nov 2026, 09:00:00 UTC"):
        assert part in text


def test_a_time_that_is_none_stays_as_it_is():
    message = render(replace(EXAMPLE, asked_at="just now"))

    [fields] = [block for block in message.blocks if isinstance(block, Fields)]
    assert dict(fields.items)["Asked at"] == "just now"
