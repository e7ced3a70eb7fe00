"""How soon a press in Slack is answered, and how soon the message shows what came of it.

`python -m bench.slack` runs the real `tocsin up` with 2,000 issues, each with a message in one of 200 channels of a
loopback Slack, and presses Resolve below each: 100 signed requests a second for 20 s, from 20 linked accounts.
Slack gives three seconds for the answer. At the end each message must have been rewritten, one a second and channel
as Slack allows.
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import uvloop

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

RATE = 100
SECONDS = 20
CHANNELS = 200
CONNECTIONS = 32
WITHIN = 3_000.0
REWRITTEN_WITHIN = 30.0
SECRET = "a-signing-secret"
TEAM, USERS = "T0BENCH", 20
TS = re.compile(rb'"ts":"(\d+)\.5"')


def main(rate: int = RATE, seconds: int = SECONDS) -> int:
    with folder() as place:
        return uvloop.run(_measure(place, rate, seconds))


async def _measure(place: Path, rate: int, seconds: int) -> int:
    rewritten: dict[int, float] = {}

    def heard(at: float, body: bytes) -> None:
        if found := TS.search(body):
            rewritten.setdefault(int(found[1]), at)

    slack, slack_port = await sink.listen(heard)
    environment = data_environment(
        place,
        TOCSIN_OUTBOUND_ALLOW="127.0.0.0/8",
        TOCSIN_SLACK_API_URL=f"http://127.0.0.1:{slack_port}/api",
        TOCSIN_SLACK_SIGNING_SECRET=SECRET,
    )
    issues: list[int] = await asyncio.to_thread(_in_a_process, environment, rate * seconds)
    port = free_port()
    with running(
        python("-m", "tocsin.ops", "up", "--port", str(port), "--data", str(place)), environment, place / "up.log"
    ):
        await asyncio.to_thread(wait_for_port, port)
        load = Load(port, CONNECTIONS)
        await load.connect()
        requests = [_request(issue) for issue in issues]
        began = time.monotonic()
        answered = await load.send(requests, rate)
        load.close()
        until = time.monotonic() + REWRITTEN_WITHIN
        # A wait for 2,000 things, by a loop that has better to do than to look at each.
        while len(rewritten) < len(issues) and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    slack.close()
    waits = [max(0.0, at - began - number / rate) * 1000 for number, at in enumerate(answered)]
    shows = [
        (rewritten[issue] - at) * 1000 for issue, at in zip(issues, answered, strict=True) if issue in rewritten
    ]
    return _report(waits, shows, len(issues))


def _report(waits: list[float], shows: list[float], presses: int) -> int:
    p99 = percentile(waits, 0.99)
    print(f"{machine()}; {presses:,} presses, {CHANNELS} channels")
    print(f"answered: p50 {percentile(waits, 0.5):.1f} ms, p99 {p99:.1f} ms, max {max(waits):.1f} ms")
    soon, late = percentile(shows, 0.5), percentile(shows, 0.99)
    print(f"the message shows it {soon:.0f} ms later, p99 {late:.0f} ms; {len(shows):,} of {presses:,}")
    is_ok = max(waits) <= WITHIN and len(shows) == presses
    peers = {"p50": percentile(waits, 0.5), "message p99": late}
    return finish(Result("slack", p99, "ms", WITHIN, p99 / WITHIN, ok=is_ok, peers=peers))


def _request(issue: int) -> bytes:
    action = {
        "type": "button",
        "action_id": "resolved",
        "value": "resolved",
        "block_id": json.dumps({"issue": issue}),
    }
    payload: dict[str, Any] = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": f"U{issue % USERS:04}", "username": "ana"},
        "trigger_id": str(issue),
        "actions": [action],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return (
        "POST /extensions/slack/action/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def _in_a_process(environment: dict[str, str], count: int) -> list[int]:
    command = python("-m", "bench.slack", "--prepare", str(count))
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=60)
    found: list[int] = json.loads(done.stdout)
    return found


def prepare(count: int) -> list[int]:
    """Issues, each with the message that stands in its channel; their ids."""
    world.set_up()
    from datetime import UTC, datetime

    from tocsin.notifications.issue_alert import EXAMPLE
    from tocsin.pipeline import outgoing
    from tocsin.store.models import (
        Delivery,
        ExternalActor,
        Integration,
        Issue,
        Lane,
        Membership,
        Notification,
        Reference,
    )

    now = datetime.now(UTC)
    organization, team = world.an_organization(members=USERS)
    project = world.a_project(organization, team, "shop", world.KEY)
    workspace = world.a_slack(organization)
    Integration.objects.filter(pk=workspace).update(external_id=TEAM)
    people = Membership.objects.filter(organization=organization).order_by("pk").values_list("user_id", flat=True)
    ExternalActor.objects.bulk_create(
        ExternalActor(
            organization=organization, integration_id=workspace, provider="slack", external_name=f"@{number}",
            external_id=f"U{number:04}", user_id=person, date_added=now,
        )
        for number, person in enumerate(people)
    )  # fmt: skip
    moments = {"first_seen": now, "last_seen": now, "active_at": now}
    Issue.objects.bulk_create(
        Issue(project=project, number=n, title=f"E{n}", **moments) for n in range(1, count + 1)
    )
    issues = list(Issue.objects.order_by("pk"))
    names = [f"slack:{workspace}:C{n:04}" for n in range(CHANNELS)]
    Lane.objects.bulk_create(Lane(name=name, integration_id=workspace) for name in names)
    lanes = list(Lane.objects.filter(name__in=names).order_by("pk"))
    facts = json.loads(outgoing.text(EXAMPLE))
    Notification.objects.bulk_create(
        Notification(
            organization=organization, project=project, issue=issue, uuid=f"{issue.pk:032x}", kind="issue_alert",
            category="alerts", facts={**facts, "issue_id": issue.pk}, intents=1, date_added=now,
        )
        for issue in issues
    )  # fmt: skip
    told = list(Notification.objects.order_by("pk"))
    Delivery.objects.bulk_create(
        Delivery(
            organization=organization, notification=one, provider="slack", integration_id=workspace,
            address={"channel": f"#c{place % CHANNELS}", "channel_id": f"C{place % CHANNELS:04}"},
            label=f"#c{place % CHANNELS}", conversation=f"issue:{one.issue_id}", key=one.uuid,
            lane=lanes[place % CHANNELS], state="sent", date_added=now, date_done=now,
        )
        for place, one in enumerate(told)
    )  # fmt: skip
    Reference.objects.bulk_create(
        Reference(
            conversation=row.conversation, about=row.conversation, lane=row.lane, delivery=row, date_added=now,
            reference={"channel": row.address["channel_id"], "ts": f"{row.conversation[6:]}.5"},
        )
        for row in Delivery.objects.select_related("lane").order_by("pk")
    )  # fmt: skip
    return [issue.pk for issue in issues]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prepare", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    given = parser.parse_args()
    if given.prepare:
        print(json.dumps(prepare(given.prepare)))
    else:
        sys.exit(main(given.rate, given.seconds))
