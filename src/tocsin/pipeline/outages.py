"""Outages: what a batch of answers tells of the integrations they came from, and who has to know."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.core.breaker import after
from tocsin.core.people import Directory
from tocsin.core.plan import Destination, Services
from tocsin.core.sending import Delivered, Gone, Outcome, Refused
from tocsin.notifications.delivery_problem import NOTIFICATION_KIND, Facts
from tocsin.pipeline import links
from tocsin.pipeline.announce import announce
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.reach import services_of
from tocsin.store.queries import directory
from tocsin.store.queries.outbox import Job
from tocsin.store.writes import breakers

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
    """The first time that a place or an account is gone, those who can mend it are told."""
    whole = outcome.account and job.integration_id is not None
    if whole:
        is_news = breakers.broke(job.integration_id or 0, outcome.reason)
    else:
        is_news = job.lane_id is not None and breakers.gone(job.lane_id, outcome.reason)
    if is_news and job.kind != NOTIFICATION_KIND.slug:
        _tell(job, outcome, now)


def _tell(job: Job, outcome: Gone, now: datetime) -> None:
    here = directory.read(job.organization_id)
    to = list(_by_another_way(job, here, services_of(here)))
    if to:
        announce(
            organization_id=job.organization_id,
            kind=NOTIFICATION_KIND.slug,
            facts=_facts(job, outcome, here),
            destinations=to,
            now=now,
        )


def _by_another_way(job: Job, here: Directory, services: Services) -> list[Destination]:
    """Whoever manages the integrations, over every service that reaches them but the one that is sick."""
    found = []
    for user_id in directory.managers(job.organization_id):
        person = here.people.get(user_id)
        for slug in services.reachable if person and person.active else ():
            provider = services.providers[slug]
            address = provider.personal(person) if provider.personal and person else None
            if slug != job.provider and address is not None:
                label = provider.describe(address)
                found.append(Destination(slug, address, label, services.reachable[slug], user_id))
    return found


def _facts(job: Job, outcome: Gone, here: Directory) -> Facts:
    connection = here.connections.get(job.integration_id or 0)
    provider = catalogue().providers[job.provider]
    return Facts(
        organization=job.organization,
        service=provider.name,
        account=connection.name if connection else provider.name,
        place="" if outcome.account else job.label,
        reason=outcome.reason,
        url=links.integration(job.organization, job.integration_id),
        deliveries_url=links.deliveries(job.organization),
    )
