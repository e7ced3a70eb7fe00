"""What a backlog costs: the claim with a million deliveries waiting, and the others beside a stalled workspace.

`python -m bench.backlog` times the claim of a batch with 1,000 deliveries waiting and then with 1,000,000. Then the
real sender delivers 250 messages a second, each to a channel of its own, alone and beside a workspace that has
50,000 waiting and never answers; in turn, a few times. SQLite as it ships.
"""

import argparse
import asyncio
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvloop

from bench.kit import backlog, outbox, sink, world
from bench.kit.frame import Result, data_environment, finish, folder, machine, percentile, python

FEW, MANY = 1_000, 1_000_000
BATCH, CLAIMS = 200, 25
MOST_MILLISECONDS = 10.0
STALLED, STALLED_CHANNELS = 50_000, 500
ROUNDS, A_SECOND, SECONDS = 3, 250, 2.5
AT_MOST_SLOWER = 1.1
DEADLINE = 1.0  # of a try, so that many of the stalled come back within a round


def main(many: int = MANY) -> int:
    print(machine(), flush=True)
    claims = _child("claim", many)
    print(
        f"a claim of {BATCH}: {claims['few']:.1f} ms with {FEW:,} waiting, {claims['many']:.1f} ms with {many:,},"
        f" slowest {claims['slowest']:.1f} ms",
        flush=True,
    )
    beside = _child("stalled", many)
    print(
        f"p99 of the others: {beside['alone']:.0f} ms alone, {beside['beside']:.0f} ms beside {STALLED:,} of a"
        f" workspace that does not answer: {beside['ratio'] - 1:+.0%} (bar +{AT_MOST_SLOWER - 1:.0%})"
    )
    peers = {"p99 alone": beside["alone"], "p99 beside a stalled one": beside["beside"]}
    ok = claims["many"] <= MOST_MILLISECONDS and beside["ratio"] <= AT_MOST_SLOWER
    ratio = claims["many"] / MOST_MILLISECONDS
    return finish(Result("backlog", claims["many"], "ms a claim", MOST_MILLISECONDS, ratio, ok, peers))


def _child(what: str, many: int) -> dict[str, float]:
    """One measurement in a process of its own, on a data folder of its own."""
    with folder() as place:
        done = subprocess.run(
            python("-m", "bench.backlog", "--measure", what, "--many", str(many)),
            env=data_environment(place, TOCSIN_OUTBOUND_ALLOW="127.0.0.0/8"),
            capture_output=True,  # the tries that time out are all logged
            timeout=300,
            cwd=Path(__file__).parents[1],
            check=False,
        )
    if done.returncode:
        raise SystemExit(f"The measurement {what!r} failed:\n{done.stderr[-4000:].decode(errors='replace')}")
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


