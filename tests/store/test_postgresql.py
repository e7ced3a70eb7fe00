"""What only PostgreSQL does otherwise: characters that it cannot hold, connections that break, others who pass."""

import threading

import pytest
from django.db import OperationalError, connection

from tests.builders import NOW, a_delivery, a_notification, a_world
from tocsin.store.db import alone, one_at_a_time, one_transaction, retried, rows
from tocsin.store.models import Project
from tocsin.store.postgresql import holdable

SOON = 10.0


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("plain", "plain"),
        ("a\x00b", "a\ufffdb"),
        ("cut \ud83d", "cut \ufffd"),
        ("whole 😀", "whole 😀"),
        (r'{"a": "\u0000"}', '{"a": "\ufffd"}'),
        (r'{"a": "\\u0000"}', r'{"a": "\\u0000"}'),
        (r'{"a": "\\\u0000"}', '{"a": "\\\\\ufffd"}'),
        (r'["\ud83d\ude00"]', r'["\ud83d\ude00"]'),
        (r'["\ud83d"]', '["\ufffd"]'),
        (r'["\ude00\ud83d"]', '["\ufffd\ufffd"]'),
        (r"the text \u0000", r"the text \u0000"),
    ],
)
def test_what_cannot_be_held_becomes_the_character_for_that(text, held):
    assert holdable(text) == held


@pytest.mark.postgresql
@pytest.mark.django_db
def test_any_text_of_an_event_can_be_written():
    world = a_world()
    notification = a_notification(world.project, facts={"title": "\x00 \ud83d 😀"})

    delivery = a_delivery(notification, label="a\x00\ude00b", detail={"notes": ["\x00"]})

    delivery.refresh_from_db()
    assert (delivery.label, delivery.detail) == ("a\ufffd\ufffdb", {"notes": ["\ufffd"]})


@pytest.mark.postgresql
def test_a_connection_that_the_database_ended_is_replaced(database_file):
    with connection.cursor() as cursor, pytest.raises(OperationalError):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with one_transaction():
        assert rows("SELECT 1") == [(1,)]


@pytest.mark.postgresql
def test_two_transactions_that_wait_for_each_other_both_come_through(database_file):
    world = a_world()
    ids = [world.project.pk, Project.objects.create(organization=world.organization, slug="b", date_added=NOW).pk]
    both_hold_one = threading.Barrier(2)
    runs = []

    def adds(first: int, second: int) -> None:
        def once() -> None:
            runs.append(first)
            with one_transaction():
                raises(first)
                if len(runs) <= 2:
                    both_hold_one.wait(SOON)
                raises(second)

        retried(once)

    def raises(project_id: int) -> None:
        rows("UPDATE store_project SET issue_count = issue_count + 1 WHERE id = %s RETURNING id", [project_id])

    in_threads([lambda: adds(*ids), lambda: adds(*reversed(ids))])

    assert list(Project.objects.values_list("issue_count", flat=True)) == [2, 2]
    assert len(runs) > 2


@pytest.mark.postgresql
def test_an_error_that_is_no_deadlock_is_not_tried_again(database_file):
    runs = []

    def once() -> None:
        runs.append(1)
        with one_transaction():
            rows("SELECT set_config('statement_timeout', '1', true)")
            rows("SELECT pg_sleep(5)")

    with pytest.raises(Exception, match="statement"):
        retried(once)

    assert len(runs) == 1


@pytest.mark.postgresql
def test_a_project_is_one_transactions_at_a_time(database_file):
    inside, order = threading.Event(), []

    def first() -> None:
        with one_transaction():
            one_at_a_time([2, 1])
            inside.set()
            rows("SELECT pg_sleep(0.2)")
            order.append("first")

    def second() -> None:
        inside.wait(SOON)
        with one_transaction():
            one_at_a_time([1])
            order.append("second")

    in_threads([first, second])

    assert order == ["first", "second"]


@pytest.mark.postgresql
def test_what_one_does_alone_nobody_else_does_meanwhile(database_file):
    with alone("reclaim leases") as mine:
        others = []
        in_threads([lambda: others.append(tried("reclaim leases")), lambda: others.append(tried("forget"))])

    assert mine
    assert sorted(others) == [False, True]
    assert tried("reclaim leases")


def tried(name: str) -> bool:
    with alone(name) as mine:
        return mine


def in_threads(calls) -> None:
    """Runs each in a thread and a connection of its own; what one of them raises is raised here."""
    failures = []

    def run(call) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 — raised where it is seen
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if failures:
        raise failures[0]
