"""How many events a second the SDKs' door takes: each answered 200 once it is durably spooled.

`python -m bench.ingest` sends 12 kB envelopes, gzip'd as the SDK sends them, over 32 connections by wrk, in turn to
three servers, a process each:
- spool: the server of `tocsin web`, with a real spool in a temporary folder;
- no_spool: the same, answering without spooling: the limit;
- drop: the same server around a callable that reads the body and answers, for scale.
Rounds are interleaved and medians taken. After each round of the first, as many rows as there were answers must be
in the spool; they are then forgotten, as the worker would. Nothing is digested meanwhile: `digest` measures that.
"""

import argparse
import os
import statistics
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.envelopes import samples
from bench.kit import bugsink, wrk
from bench.kit.frame import (
    Result,
    data_environment,
    finish,
    folder,
    free_port,
    machine,
    paired_ratio,
    python,
    running,
    wait_for_port,
)

ROUNDS = 5
SECONDS = 2
BODIES = 1_000
KEY = "a" * 32
MODES = ("spool", "no_spool", "drop")
FLOOR = 5_000
SHARE = 0.55
HEADERS = {
    "Content-Type": "application/x-sentry-envelope",
    "Content-Encoding": "gzip",
    "User-Agent": "sentry.python/2.75.0",
    "X-Sentry-Auth": f"Sentry sentry_key={KEY}, sentry_version=7, sentry_client=sentry.python/2.75.0",
}


def main() -> int:
    print(machine())
    with folder() as data, ExitStack() as servers:
        requests = prepare(data)
        ports = {mode: free_port() for mode in MODES}
        for mode, port in ports.items():
            command = python("-m", "bench.ingest", "--serve", mode, "--port", str(port))
            servers.enter_context(running(command, data_environment(data), data / f"{mode}.log"))
        for port in ports.values():
            wait_for_port(port)
        rates = measure(data, ports, requests)
    return report(rates, peer())


def prepare(data: Path) -> list[bytes]:
    """Makes a data folder with one project and its key; returns what the load consists of."""
    os.environ.update(data_environment(data))
    django()
    from django.core.management import call_command

    from tocsin.pipeline.clock import now
    from tocsin.store.models import Organization, Project, ProjectKey

    call_command("migrate", verbosity=0)
    organization = Organization.objects.create(slug="bench", name="Bench", date_added=now())
    project = Project.objects.create(id=1, organization=organization, slug="shop", name="Shop", date_added=now())
    ProjectKey.objects.create(project=project, public_key=KEY, date_added=now())
    sent = list(samples(BODIES, key=KEY))
    packed = [sample.packed() for sample in sent]
    print(f"load by {wrk.generator()}, {wrk.CONNECTIONS} connections; envelopes of", end=" ")
    print(f"{statistics.mean(len(sample.body) for sample in sent):,.0f} bytes,", end=" ")
    print(f"{statistics.mean(map(len, packed)):,.0f} packed by gzip")
    return [wrk.post("/api/1/envelope/", HEADERS, body) for body in packed]


def measure(data: Path, ports: dict[str, int], requests: list[bytes]) -> dict[str, list[float]]:
    from tocsin.engine.spool import SpoolReader

    rates: dict[str, list[float]] = {mode: [] for mode in MODES}
    reader = SpoolReader(data / "spool.sqlite3")
    position = 0
    for number in range(ROUNDS + 1):
        for mode, port in ports.items():
            # The first round only warms up.
            answered, rate = wrk.run(data, port, requests, SECONDS if number else 1)
            if mode == "spool":
                spooled, position = drain(reader, position)
                # The load stops with answers under way, which it does not count: this round's, and those of
                # the round before that were committed after its rows were counted.
                assert answered <= spooled <= answered + 2 * wrk.CONNECTIONS, (answered, spooled)
            if number:
                rates[mode].append(rate)
                print(f"round {number}: {mode:9} {rate:8,.0f}/s")
    reader.close()
    return rates


def drain(reader: Any, position: int) -> tuple[int, int]:
    """How many rows follow a position; they are forgotten, as the worker would."""
    count = 0
    while rows := reader.read(position, 1_000, 64_000_000):
        count, position = count + len(rows), rows[-1].id
        reader.forget(position)
    return count, position


def peer() -> dict[str, float]:
    """What Bugsink's front door takes of the same envelopes, if it is here."""
    if not bugsink.is_here():
        return {}
    with folder() as place:
        rate = bugsink.front_door(place, [sample.packed() for sample in samples(BODIES, key=bugsink.KEY)])
    print(f"Bugsink's front door: {rate:,.0f}/s")
    return {"bugsink": rate}


def report(rates: dict[str, list[float]], peers: dict[str, float]) -> int:
    medians = {mode: statistics.median(found) for mode, found in rates.items()}
    value, limit = medians["spool"], medians["no_spool"]
    ratio = paired_ratio(rates["spool"], rates["no_spool"])
    print(f"\naccepted durably: {value:,.0f}/s, {ratio:.0%} of the same door without spooling ({limit:,.0f}/s)")
    print(f"only dropping the body: {medians['drop']:,.0f}/s")
    is_ok = value >= FLOOR and ratio >= SHARE
    return finish(Result("ingest", value, "events/s", limit, ratio, is_ok, {"drop": medians["drop"], **peers}))


def serve(mode: str, port: int) -> None:
    """One server in this process, until SIGTERM."""
    import uvloop

    django()
    from tocsin.ops import front, settings

    server = front.server(settings.load())
    if mode == "no_spool":
        app: Any = server.config.app
        app._ingest._spool = NoSpool()  # noqa: SLF001 - the product has no switch for this
    if mode == "drop":
        server.config.app, server.config.lifespan = drop, "off"
    uvloop.run(server.serve(sockets=[front.bound("127.0.0.1", port)]))


class NoSpool:
    """Takes everything, keeps nothing."""

    async def append(self, row: object) -> None: ...

    def depth(self) -> int:
        return 0

    def size(self) -> int:
        return 0


async def drop(_: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def django() -> None:
    import django as framework

    framework.setup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", choices=MODES)
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.port)
    else:
        sys.exit(main())
