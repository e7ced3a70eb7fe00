"""How long it takes to play 14 days of 100,000 events through an alert rule, beside the rule as it is stored.

`python -m bench.backtest` writes the past of a project with 100 issues into a new folder: its counts for each
minute, the sample of events that is kept, its sessions. Five rules are played: each event, a level and a tag; a
frequency; users; a share of the sessions; an attribute. The slowest counts. `--a-day` has 100,000 events on each of
the days. `limit` is the bar.
"""

import argparse
import json
import random
import subprocess
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from bench.envelopes import samples
from bench.kit import world
from bench.kit.frame import ROOT, Result, data_environment, finish, folder, machine, python

EVENTS = 100_000
DAYS = 14
ISSUES = 100
MEMBERS = 50
BAR = 10.0

_FREQUENCY = "sentry.rules.conditions.event_frequency."
RULES: dict[str, dict[str, Any]] = {
    "tag": world.rule(
        [world.EVERY_EVENT], [world.level("gte", 40), world.tagged("runtime", "co", "py")], [world.mail()]
    ),
    "frequency": world.rule(
        [{"id": f"{_FREQUENCY}EventFrequencyCondition", "value": 1_000_000, "interval": "1h"}], [], [world.mail()]
    ),
    "users": world.rule(
        [{"id": f"{_FREQUENCY}EventUniqueUserFrequencyCondition", "value": 1_000_000, "interval": "1h"}],
        [],
        [world.mail()],
    ),
    "share": world.rule(
        [{"id": f"{_FREQUENCY}EventFrequencyPercentCondition", "value": 99.5, "interval": "1h"}],
        [],
        [world.mail()],
    ),
    "attribute": world.rule(
        [world.EVERY_EVENT],
        [
            {
                "id": "sentry.rules.filters.event_attribute.EventAttributeFilter",
                "attribute": "exception.type",
                "match": "eq",
                "value": "NobodyError",
            }
        ],
        [world.mail()],
    ),
}


def main(events: int) -> int:
    with folder() as place:
        command = python("-m", "bench.backtest", "--data", str(place), "--events", str(events))
        environment = data_environment(place, TOCSIN_EMAIL_URL="smtp://127.0.0.1:25")
        done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"{machine()}; {events:,} events over {DAYS} days, {ISSUES} issues, {found['kept']:,} kept whole")
    for name, one in found["rules"].items():
        print(f"  {name:<10} {one['seconds']:6.2f} s  {one['fired']:,} firings, {one['messages']:,} messages")
    worst = max(one["seconds"] for one in found["rules"].values())
    return finish(Result("backtest", worst, "s", BAR, worst / BAR, worst <= BAR))


# --- What the process does


def measure(data: Path, events: int) -> dict[str, Any]:
    """Writes a past and plays it, once for each rule beside itself."""
    del data
    world.set_up()
    organization, team = world.an_organization(MEMBERS)
    project = world.a_project(organization, team, "shop", "5" * 32)
    now = datetime.fromtimestamp(time.time() // 60 * 60, UTC)
    kept = _write(project, events, now)
    return {"kept": kept, "rules": {name: _played(project, rule, now, name) for name, rule in RULES.items()}}


def _write(project: Any, events: int, now: datetime) -> int:
    from tocsin.core.states import is_kept
    from tocsin.store.models import Activity, Event, Issue, IssueMinute, SessionMinute

    chance = random.Random(7)
    begins = now - timedelta(days=DAYS)
    payloads = [zlib.compress(sample.body.split(b"\n", 2)[2], 1) for sample in samples(200, issues=ISSUES)]
    # A few issues have most of the events.
    weights = [1 / (place + 1) for place in range(ISSUES)]
    moments = sorted(chance.uniform(0, DAYS * 86_400 - 1) for _ in range(events))
    issues = [
        Issue(
            project=project,
            number=number + 1,
            title=f"Error {number}",
            first_seen=begins,
            last_seen=now,
            active_at=begins,
        )
        for number in range(ISSUES)
    ]
    Issue.objects.bulk_create(issues)
    counts: dict[tuple[int, int], int] = {}
    kept: list[Event] = []
    for number, after in enumerate(moments):
        issue = issues[chance.choices(range(ISSUES), weights)[0]]
        at = begins + timedelta(seconds=after)
        issue.times_seen += 1
        key = (issue.pk, int(at.timestamp()) // 60)
        counts[key] = counts.get(key, 0) + 1
        if is_kept(issue.times_seen):
            kept.append(_kept(issue, number, at, payloads[number % len(payloads)]))
    Event.objects.bulk_create(kept, batch_size=500)
    IssueMinute.objects.bulk_create(
        [
            IssueMinute(issue_id=issue, minute=minute, environment="production", count=count)
            for (issue, minute), count in counts.items()
        ],
        batch_size=5_000,
    )
    Issue.objects.bulk_update(issues, ["times_seen"])
    SessionMinute.objects.bulk_create(
        [
            SessionMinute(project=project, minute=minute, environment="production", release=release, count=500)
            for minute in range(int(begins.timestamp()) // 60, int(now.timestamp()) // 60)
            for release in ("shop@1.0", "shop@1.1")
        ],
        batch_size=5_000,
    )
    first = {event.issue_id: event for event in reversed(kept)}
    Activity.objects.bulk_create(
        Activity(
            project=project,
            issue=one,
            type="first_seen",
            data={"event_id": first[one.pk].event_id},
            date_added=begins,
        )
        for one in issues
        if one.pk in first
    )
    return len(kept)


def _kept(issue: Any, number: int, at: datetime, payload: bytes) -> Any:
    from tocsin.store.models import Event

    return Event(
        project_id=issue.project_id,
        issue=issue,
        event_id=f"{number:032x}",
        timestamp=at,
        received=at,
        level="error",
        environment="production",
        title=issue.title,
        tags=[["runtime", "CPython 3.11"], ["till", str(number % 7)]],
        payload=payload,
    )


def _played(project: Any, rule: dict[str, Any], now: datetime, name: str) -> dict[str, Any]:
    from tocsin.pipeline.backtest import backtest, compiled
    from tocsin.store.queries import projects

    about = projects.by_id([project.pk])[project.pk]
    draft = compiled(project.pk, rule)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=1.0)
        started = time.perf_counter()
        found = backtest(
            about, draft, now=now, current=draft, progress=lambda share: bar.update(task, completed=share)
        )
        took = time.perf_counter() - started
    return {"seconds": took, "fired": found.draft.fired, "messages": found.draft.messages, "events": found.events}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--a-day", action="store_true", help="so many on each day, not in all")
    arguments = parser.parse_args()
    wanted = arguments.events * (DAYS if arguments.a_day else 1)
    if arguments.data:
        print(json.dumps(measure(arguments.data, wanted)))
        raise SystemExit(0)
    raise SystemExit(main(wanted))
