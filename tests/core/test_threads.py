"""Threads: what organization and action chose, and how conversations are named."""

import pytest

from tocsin.core.threads import Later, about, conversation_of, detail_of, later, own_conversation


@pytest.mark.parametrize(
    ("of_action", "of_organization", "chosen"),
    [
        ("", "broadcast", Later.BROADCAST),
        ("", "thread", Later.THREAD),
        ("", "anew", Later.ANEW),
        ("thread", "anew", Later.THREAD),
        ("anew", "broadcast", Later.ANEW),
        ("broadcast", "thread", Later.BROADCAST),
        ("of a later version", "thread", Later.THREAD),
        ("", "of a later version", Later.BROADCAST),
    ],
)
def test_an_action_differs_from_its_organization_where_it_says_so(of_action, of_organization, chosen):
    assert later(of_action, of_organization) is chosen


@pytest.mark.parametrize(
    ("chosen", "detail"),
    [
        (Later.BROADCAST, {"act": "reply", "broadcast": True}),
        (Later.THREAD, {"act": "reply"}),
        (Later.ANEW, {}),
    ],
)
def test_a_choice_is_what_the_delivery_does(chosen, detail):
    assert detail_of(chosen) == detail


@pytest.mark.parametrize("conversation", [conversation_of(12), own_conversation(12, "6f1c")])
def test_each_thread_of_an_issue_is_about_the_issue(conversation):
    assert about(conversation) == "issue:12"


def test_two_alerts_with_threads_of_their_own_are_two_conversations():
    assert own_conversation(12, "a") != own_conversation(12, "b")
