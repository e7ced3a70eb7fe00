"""The outbox: who may send what, and the only ways a delivery moves (core.delivery)."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from tests.builders import NOW, World, a_delivery, a_notification, a_world
from tocsin.core.delivery import FINAL, PENDING, TRANSITIONS, State
from tocsin.store.db import one_transaction
from tocsin.store.models import Attempt, Delivery
from tocsin.store.queries import outbox as queries
from tocsin.store.queries.outbox import Crowd
from tocsin.store.writes import lanes, outbox
from tocsin.store.writes.lanes import Settled
from tocsin.store.writes.outbox import Recorded

LATER = NOW + timedelta(minutes=2)
LEASE = "a" * 32
TRIES = 8
FULL = Crowd({"email:0": 1}, {"email": 1})


@pytest.fixture
def world(db) -> World:
    return a_world()


def waiting(world: World, state: State = State.QUEUED, **columns) -> Delivery:
    due = NOW if state in (State.QUEUED, State.RETRYING, State.UNKNOWN) else None
    return a_delivery(a_notification(world.project), state=state, **{"due": due, **columns})


def leased(world: World, **columns) -> Delivery:
    columns = {"lease_by": LEASE, "lease_until": LATER, "attempts": 1, **columns}
    return waiting(world, State.SENDING, **columns)


def came_of(delivery: Delivery, state: State = State.SENT, **columns) -> Recorded:
    values = {
        "delivery_id": delivery.pk,
        "lease_by": LEASE,
        "state": state.value,
        "reason": "",
        "due": None,
        "done": NOW,
        "reference": '{"ts": "1"}',
        "number": 1,
        "outcome": "delivered",
        "status": 200,
        "excerpt": "ok",
        "started": NOW,
        "milliseconds": 12,
        "why": "",
    }
    return Recorded(**{**values, **columns})


def claimed(limit: int = 10, at=NOW) -> list[int]:
    return outbox.claim(limit, at, LATER, LEASE)


@pytest.mark.parametrize("state", [State.QUEUED, State.RETRYING, State.UNKNOWN])
def test_what_waits_and_is_due_is_claimed_under_a_lease(world, state):
    delivery = waiting(world, state)

    assert claimed() == [delivery.pk]

    delivery.refresh_from_db()
    assert (delivery.state, delivery.lease_by, delivery.lease_until) == ("sending", LEASE, LATER)
    assert delivery.attempts == 1


def test_what_is_claimed_is_not_claimed_again(world):
    waiting(world)

    assert claimed()
    assert claimed() == []


def test_what_is_not_due_yet_waits(world):
    waiting(world, due=NOW + timedelta(seconds=1))

    assert claimed() == []


def test_the_longest_due_go_first_and_no_more_than_asked_for(world):
    late = waiting(world, due=NOW - timedelta(minutes=1))
    first = waiting(world, due=NOW - timedelta(minutes=2))
    waiting(world)

    assert sorted(claimed(2)) == sorted([late.pk, first.pk])


def test_no_row_is_ever_claimed_by_two_senders(database_file):
    world = a_world()
    for _ in range(200):
        waiting(world)
    start, found = threading.Barrier(4), []

    def sender():
        start.wait()
        while ids := _claim_some():
            found.extend(ids)
        connection.close()

    threads = [threading.Thread(target=sender) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(found) == 200
    assert len(set(found)) == 200


def _claim_some() -> list[int]:
    with one_transaction():
        return claimed(7)


def test_a_person_who_waits_gets_exactly_the_delivery_asked_for(world):
    waiting(world)
    mine = waiting(world)

    assert outbox.claim_one(world.organization.pk, mine.pk, LATER, LEASE) == [mine.pk]


def test_another_organizations_delivery_cannot_be_claimed(world):
    other = a_world("other", email="ben@example.com")
    mine = waiting(world)

    assert outbox.claim_one(other.organization.pk, mine.pk, LATER, LEASE) == []


def test_what_came_of_a_try_moves_the_delivery_and_is_kept_as_an_attempt(world):
    delivery = leased(world)

    outbox.record([came_of(delivery)])

    delivery.refresh_from_db()
    assert (delivery.state, delivery.date_done, delivery.reference) == ("sent", NOW, {"ts": "1"})
    assert (delivery.lease_by, delivery.lease_until) == ("", None)
    attempt = Attempt.objects.get()
    assert (attempt.delivery_id, attempt.number, attempt.outcome, attempt.status) == (
        delivery.pk,
        1,
        "delivered",
        200,
    )
    assert (attempt.excerpt, attempt.started, attempt.milliseconds) == ("ok", NOW, 12)


def test_a_record_that_comes_after_its_lease_was_lost_moves_nothing_and_stays_in_the_ledger(world):
    delivery = leased(world, lease_by="b" * 32)

    outbox.record([came_of(delivery)])

    delivery.refresh_from_db()
    assert (delivery.state, delivery.lease_by) == ("sending", "b" * 32)
    assert Attempt.objects.get().outcome == "delivered"


def test_a_record_that_comes_twice_moves_once(world):
    delivery = leased(world)
    outbox.record([came_of(delivery)])

    outbox.record([came_of(delivery, State.RETRYING, due=LATER, done=None)])

    delivery.refresh_from_db()
    assert delivery.state == "sent"


def test_a_try_whose_delivery_was_deleted_meanwhile_hinders_no_other(world):
    gone, kept = leased(world), leased(world)
    tries = [came_of(gone), came_of(kept)]
    gone.delete()

    outbox.record(tries)

    kept.refresh_from_db()
    assert kept.state == "sent"
    assert [attempt.delivery_id for attempt in Attempt.objects.all()] == [kept.pk]


def test_the_number_of_statements_does_not_grow_with_the_tries(world, django_assert_num_queries):
    few, many = [leased(world)], [leased(world) for _ in range(20)]

    with django_assert_num_queries(2):
        outbox.record([came_of(one) for one in few])
    with django_assert_num_queries(2):
        outbox.record([came_of(one) for one in many])


def test_words_that_are_too_long_for_the_ledger_are_cut(world):
    delivery = leased(world)

    outbox.record([came_of(delivery, State.FAILED, reason="x" * 900, why="y" * 900, excerpt="z" * 900)])

    delivery.refresh_from_db()
    attempt = Attempt.objects.get()
    assert (len(delivery.reason), len(attempt.reason), len(attempt.excerpt)) == (500, 500, 300)


def test_a_delivery_whose_sender_died_may_have_arrived_and_can_be_claimed_again(world):
    delivery = leased(world, lease_until=NOW - timedelta(seconds=1))

    assert outbox.reclaim(NOW, TRIES) == 1

    delivery.refresh_from_db()
    assert (delivery.state, delivery.due) == ("unknown", NOW)
    assert "may have arrived" in delivery.reason
    assert claimed() == [delivery.pk]


def test_a_delivery_whose_lease_still_runs_is_left_alone(world):
    leased(world, lease_until=NOW + timedelta(seconds=1))

    assert outbox.reclaim(NOW, TRIES) == 0


def test_a_delivery_that_ends_its_sender_each_time_is_given_up(world):
    delivery = leased(world, lease_until=NOW - timedelta(seconds=1), attempts=TRIES)

    outbox.reclaim(NOW, TRIES)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.date_done) == ("dead", NOW)
    assert claimed() == []


@pytest.mark.parametrize("state", [State.FAILED, State.DEAD])
def test_what_ended_badly_can_be_queued_again_with_fresh_tries(world, state):
    delivery = waiting(world, state, attempts=8, reason="no", date_done=NOW)

    assert outbox.requeue(world.organization.pk, [delivery.pk], LATER) == [delivery.pk]

    delivery.refresh_from_db()
    assert (delivery.state, delivery.due, delivery.attempts, delivery.reason) == ("queued", LATER, 0, "")


def test_a_replay_keeps_the_attempts_before_it(world):
    delivery = waiting(world, State.DEAD)
    outbox.record([came_of(delivery, State.DEAD)])

    outbox.requeue(world.organization.pk, [delivery.pk], LATER)

    assert Attempt.objects.filter(delivery=delivery).count() == 1


def test_another_organizations_delivery_cannot_be_queued_again(world):
    other = a_world("other", email="ben@example.com")
    delivery = waiting(world, State.FAILED)

    assert outbox.requeue(other.organization.pk, [delivery.pk], LATER) == []


OPERATIONS = {
    "claim": lambda one: claimed(),
    "claim_one": lambda one: outbox.claim_one(one.organization_id, one.pk, LATER, LEASE),
    "reclaim": lambda one: outbox.reclaim(NOW + timedelta(days=1), TRIES),
    "reclaim after all tries": lambda one: outbox.reclaim(NOW + timedelta(days=1), 0),
    "requeue": lambda one: outbox.requeue(one.organization_id, [one.pk], LATER),
    **{
        f"record {state}": lambda one, state=state: outbox.record([came_of(one, state)])
        for state in (State.SENT, State.RETRYING, State.FAILED, State.DEAD, State.UNKNOWN)
    },
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("state", list(State))
def test_no_statement_moves_a_delivery_but_along_the_transitions(world, state, operation):
    make = leased if state is State.SENDING else waiting
    delivery = make(world) if state is State.SENDING else make(world, state)

    OPERATIONS[operation](delivery)

    delivery.refresh_from_db()
    assert delivery.state == state or State(delivery.state) in TRANSITIONS[state]


@pytest.mark.parametrize("state", sorted(PENDING | {State.FAILED, State.DEAD}))
def test_every_state_that_is_not_the_end_can_be_left(world, state):
    moved = set()
    for operation in OPERATIONS.values():
        delivery = leased(world) if state is State.SENDING else waiting(world, state)
        operation(delivery)
        delivery.refresh_from_db()
        moved.add(delivery.state != state)

    assert True in moved


def test_every_state_is_pending_final_or_held():
    assert set(State) == PENDING | FINAL | {State.HELD}
    assert not PENDING & FINAL


def test_what_is_sent_or_suppressed_stays_so():
    assert TRANSITIONS[State.SENT] == TRANSITIONS[State.SUPPRESSED] == frozenset()


def test_a_job_has_everything_that_sending_needs(world):
    delivery = leased(world, address={"email": "ana@example.com"}, detail={"rules": [1]}, conversation="issue:1")

    (job,) = queries.jobs([delivery.pk])

    assert (job.id, job.lease_by, job.attempts) == (delivery.pk, LEASE, 1)
    assert (job.kind, job.project, job.organization) == ("issue_alert", "shop", "acme")
    assert (job.address, job.detail) == ({"email": "ana@example.com"}, {"rules": [1]})
    assert job.facts["short_id"] == "SHOP-12"


@pytest.mark.sqlite  # PostgreSQL keeps none: see test_postgresql
def test_half_a_surrogate_pair_in_one_job_holds_up_no_other(world):
    odd, plain = leased(world, detail={"notes": "\ud83d"}), leased(world)

    assert [job.detail for job in queries.jobs([odd.pk, plain.pk])] == [{"notes": "\ud83d"}, {}]


def test_a_job_of_no_project_has_an_empty_project(world):
    notification = a_notification(world.project)
    notification.project = None
    notification.save()

    (job,) = queries.jobs([a_delivery(notification).pk])

    assert job.project == ""


def test_the_next_due_is_the_earliest_that_waits(world):
    waiting(world, due=LATER)
    waiting(world, State.RETRYING, due=NOW)
    leased(world)

    assert queries.next_due() == NOW


def test_without_anything_that_waits_nothing_is_due(world):
    waiting(world, State.SENT)

    assert queries.next_due() is None


@pytest.mark.sqlite
@contextmanager
def explained() -> Iterator[list[str]]:
    """The plans of what is asked of lanes and deliveries within the block, as it is asked."""
    plans: list[str] = []

    def explain(execute, sql, params, many, context):
        if "store_lane" in sql or "store_delivery" in sql:
            with connection.cursor() as cursor:
                cursor.cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params[0] if many else params)
                plans.append(str(cursor.cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield plans


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("ask", "indexes"),
    [
        pytest.param(lambda: claimed(5), {"lane_ready", "delivery_waiting"}, id="the claim"),
        pytest.param(lambda: outbox.record([came_of(Delivery(pk=1))]), {"INTEGER PRIMARY KEY"}, id="the record"),
        pytest.param(
            lambda: lanes.settle([Settled(1, LEASE, None, NOW, "")]),
            {"INTEGER PRIMARY KEY", "delivery_waiting"},
            id="the settling",
        ),
        pytest.param(queries.next_due, {"lane_ready"}, id="the next due"),
        pytest.param(lambda: queries.next_due(FULL), {"lane_ready"}, id="the next due beside a crowd"),
    ],
)
def test_neither_what_is_done_nor_what_waits_is_scanned(world, ask, indexes):
    for _ in range(3):
        waiting(world)

    with explained() as plans:
        ask()

    assert plans
    assert {index for index in indexes if any(index in plan for plan in plans)} == indexes
    # A batch that was given or found may be walked, an index of what is ready or on its way too; no whole table.
    walked = r"SCAN (?!json_each|found|\w+ USING INDEX (lane_ready|delivery_leased))"
    assert [plan for plan in plans if re.search(walked, plan)] == []


@pytest.mark.sqlite
def test_a_statement_that_scans_is_noticed(world):
    with explained() as plans:
        Delivery.objects.filter(reason="x").count()

    assert "SCAN store_delivery" in plans[0]
