"""How many events a second the SDKs' door takes: each answered 200 once it is durably spooled.

`python -m bench.ingest` sends 12 kB envelopes, gzip'd as the SDK sends them, over 32 connections by wrk, in turn to
three servers like the one that `tocsin web` runs, a process each:
- spool: that very server, with a real spool in a temporary folder;
- no_spool: the same, answering without spooling: the limit;
- drop: an ASGI callable in its place that reads the body and answers, for scale.
Rounds are interleaved and medians taken. After each round of the first, as many rows as wrk counted answers must be
in the spool.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import load
from bench.envelopes import samples

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
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        requests = prepare(folder)
        ports = {mode: free_port() for mode in MODES}
        servers = [start(folder, mode, port) for mode, port in ports.items()]
        try:
            for port in ports.values():
                wait_until_it_serves(port)
            rates = measure(folder, ports, requests)
        finally:
            for server in servers:
                server.send_signal(signal.SIGTERM)
            for server in servers:
                server.wait(20)
    return report(rates)


def prepare(folder: Path) -> list[bytes]:
    """Makes a data folder with one project and its key; returns what the load consists of."""
    os.environ.update(data_environment(folder))
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
    print(f"load by {load.generator()}, {load.CONNECTIONS} connections; envelopes of", end=" ")
    print(f"{statistics.mean(len(sample.body) for sample in sent):,.0f} bytes,", end=" ")
    print(f"{statistics.mean(map(len, packed)):,.0f} packed by gzip")
    return [load.post("/api/1/envelope/", HEADERS, body) for body in packed]


def measure(folder: Path, ports: dict[str, int], requests: list[bytes]) -> dict[str, list[float]]:
    from tocsin.engine.spool import SpoolReader

    rates: dict[str, list[float]] = {mode: [] for mode in MODES}
    reader = SpoolReader(folder / "spool.sqlite3")
    position = 0
    for number in range(ROUNDS + 1):
        for mode, port in ports.items():
            # The first round only warms up.
            answered, rate = load.run(folder, port, requests, SECONDS if number else 1)
            if mode == "spool":
                spooled, position = drain(reader, position)
                # The load stops with answers under way, which it does not count.
                assert answered <= spooled <= answered + load.CONNECTIONS, (answered, spooled)
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


def report(rates: dict[str, list[float]]) -> int:
    medians = {mode: statistics.median(found) for mode, found in rates.items()}
    value, limit = medians["spool"], medians["no_spool"]
    # Neighbours in time share what else the machine was doing.
    ratio = statistics.median(ours / theirs for ours, theirs in zip(rates["spool"], rates["no_spool"], strict=True))
    is_ok = value >= FLOOR and ratio >= SHARE
    print(f"\naccepted durably: {value:,.0f}/s, {ratio:.0%} of the same door without spooling ({limit:,.0f}/s)")
    print(f"only dropping the body: {medians['drop']:,.0f}/s")
    result = {
        "bench": "ingest",
        "value": round(value),
        "unit": "events/s",
        "limit": round(limit),
        "ratio": round(ratio, 3),
        "peers": {"drop": round(medians["drop"])},
        "ok": is_ok,
    }
    print(json.dumps(result))
    return 0 if is_ok else 1


def start(folder: Path, mode: str, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "bench.ingest", "--serve", mode, "--port", str(port)]
    return subprocess.Popen(command, env=os.environ | data_environment(folder))


def serve(mode: str, port: int) -> None:
    """One server in this process, until SIGTERM."""
    import uvloop

    django()
    from tocsin.ops import front, settings

    server = front.server(settings.load(), "127.0.0.1", port)
    if mode == "no_spool":
        server.config.app._ingest._spool = NoSpool()  # type: ignore[union-attr]  # noqa: SLF001
    if mode == "drop":
        server.config.app, server.config.lifespan = drop, "off"
    uvloop.run(server.serve())


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


def data_environment(folder: Path) -> dict[str, str]:
    return {"TOCSIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "tocsin.ops.django_settings"}


def django() -> None:
    import django as framework

    framework.setup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_serves(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"The server on port {port} did not come up within 20 s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", choices=MODES)
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve, given.port)
    else:
        sys.exit(main())
