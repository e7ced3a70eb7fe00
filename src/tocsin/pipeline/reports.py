"""Reports: on Monday each member's week is written and sent, once, whoever asks and however often."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from tocsin.core.plan import Planned
from tocsin.core.weekly import Counts, Reported, Week, report, to_report
from tocsin.engine.port import put
from tocsin.notifications.weekly_report import NOTIFICATION_KIND, BusyIssue, Facts, ProjectWeek
from tocsin.pipeline import clock, links, outgoing
from tocsin.pipeline.reach import services_of
from tocsin.store.db import after_commit, one_transaction
from tocsin.store.queries import directory
from tocsin.store.queries import reports as queries
from tocsin.store.queries.reports import Busy, Due
from tocsin.store.writes import activities, reports
from tocsin.store.writes.notifications import DeliveryRow, NotificationRow

log = logging.getLogger("tocsin.reports")

ORGANIZATIONS_AT_ONCE = 100
PEOPLE_AT_ONCE = 500
ISSUES_SHOWN = 5
PROJECTS_SHOWN = 20


def send_due() -> int:
    """Writes the reports of the last week to each organization that has none; to how many.

    After a longer pause only the last week is reported. An organization whose reports fail is tried again at the
    next run, and holds no other up.
    """
    now = clock.now()
    week, done = to_report(now), 0
    for one in queries.due(week, ORGANIZATIONS_AT_ONCE):
        try:
            done += _report(one, week, now)
        except Exception:
            log.exception("The weekly reports of %s could not be written; they are tried again.", one.slug)
    return done


def _report(organization: Due, week: Week, now: datetime) -> bool:
    """All or nothing: the week's row, the reports and their deliveries. A few statements for 500 people."""
    with one_transaction():
        claimed = reports.claim(organization.id, week.monday, now)
        if claimed is None:
            return False
        here = directory.of(organization.id, organization.version)
        facts = _read(organization, week)
        written = list(report(here, services_of(here), facts.counts, f"report:{claimed}"))
        for start in range(0, len(written), PEOPLE_AT_ONCE):
            part = [(one, _notification(one, facts, now)) for one in written[start : start + PEOPLE_AT_ONCE]]
            ids = outgoing.write([row for _, row in part], _deliveries(part, now))
            untold = [(ids[row.uuid], missed) for one, row in part for missed in one.routed.untold(here)]
            activities.untold(untold, now)
        after_commit(lambda: put("deliver"))
    return True


@dataclass(frozen=True, slots=True)
class _Read:
    """An organization's week, from which everybody's part is taken."""

    organization: Due
    week: Week
    counts: Mapping[int, Counts]
    projects: Mapping[int, tuple[str, str]]
    busiest: Mapping[int, Sequence[Busy]]
    told: Mapping[int, int]
    untold: Mapping[int, int]


def _read(organization: Due, week: Week) -> _Read:
    return _Read(
        organization,
        week,
        queries.counts(organization.id, week),
        queries.projects(organization.id),
        queries.busiest(organization.id, week, ISSUES_SHOWN),
        queries.told(organization.id, week),
        queries.untold(organization.id, week),
    )


def _notification(one: Reported, read: _Read, now: datetime) -> NotificationRow:
    return NotificationRow(
        read.organization.id,
        None,
        None,
        uuid.uuid4().hex,
        NOTIFICATION_KIND.slug,
        NOTIFICATION_KIND.category,
        "",
        outgoing.text(_facts(one, read)),
        outgoing.text([step.as_json() for step in one.routed.trace]),
        now,
    )


def _facts(one: Reported, read: _Read) -> Facts:
    shown = one.project_ids[:PROJECTS_SHOWN]
    return Facts(
        organization=read.organization.name,
        monday=read.week.monday.isoformat(),
        projects=tuple(_project(project_id, read) for project_id in shown),
        more=len(one.project_ids) - len(shown),
        told=read.told.get(one.person.id, 0),
        untold=read.untold.get(one.person.id, 0),
        url=links.issues(read.organization.slug),
        untold_url=links.not_told(),
        settings_url=links.preferences(),
    )


def _project(project_id: int, read: _Read) -> ProjectWeek:
    organization = read.organization.slug
    slug, name = read.projects[project_id]
    busiest = tuple(
        BusyIssue(one.short_id, one.title, links.issue(organization, one.issue_id), one.events)
        for one in read.busiest.get(project_id, ())
    )
    return ProjectWeek(name, links.project(organization, slug), **asdict(read.counts[project_id]), busiest=busiest)


def _deliveries(part: Sequence[tuple[Reported, NotificationRow]], now: datetime) -> list[tuple[str, DeliveryRow]]:
    return [(row.uuid, _delivery(planned, row, now)) for one, row in part for planned in one.routed.planned]


def _delivery(planned: Planned, row: NotificationRow, now: datetime) -> DeliveryRow:
    detail = {"reason": planned.reason}
    return outgoing.delivery(row, planned.destination, now, detail=detail, refused=planned.suppressed)
