"""Outages: what a batch of answers tells of the integrations they came from, and who has to know."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.core.breaker import after
from tocsin.core.sending import Delivered, Gone, Outcome, Refused
from tocsin.store.queries.outbox import Job
from tocsin.store.writes import breakers

Answer = tuple[Job, Outcome]


def notice(answers: Sequence[Answer], now: datetime, lease: timedelta) -> None:
    """Opens and closes breakers, marks what is gone; in the transaction that records the answers.

    Costs nothing while all is well: only failures, and answers to probes, look at an integration's row.
    """
    by_integration: dict[int, list[Answer]] = defaultdict(list)
    for job, outcome in answers:
        if job.integration_id is not None:
            by_integration[job.integration_id].append((job, outcome))
    for integration_id, told in by_integration.items():
        if any(job.breaker != "closed" or not _is_well(outcome) for job, outcome in told):
            _breaker(integration_id, told, now, lease)
        for _, outcome in told:
            if isinstance(outcome, Gone) and outcome.account:
                breakers.broke(integration_id, outcome.reason)


def _is_well(outcome: Outcome) -> bool:
    return isinstance(outcome, Delivered | Refused | Gone)


def _breaker(integration_id: int, told: Sequence[Answer], now: datetime, lease: timedelta) -> None:
    before = breakers.locked(integration_id)
    if before is None:
        return
    breaker = before
    for _, outcome in told:
        breaker = after(breaker, outcome, now)
    breakers.became(integration_id, before, breaker, now, lease)
