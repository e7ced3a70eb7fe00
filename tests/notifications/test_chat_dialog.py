"""A dialog that somebody asked for."""

from dataclasses import replace

from tocsin.notifications.chat_dialog import EXAMPLE, render


def test_it_asks_about_the_issue_by_name():
    asked = render(EXAMPLE).dialog

    assert asked is not None
    assert (asked.title, asked.subject) == ("Archive issue", "SHOP-12 ZeroDivisionError: division by zero")


def test_a_dialog_that_this_version_does_not_know_asks_nothing():
    assert render(replace(EXAMPLE, name="delete_dialog")).dialog is None