def _claim(many: int) -> dict[str, float]:
    """The child: milliseconds a claim, the median with few and with many waiting."""
    to = _workspace("http://127.0.0.1:9/api/")
    outbox.queue(to, range(FEW), FEW)
    few = [_one_claim() for _ in range(FEW // BATCH)]
    backlog.grow(to, many)
    found = [_one_claim() for _ in range(CLAIMS)]
    return {"few": statistics.median(few), "many": statistics.median(found), "slowest": max(found)}


def _one_claim() -> float:
    """Milliseconds of one claim; what it found is then in the ledger as sent, as in the sender's turn."""
    from tocsin.core.sending import Delivered
    from tocsin.pipeline import clock, deliver
    from tocsin.store.db import one_transaction
    from tocsin.store.queries import outbox as queries
    from tocsin.store.writes import outbox as writes
    from tocsin.transport.drive import Driven

    now = clock.now()
    with one_transaction():
        began = time.perf_counter()
        ids = writes.claim(BATCH, now, now + deliver.LEASE, "b" * 32)
        took = time.perf_counter() - began
    if len(ids) != BATCH:
        raise SystemExit(f"A claim found {len(ids)} of {BATCH}")
    sent = Driven(Delivered({"ts": "1"}), 200, "ok")
    deliver.record([deliver.Tried(job, sent, now, 1, "sent", "", None) for job in queries.jobs(ids)], now)
    return took * 1000


def _workspace(api: str, organization: Any = None, team: str = "T1") -> outbox.Workspace:
    if organization is None:
        world.set_up()
        organization, members = world.an_organization(1)
        world.a_project(organization, members, "shop", world.KEY)
    from tocsin.store.models import Project

    project = Project.objects.get(organization=organization)
    return outbox.Workspace(organization.pk, project.pk, world.a_slack(organization, team, api_url=api))


async def _stalled() -> dict[str, float]:
    """The child: the 99th percentiles in ms over all rounds, and how many times the one is the other."""
    heard: dict[int, float] = {}

    def note(at: float, request: bytes) -> None:
        heard.setdefault(_number(request), at)

    _, port = await sink.listen(note)
    silent = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    others, stalled = await asyncio.to_thread(_two_workspaces, port, silent.sockets[0].getsockname()[1])
    waits: dict[bool, list[float]] = {False: [], True: []}
    async with _engine() as engine:
        running = asyncio.create_task(engine.run())
        for number in range(2 * ROUNDS):
            stalls = number % 2 == 1
            await asyncio.to_thread(_stall, stalled, stalls)
            waits[stalls] += await _round(others, number + 1, heard)
        await asyncio.to_thread(_stall, stalled, False)
        engine.stop()
        await running
    alone, beside = (1000 * percentile(waits[stalls], 0.99) for stalls in (False, True))
    return {"alone": alone, "beside": beside, "ratio": beside / alone}


def _two_workspaces(port: int, silent: int) -> tuple[outbox.Workspace, outbox.Workspace]:
    others = _workspace(f"http://127.0.0.1:{port}/api/")
    from tocsin.store.models import Organization

    organization = Organization.objects.get(pk=others.organization)
    stalled = _workspace(f"http://127.0.0.1:{silent}/api/", organization, "T2")
    backlog.grow(stalled, STALLED, STALLED_CHANNELS)
    return others, stalled


@asynccontextmanager
async def _engine() -> AsyncIterator[Any]:
    from tocsin.ops.collector import collect_rarely
    from tocsin.transport.drive import Transport
    from tocsin.transport.guard import Guard
    from tocsin.transport.http import Http
    from tocsin.transport.smtp import Smtp

    guard = Guard(["127.0.0.0/8"])
    http = Http(guard, deadline=DEADLINE)
    with outbox.an_engine(Transport(http, Smtp(guard)), lambda _: None) as engine:
        collect_rarely()
        yield engine
    await http.close()


def _stall(stalled: outbox.Workspace, stalls: bool) -> None:
    """Lets the stalled workspace's lanes go, or none of them, from the next claim on."""
    from tocsin.pipeline import clock
    from tocsin.store.models import Integration, Lane

    lanes = Lane.objects.filter(integration_id=stalled.integration)
    lanes.update(ready_at=clock.now() if stalls else None, not_before=None)
    if not stalls:
        until = time.monotonic() + 10 * DEADLINE
        while lanes.filter(busy_until__isnull=False).exists():  # on its way; it comes back, and frees its lane
            if time.monotonic() > until:
                raise SystemExit("What was on its way to the stalled workspace does not come back")
            time.sleep(0.02)
        lanes.update(ready_at=None, not_before=None)
    Integration.objects.filter(pk=stalled.integration).update(
        breaker="closed", breaker_failures=0, breaker_opened=0, breaker_until=None
    )


async def _round(others: outbox.Workspace, number: int, heard: dict[int, float]) -> list[float]:
    """How long each message takes from its commit until the service hears of it, in seconds."""
    queued = await asyncio.to_thread(_keep_queueing, others, number * 100_000)
    await asyncio.sleep(1.0)
    missing = [one for one in queued if one not in heard]
    if missing:
        raise SystemExit(f"{len(missing)} of {len(queued)} messages did not arrive within a second")
    return [heard[one] - at for one, at in queued.items()]


def _keep_queueing(to: outbox.Workspace, first: int) -> dict[int, float]:
    """Five messages at a time, evenly; when each was about to be committed."""
    from tocsin.engine.port import put

    queued: dict[int, float] = {}
    began = time.monotonic()
    for start in range(first, first + int(A_SECOND * SECONDS), 5):
        time.sleep(max(0.0, began + (start - first) / A_SECOND - time.monotonic()))
        numbers = range(start, start + 5)
        queued |= dict.fromkeys(numbers, time.monotonic())
        outbox.queue(to, numbers, 1_000_000)
        put("deliver")
    return queued


def _number(request: bytes) -> int:
    found = re.search(rb'"channel":"C(\d+)"', request)
    return int(found[1]) if found else -1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", choices=["claim", "stalled"], help=argparse.SUPPRESS)
    parser.add_argument("--many", type=int, default=MANY)
    given = parser.parse_args()
    if given.measure is None:
        sys.exit(main(given.many))
    print(json.dumps(_claim(given.many) if given.measure == "claim" else uvloop.run(_stalled())))
