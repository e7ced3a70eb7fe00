"""How many deliveries a second reach a loopback service, each with its ledger rows.

`python -m bench.deliver` queues messages for a Slack that answers at once and lets the real sender (the embedded
engine, SQLite as it ships, render and guard included) send them: once each to a place of its own, once over
1,000 channels whose pace is lifted. Beside it, in turn, a bare aiohttp loop that posts one ready-made body of the
same size with the same concurrency; and Debian's Alertmanager, whose notifications come to the same kind of sink.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from bench.kit import alertmanager, outbox, sink, world
from bench.kit.frame import (
    Result,
    data_environment,
    finish,
    folder,
    machine,
    paired_ratio,
    python,
)

DELIVERIES = 6_000
CHANNELS = 1_000
ROUNDS = 3
WARM_UP = 300
OF_BARE = 0.5
OF_FREE = 0.8


def main(deliveries: int = DELIVERIES, rounds: int = ROUNDS) -> int:
    """The parent: a sink in a process of its own, and one fresh process for each measurement."""
    ports: multiprocessing.Queue[int] = multiprocessing.Queue()
    listening = multiprocessing.Process(target=_sink, args=(ports,), daemon=True)
    listening.start()
    port = ports.get(timeout=10)
    print(f"{machine()}\n{rounds} rounds of {deliveries:,} deliveries, {outbox.AT_ONCE} at once", flush=True)
    bare, free, laned = [], [], []
    try:
        for number in range(rounds):
            bare.append(_child("bare", deliveries, port)["rate"])
            free.append(_child("free", deliveries, port)["rate"])
            laned.append(_child("laned", deliveries, port)["rate"])
            print(
                f"round {number + 1}: bare loop {bare[-1]:,.0f}/s, sender {free[-1]:,.0f}/s,"
                f" over {CHANNELS:,} channels {laned[-1]:,.0f}/s",
                flush=True,
            )
    finally:
        listening.terminate()
    peers = {"over 1,000 channels": statistics.median(laned)} | _peer(deliveries)
    not_slower = statistics.median(free) >= peers.get("alertmanager", 0)
    ratio, of_free = paired_ratio(free, bare), paired_ratio(laned, free)
    print(f"{ratio:.0%} of the bare loop (bar {OF_BARE:.0%}); channels {of_free:.0%} of that (bar {OF_FREE:.0%})")
    return finish(
        Result(
            "deliver",
            statistics.median(free),
            "deliveries/s",
            statistics.median(bare),
            ratio,
            ratio >= OF_BARE and of_free >= OF_FREE and not_slower,
            peers,
        )
    )


def _peer(alerts: int) -> dict[str, float]:
    with folder() as place:
        rate = alertmanager.rate(place, alerts)
    if rate is None:
        return {}
    print(f"Alertmanager, which keeps alerts in memory: {rate:,.0f}/s")
    return {"alertmanager": rate}


def _sink(ports: "multiprocessing.Queue[int]") -> None:
    async def listen() -> None:
        server, port = await sink.listen(lambda *_: None)
        ports.put(port)
        await server.serve_forever()

    uvloop.run(listen())


def _child(what: str, deliveries: int, port: int) -> dict[str, Any]:
    """One measurement in a process of its own, on a data folder of its own."""
    with folder() as place:
        environment = data_environment(
            place,
            TOCSIN_OUTBOUND_ALLOW="127.0.0.0/8",
            TOCSIN_SLACK_API_URL=f"http://127.0.0.1:{port}/api/",
        )
        done = subprocess.run(
            python("-m", "bench.deliver", "--measure", what, "--deliveries", str(deliveries), "--port", str(port)),
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
            timeout=120,
            cwd=Path(__file__).parents[1],
        )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def measure(what: str, deliveries: int, port: int) -> int:
    """The child: prints {"rate": deliveries a second}."""
    rate = uvloop.run(_bare(deliveries, port)) if what == "bare" else _sender(what, deliveries)
    print(json.dumps({"rate": rate}))
    return 0


async def _bare(deliveries: int, port: int) -> float:
    """The limit: one session, one body, nothing remembered."""
    import aiohttp

    body = json.dumps({"channel": "C1", "text": "x" * 200, "blocks": [{"text": "y" * 1_500}]}).encode()
    url = f"http://127.0.0.1:{port}/api/chat.postMessage"
    left = iter(range(deliveries + WARM_UP))
    began = 0.0

    async def post(session: aiohttp.ClientSession) -> None:
        nonlocal began
        for number in left:
            if number == WARM_UP:
                began = time.perf_counter()
            async with session.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
                await answer.read()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=outbox.AT_ONCE)) as session:
        await asyncio.gather(*(post(session) for _ in range(outbox.AT_ONCE)))
    return deliveries / (time.perf_counter() - began)


def _sender(what: str, deliveries: int) -> float:
    world.set_up()
    organization, team = world.an_organization(1)
    integration = world.a_slack(organization)
    project = world.a_project(organization, team, "shop", world.KEY)
    to = outbox.Workspace(organization.pk, project.pk, integration)
    outbox.lift_the_pace()
    places = deliveries if what == "free" else CHANNELS
    outbox.queue(to, range(WARM_UP), places)
    uvloop.run(outbox.drain(WARM_UP))
    outbox.queue(to, range(deliveries), places)
    began = time.perf_counter()
    uvloop.run(outbox.drain(deliveries))
    took = time.perf_counter() - began
    _check(deliveries + WARM_UP)
    return deliveries / took


def _check(expected: int) -> None:
    from tocsin.store.models import Attempt, Delivery

    sent = Delivery.objects.filter(state="sent").count()
    if (sent, Attempt.objects.count()) != (expected, expected):
        raise SystemExit(f"{sent} of {expected} are sent, with {Attempt.objects.count()} attempts in the ledger")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", choices=["bare", "free", "laned"], help=argparse.SUPPRESS)
    parser.add_argument("--deliveries", type=int, default=DELIVERIES)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        sys.exit(measure(given.measure, given.deliveries, given.port))
    sys.exit(main(given.deliveries))
