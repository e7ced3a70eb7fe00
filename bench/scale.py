"""How many events a second go through the broker into PostgreSQL, with one worker process and with two.

`python -m bench.scale` puts 12 kB envelopes (100 issues in 8 projects, each with a rule) on the broker, 100 a
message as a web node's forwarder does, and then starts real workers (`tocsin worker --queues digest`) with one and
with two processes, in turn. Counted is from the first to the last committed batch, so that the start of a process
is in no figure. Where there are two cores, the database and the broker share them, so the second process gains
little. It needs what script/services brings: PostgreSQL and RabbitMQ.
"""

import argparse
import itertools
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench.envelopes import samples
from bench.kit import world
from bench.kit.frame import ROOT, Result, data_environment, finish, folder, machine, python, running

EVENTS = 12_000
ISSUES = 100
PROJECTS = 8
ROUNDS = 3
FLOOR = 1_000


def main(events: int = EVENTS, rounds: int = ROUNDS) -> int:
    sys.path.insert(0, str(ROOT))
    from tests.real_parts.servers import a_database, a_rabbitmq

    rates: dict[int, list[float]] = {1: [], 2: []}
    with folder() as place:
        for number, workers in itertools.product(range(1, rounds + 1), rates):
            with a_database() as database, a_rabbitmq() as broker:
                data = place / f"{number}-{workers}"
                data.mkdir()
                environment = data_environment(
                    data,
                    TOCSIN_DATABASE_URL=database,
                    TOCSIN_BROKER_URL=broker,
                    TOCSIN_SECRET_KEY="b" * 40,
                    TOCSIN_URL="http://127.0.0.1:8000",
                )
                published = _in_a_process("prepare", data, environment, events)
                rates[workers].append(_digested(data, environment, database, events, workers))
                print(f"round {number}: {workers} process{'es'[: 2 * (workers > 1)]}", end=" ")
                print(f"{rates[workers][-1]:7,.0f}/s   (published {published:,.0f}/s)")
    one, two = (statistics.median(rates[workers]) for workers in (1, 2))
    print(f"\n{machine()}\ndigested from the broker: {one:,.0f}/s with one process, {two:,.0f}/s with two")
    return finish(Result("scale", two, "events/s", one, two / one, ok=two >= FLOOR and two >= one))


def _in_a_process(mode: str, data: Path, environment: dict[str, str], events: int) -> float:
    import subprocess

    command = python("-m", "bench.scale", "--mode", mode, "--data", str(data), "--events", str(events))
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=120)
    return float(done.stdout)


def prepare(events: int) -> float:
    """An organization with projects, and all events on the broker; how many a second it took."""
    world.set_up()
    organization, team = world.an_organization(5)
    for number in range(1, PROJECTS + 1):
        project = world.a_project(organization, team, f"shop-{number}", f"{number:032x}", id=number)
        world.a_rule(project, "New issues", world.rule([world.NEW], [], [world.mail()]))
    from tocsin.engine.celery import Broker, make_app
    from tocsin.engine.forward import BATCH
    from tocsin.engine.spool import Accepted

    broker = Broker(make_app(os.environ["TOCSIN_BROKER_URL"]))
    bodies = [
        Accepted(place, place % PROJECTS + 1, time.time(), "envelope", "gzip", one.event_id, "bench", one.packed())
        for place, one in enumerate(samples(events, issues=ISSUES), start=1)
    ]
    # A web node's events are of many projects, a batch's mostly of a few.
    bodies.sort(key=lambda body: (body.id // 400, body.project_id))
    started = time.perf_counter()
    for start in range(0, len(bodies), BATCH):
        broker.digest(bodies[start : start + BATCH])
    return events / (time.perf_counter() - started)


def _digested(data: Path, environment: dict[str, str], database: str, events: int, workers: int) -> float:
    import psycopg

    words = ["-m", "tocsin.ops", "worker", "--queues", "digest", "--concurrency", str(workers)]
    with psycopg.connect(database, autocommit=True) as connection:

        def seen() -> int:
            found: Any = connection.execute("SELECT sum(times_seen) FROM store_issue").fetchone()
            return int(found[0] or 0)

        with running(python(*words), environment, data / "worker.log"):
            first, started = _wait_for(seen, 1)
            last, ended = _wait_for(seen, events)
    assert last == events, "an event was lost or counted twice"
    return (last - first) / (ended - started)


def _wait_for(seen: Any, wanted: int) -> tuple[int, float]:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if (found := seen()) >= wanted:
            return found, time.perf_counter()
        time.sleep(0.01)
    raise SystemExit(f"{seen()} of {wanted} events were digested")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=["prepare"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    if given.mode:
        print(prepare(given.events))
    else:
        sys.exit(main(given.events, given.rounds))
