"""Deliver: claim under a lease, render, send outside any transaction, record what came of it."""

import asyncio
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from tocsin.core import faults
from tocsin.core.backoff import MESSAGES, Done, GivenUp, Policy, RetryAt, Step, next_step
from tocsin.core.delivery import State
from tocsin.core.escape import clean
from tocsin.core.fields import parse, secret_names
from tocsin.core.message import Message
from tocsin.core.pace import next_at, spent
from tocsin.core.registry import Provider
from tocsin.core.sending import (
    BROADCAST,
    EDIT,
    REPLY,
    Delivered,
    Gone,
    Outcome,
    Parcel,
    Refused,
    Retry,
    Unknown,
)
from tocsin.core.unsubscribe import what_ends
from tocsin.engine.port import put
from tocsin.pipeline import clock, journal, outages, outgoing, spans, standing, tally
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import environment, resolve_settings
from tocsin.pipeline.flying import Flying
from tocsin.pipeline.message import message_of, with_additions
from tocsin.pipeline.outward import a_transport
from tocsin.pipeline.unsubscribe_link import Link, link_to
from tocsin.store.db import after_commit, one_transaction
from tocsin.store.queries import outbox as queries
from tocsin.store.queries.outbox import Job
from tocsin.store.writes import audit, lanes, leases, references
from tocsin.store.writes import outbox as writes
from tocsin.store.writes.lanes import Settled
from tocsin.store.writes.outbox import Recorded
from tocsin.transport.drive import Begun, Driven, Transport, begin, drive, mask

# Longer than the longest try (five questions of ten seconds each, or 30 s for a place at the mail server and 30 s
# for the mail), so that a live sender never loses its lease.
LEASE = timedelta(seconds=90)

LEFT = "The person has left the organization or the project's teams since this was decided, so it was not sent."
ASTRAY = "The address is no longer one that the person has shown to be theirs, so it was not sent."
NOTHING_THERE = "The message that this would have brought up to date is not there, so there was nothing to rewrite."

Way = tuple[str, int | None]  # a service, and the integration through which it is reached


@dataclass(frozen=True, slots=True)
class Ready:
    """A job with everything it needs to go, its first question written: nothing is read again while it is sent."""

    job: Job
    provider: Provider
    settings: Any
    parcel: Parcel
    begun: Begun


@dataclass(frozen=True, slots=True)
class Unready:
    """A job that cannot go, with the reason; one that is held back is nobody's failure, and nothing to replay."""

    job: Job
    reason: str
    is_held_back: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try."""

    job: Job
    driven: Driven
    started: datetime
    milliseconds: int
    state: str
    reason: str
    due: datetime | None
    was_sent: bool = True

    @property
    def outcome(self) -> str:
        return _name(self.driven.outcome)

    @property
    def reference(self) -> str:
        """What the service calls it, as JSON that every database takes: it may answer with a NUL or half of a
        character."""
        outcome = self.driven.outcome
        known = outcome.reference if isinstance(outcome, Delivered) else {}
        return outgoing.text({name: clean(str(value)) for name, value in known.items()})

    @property
    def is_past_rewriting(self) -> bool:
        """Whether the message that it would have rewritten cannot be rewritten any more."""
        is_edit = self.job.detail.get("act") == EDIT and bool(self.job.parent)
        return is_edit and isinstance(self.driven.outcome, Refused)

    @property
    def is_instead(self) -> bool:
        """Whether it was said on its own, as what it was to answer is gone."""
        return isinstance(self.driven.outcome, Delivered) and self.driven.outcome.instead

    @property
    def status(self) -> int:
        return self.driven.status

    @property
    def excerpt(self) -> str:
        return self.driven.excerpt


def turn(tried: Sequence[Tried], limit: int, now: datetime, flying: Flying | None = None) -> list[Ready | Unready]:
    """Records finished tries and claims up to `limit` due deliveries, in one commit: one fsync serves both.

    With `flying`, of each integration no more than its service takes at once.
    """
    flying = flying or Flying()
    flying.landed([(one.job.id, one.driven.outcome if one.was_sent else None) for one in tried], now)
    with one_transaction():
        _record(tried, now)
        ids = writes.claim(limit, now, now + LEASE, _a_lease(), flying.crowd()) if limit > 0 else []
        claimed = queries.jobs(ids) if ids else []
        settings = queries.settings_of({job.integration_id for job in claimed if job.integration_id})
    flying.left([(job.id, job.provider, job.integration_id) for job in claimed], now + LEASE)
    if claimed:
        faults.point("deliver.after_claim")
    usable = _usable(claimed, settings)
    return [_prepare(job, usable) for job in claimed]


def _a_lease() -> str:
    """A name for one claim: a record that comes after its lease ran out is told apart from the next claim's."""
    return uuid.uuid4().hex


