"""What it takes to ask 1,000 alert rules about 500 events a second.

`python -m bench.rules` digests 12 kB envelopes of 100 projects with ten active rules each; every third counts:
events and users of five minutes and of an hour, one compared with the hour before, values of a tag, one of
a whole day. The issues have a day of counts behind them. Batches hold what arrives in a tenth of a second. Measured
is the stage `evaluate` alone, counting, claims and what it writes included, divided by the events of its batch: the
99th percentile over all batches. `limit` is the bar.
"""

import argparse
import json
import random
import statistics
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.envelopes import samples
from bench.kit import world
from bench.kit.frame import ROOT, Result, data_environment, finish, folder, machine, percentile, python

PROJECTS = 100
RULES = 10
ISSUES = 20
MEMBERS = 50
RATE = 500
BATCH = 50
EVENTS = 15_000
BAR = 2.0
DAY = 1440
COUNTED_MINUTES = 60

_FREQUENCY = "sentry.rules.conditions.event_frequency."


def main(events: int) -> int:
    with folder() as place:
        command = python("-m", "bench.rules", "--data", str(place), "--events", str(events))
        environment = data_environment(place, TOCSIN_EMAIL_URL="smtp://127.0.0.1:25")
        done = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"{machine()}; {PROJECTS * RULES:,} rules, {PROJECTS} projects, {events:,} events, {BATCH} in a batch")
    print(f"an event: median {found['median']:.3f} ms, p99 {found['p99']:.3f} ms, worst {found['worst']:.3f} ms")
    print(f"the whole digest: {found['digest']:.3f} ms an event; {found['fired']:,} firings")
    return finish(Result("rules", found["p99"], "ms", BAR, found["p99"] / BAR, found["p99"] <= BAR))


# --- What the process does


def measure(data: Path, events: int) -> dict[str, Any]:
    """Digests the events in batches, in their own time; how long asking the rules took for each event."""
    world.set_up()
    organization, team = world.an_organization(MEMBERS)
    projects = [
        world.a_project(organization, team, f"p{number}", f"{number:032x}", id=number + 1)
        for number in range(PROJECTS)
    ]
    for place, project in enumerate(projects):
        for number in range(RULES):
            world.a_rule(project, f"Rule {number}", a_rule(place * RULES + number))
    del data
    chance = random.Random(7)
    bodies = _bodies(events + PROJECTS * ISSUES, chance)
    opening, bodies = bodies[: PROJECTS * ISSUES], bodies[PROJECTS * ISSUES :]
    _digest(opening)
    _give_history(chance)
    return _timed(bodies)


def a_rule(number: int) -> dict[str, Any]:
    """Every third counts; the kinds take turns."""
    counting = (
        _often("EventFrequencyCondition", 100, "1h"),
        _often("EventUniqueUserFrequencyCondition", 50, "1h"),
        _often("EventFrequencyCondition", 30, "5m"),
        _often("EventFrequencyCondition", 300, "1h", comparisonType="percent", comparisonInterval="1h"),
        {
            "id": "tocsin.conditions.tag_frequency.TagFrequencyCondition",
            "key": "till",
            "value": 40,
            "interval": "1h",
        },
        _often("EventFrequencyCondition", 5_000, "1d"),
    )
    filters: tuple[list[dict[str, Any]], ...] = (
        [],
        [world.level("gte", 40)],
        [world.tagged("runtime", "co", "ruby")],
        [world.tagged("release", "sw", "shop@1.")],
    )
    if number % 3 == 0:
        return world.rule([counting[number // 3 % 6]], filters[number % 2], [world.mail()])
    when = (world.NEW, world.REGRESSION, world.EVERY_EVENT)[number % 3]
    return world.rule([when], filters[number % 4], [world.mail()], frequency=1440)


def _often(name: str, value: int, interval: str, **options: Any) -> dict[str, Any]:
    return {"id": _FREQUENCY + name, "value": value, "interval": interval, **options}


def _bodies(count: int, chance: random.Random) -> list[Any]:
    """The first fill every issue of every project; the others fall where they fall, 500 a second, up to now."""
    from tocsin.engine.spool import Accepted

    now = time.time()
    bodies = []
    for number, sample in enumerate(samples(count, issues=ISSUES)):
        project = number // ISSUES if number < PROJECTS * ISSUES else chance.randrange(PROJECTS)
        at = now - (count - number) / RATE
        bodies.append(
            Accepted(number + 1, project + 1, at, "envelope", "gzip", sample.event_id, "bench", sample.packed())
        )
    return bodies


def _digest(bodies: list[Any]) -> None:
    from tocsin.pipeline.digest import digest

    for start in range(0, len(bodies), BATCH):
        part = bodies[start : start + BATCH]
        digest(part, "5" * 32, datetime.fromtimestamp(part[-1].received, UTC))


def _give_history(chance: random.Random) -> None:
    """A day of counts for each issue: sixty of its minutes."""
    from tocsin.store.models import Issue, IssueMinute

    now = int(time.time()) // 60
    IssueMinute.objects.bulk_create(
        [
            IssueMinute(issue_id=issue, minute=minute, environment="production", count=chance.randrange(1, 5))
            for issue in Issue.objects.values_list("pk", flat=True)
            for minute in chance.sample(range(now - DAY, now - 2), COUNTED_MINUTES)
        ],
        ignore_conflicts=True,
        batch_size=5_000,
    )


def _timed(bodies: list[Any]) -> dict[str, Any]:
    from tocsin.pipeline import evaluate as stage
    from tocsin.store.models import Firing

    took: list[float] = []
    asked = stage.evaluate

    def evaluate(seen: Any, *rest: Any) -> Any:
        started = time.perf_counter()
        fired = asked(seen, *rest)
        took.append((time.perf_counter() - started) * 1000 / len(seen))
        return fired

    stage.evaluate = evaluate  # type: ignore[assignment]
    known = Firing.objects.count()
    started = time.perf_counter()
    _digest(bodies)
    whole = (time.perf_counter() - started) * 1000 / len(bodies)
    return {
        "median": statistics.median(took),
        "p99": percentile(took, 0.99),
        "worst": max(took),
        "digest": whole,
        "fired": Firing.objects.filter(
            date_added__gte=datetime.fromtimestamp(time.time(), UTC) - timedelta(days=1)
        ).count()
        - known,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--events", type=int, default=EVENTS)
    arguments = parser.parse_args()
    if arguments.data:
        print(json.dumps(measure(arguments.data, arguments.events)))
        raise SystemExit(0)
    raise SystemExit(main(arguments.events))
