"""What can go wrong around a delivery besides its service: commits in doubt, many senders, clocks, disks."""

import multiprocessing
import os
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError, connection

from tests.builders import NOW, World, a_world
from tests.pipeline.sending import answering, connected, go, slack_said, to_slack
from tocsin.core.sending import Reply
from tocsin.pipeline import deliver
from tocsin.pipeline.deliver import LEASE
from tocsin.store.db import one_transaction
from tocsin.store.models import Attempt, Delivery, Lane
from tocsin.store.writes import outbox

AFTER_LEASE = NOW + LEASE + timedelta(seconds=1)
TRIES = 8


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@contextmanager
def commits(*, apply: bool, words: str = "server closed the connection unexpectedly"):
    """Each commit raises, after it has been applied or instead of that: a database that went away."""
    real = connection._commit

    def lost():
        if apply:
            real()
        raise OperationalError(words)

    connection._commit = lost
    try:
        yield
    finally:
        connection._commit = real
        connection.close()


def sent_once(now=NOW) -> Counter[str]:
    """Sends all that is due and records it; the keys that a service saw."""
    transport = answering(slack_said())
    claimed = deliver.turn([], 10, now)
    deliver.record(go(claimed, transport), now)
    return Counter(ready.job.key for ready in claimed)


def taken_back(now) -> None:
    with one_transaction():
        outbox.reclaim(now, TRIES)


# A commit that raised


def test_a_claim_that_was_committed_though_it_raised_is_taken_back_and_sent(database_file):
    to_slack(a_world())
    with commits(apply=True), pytest.raises(OperationalError):
        deliver.turn([], 10, NOW)
    assert sent_once() == Counter()

    taken_back(AFTER_LEASE)

    assert sent_once(AFTER_LEASE).total() == 1
    # Nothing was sent the first time, but nobody can know: the ledger errs to the side of doubt.
    assert Delivery.objects.values_list("state", "doubtful").get() == ("sent", 1)


def test_a_claim_that_was_not_committed_is_as_if_it_never_was(database_file):
    to_slack(a_world())
    with commits(apply=False), pytest.raises(OperationalError):
        deliver.turn([], 10, NOW)

    assert sent_once().total() == 1
    assert Delivery.objects.values_list("state", "attempts", "doubtful").get() == ("sent", 1, 0)


def test_a_record_that_was_committed_though_it_raised_is_recorded_again_without_harm(database_file):
    to_slack(a_world())
    tried = go(deliver.turn([], 10, NOW), answering(slack_said()))
    with commits(apply=True), pytest.raises(OperationalError):
        deliver.record(tried, NOW)

    deliver.record(tried, NOW)

    assert Delivery.objects.values_list("state", "doubtful").get() == ("sent", 0)
    assert deliver.turn([], 10, AFTER_LEASE) == []


def test_a_record_that_was_not_committed_is_recorded_by_the_next_turn(database_file):
    to_slack(a_world())
    tried = go(deliver.turn([], 10, NOW), answering(slack_said()))
    with commits(apply=False), pytest.raises(OperationalError):
        deliver.turn(tried, 10, NOW)

    assert deliver.turn(tried, 10, NOW) == []
    assert Delivery.objects.values_list("state", "doubtful").get() == ("sent", 0)


def on_a_full_disk():
    return commits(apply=False, words="database or disk is full")


def test_what_came_of_a_try_is_recorded_once_the_disk_has_room_again(database_file):
    to_slack(a_world())
    tried = go(deliver.turn([], 10, NOW), answering(slack_said()))
    for _ in range(3):
        with on_a_full_disk(), pytest.raises(OperationalError):
            deliver.turn(tried, 10, NOW)

    deliver.turn(tried, 10, NOW)

    assert Delivery.objects.values_list("state", "attempts", "doubtful").get() == ("sent", 1, 0)


def test_a_sender_that_dies_while_the_disk_is_full_loses_nothing_and_the_ledger_admits_doubt(database_file):
    to_slack(a_world())
    tried = go(deliver.turn([], 10, NOW), answering(slack_said()))
    with on_a_full_disk(), pytest.raises(OperationalError):
        deliver.record(tried, NOW)

    taken_back(AFTER_LEASE)

    assert sent_once(AFTER_LEASE).total() == 1
    assert Delivery.objects.values_list("state", "doubtful").get() == ("sent", 1)


# Many senders


DELIVERIES = 60


def a_backlog(world: World) -> None:
    integration = connected(world)
    for _ in range(DELIVERIES):
        to_slack(world, integration_id=integration)


