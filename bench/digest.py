"""How many spooled events a second become issues, firings and recipients, in one process.

`python -m bench.digest` spools 12 kB envelopes (100 issues) into a real spool and digests them with the worker's
own stage until it is empty: one project with 20 alert rules and 50 members, SQLite with the product's settings.
Rounds alternate with a bare loop over a copy of the same spool, the limit: gunzip, decode, hash the frames, and
four set-based statements (ids, issues, counts, sample), in the same batches with the same pragmas. Each round is a
process of its own on a fresh copy, so opening 100 issues and telling everyone of them is in every figure.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.envelopes import samples
from bench.kit import bugsink, world
from bench.kit.bare import BareLoop
from bench.kit.frame import ROOT, Result, data_environment, finish, folder, machine, paired_ratio, python

EVENTS = 15_000
ISSUES = 100
RULES = 20
MEMBERS = 50
ROUNDS = 3
FLOOR = 2_500
SHARE = 0.5
WARM_UP = 50
WARM_PROJECT = 2


def main(events: int, rounds: int, alone: bool) -> int:
    with folder() as place:
        template = place / "template"
        template.mkdir()
        _in_a_process("prepare", template, events)
        print(f"{machine()}; {events:,} envelopes, {ISSUES} issues, {RULES} rules, {MEMBERS} members")
        rates: dict[str, list[float]] = {"digest": [], "bare": []}
        for number in range(1, rounds + 1):
            for mode, found in rates.items():
                found.append(_round(number, mode, template, events))
        peers = {} if alone or not bugsink.is_here() else {"bugsink": _bugsink(place)}
    value, limit = statistics.median(rates["digest"]), statistics.median(rates["bare"])
    ratio = paired_ratio(rates["digest"], rates["bare"])
    print(f"digested: {value:,.0f}/s, {ratio:.0%} of the bare loop ({limit:,.0f}/s)")
    is_ok = value >= FLOOR and ratio >= SHARE
    return finish(Result("digest", value, "events/s", limit, ratio, is_ok, peers))


def _round(number: int, mode: str, template: Path, events: int) -> float:
    copy = template.with_name(f"{mode}-{number}")
    shutil.copytree(template, copy)
    said = _in_a_process(mode, copy, events)
    shutil.rmtree(copy)
    rate = events / said.pop("seconds")
    words = ", ".join(f"{value:,} {name}" for name, value in said.items())
    print(f"round {number}: {mode:6} {rate:7,.0f}/s  {words}")
    return float(rate)


def _bugsink(place: Path) -> float:
    bodies = [sample.packed() for sample in samples(1_500, issues=ISSUES, key=bugsink.KEY)]
    there = place / "bugsink"
    there.mkdir()
    rate = bugsink.digest(there, bodies)
    print(f"Bugsink's worker, {bugsink.WORKERS} threads, no rules and nobody to tell: {rate:,.0f}/s")
    return rate


def _in_a_process(mode: str, data: Path, events: int) -> dict[str, Any]:
    command = python("-m", "bench.digest", "--mode", mode, "--data", str(data), "--events", str(events))
    environment = data_environment(data, TOCSIN_EMAIL_URL="smtp://127.0.0.1:25")
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# --- What each process does


def prepare(data: Path, events: int) -> dict[str, Any]:
    """A data folder as the bench wants it, with a full spool."""
    world.set_up()
    organization, team = world.an_organization(MEMBERS)
    project = world.a_project(organization, team, "shop", world.KEY, id=1)
    world.a_project(organization, team, "warm", "b" * 32, id=WARM_PROJECT)
    workspace = world.a_slack(organization)
    for number in range(RULES):
        label, data_of_rule, environment = a_rule(number, workspace, team.pk)
        world.a_rule(project, label, data_of_rule, environment)
    _spool(data, [(WARM_PROJECT, sample) for sample in samples(WARM_UP, issues=1)])
    _spool(data, [(1, sample) for sample in samples(events, issues=min(ISSUES, events))])
    return {}


def a_rule(number: int, workspace: int, team: int) -> tuple[str, dict[str, Any], str]:
    """The first is the default rule of a new project; of the others, the kinds take turns."""
    if number == 0:
        return "New issues", world.rule([world.NEW], [], [world.mail()]), ""
    when = ([world.NEW], [world.REGRESSION], [world.EVERY_EVENT], [world.NEW, world.REGRESSION])[number % 4]
    filters = (
        [world.tagged("till", "eq", f"till-{number % 12}")],
        [world.level("gte", 40), world.tagged("environment", "eq", "staging")],
        [world.tagged("release", "sw", f"shop@1.{number % 7}"), world.tagged("mechanism", "ns")],
        [world.level("lte", 20)],
        [world.tagged("runtime", "co", "ruby")],
    )[number % 5]
    then = (
        world.slack(workspace, f"shop-{number}"),
        world.mail("Team", team),
        world.mail(fallthrough="AllMembers"),
    )
    return f"Rule {number}", world.rule(when, filters, [then[number % 3]]), ("", "production")[number % 6 == 0]


def _spool(data: Path, found: list[tuple[int, Any]]) -> None:
    from tocsin.engine import spool

    connection = spool._open(data / "spool.sqlite3")  # noqa: SLF001 — a benchmark's door
    rows = [
        (project, time.time(), "envelope", "gzip", sample.event_id, "sentry.python/2.75.0", sample.packed())
        for project, sample in found
    ]
    for start in range(0, len(rows), spool.GROUP):
        spool._insert(connection, rows[start : start + spool.GROUP])  # noqa: SLF001
    connection.close()


def digest(data: Path, events: int) -> dict[str, Any]:
    """The worker's own stage, until the spool is empty."""
    import django

    django.setup()
    from tocsin.engine.spool import SpoolReader
    from tocsin.ops.collector import collect_rarely
    from tocsin.pipeline import spooled
    from tocsin.pipeline.catalogue import catalogue
    from tocsin.store.models import Delivery, Event, Issue, Notification

    catalogue()  # as the worker does before it begins
    collect_rarely()
    reader = SpoolReader(data / "spool.sqlite3")
    batch, spooled.BATCH = spooled.BATCH, WARM_UP
    spooled.digest_some(reader)
    spooled.BATCH = batch
    known = Delivery.objects.count()
    started = time.perf_counter()
    while spooled.digest_some(reader).bodies:
        pass
    seconds = time.perf_counter() - started
    issues = Issue.objects.filter(project_id=1)
    assert sum(issues.values_list("times_seen", flat=True)) == events, "an event was lost or counted twice"
    return {
        "seconds": seconds,
        "issues": issues.count(),
        "events kept": Event.objects.filter(project_id=1).count(),
        "notifications": Notification.objects.filter(project_id=1).count(),
        "deliveries": Delivery.objects.count() - known,
    }


