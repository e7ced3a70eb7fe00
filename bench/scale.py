"""What several nodes do on one machine: digested and delivered a second, with one worker process and with two.

`python -m bench.scale` founds a PostgreSQL database with 8 projects, rules, and messages queued for a Slack that
answers at once, each for a channel of its own. Measured on copies of it, in turn:

- digest: 12 kB envelopes of 100 issues are put on RabbitMQ, 100 a message as a web node's forwarder does, until
  real workers (`tocsin worker --queues digest`) have committed them;
- deliver: real workers (`--queues deliver`) are told that there is work, until every message is sent and has its
  row in the ledger.

Counted is from the first to the last commit, so that the start of a process is in no figure. Where there are two
cores, database, broker and Slack share them, so the second process gains little. It needs what script/services
brings: PostgreSQL and RabbitMQ.
"""

import argparse
import importlib
import multiprocessing
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import deliver
from bench.envelopes import samples
from bench.kit import outbox, world
from bench.kit.frame import ROOT, Result, data_environment, finish, folder, machine, python, running

EVENTS = 8_000
DELIVERIES = 9_000
ISSUES = 100
PROJECTS = 8
ROUNDS = 2
PROCESSES = (1, 2)
DIGESTED = 1_000
DELIVERED = 3_000
WITHIN = 60.0
SEEN = "SELECT coalesce(sum(times_seen), 0) FROM store_issue"
SENT = "SELECT count(*) FROM store_attempt"


@dataclass(frozen=True, slots=True)
class Nodes:
    """A founded database, a broker, and the environment of a worker."""

    place: Path
    founded: str
    broker: str
    sink: int

    def environment(self, database: str) -> dict[str, str]:
        return data_environment(
            self.place,
            TOCSIN_DATABASE_URL=database,
            TOCSIN_BROKER_URL=self.broker,
            TOCSIN_SECRET_KEY="b" * 40,
            TOCSIN_URL="http://127.0.0.1:8000",
            TOCSIN_OUTBOUND_ALLOW="127.0.0.0/8",
            TOCSIN_SLACK_API_URL=f"http://127.0.0.1:{self.sink}/api/",
        )


def main(events: int, deliveries: int, rounds: int) -> int:
    sys.path.insert(0, str(ROOT))
    from tests.real_parts.servers import a_database, a_rabbitmq

    digested: dict[int, list[float]] = {number: [] for number in PROCESSES}
    delivered: dict[int, list[float]] = {number: [] for number in PROCESSES}
    ports: multiprocessing.Queue[int] = multiprocessing.Queue()
    listening = multiprocessing.Process(target=deliver._sink, args=(ports,), daemon=True)  # noqa: SLF001 — one Slack for both benches
    listening.start()
    try:
        with folder() as place, a_database() as founded, a_rabbitmq() as broker:
            nodes = Nodes(place, founded, broker, ports.get(timeout=30))
            _found(nodes, deliveries)
            bodies = _bodies(events)
            for number in range(1, rounds + 1):
                for processes in PROCESSES:
                    with a_database(_name(founded)) as database:
                        digested[processes].append(_digest(nodes, database, bodies, processes))
                        delivered[processes].append(_deliver(nodes, database, deliveries, processes))
                    _say(f"round {number}", processes, digested[processes][-1], delivered[processes][-1])
    finally:
        listening.terminate()
    print(f"\n{machine()}")
    return finish(_result(digested, delivered))


def _say(when: str, processes: int, digested: float, delivered: float) -> None:
    words = "1 process  " if processes == 1 else f"{processes} processes"
    print(f"{when}: {words}  {digested:7,.0f} events/s digested  {delivered:7,.0f}/s delivered", flush=True)


def _result(digested: dict[int, list[float]], delivered: dict[int, list[float]]) -> Result:
    (digests, more_digests), (sends, more_sends) = (
        [statistics.median(rates[number]) for number in PROCESSES] for rates in (digested, delivered)
    )
    gains = more_digests / digests, more_sends / sends
    print(f"two processes digest {gains[0]:.2f} and deliver {gains[1]:.2f} times as much as one")
    return Result(
        "scale",
        max(sends, more_sends),
        "deliveries/s",
        DELIVERED,
        max(sends, more_sends) / DELIVERED,
        ok=max(sends, more_sends) >= DELIVERED and max(digests, more_digests) >= DIGESTED,
        peers={
            "delivered by one process": sends,
            "by two": more_sends,
            "events digested by one": digests,
            "events by two": more_digests,
        },
    )


