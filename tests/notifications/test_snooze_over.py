"""What is said when the snooze of an alert rule is over."""

from dataclasses import replace

import pytest

from tocsin.core.message import Fields, Link
from tocsin.notifications.snooze_over import EXAMPLE, render


def test_it_says_whom_the_rule_speaks_to_again():
    assert render(EXAMPLE).title == "“Checkout fails often” reaches you again"
    assert render(replace(EXAMPLE, for_all=True)).title == "“Checkout fails often” acts again"


@pytest.mark.parametrize(
    ("hid", "for_all", "words"),
    [
        (14, False, "While you had it snoozed it fired 14 times without telling you."),
        (1, True, "While it was snoozed for everyone it would have fired once."),
        (0, False, "Nothing was kept from you."),
        (0, True, "It would not have fired while it was snoozed."),
    ],
)
def test_it_says_how_much_it_hid(hid, for_all, words):
    assert render(replace(EXAMPLE, hid=hid, for_all=for_all)).blocks[0].plain() == words


def test_what_it_hid_is_one_press_away_where_there_is_any():
    link = Link("What it hid", EXAMPLE.hid_url)

    assert link in render(EXAMPLE).actions
    assert link not in render(replace(EXAMPLE, hid=0)).actions


def test_the_reason_that_was_given_is_said_and_none_is_not():
    assert Fields((("Snoozed because", EXAMPLE.why),)) in render(EXAMPLE).blocks
    assert len(render(replace(EXAMPLE, why="")).blocks) == 1


def test_it_can_be_snoozed_again_from_there():
    assert Link("Snooze it again", f"{EXAMPLE.rule_url}?snooze=1") in render(EXAMPLE).footer


def test_a_rule_of_all_projects_is_said_to_be_of_the_organization():
    assert render(replace(EXAMPLE, project="")).summary.startswith("[acme] ")
