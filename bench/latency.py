"""How long an alert is under way: from the moment an event is answered 200 to the first byte at Slack.

`python -m bench.latency` runs the real `tocsin up` with 1,000 Slack channels (20 projects of 50 alert rules, each
rule with a tag filter and a channel of its own) and sends 12 kB envelopes at 1 a second, then at 500 a second,
20 s each. Every event is a new issue that alerts exactly one channel, on a loopback Slack that answers at once.
Every event must arrive there once, and the ledger must say so.
"""

import argparse
import asyncio
import gzip
import json
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from bench.envelopes import samples
from bench.kit import sink, world
from bench.kit.frame import (
    ROOT,
    Result,
    data_environment,
    finish,
    folder,
    free_port,
    machine,
    percentile,
    python,
    running,
    wait_for_port,
)
from bench.kit.load import Load

PROJECTS = 20
RULES = 50
RATES = (1, 500)
SECONDS = 20
WARM_UP = 40
CONNECTIONS = 32
P50 = 30.0
P99 = 200.0
ARRIVES_WITHIN = 10.0
NAMED = re.compile(rb"event-([0-9a-f]{32})")


def main(rates: tuple[int, ...] = RATES, seconds: int = SECONDS) -> int:
    with folder() as place:
        return uvloop.run(_measure(place, rates, seconds))


async def _measure(place: Path, rates: tuple[int, ...], seconds: int) -> int:
    """Sets up, runs the product, loads it with one pace after the other, and reports."""
    seen = Seen()
    slack, slack_port = await sink.listen(seen.arrived)
    environment = data_environment(
        place, TOCSIN_OUTBOUND_ALLOW="127.0.0.0/8", TOCSIN_SLACK_API_URL=f"http://127.0.0.1:{slack_port}/api"
    )
    events = Events(await asyncio.to_thread(_in_a_process, environment))
    phases = [
        Phase(rate, events.requests(count)) for rate, count in ((40, WARM_UP), *((r, r * seconds) for r in rates))
    ]
    print(f"{machine()}; {PROJECTS * RULES:,} channels, {sum(len(phase.requests) for phase in phases):,} events")
    port = free_port()
    command = python("-m", "tocsin.ops", "up", "--port", str(port), "--data", str(place))
    with running(command, environment, place / "up.log"):
        await asyncio.to_thread(wait_for_port, port)
        load = Load(port, CONNECTIONS)
        await load.connect()
        for phase in phases:
            phase.answered = await load.send([request for _, request in phase.requests], phase.rate)
            await seen.all_of(phase)
        load.close()
    slack.close()
    return _report(phases, seen, place)


class Phase:
    """A load of one pace: (event id, request) pairs, and when each was answered."""

    def __init__(self, rate: int, requests: list[tuple[str, bytes]]) -> None:
        self.rate = rate
        self.requests = requests
        self.answered: list[float] = []


class Seen:
    """When messages arrived at Slack, by the id of the event that they tell of."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {}

    def arrived(self, began: float, body: bytes) -> None:
        if found := NAMED.search(body):
            self.times.setdefault(found[1].decode(), []).append(began)

    async def all_of(self, phase: Phase) -> None:
        """Waits for the phase's last messages, for a time."""
        until = time.monotonic() + ARRIVES_WITHIN
        missing = {event for event, _ in phase.requests}
        # A wait for 10,000 things, by a loop that has better to do than to look at each.
        while time.monotonic() < until and (missing := missing - self.times.keys()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)

    def delays(self, phase: Phase) -> list[float]:
        """Milliseconds from the answer to the first byte; 0 for a message that overtook its answer."""
        pairs = zip(phase.requests, phase.answered, strict=True)
        return [max(0.0, self.times[event][0] - at) * 1000 for (event, _), at in pairs if event in self.times]


def _report(phases: list[Phase], seen: Seen, place: Path) -> int:
    worst, is_ok = 0.0, True
    for phase in phases[1:]:
        delays = seen.delays(phase)
        p50, p99 = percentile(delays, 0.5), percentile(delays, 0.99)
        worst, is_ok = max(worst, p99), is_ok and p50 <= P50 and p99 <= P99
        print(f"at {phase.rate}/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {max(delays):.1f} ms, n {len(delays):,}")
    sent = [event for phase in phases for event, _ in phase.requests]
    lost = sum(event not in seen.times for event in sent)
    doubled = sum(len(times) - 1 for times in seen.times.values())
    ledger = _sent(place)
    print(f"{len(sent):,} accepted, {lost} lost, {doubled} doubled; the ledger says {ledger:,} sent")
    is_ok = is_ok and not lost and not doubled and ledger == len(sent)
    return finish(Result("latency", worst, "ms", P99, worst / P99, ok=is_ok))


class Events:
    """Envelopes that nobody has seen before, each for one channel after the other."""

    def __init__(self, keys: list[tuple[int, str]]) -> None:
        self._keys = keys
        self._made = 0

    def requests(self, count: int) -> list[tuple[str, bytes]]:
        return [self._request(sample) for sample in samples(count, issues=min(count, 20))]

    def _request(self, sample: Any) -> tuple[str, bytes]:
        number, self._made = self._made, self._made + 1
        project, key = self._keys[number % PROJECTS]
        headers, item, payload, *_ = sample.body.split(b"\n")
        event = json.loads(payload)
        event["fingerprint"] = [sample.event_id]
        event["exception"]["values"][-1]["value"] = f"event-{sample.event_id}"
        event["tags"] = {**event["tags"], "channel": f"c{number // PROJECTS % RULES}"}
        payload = json.dumps(event).encode()
        item = json.dumps({**json.loads(item), "length": len(payload)}).encode()
        body = gzip.compress(b"\n".join([headers, item, payload]), compresslevel=6)
        return sample.event_id, (
            f"POST /api/{project}/envelope/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "Content-Type: application/x-sentry-envelope\r\nContent-Encoding: gzip\r\n"
            f"X-Sentry-Auth: Sentry sentry_key={key}, sentry_version=7, sentry_client=sentry.python/2.75.0\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def _in_a_process(environment: dict[str, str]) -> list[tuple[int, str]]:
    """The data folder, made by a process of its own: this one keeps clear of Django. Projects and keys."""
    command = python("-m", "bench.latency", "--prepare")
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=60)
    found: list[tuple[int, str]] = json.loads(done.stdout)
    return found


def prepare() -> list[tuple[int, str]]:
    world.set_up()
    organization, team = world.an_organization(members=1)
    workspace = world.a_slack(organization)
    projects = []
    for number in range(PROJECTS):
        key = f"{number:032x}"
        project = world.a_project(organization, team, f"shop-{number}", key)
        projects.append((project.pk, key))
        for channel in range(RULES):
            filters = [world.tagged("channel", "eq", f"c{channel}")]
            then = [world.slack(workspace, f"shop-{number}-{channel}")]
            world.a_rule(project, f"Channel {channel}", world.rule([world.NEW], filters, then))
    return projects


def _sent(place: Path) -> int:
    with sqlite3.connect(f"file:{place / 'tocsin.sqlite3'}?mode=ro", uri=True) as connection:
        found: int = connection.execute(
            "SELECT count(*) FROM store_delivery WHERE provider = 'slack' AND state = 'sent'"
        ).fetchone()[0]
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prepare", action="store_true")
    parser.add_argument("--rate", type=int, action="append")
    parser.add_argument("--seconds", type=int, default=SECONDS)
    given = parser.parse_args()
    if given.prepare:
        print(json.dumps(prepare()))
    else:
        sys.exit(main(tuple(given.rate or RATES), given.seconds))
