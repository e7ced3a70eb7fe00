"""Several nodes on real PostgreSQL and a real broker: what is killed or cut loses nothing, nothing counts twice."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.journeys.instance import Received, mail_server
from tests.journeys.nodes import (
    Nodes,
    broker_proxy,
    database_proxy,
    kill,
    until,
)
from tests.real_parts.servers import a_database, a_rabbitmq, a_redis

pytestmark = [pytest.mark.journey, pytest.mark.needs("postgresql", "rabbitmq", "redis")]

EVENTS = 400


@pytest.fixture
def mails() -> Received:
    return Received()


@pytest.fixture
def mail(mails: Received) -> Iterator[str]:
    with mail_server(mails) as url:
        yield url


@pytest.fixture
def database() -> Iterator[str]:
    with a_database() as url:
        yield url


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[str]:
    with a_rabbitmq() as url:
        yield url


@pytest.fixture
def nodes(tmp_path: Path, database: str, rabbitmq: str, mail: str) -> Nodes:
    return Nodes(tmp_path, database, rabbitmq, {"TOCSIN_EMAIL_URL": mail})


@contextmanager
def locked(nodes: Nodes, table: str) -> Iterator[None]:
    """Whoever writes the table stands still in the middle of a transaction."""
    import psycopg

    with psycopg.connect(nodes.database) as connection:
        connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield


def is_waiting(nodes: Nodes, table: str) -> bool:
    """Somebody stands before the lock of a table."""
    return bool(
        nodes.rows(
            "SELECT 1 FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
            f" WHERE relname = '{table}' AND NOT granted"
        )
    )


@pytest.mark.parametrize("broker", ["rabbitmq", "redis"])
def test_an_event_goes_through_all_nodes_and_is_told(nodes, tmp_path, mails, broker):
    with ExitStack() as parts:
        if broker == "redis":
            nodes.broker = parts.enter_context(a_redis(tmp_path))
        dsn = nodes.init()["dsn"]
        parts.enter_context(nodes.web())
        parts.enter_context(nodes.worker())
        parts.enter_context(nodes.node("beat", "beat"))

        assert nodes.post(dsn, range(1, 31)) == 30

        until(lambda: nodes.seen() == 30)
        assert mails.wait_for(1)[0].rcpt_tos == ["me@example.com"]
        assert nodes.count("SELECT count(*) FROM store_issue") == 1


def test_a_worker_killed_in_the_middle_of_a_digest_loses_and_repeats_nothing(nodes, mails):
    dsn = nodes.init()["dsn"]
    with nodes.web():
        with nodes.worker("first") as first, locked(nodes, "store_activity"):
            assert nodes.post(dsn, range(1, EVENTS + 1)) == EVENTS
            until(lambda: is_waiting(nodes, "store_activity"))
            kill(first)
        assert nodes.seen() == 0

        with nodes.worker("second"):
            until(lambda: nodes.seen() == EVENTS)
            mails.wait_for(1)

    assert nodes.count("SELECT count(*) FROM store_eventseen") == EVENTS
    assert nodes.count("SELECT count(*) FROM store_firing") == 1


def test_redis_brings_again_what_a_killed_worker_had(nodes, tmp_path):
    soon = "import tocsin.engine.shelf as shelf; shelf.LEASE = 1; from tocsin.ops.main import main; main()"
    with a_redis(tmp_path) as nodes.broker:
        dsn = nodes.init()["dsn"]
        with nodes.web():
            with nodes.worker("first", program=["-c", soon]) as first, locked(nodes, "store_activity"):
                assert nodes.post(dsn, range(1, 21)) == 20
                until(lambda: is_waiting(nodes, "store_activity"))
                kill(first)
            assert nodes.seen() == 0

            with nodes.worker("second"), nodes.node("beat", "beat"):
                until(lambda: nodes.seen() == 20)

    assert nodes.count("SELECT count(*) FROM store_eventseen") == 20


def test_what_redis_handed_to_a_worker_that_never_read_it_is_not_lost(nodes, tmp_path):
    """A queue of Redis has forgotten it by then: the reply lies in the socket of a process that is dead."""
    with a_redis(tmp_path) as nodes.broker:
        dsn = nodes.init()["dsn"]
        with nodes.web():
            with nodes.worker("first") as first:
                until(lambda: is_frozen_while_it_asks(first, nodes.broker))
                assert nodes.post(dsn, range(1, 21)) == 20
                until(lambda: nodes.spooled() == 0)
                kill(first)

            with nodes.worker("second"), nodes.node("beat", "beat"):
                until(lambda: nodes.seen() == 20)

    assert nodes.count("SELECT count(*) FROM store_eventseen") == 20


def is_frozen_while_it_asks(worker, broker: str) -> bool:
    """Stops all processes of a worker; lets them go on where none of them waits for an answer of Redis."""
    import redis

    os.killpg(worker.pid, signal.SIGSTOP)
    with redis.Redis.from_url(broker) as client:
        if client.info("clients")["blocked_clients"]:
            return True
    os.killpg(worker.pid, signal.SIGCONT)
    return False


def test_a_child_killed_in_the_middle_of_a_digest_loses_and_repeats_nothing(nodes):
    dsn = nodes.init()["dsn"]
    with nodes.web(), nodes.worker() as worker:
        with locked(nodes, "store_activity"):
            assert nodes.post(dsn, range(1, 21)) == 20
            until(lambda: is_waiting(nodes, "store_activity"))
            os.kill(child_of(worker.pid), signal.SIGKILL)

        until(lambda: nodes.seen() == 20)

    assert nodes.count("SELECT count(*) FROM store_eventseen") == 20


def test_a_worker_killed_in_the_middle_of_sending_sends_again_and_says_so(nodes, mail):
    gate, tries = threading.Event(), Received()
    with held_mail_server(tries, gate) as held:
        nodes.environment["TOCSIN_EMAIL_URL"] = held
        dsn = nodes.init()["dsn"]
        with nodes.web():
            with nodes.worker("first") as first:
                assert nodes.post(dsn, [1]) == 1
                tries.wait_for(1)
                kill(first)
            gate.set()
            # The lease of a dead sender would run for minutes.
            nodes.write("UPDATE store_delivery SET lease_until = now() WHERE state = 'sending'")
            nodes.write("UPDATE store_lane SET busy_until = now() WHERE busy_until IS NOT NULL")
            with nodes.worker("second"), nodes.node("beat", "beat"):
                until(
                    lambda: nodes.rows("SELECT 1 FROM store_delivery WHERE provider = 'email' AND state = 'sent'")
                )

    tries.wait_for(2)
    (attempts, doubtful), *_ = nodes.rows("SELECT attempts, doubtful FROM store_delivery WHERE provider = 'email'")
    assert (attempts, doubtful) == (2, 1)


@contextmanager
def held_mail_server(tries: Received, gate: threading.Event) -> Iterator[str]:
    """Takes a mail, and answers only once the gate is open."""
    from tests.journeys.instance import Controller, free_port

    class Handler:
        async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 — aiosmtpd's name
            import asyncio

            tries.add(envelope)
            await asyncio.to_thread(gate.wait, 60)
            return "250 taken"

    port = free_port()
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        gate.set()
        controller.stop()


def test_while_the_broker_is_away_events_are_accepted_and_arrive_afterwards(nodes):
    proxy, nodes.broker = broker_proxy(nodes.broker)
    dsn = nodes.init()["dsn"]
    with nodes.web(), nodes.worker(), nodes.node("beat", "beat"), under_load(nodes, dsn) as accepted:
        until(lambda: nodes.seen() > 20)
        proxy.cut()
        count = accepted()
        until(lambda: accepted() > count + 50)
        proxy.mend()
        until(lambda: nodes.seen() > count + 50)

    with nodes.web(), nodes.worker("last"):
        until(lambda: nodes.seen() == accepted())
    assert nodes.count("SELECT count(*) FROM store_eventseen") == accepted()


def test_while_the_database_is_away_events_are_accepted_and_pages_say_so(nodes):
    proxy, nodes.through = database_proxy(nodes.database)
    dsn = nodes.init()["dsn"]
    with nodes.web(), nodes.worker(), nodes.node("beat", "beat"):
        with under_load(nodes, dsn) as accepted:
            until(lambda: nodes.seen() > 20)
            proxy.cut()
            count = accepted()
            until(lambda: accepted() > count + 50)
            status, page = nodes.get("/sign-in/link/none/")
            proxy.mend()

        until(lambda: nodes.seen() == accepted())
        until(lambda: nodes.get("/sign-in/link/none/")[0] == 404)

    assert (status, "Events are still taken" in page) == (503, True)
    assert nodes.count("SELECT count(*) FROM store_eventseen") == accepted()


def test_two_workers_share_the_work_and_do_none_of_it_twice(nodes):
    dsn = nodes.init()["dsn"]
    with nodes.web(), nodes.worker("one"), nodes.worker("two"):
        for failure in range(8):
            start = failure * 50 + 1
            assert nodes.post(dsn, range(start, start + 50), failure=f"Failure{failure}") == 50
        until(lambda: nodes.seen() == 400)
        sent = "SELECT count(*) FROM store_delivery WHERE state = 'sent' AND attempts = 1"
        until(lambda: nodes.count(sent) == nodes.count("SELECT count(*) FROM store_delivery"))

    assert nodes.count("SELECT count(*) FROM store_issue") == 8
    assert nodes.count("SELECT max(number) FROM store_issue") == 8
    assert nodes.count("SELECT count(*) FROM store_attempt") == nodes.count("SELECT count(*) FROM store_delivery")


def test_two_workers_leave_the_ledger_that_one_would(tmp_path, rabbitmq, mail):
    ledgers = []
    for workers in (1, 2):
        with a_database() as database:
            folder = tmp_path / str(workers)
            folder.mkdir()
            nodes = Nodes(folder, database, rabbitmq, {"TOCSIN_EMAIL_URL": mail})
            ledgers.append(ledger_of(nodes, workers))

    assert ledgers[0] == ledgers[1]
    assert len(ledgers[0]) > 4


def ledger_of(nodes: Nodes, workers: int) -> list[tuple[object, ...]]:
    """What is told of four failures of ten events each, and how it ended."""
    dsn = nodes.init()["dsn"]
    with nodes.web(), ExitStack() as started:
        for number in range(workers):
            started.enter_context(nodes.worker(f"worker-{number}"))
        for number in range(1, 41):
            assert nodes.post(dsn, [number], failure=f"Failure{number % 4}") == 1
        until(lambda: nodes.seen() == 40)
        until(lambda: not nodes.rows("SELECT 1 FROM store_delivery WHERE state NOT IN ('sent', 'suppressed')"))
    return nodes.rows(
        "SELECT issue.title, issue.times_seen, notification.kind, delivery.provider, delivery.state,"
        " delivery.attempts, (SELECT count(*) FROM store_attempt WHERE delivery_id = delivery.id)"
        " FROM store_issue AS issue JOIN store_notification AS notification ON notification.issue_id = issue.id"
        " JOIN store_delivery AS delivery ON delivery.notification_id = notification.id"
        " ORDER BY 1, 2, 3, 4, 5, 6, 7"
    )


def test_a_wake_that_was_lost_is_found_by_the_schedule(nodes, mails):
    dsn = nodes.init()["dsn"]
    with nodes.web():
        with nodes.worker("digester", "--queues", "digest"):
            assert nodes.post(dsn, [1]) == 1
            until(lambda: nodes.seen() == 1)
        nodes.lose("tocsin.deliver")
        with nodes.worker("sender", "--queues", "deliver,schedule"), nodes.node("beat", "beat"):
            mails.wait_for(1)


@contextmanager
def under_load(nodes: Nodes, dsn: str) -> Iterator[Callable[[], int]]:
    """Events all the while; what it yields says how many were answered 200."""
    stopping, taken = threading.Event(), []

    def send() -> None:
        number = 0
        while not stopping.is_set():
            number += 1
            if nodes.post(dsn, [number]):
                taken.append(number)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield lambda: len(taken)
    finally:
        stopping.set()
        thread.join(30)


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
