"""Quota: events that the door refused, as a key reached its limit, are counted and told once a day and project."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tocsin.core import quota
from tocsin.core.follow import tell_members
from tocsin.notifications.quota import NOTIFICATION_KIND, Facts, RefusedKey
from tocsin.pipeline import clock, links
from tocsin.pipeline.announce import tell
from tocsin.pipeline.reach import services_of
from tocsin.store.db import one_transaction
from tocsin.store.queries import directory, members
from tocsin.store.queries import refusals as queries
from tocsin.store.queries.refusals import Due, RefusedOf
from tocsin.store.writes import refusals

log = logging.getLogger("tocsin.quota")

# What was refused before midnight is told after it.
LOOK_BACK = timedelta(days=1)


def keep(counts: Mapping[str, int], now: datetime) -> None:
    """Adds refused events, by public key, to the day's count; of a key that was deleted nothing is kept."""
    with one_transaction():
        ids = queries.ids(counts)
        refusals.add({ids[one]: count for one, count in counts.items() if one in ids}, now.date())


def tell_due() -> int:
    """Tells of projects whose events were refused and of which nobody was told that day; of how many.

    One that fails is tried again at the next run, and holds no other up.
    """
    now, done = clock.now(), 0
    for one, keys in queries.due((now - LOOK_BACK).date()).items():
        try:
            done += _tell(one, keys, now)
        except Exception:
            log.exception("The refused events of %s could not be told; it is tried again.", one.project)
    return done


def _tell(one: Due, keys: Sequence[RefusedOf], now: datetime) -> bool:
    with one_transaction():
        claimed = refusals.claim(one.project_id, one.day, now)
        if claimed is None:
            return False
        here = directory.of(one.organization_id, one.version)
        managers = members.deciders(one.organization_id)
        asked = quota.asked(here, managers, one.project_id, NOTIFICATION_KIND.name, f"limit:{claimed}")
        tell(
            organization_id=one.organization_id,
            kind=NOTIFICATION_KIND.slug,
            facts=_facts(one, keys),
            routed=tell_members(asked, here, services_of(here)),
            here=here,
            now=now,
            project_id=one.project_id,
        )
    return True


def _facts(one: Due, keys: Sequence[RefusedOf]) -> Facts:
    return Facts(
        organization=one.organization,
        project=one.project,
        project_url=links.project(one.organization, one.project),
        day=one.day.isoformat(),
        keys=tuple(RefusedKey(key.label, key.count, key.most, key.seconds) for key in keys),
        settings_url=links.preferences(),
    )