def bare(data: Path, events: int) -> dict[str, Any]:
    """The limit; see bench/kit/bare.py."""
    import django

    django.setup()
    from tocsin.engine.spool import SpoolReader
    from tocsin.ops.collector import collect_rarely
    from tocsin.pipeline.spooled import BATCH, BATCH_BYTES

    collect_rarely()
    reader = SpoolReader(data / "spool.sqlite3")
    loop = BareLoop(data / "tocsin.sqlite3")
    loop.digest(reader.read(0, WARM_UP, BATCH_BYTES))
    reader.forget(WARM_UP)
    started = time.perf_counter()
    while batch := reader.read(0, BATCH, BATCH_BYTES):
        loop.digest(batch)
        reader.forget(batch[-1].id)
    seconds = time.perf_counter() - started
    counted = loop.number("SELECT sum(times_seen) FROM store_issue")
    assert counted == events + WARM_UP, "an event was lost or counted twice"
    return {
        "seconds": seconds,
        "issues": loop.number("SELECT count(*) FROM store_issue"),
        "events kept": loop.number("SELECT count(*) FROM store_event WHERE project_id = 1"),
    }


MODES = {"prepare": prepare, "digest": digest, "bare": bare}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=MODES)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--alone", action="store_true", help="without the peer")
    given = parser.parse_args()
    if given.mode:
        print(json.dumps(MODES[given.mode](given.data, given.events)))
    else:
        sys.exit(main(given.events, given.rounds, given.alone))