def drained() -> Counter[str]:
    """What one sender sends until nothing is due; each key as often as a service saw it."""
    seen: Counter[str] = Counter()
    while some := sent_once():
        seen += some
    return seen


def effects() -> list[tuple[str, int, int, list[str]]]:
    """What the ledger says in the end, without what tells one sender from another."""
    rows = Delivery.objects.order_by("pk")
    return [
        (row.state, row.attempts, row.doubtful, list(row.tries.values_list("outcome", flat=True))) for row in rows
    ]


ALONE = [("sent", 1, 0, ["delivered"])] * DELIVERIES


def test_one_sender_sends_each_once(database_file):
    a_backlog(a_world())

    seen = drained()

    assert (len(seen), seen.total()) == (DELIVERIES, DELIVERIES)
    assert effects() == ALONE


def test_four_senders_in_threads_do_together_what_one_does(database_file):
    a_backlog(a_world())
    start, found = threading.Barrier(4), []

    def sender():
        start.wait()
        found.append(drained())
        connection.close()

    threads = [threading.Thread(target=sender) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    seen = sum(found, Counter())
    assert (len(seen), seen.total()) == (DELIVERIES, DELIVERIES)
    assert effects() == ALONE


# Python 3.12 warns of a fork beside threads: these children only send, and end without cleaning up.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_two_senders_in_processes_do_together_what_one_does(database_file):
    a_backlog(a_world())
    connection.close()
    here, there = multiprocessing.Pipe(duplex=False)
    children = [_forked(there) for _ in range(2)]

    seen = sum((here.recv() for _ in children), Counter())
    codes = [os.waitpid(child, 0)[1] for child in children]

    assert codes == [0, 0]
    assert (len(seen), seen.total()) == (DELIVERIES, DELIVERIES)
    assert effects() == ALONE


def _forked(there) -> int:
    """A sender in a process of its own, which keeps the test's database and its clock; its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        there.send(drained())
        code = 0
    finally:
        os._exit(code)


def test_two_senders_that_claim_at_once_never_share_a_delivery(database_file):
    a_backlog(a_world())
    start, found = threading.Barrier(2), []

    def sender():
        start.wait()
        found.append({ready.job.id for ready in deliver.turn([], DELIVERIES, NOW)})
        connection.close()

    threads = [threading.Thread(target=sender) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    first, second = found
    assert first.isdisjoint(second)


# A clock that jumps

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["an hour ahead", "an hour back"])
def test_a_clock_that_jumps_while_something_is_sent_neither_loses_nor_repeats_it(db, jump):
    to_slack(a_world())
    tried = go(deliver.turn([], 10, NOW), answering(slack_said()))

    deliver.record(tried, NOW + jump)

    assert Delivery.objects.get().state == "sent"
    assert sent_once(NOW + jump + LEASE + HOUR) == Counter()


def test_a_lease_that_a_jump_ahead_ends_is_taken_back_and_the_repeat_is_admitted(db):
    to_slack(a_world())
    late = go(deliver.turn([], 10, NOW), answering(slack_said()))
    taken_back(NOW + HOUR)

    again = sent_once(NOW + HOUR)
    deliver.record(late, NOW + HOUR)

    assert again.total() == 1
    assert Delivery.objects.values_list("state", "doubtful").get() == ("sent", 1)
    assert sorted(Attempt.objects.values_list("outcome", flat=True)) == ["delivered", "delivered", "unknown"]


def test_what_waits_when_the_clock_jumps_back_goes_once_it_has_caught_up(db):
    to_slack(a_world(), due=NOW)
    deliver.record(go(deliver.turn([], 10, NOW), answering(Reply(503))), NOW)
    due = Delivery.objects.get().due

    assert sent_once(NOW - HOUR) == Counter()
    assert sent_once(due).total() == 1


def test_a_clock_that_jumps_back_and_forth_ends_with_everything_sent_once(db):
    world = a_world()
    integration = connected(world)
    lane = to_slack(world, integration_id=integration, conversation="issue:1").lane
    moments = [NOW + HOUR, NOW, NOW - HOUR, NOW + 2 * HOUR, NOW + HOUR]
    seen: Counter[str] = Counter()
    for now in moments:
        to_slack(world, integration_id=integration, conversation="issue:1", lane=lane, due=now)
        Lane.objects.filter(pk=lane.pk, ready_at__gt=now).update(ready_at=now)
        seen += sent_once(now)
    for minutes in range(180, 200):
        seen += sent_once(NOW + timedelta(minutes=minutes))

    assert (len(seen), seen.total()) == (len(moments) + 1, len(moments) + 1)
    assert set(Delivery.objects.values_list("state", "doubtful")) == {("sent", 0)}
