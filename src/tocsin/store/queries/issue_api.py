"""One issue with all that belongs to it, as the API and its page show it; a constant number of queries."""

from dataclasses import dataclass

from django.db.models import QuerySet

from tocsin.core.follow import Follower
from tocsin.core.issue import Happening
from tocsin.store.models import Activity, Bookmark, Issue, IssueOwner, Resolution, Snooze, Subscription


@dataclass(frozen=True, slots=True)
class Whole:
    """An issue with what its people have to do with it. `mine` is the reader's own subscription."""

    issue: Issue
    activities: list[Activity]
    followers: list[Subscription]
    owners: list[IssueOwner]
    snooze: Snooze | None
    resolution: Resolution | None
    mine: Follower | None
    is_bookmarked: bool
    comments: int


def whole(issue: Issue, reader_id: int, latest: int = 100) -> Whole:
    """Seven queries."""
    followers = list(Subscription.objects.filter(issue=issue).select_related("user", "team").order_by("id"))
    mine = next((one for one in followers if one.user_id == reader_id), None)
    return Whole(
        issue,
        list(activities(issue.pk)[:latest]),
        [one for one in followers if one.is_active],
        list(IssueOwner.objects.filter(issue=issue).select_related("user", "team").order_by("id")),
        Snooze.objects.filter(issue=issue).first(),
        Resolution.objects.filter(issue=issue).first(),
        Follower(mine.pk, mine.user_id, None, mine.is_active, mine.reason) if mine else None,
        Bookmark.objects.filter(issue=issue, user_id=reader_id).exists(),
        activities(issue.pk).filter(type=Happening.NOTE.value).count(),
    )


def activities(issue_id: int) -> QuerySet[Activity]:
    """What happened to an issue, latest first."""
    return Activity.objects.filter(issue_id=issue_id).select_related("user").order_by("-date_added", "-pk")


def comments(issue_id: int) -> QuerySet[Activity]:
    return activities(issue_id).filter(type=Happening.NOTE.value)


def of_organizations(issue_id: int, organization_ids: set[int]) -> Issue | None:
    """An issue of one of these organizations, with its place and assignee."""
    found = Issue.objects.select_related("project__organization", "assignee_user", "assignee_team")
    return found.filter(pk=issue_id, project__organization_id__in=organization_ids).first()


def listed(issue_ids: list[int]) -> list[Issue]:
    """Issues in the order of their ids, with their places and assignees."""
    found = Issue.objects.select_related("project__organization", "assignee_user", "assignee_team").in_bulk(
        issue_ids
    )
    return [found[one] for one in issue_ids if one in found]


def ids(organization_id: int, wanted: list[int], project_id: int | None = None) -> list[int]:
    """Those of the wanted issues that are the organization's (and the project's)."""
    found = Issue.objects.filter(project__organization_id=organization_id, pk__in=wanted)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    return list(found.order_by("pk").values_list("pk", flat=True))