def record(tried: Sequence[Tried], now: datetime) -> None:
    """Records finished tries and claims nothing: the last turn of a sender that stops."""
    if tried:
        with one_transaction():
            _record(tried, now)


def _record(tried: Sequence[Tried], now: datetime) -> None:
    """The tries, their lanes free for what follows, and what they tell of their integrations."""
    if not tried:
        return
    writes.record([_recorded(one, now) for one in tried])
    retried = [one for one in tried if one.due and one.job.lane_id]
    writes.after([(one.job.lane_id or 0, one.job.conversation, one.job.id, one.due or now) for one in retried])
    # What could not go says nothing of its service: as a breaker's probe it must not close it.
    answers = [(one.job, one.driven.outcome) for one in tried if one.was_sent]
    outages.mark_gone(answers, now)
    lanes.settle([_settled(one) for one in tried if one.job.lane_id])
    gone = [one for one in tried if one.is_past_rewriting or one.is_instead]
    stand = [one for one in tried if standing.begins_thread(one.job, one.driven.outcome)]
    references.forget([(one.job.conversation, one.job.lane_id or 0) for one in gone])
    references.remember([standing.reference(one.job, one.driven.outcome, one.reference, now) for one in stand])
    tally.tried(tried)
    outages.notice(answers, now, LEASE)
    faults.point("deliver.before_commit")


def _settled(one: Tried) -> Settled:
    provider = catalogue().providers.get(one.job.provider)
    paced = spent(provider.pace, one.job.paced, one.started) if provider else None
    waits = [moment for moment in (next_at(provider.pace, paced) if provider else None, _asked(one)) if moment]
    gone = one.driven.outcome.reason if isinstance(one.driven.outcome, Gone) else ""
    return Settled(one.job.lane_id or 0, one.job.lease_by, paced, max(waits, default=None), gone[:500])


def _asked(one: Tried) -> datetime | None:
    """A service that asks to come back later means all that goes the same way."""
    outcome = one.driven.outcome
    return one.due if isinstance(outcome, Retry) and outcome.after is not None else None


def idle_for(now: datetime, flying: Flying | None = None) -> float:
    """For how many seconds nothing will be due; a day when nothing waits."""
    due = queries.next_due((flying or Flying()).crowd())
    return max(0.0, (due - now).total_seconds()) if due else 86_400.0


async def send(ready: Ready | Unready, transport: Transport) -> Tried:
    """One try, outside any transaction. A provider's bug ends this delivery, never the sender."""
    journal.about(ready.job.event_id, ready.job.key)
    started, clock_at = clock.now(), perf_counter()
    if isinstance(ready, Unready):
        driven, policy = Driven(Refused(clean(ready.reason))), MESSAGES
    else:
        faults.point("deliver.before_connect")
        driven, policy = await _driven(ready, transport), ready.provider.policy
        faults.point("deliver.after_answer")
    milliseconds = int((perf_counter() - clock_at) * 1000)
    tried = _judge(ready.job, driven, policy, started, milliseconds)
    if isinstance(ready, Unready):
        tried = replace(tried, was_sent=False, state=State.SUPPRESSED.value if ready.is_held_back else tried.state)
    elif tried.is_past_rewriting or (isinstance(driven.outcome, Refused) and driven.outcome.is_moot):
        tried = replace(tried, state=State.SUPPRESSED.value)  # nobody misses anything, and a replay mends nothing
    journal.tried(tried)
    spans.tried(tried)
    return tried