def _name(database: str) -> str:
    from psycopg.conninfo import conninfo_to_dict

    return str(conninfo_to_dict(database)["dbname"])


def _found(nodes: Nodes, deliveries: int) -> None:
    """In a process of its own: Django would keep the database open, and one that is open cannot be copied."""
    command = python("-m", "bench.scale", "--mode", "found", "--deliveries", str(deliveries))
    subprocess.run(command, env=nodes.environment(nodes.founded), cwd=ROOT, check=True, timeout=120)


def found(deliveries: int) -> None:
    world.set_up()
    organization, team = world.an_organization(5)
    for number in range(1, PROJECTS + 1):
        project = world.a_project(organization, team, f"shop-{number}", f"{number:032x}", id=number)
        world.a_rule(project, "New issues", world.rule([world.NEW], [], [world.mail()]))
    to = outbox.Workspace(organization.pk, project.pk, world.a_slack(organization))
    outbox.queue(to, range(deliveries), deliveries)


def work(arguments: Sequence[str]) -> None:
    """`tocsin` with these words, to which Slack's one message a second and channel is no limit."""
    from tocsin.ops import main
    from tocsin.ops.setup import django_founding

    django_founding()
    importlib.import_module("tocsin.ops.distributed")  # loaded first, so that it is lifted there too
    outbox.lift_the_pace()
    sys.argv = ["tocsin", *arguments]
    main.main()


def _bodies(events: int) -> list[Any]:
    from tocsin.engine.spool import Accepted

    bodies = [
        Accepted(place, place % PROJECTS + 1, time.time(), "envelope", "gzip", one.event_id, "bench", one.packed())
        for place, one in enumerate(samples(events, issues=ISSUES), start=1)
    ]
    # A web node's events are of many projects, a batch's mostly of a few.
    return sorted(bodies, key=lambda body: (body.id // 400, body.project_id))


def _digest(nodes: Nodes, database: str, bodies: Sequence[Any], processes: int) -> float:
    from tocsin.engine.celery import Broker, make_app
    from tocsin.engine.forward import BATCH

    broker = Broker(make_app(nodes.broker))
    for start in range(0, len(bodies), BATCH):
        broker.digest(bodies[start : start + BATCH])
    return _rate(nodes, database, ("digest", processes), SEEN, len(bodies))


def _deliver(nodes: Nodes, database: str, deliveries: int, processes: int) -> float:
    from tocsin.engine.celery import Broker, make_app

    broker = Broker(make_app(nodes.broker))
    for _ in range(2 * processes):  # a process takes one, and holds another that it does not begin
        broker.touch("deliver")
    return _rate(nodes, database, ("deliver", processes), SENT, deliveries)


def _rate(nodes: Nodes, database: str, of: tuple[str, int], sql: str, wanted: int) -> float:
    """What a worker of one queue, with so many processes, commits a second."""
    import psycopg

    queue, processes = of
    words = ("--mode", "work", "worker", "--queues", queue, "--concurrency", str(processes))
    with psycopg.connect(database, autocommit=True) as connection:

        def done() -> int:
            row: Any = connection.execute(sql).fetchone()
            return int(row[0])

        log = nodes.place / f"{queue}.log"
        with running(python("-m", "bench.scale", *words), nodes.environment(database), log):
            first, started = _wait_for(done, 1)
            last, ended = _wait_for(done, wanted)
    if queue == "digest" and last != wanted:
        raise SystemExit(f"{last} of {wanted} events were counted")
    return (last - first) / (ended - started)


def _wait_for(done: Callable[[], int], wanted: int) -> tuple[int, float]:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        if (found := done()) >= wanted:
            return found, time.perf_counter()
        time.sleep(0.02)
    raise SystemExit(f"{done()} of {wanted} were done within {WITHIN:g} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", choices=["found", "work"], help=argparse.SUPPRESS)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--deliveries", type=int, default=DELIVERIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given, words = parser.parse_known_args()
    if given.mode == "found":
        found(given.deliveries)
    elif given.mode == "work":
        work(words)
    else:
        sys.exit(main(given.events, given.deliveries, given.rounds))
