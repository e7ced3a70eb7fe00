"""What those who may decide are told."""

from dataclasses import replace

import pytest

from tocsin.core.message import Link
from tocsin.core.subjects import AboutRequest
from tocsin.notifications.member_request import EXAMPLE, decided, render


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


def test_it_can_be_decided_in_the_message():
    message = render(EXAMPLE)

    assert [control.label for control in message.controls] == ["Approve", "Reject"]
    assert (message.about, message.settled) == (AboutRequest(7), False)


def test_facts_from_before_that_are_about_nothing_to_press_for():
    assert render(replace(EXAMPLE, request_id=0)).about is None


@pytest.mark.parametrize(
    ("kind", "state", "by", "title"),
    [
        ("join", "approved", "Ana", "Join request for ben@example.org: approved by Ana"),
        ("invite", "approved", "Ana", "Invite request for ben@example.org: approved by Ana"),
        ("invite", "rejected", "Ana", "Invite request for ben@example.org: rejected by Ana"),
        ("join", "rejected", "", "Join request for ben@example.org: rejected by somebody"),
    ],
)
def test_once_it_is_decided_it_says_what_and_by_whom(kind, state, by, title):
    message = render(decided(replace(EXAMPLE, kind=kind), state, by))

    assert (message.title, message.summary) == (title, title)


def test_once_it_is_decided_there_is_nothing_more_to_decide():
    message = render(decided(EXAMPLE, "approved", "Ana"))

    assert (message.controls, message.settled) == ((), True)
    assert "somebody who may says so" not in message.plain()


def test_once_it_is_decided_it_leads_to_the_members_and_those_who_ask():
    assert render(decided(EXAMPLE, "approved", "Ana")).actions == (Link("Members and requests", EXAMPLE.url),)