async def _driven(ready: Ready, transport: Transport) -> Driven:
    try:
        driven = await drive(ready.begun, transport, _secrets(ready.settings))
    except Exception as error:  # noqa: BLE001 — a third party's provider may raise anything
        return Driven(Refused(_bug(ready.provider, ready.settings, error)))
    # Some services repeat what they took: what only its reader may read does not come into the ledger that way.
    is_secret = isinstance(driven.outcome, Delivered) and catalogue().kinds[ready.job.kind].secret
    return replace(driven, excerpt="") if is_secret else driven


def _secrets(settings: Any) -> list[str]:
    return [str(getattr(settings, name)) for name in secret_names(type(settings))]


def _bug(provider: Provider, settings: Any, error: Exception) -> str:
    words = mask(clean(f"{type(error).__name__}: {error}"), _secrets(settings))
    return f"{provider.name} could not be used: {words}. This is a bug; please report it."


def send_now(organization_id: int, delivery_id: int) -> Tried | None:
    """Sends one queued delivery in the calling thread while a person waits for the true answer.

    None when it is not there, not queued any more, or another organization's.
    """
    now = clock.now()
    with one_transaction():
        ids = writes.claim_one(organization_id, delivery_id, now + LEASE, leases.ASKED + _a_lease()[:26])
        claimed = queries.jobs(ids) if ids else []
        settings = queries.settings_of({job.integration_id for job in claimed if job.integration_id})
    if not claimed:
        return None
    tried = asyncio.run(_send_alone(_prepare(claimed[0], _usable(claimed, settings))))
    record([tried], clock.now())
    return tried


async def _send_alone(ready: Ready | Unready) -> Tried:
    async with a_transport() as transport:
        return await send(ready, transport)


def replay(
    *, organization_id: int, delivery_ids: Sequence[int], actor_id: int | None, by: str, now: datetime
) -> int:
    """Queues failed and dead deliveries again, with their history; how many. `by` is who, in words."""
    with one_transaction():
        moved = writes.requeue(organization_id, delivery_ids, now)
        if moved:
            writes.note_replay(moved, by, now)
            named = {"deliveries": moved[:100], "count": len(moved)}
            audit.note(organization_id, "delivery.replay", "", named, actor_id=actor_id, now=now)
        after_commit(lambda: put("deliver"))
    return len(moved)


def _usable(jobs: Sequence[Job], settings: Mapping[int, dict[str, Any]]) -> dict[Way, Any]:
    """The settings of each way that a batch takes, worked out once for it; None where something is missing."""
    ways = {(job.provider, job.integration_id) for job in jobs if job.provider in catalogue().providers}
    environ = environment()
    return {
        (slug, pk): resolve_settings(catalogue().providers[slug], settings[pk] if pk is not None else {}, environ)
        for slug, pk in ways
        if pk is None or pk in settings
    }


def _prepare(job: Job, usable: Mapping[Way, Any]) -> Ready | Unready:
    """Everything a job needs, or why it cannot go. A rendering bug ends one delivery, never the sender."""
    if why := _held_back(job):
        return Unready(job, why, is_held_back=True)
    provider = catalogue().providers.get(job.provider)
    if provider is None:
        return Unready(job, f"This product no longer has the service {job.provider!r}.")
    way = (job.provider, job.integration_id)
    if way not in usable:
        return Unready(
            job, "The integration was removed or its secret does not open. Connect it again, then replay."
        )
    if usable[way] is None:
        return Unready(job, f"{provider.name} is not set up. Connect it under Integrations, then replay.")
    try:
        parcel = _parcel(job, provider)
    except Exception as error:  # noqa: BLE001 — see the docstring
        return Unready(job, f"The message could not be written: {type(error).__name__}: {error}")
    return begun(job, provider, usable[way], parcel)


