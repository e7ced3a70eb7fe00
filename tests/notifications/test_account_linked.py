"""What both sides are told of a link between a chat account and a person."""

from dataclasses import replace

import pytest

from tocsin.core.message import Link, Press
from tocsin.notifications.account_linked import EXAMPLE, render

THERE = EXAMPLE
HERE = replace(EXAMPLE, to_account=False, unlink_url="", everything="")


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        pytest.param(THERE, "You are ana@example.org in Acme now", id="the account, linked"),
        pytest.param(HERE, "@ana in Acme HQ (Slack) is you in Acme now", id="its person, linked"),
        pytest.param(
            replace(THERE, became="unlinked"),
            "You are not ana@example.org in Acme any more",
            id="the account, unlinked",
        ),
        pytest.param(
            replace(HERE, became="unlinked"),
            "@ana in Acme HQ (Slack) is not you in Acme any more",
            id="and its person",
        ),
        pytest.param(
            replace(HERE, became="lost"),
            "@ana in Acme HQ (Slack) is not you in Acme any more",
            id="who had it before",
        ),
    ],
)
def test_each_side_is_told_whose_it_is_in_which_organization(facts, title):
    assert render(facts).title == title


def test_whoever_has_the_account_can_end_it_at_once():
    assert render(THERE).actions == (Link("That was not me: unlink", EXAMPLE.unlink_url),)


def test_the_person_is_told_what_to_do_if_it_was_not_them():
    assert "choose a new password" in render(HERE).plain()


def test_who_had_it_before_is_told_who_has_it_now():
    assert "ben@example.org showed" in render(replace(HERE, became="lost", by="ben@example.org")).plain()


def test_where_the_service_is_off_it_can_be_turned_on_for_everything():
    button = Press("Turn on Slack for all my notifications", "all_slack", primary=True)

    assert render(THERE).controls == (button,)
    assert render(replace(THERE, everything="")).controls == ()
