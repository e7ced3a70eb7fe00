"""Outages: what a batch of answers tells of the integrations they came from, and who has to know."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.core.breaker import after
from tocsin.core.people import Directory
from tocsin.core.plan import Destination, Services
from tocsin.core.sending import Delivered, Gone, Outcome, Refused
from tocsin.notifications.delivery_problem import NOTIFICATION_KIND, Facts
from tocsin.notifications.test_notification import NOTIFICATION_KIND as TEST
from tocsin.pipeline import links
from tocsin.pipeline.announce import announce
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.reach import services_of
from tocsin.store.db import one_transaction
from tocsin.store.queries import directory, rules
from tocsin.store.queries import integrations as queries
from tocsin.store.queries.outbox import Job
from tocsin.store.writes import breakers, integrations

Answer = tuple[Job, Outcome]


def mark_gone(answers: Sequence[Answer], now: datetime) -> None:
    """Marks places and accounts that are gone, and tells those who can mend them the first time; before the lanes
    of the answers are freed."""
    for job, outcome in answers:
        if isinstance(outcome, Gone):
            _gone(job, outcome, now)


def notice(answers: Sequence[Answer], now: datetime, lease: timedelta) -> None:
    """Opens and closes breakers, and lets go what was held; after the lanes of the answers are freed, so that the
    probe is something that waits.

    Costs nothing while all is well: only failures, and answers of what was not well, look at an integration's row.
    """
    by_integration: dict[int, list[Answer]] = defaultdict(list)
    for job, outcome in answers:
        if job.integration_id is not None:
            by_integration[job.integration_id].append((job, outcome))
    for integration_id, told in by_integration.items():
        if any(job.breaker != "closed" or not _is_well(outcome) for job, outcome in told):
            _breaker(integration_id, told, now, lease)
        if any(job.broken and isinstance(outcome, Delivered) for job, outcome in told):
            breakers.mended(integration_id, now)


def _is_well(outcome: Outcome) -> bool:
    return isinstance(outcome, Delivered | Refused | Gone)


def _breaker(integration_id: int, told: Sequence[Answer], now: datetime, lease: timedelta) -> None:
    before = breakers.locked(integration_id)
    if before is None:
        return
    breaker = before
    for job, outcome in told:
        # While a breaker is open only its probe is claimed.
        breaker = after(breaker, outcome, now, probe=job.breaker != "closed")
    breakers.became(integration_id, before, breaker, now, lease)


def _gone(job: Job, outcome: Gone, now: datetime) -> None:
    """The first time that a place or an account is gone, those who can mend it are told; of a place that a test
    named, whoever tests reads it there and then."""
    whole = outcome.account and job.integration_id is not None
    if job.kind == TEST.slug and not whole:
        return
    if whole:
        is_news = breakers.broke(job.integration_id or 0, outcome.reason)
    else:
        is_news = job.lane_id is not None and breakers.gone(job.lane_id, outcome.reason)
    if is_news and job.kind != NOTIFICATION_KIND.slug:
        place = "" if outcome.account else job.label
        _tell(
            _Sick(job.organization_id, job.organization, job.provider, job.integration_id, place, _rules(job)),
            outcome.reason,
            now,
        )


def broken(  # noqa: PLR0913, PLR0917 — an integration and where it is
    organization_id: int, organization: str, provider: str, integration_id: int, reason: str, now: datetime
) -> bool:
    """Marks an integration whose account was found closed without a delivery, tells whoever can mend it, and holds
    what waits; whether that is news."""
    with one_transaction():
        integrations.no_longer_renewed(integration_id)
        is_news = breakers.broke(integration_id, reason)
        if is_news:
            _tell(_Sick(organization_id, organization, provider, integration_id), reason, now)
    return is_news


def withdrawn(integration_ids: Collection[int], reason: str, happened: datetime, now: datetime) -> int:
    """An account says that it no longer lets us in (Slack's app_uninstalled, tokens_revoked): its connections are
    broken with this reason; how many newly.

    `happened` is the service's time of it: one that was connected again since then is left alone, as such news is
    repeated and comes late.
    """
    return sum(
        broken(one.organization_id, one.organization, one.provider, one.id, reason, now)
        for one in queries.connections(integration_ids)
        if one.since <= happened
    )


@dataclass(frozen=True, slots=True)
class _Sick:
    """Who takes no messages any more: a whole account, or one place of it."""

    organization_id: int
    organization: str
    provider: str
    integration_id: int | None
    place: str = ""
    rules: tuple[str, ...] = ()


def _rules(job: Job) -> tuple[str, ...]:
    """The alert rules that sent there, by name and project."""
    found = rules.named(job.organization_id, job.detail.get("rules") or ())
    return tuple(f"{label} ({project or 'all projects'})" for label, project in found)


def _tell(sick: _Sick, reason: str, now: datetime) -> None:
    here = directory.read(sick.organization_id)
    to = list(_by_another_way(sick, here, services_of(here)))
    if to:
        announce(
            organization_id=sick.organization_id,
            kind=NOTIFICATION_KIND.slug,
            facts=_facts(sick, reason, here),
            destinations=to,
            now=now,
        )


def _by_another_way(sick: _Sick, here: Directory, services: Services) -> list[Destination]:
    """Whoever manages the integrations, over every service that reaches them but the one that is sick."""
    found = []
    for user_id in directory.managers(sick.organization_id):
        person = here.people.get(user_id)
        for slug in services.reachable if person and person.active else ():
            provider = services.providers[slug]
            address = provider.personal(person) if provider.personal and person else None
            if slug != sick.provider and address is not None:
                label = provider.describe(address)
                found.append(Destination(slug, address, label, services.reachable[slug], user_id))
    return found


def _facts(sick: _Sick, reason: str, here: Directory) -> Facts:
    connection = here.connections.get(sick.integration_id or 0)
    provider = catalogue().providers[sick.provider]
    return Facts(
        organization=sick.organization,
        service=provider.name,
        account=connection.name if connection else provider.name,
        place=sick.place,
        reason=reason,
        url=links.integration(sick.organization, sick.integration_id),
        deliveries_url=links.deliveries(sick.organization),
        rules=sick.rules,
    )
