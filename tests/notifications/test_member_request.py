"""What those who may decide are told."""

from dataclasses import replace

import pytest

from tocsin.notifications.member_request import EXAMPLE, render


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        ({}, "Ana Ahn asks to invite Ben Ode to Acme"),
        ({"kind": "join"}, "Ben Ode asks to join Acme"),
        ({"kind": "join", "name": ""}, "ben@example.org asks to join Acme"),
        ({"asked_by": ""}, "A member asks to invite Ben Ode to Acme"),
    ],
)
def test_it_says_who_asks_for_what(columns, title):
    assert render(replace(EXAMPLE, **columns)).title == title


def test_it_leads_to_where_it_is_decided():
    assert render(EXAMPLE).actions[0].url == EXAMPLE.url
