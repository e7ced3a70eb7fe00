"""The books: intents = sent + failed + dead + suppressed + held + pending, or the reason why not."""

from datetime import timedelta

from tests.builders import NOW

from tocsin.core.books import OVERDUE_AFTER, Ledger, balance
from tocsin.core.delivery import State


def test_every_state_is_accounted_for():
    ledger = Ledger(len(State), dict.fromkeys(State, 1))

    books = balance(ledger, NOW)

    assert books.balance
    assert books.pending == 4  # queued, sending, retrying, unknown
    assert books.intents == books.sent + books.failed + books.dead + books.suppressed + books.held + books.pending


def test_a_missing_delivery_is_said_in_numbers():
    books = balance(Ledger(3, {State.SENT: 2}), NOW)

    assert books.problems == ("3 deliveries were decided and 2 are accounted for: 1 are missing.",)


def test_one_too_many_is_as_wrong():
    assert not balance(Ledger(1, {State.SENT: 2}), NOW).balance


def test_what_is_due_and_not_taken_up_turns_the_books_red():
    overdue = Ledger(1, {State.QUEUED: 1}, oldest_due=NOW - OVERDUE_AFTER - timedelta(minutes=1))

    assert "Does a worker run?" in balance(overdue, NOW).problems[0]


def test_what_is_due_just_now_is_no_problem():
    assert balance(Ledger(1, {State.QUEUED: 1}, oldest_due=NOW - timedelta(seconds=5)), NOW).balance
