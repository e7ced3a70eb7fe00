"""A deploy says which release went where, for which projects, with how many commits (behaviour §1.5)."""

from dataclasses import replace

import pytest

from tocsin.notifications.deploy import EXAMPLE, render


def test_it_says_what_was_deployed_where():
    message = render(EXAMPLE)

    assert message.title == "Deployed 1.4.3 to production"
    assert "for the project shop" in message.plain()


def test_several_projects_are_each_named_and_led_to():
    message = render(replace(EXAMPLE, projects=(("shop", "https://a.example/"), ("till", "https://b.example/"))))

    assert "for the projects shop, till" in message.plain()
    assert [action.url for action in message.actions] == ["https://a.example/", "https://b.example/"]


def test_commits_are_listed_and_counted():
    words = render(EXAMPLE).plain()

    assert "7e2d1fa93c55  Gift cards have no discount code" in words
    assert "Commits: 3" in words


@pytest.mark.parametrize(("reason", "words"), [("", ""), ("x", "You are told because x.")])
def test_a_person_is_told_why(reason, words):
    assert render(replace(EXAMPLE, reason=reason)).reason == words
