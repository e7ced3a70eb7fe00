"""A delivery to Slack, a way out that answers as told, and the sender's turn in between."""

import asyncio
import json
from dataclasses import dataclass, replace

from tests.builders import NOW, World, a_delivery, a_notification
from tocsin.core.fields import secret
from tocsin.core.registry import Provider
from tocsin.core.sending import Delivered, Failure, Reply, Request, Retry
from tocsin.pipeline import deliver
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.deliver import Ready, Tried, Unready
from tocsin.store.models import Delivery
from tocsin.store.writes.integrations import Columns, saved
from tocsin.transport.drive import Transport


class Answering:
    """A way out that gives one answer to every question and keeps the questions."""

    def __init__(self, answer) -> None:
        self.answer, self.asked = answer, []

    async def exchange(self, question):
        self.asked.append(question)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def answering(answer) -> Transport:
    return Transport(Answering(answer), Answering(answer))


def slack_said(**said) -> Reply:
    return Reply(200, {}, json.dumps({"ok": True, "channel": "C1", "ts": "17.1", **said}).encode())


def connected(world: World, **settings) -> int:
    columns = Columns(provider="slack", name="Acme", external_id="", settings={"token": "xoxb-secret", **settings})
    return saved(world.organization.pk, columns, integration_id=None, actor_id=None, now=NOW).id


def to_slack(world: World, **columns) -> Delivery:
    integration = columns.pop("integration_id", None) or connected(world)
    return a_delivery(
        a_notification(world.project),
        **{
            "provider": "slack",
            "integration_id": integration,
            "address": {"channel": "#ops", "channel_id": "C1"},
            "detail": {"rules": [3], "reason": "", "notes": "", "tags": []},
            "conversation": "issue:12",
            "due": NOW,
            **columns,
        },
    )


def go(ready: list[Ready | Unready], transport: Transport) -> list[Tried]:
    """Each try, one after the other; not yet recorded."""

    async def all_of_them() -> list[Tried]:
        return [await deliver.send(one, transport) for one in ready]

    return asyncio.run(all_of_them())


def once(answer) -> list[Tried]:
    """Everything that is due, tried with this answer and recorded."""
    done = go(deliver.turn([], 10, NOW), answering(answer))
    deliver.record(done, NOW)
    return done


@dataclass(frozen=True)
class Settings:
    token: str = secret("Token", default="hush-hush")


def asking(answer=None):
    """A sending that asks once and takes the answer's status for its outcome."""
    reply = yield Request("POST", "https://example.com/")
    if isinstance(reply, Failure):
        return Retry(reply.reason)
    return Delivered() if reply.status < 300 else Retry("not now")


def a_provider(send, **fields) -> Provider:
    known = catalogue().providers["inbox"]
    return replace(known, slug="odd", name="Odd", settings=Settings, send=send, **fields)


def a_ready(provider: Provider) -> Ready | Unready:
    job = deliver.Job(
        id=1,
        organization_id=1,
        provider=provider.slug,
        integration_id=None,
        address={},
        detail={},
        conversation="",
        key="k",
        attempts=1,
        lease_by="l",
        notification_id=1,
        kind="issue_alert",
        facts={},
        decided=NOW,
        project="",
        organization="acme",
    )
    return deliver.begun(job, provider, Settings(), provider.example)