def _held_back(job: Job) -> str:
    """Why it is nobody's business any more; "" for what still is somebody's."""
    if job.left or job.astray:
        return LEFT if job.left else ASTRAY
    return NOTHING_THERE if job.detail.get("act") == EDIT and not job.parent else ""


def begun(job: Job, provider: Provider, settings: Any, parcel: Parcel) -> Ready | Unready:
    """The parcel on its way. An edit rewrites what is there already, a reply answers it; what cannot, or has
    nothing yet, is told anew."""
    acts = {EDIT: provider.edit, REPLY: provider.reply} if parcel.parent else {}
    act = acts.get(job.detail.get("act", "")) or provider.send
    try:
        return Ready(job, provider, settings, parcel, begin(act(settings, parcel)))
    except Exception as error:  # noqa: BLE001 — a third party's provider may raise anything
        return Unready(job, _bug(provider, settings, error))


def _parcel(job: Job, provider: Provider) -> Parcel:
    list_id = ".".join(part for part in (job.project, job.organization) if part)
    return Parcel(
        key=job.key,
        message=_message(job),
        address=parse(provider.address, job.address),
        conversation=job.conversation,
        at=job.decided,
        list_id=list_id,
        parent=job.parent or None,
        broadcast=bool(job.detail.get(BROADCAST)),
        unsubscribe=_way_out(job) if provider.unsubscribes else "",
    )


def _message(job: Job) -> Message:
    message = message_of(job.kind, job.facts, job.detail)
    whole, faults = with_additions(message, job.kind, job.organization, job.project, job.provider)
    if job.attempts == 1:  # said once, not with each of two days' tries
        journal.left_out(job, faults)
    return whole


def _way_out(job: Job) -> str:
    """The link that ends messages like this one, for one's own eyes: a list and a channel have none."""
    if job.user_id is None:
        return ""
    ends = what_ends(job.category, job.organization_id, job.project_id, job.issue_id)
    return link_to(Link(job.user_id, job.label, ends, job.decided)) if ends else ""


def _judge(job: Job, driven: Driven, policy: Policy, started: datetime, milliseconds: int) -> Tried:
    chance = random.random()  # noqa: S311 — jitter
    step = next_step(driven.outcome, job.attempts, policy, clock.now(), chance, repeat=not job.at_most_once)
    due = step.when if isinstance(step, RetryAt) else None
    return Tried(job, driven, started, milliseconds, step.state.value, _words(step), due)


def _words(step: Step) -> str:
    match step:
        case Done():
            return ""
        case RetryAt() | GivenUp():
            return step.reason


_NAMES: dict[type[Outcome], str] = {
    Delivered: "delivered",
    Retry: "retry",
    Refused: "refused",
    Gone: "gone",
    Unknown: "unknown",
}


def _name(outcome: Outcome) -> str:
    return _NAMES[type(outcome)]


def _recorded(one: Tried, now: datetime) -> Recorded:
    outcome = one.driven.outcome
    return Recorded(
        delivery_id=one.job.id,
        lease_by=one.job.lease_by,
        state=one.state,
        reason=one.reason,
        due=one.due,
        done=None if one.due else now,
        reference=one.reference,
        number=one.job.attempts,
        outcome=one.outcome,
        status=one.driven.status,
        excerpt=one.driven.excerpt,
        started=one.started,
        milliseconds=one.milliseconds,
        why="" if isinstance(outcome, Delivered) else outcome.reason,
        doubtful=isinstance(outcome, Unknown),
    )
