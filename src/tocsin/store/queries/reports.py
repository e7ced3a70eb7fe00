"""What weekly reports are made of; each function is one statement, for a whole organization."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q

from tocsin.core.acts import REWRITTEN
from tocsin.core.issue import RESOLVED_BY, Happening, short_id
from tocsin.core.weekly import Counts, Week
from tocsin.store.db import moment, rows
from tocsin.store.models import Activity, Delivery, Issue, Organization, Project, Untold


class Due(NamedTuple):
    """An organization whose reports of a week are not written."""

    id: int
    slug: str
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class Busy:
    """An issue with many events in the week."""

    issue_id: int
    short_id: str
    title: str
    events: int


def due(week: Week, most: int) -> list[Due]:
    """Those that were there in that week and were not reported to."""
    found = Organization.objects.filter(date_added__lt=week.end).exclude(reports__week=week.monday)
    return [Due(*row) for row in found.order_by("pk").values_list("id", "slug", "name", "version")[:most]]


def projects(organization_id: int) -> dict[int, tuple[str, str]]:
    """(slug, name) of each project."""
    found = Project.objects.filter(organization_id=organization_id)
    return {one: (slug, name) for one, slug, name in found.values_list("id", "slug", "name")}


def counts(organization_id: int, week: Week) -> dict[int, Counts]:
    """By project, those where anything was counted. Three statements."""
    events = _events(organization_id, week)
    opened = _opened(organization_id, week)
    changed = _changed(organization_id, week)
    return {
        one: Counts(*events.get(one, (0, 0)), opened.get(one, 0), *changed.get(one, (0, 0)))
        for one in {*events, *opened, *changed}
    }


_COUNTED = (
    " FROM store_issue AS issue"
    " JOIN store_project AS project ON project.id = issue.project_id AND project.organization_id = %s"
    " JOIN store_issueminute AS counted ON counted.issue_id = issue.id"
    " AND counted.minute >= %s AND counted.minute < %s"
    " WHERE issue.last_seen >= %s"
)


def _events(organization_id: int, week: Week) -> dict[int, tuple[int, int]]:
    """(this week, the week before) by project."""
    middle, first = _minute(week.start), _minute(week.before.start)
    found = rows(
        "SELECT issue.project_id, sum(CASE WHEN counted.minute >= %s THEN counted.count ELSE 0 END),"
        f" sum(CASE WHEN counted.minute < %s THEN counted.count ELSE 0 END){_COUNTED} GROUP BY issue.project_id",
        [middle, middle, organization_id, first, _minute(week.end), moment(week.before.start)],
    )
    return {project: (int(events), int(before)) for project, events, before in found}


def _opened(organization_id: int, week: Week) -> dict[int, int]:
    found = Issue.objects.filter(
        project__organization_id=organization_id, first_seen__gte=week.start, first_seen__lt=week.end
    )
    return dict(found.order_by().values_list("project_id").annotate(Count("id")))


def _changed(organization_id: int, week: Week) -> dict[int, tuple[int, int]]:
    """(come back, resolved): the different issues of each project of whose timelines that is said."""
    regressed, resolved = Q(type=Happening.REGRESSION.value), Q(type__in=[one.value for one in RESOLVED_BY])
    found = Activity.objects.filter(
        regressed | resolved,
        project__organization_id=organization_id,
        date_added__gte=week.start,
        date_added__lt=week.end,
    )
    counted = (
        found.order_by()
        .values("project_id")
        .annotate(
            regressed=Count("issue", distinct=True, filter=regressed),
            resolved=Count("issue", distinct=True, filter=resolved),
        )
    )
    return {one["project_id"]: (one["regressed"], one["resolved"]) for one in counted}


def busiest(organization_id: int, week: Week, most: int) -> dict[int, list[Busy]]:
    """The issues of each project with the most events in the week, those first."""
    found = rows(
        "SELECT project_id, slug, id, number, title, events FROM ("  # noqa: S608 — constants only
        "SELECT issue.project_id, project.slug, issue.id, issue.number, issue.title, sum(counted.count) AS events,"
        " row_number() OVER (PARTITION BY issue.project_id ORDER BY sum(counted.count) DESC, issue.id) AS place"
        f"{_COUNTED} GROUP BY issue.project_id, project.slug, issue.id, issue.number, issue.title"
        ") AS ranked WHERE place <= %s ORDER BY project_id, place",
        [organization_id, _minute(week.start), _minute(week.end), moment(week.start), most],
    )
    busy: dict[int, list[Busy]] = {}
    for project, slug, issue, number, title, events in found:
        busy.setdefault(project, []).append(Busy(issue, short_id(slug, number), title, int(events)))
    return busy


def told(organization_id: int, week: Week) -> dict[int, int]:
    """How many different notifications reached each person; what only brought a message up to date told nobody."""
    found = Delivery.objects.filter(
        organization_id=organization_id,
        state="sent",
        user__isnull=False,
        date_added__gte=week.start,
        date_added__lt=week.end,
    ).exclude(notification__category=REWRITTEN)
    return dict(found.order_by().values_list("user_id").annotate(Count("notification", distinct=True)))


def untold(organization_id: int, week: Week) -> dict[int, int]:
    """How many notifications did not reach each person who was considered."""
    found = Untold.objects.filter(
        notification__organization_id=organization_id, date_added__gte=week.start, date_added__lt=week.end
    )
    return dict(found.order_by().values_list("user_id").annotate(Count("id")))


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // 60
