"""Running counts add up, whoever adds to them."""

import pytest

from tocsin.store.models import Tally
from tocsin.store.queries import tallies as queries
from tocsin.store.writes import tallies
from tocsin.store.writes.tallies import Count

pytestmark = pytest.mark.django_db


def test_what_is_added_twice_is_one_row():
    tallies.add([Count("attempts", "issue_alert", "slack", "delivered", many=3, seconds=1.5)])
    tallies.add([Count("attempts", "issue_alert", "slack", "delivered", many=2, seconds=0.5)])

    row = Tally.objects.get()
    assert (row.count, row.seconds) == (5, 2.0)


def test_processes_count_in_rows_of_their_own_and_are_read_as_one(monkeypatch):
    for process in (16, 17):
        monkeypatch.setattr("os.getpid", lambda process=process: process)
        tallies.add([Count("events", outcome="new", many=2)])

    assert Tally.objects.count() == 2
    (found,) = queries.all_of_them()
    assert (found.name, found.outcome, found.many) == ("events", "new", 4)


def test_nothing_to_count_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        tallies.add([Count("events", outcome="new", many=0)])


def test_many_counts_are_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        tallies.add([Count("events", outcome=name) for name in ("new", "repeat", "rejected")])
