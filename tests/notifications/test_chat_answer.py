"""What somebody is told alone who pressed something."""

from dataclasses import replace

from tocsin.core.message import Link
from tocsin.notifications.chat_answer import EXAMPLE, render


def test_it_says_what_was_not_done_and_why():
    message = render(replace(EXAMPLE, said="It is gone."))

    assert (message.title, message.summary) == ("SHOP-12 was not changed", "SHOP-12 was not changed. It is gone.")


def test_who_is_not_known_gets_the_way_to_be():
    assert render(EXAMPLE).actions == (Link("Link your account", EXAMPLE.url),)


def test_who_has_something_else_to_do_next_gets_the_way_to_that():
    facts = replace(EXAMPLE, title="Approved", url="https://tocsin.example/i/x/", next="The invitation")

    assert render(facts).actions == (Link("The invitation", facts.url),)


def test_where_that_is_no_question_there_is_no_link():
    assert render(replace(EXAMPLE, url="")).actions == ()


def test_of_no_issue_it_says_so():
    assert render(replace(EXAMPLE, short_id="")).title == "Nothing was changed"
