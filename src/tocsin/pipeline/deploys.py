"""Deploys: a version that began to run is told to who has a part in it, and to who wants to hear of all (§1.5)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from tocsin.core import follow
from tocsin.core.issue import Happening
from tocsin.core.plan import Planned, Routed
from tocsin.engine.port import put
from tocsin.notifications import deploy as kind
from tocsin.pipeline import links, outgoing
from tocsin.pipeline.reach import services_of
from tocsin.store import models
from tocsin.store.db import after_commit
from tocsin.store.queries import commits as commit_queries
from tocsin.store.queries import deploys as queries
from tocsin.store.queries import directory
from tocsin.store.writes import activities
from tocsin.store.writes.activities import ActivityRow
from tocsin.store.writes.notifications import DeliveryRow, NotificationRow

COMMITS_SHOWN = 5


def announce(deploy: models.Deploy, project_ids: Sequence[int], now: datetime) -> None:
    """Puts a deploy on the timelines of its projects and tells those whom it concerns; in the caller's transaction.

    It has no actor: the token that reported it is a build's, and its owner wants to hear of it like anybody.
    """
    data = {"deploy_id": deploy.pk, "version": deploy.version, "environment": deploy.environment}
    activities.add([ActivityRow(one, None, Happening.DEPLOY.value, None, data, now) for one in project_ids])
    here = directory.of(deploy.organization_id, deploy.organization.version)
    routed = follow.tell_of_deploy(_release(deploy, project_ids), here, services_of(here))
    if not routed.planned:
        return
    row = _notification(deploy, project_ids, routed, now)
    ids = outgoing.write([row], [(row.uuid, _delivery(one, row, now)) for one in routed.planned])
    activities.untold([(ids[row.uuid], one) for one in routed.untold(here)], now)
    after_commit(lambda: put("deliver"))


def _release(deploy: models.Deploy, project_ids: Sequence[int]) -> follow.Release:
    emails = queries.author_emails(deploy.organization_id, deploy.version)
    committers = commit_queries.members_by_email(deploy.organization_id, emails)
    label = f"Deployed {deploy.version} to {deploy.environment}"
    return follow.Release(tuple(project_ids), frozenset(committers.values()), label, f"deploy:{deploy.pk}")


def _notification(
    deploy: models.Deploy, project_ids: Sequence[int], routed: Routed, now: datetime
) -> NotificationRow:
    return NotificationRow(
        deploy.organization_id,
        None,
        None,
        uuid.uuid4().hex,
        kind.NOTIFICATION_KIND.slug,
        kind.NOTIFICATION_KIND.category,
        "",
        outgoing.text(_facts(deploy, project_ids)),
        outgoing.text([step.as_json() for step in routed.trace]),
        now,
    )


def _delivery(one: Planned, row: NotificationRow, now: datetime) -> DeliveryRow:
    return outgoing.delivery(row, one.destination, now, detail={"reason": one.reason}, refused=one.suppressed)


def _facts(deploy: models.Deploy, project_ids: Sequence[int]) -> kind.Facts:
    organization = deploy.organization.slug
    told = queries.told_of(deploy.organization_id, deploy.version, COMMITS_SHOWN)
    return kind.Facts(
        organization=organization,
        version=deploy.version,
        environment=deploy.environment,
        release_url=links.release(organization, deploy.version),
        projects=tuple(
            (slug, links.release(organization, deploy.version, slug)) for slug in queries.slugs(project_ids)
        ),
        settings_url=links.preferences(),
        commits=tuple(
            kind.CommitFacts(one.key, one.message.strip().partition("\n")[0][:200], one.author_name)
            for one in told.commits
        ),
        commit_count=told.commit_count,
        author_count=told.author_count,
        url=deploy.url,
        name=deploy.name,
    )
