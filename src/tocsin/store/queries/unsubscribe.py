"""Whose an unsubscribe link is, what it ends by its name, and who has ended issues."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from tocsin.core.issue import short_id
from tocsin.core.unsubscribe import Ends, Level
from tocsin.store.db import ids_given, in_ids, rows
from tocsin.store.models import Issue, Membership, Organization, Project, ProjectAddress, UserAddress


@dataclass(frozen=True, slots=True)
class Member:
    """`addresses` are all that mail of theirs may have gone to, what they sign in with first."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """What would end, as people call it; `path` is its page, `slug` a project's."""

    name: str
    title: str
    path: str
    slug: str = ""


def person(user_id: int, organization_id: int) -> Member | None:
    """An active member of the organization."""
    found = Membership.objects.filter(
        user_id=user_id, organization_id=organization_id, pending=False, user__is_active=True
    )
    email = found.values_list("user__email", flat=True).first()
    if email is None:
        return None
    proved = UserAddress.objects.filter(user_id=user_id, verified__isnull=False).values_list("email", flat=True)
    routed = ProjectAddress.objects.filter(user_id=user_id).values_list("email", flat=True)
    return Member((email, *proved, *routed))


def named(ends: Ends) -> Named | None:
    """What a link ends, if it is still there and in that organization."""
    match ends.level:
        case Level.ISSUE:
            return _issue(ends)
        case Level.PROJECT:
            return _project(ends)
        case Level.ORGANIZATION:
            found = Organization.objects.filter(pk=ends.organization_id).first()
            return Named(found.name, "", f"/{found.slug}/issues/") if found else None


def _issue(ends: Ends) -> Named | None:
    found = Issue.objects.filter(
        pk=ends.id, project_id=ends.project_id, project__organization_id=ends.organization_id
    )
    issue = found.select_related("project__organization").first()
    if issue is None:
        return None
    path = f"/{issue.project.organization.slug}/issues/{issue.pk}/"
    return Named(short_id(issue.project.slug, issue.number), issue.title, path)


def _project(ends: Ends) -> Named | None:
    found = Project.objects.filter(pk=ends.id, organization_id=ends.organization_id)
    project = found.select_related("organization").first()
    if project is None:
        return None
    return Named(project.name, "", f"/{project.organization.slug}/projects/{project.slug}/", project.slug)


def issue_project(organization_id: int, issue_id: str) -> tuple[int, int] | None:
    """An issue of the organization with its project, as its id was sent."""
    if not (issue_id.isascii() and issue_id.isdigit() and len(issue_id) <= 18):
        return None
    found = Issue.objects.filter(pk=int(issue_id), project__organization_id=organization_id)
    return found.values_list("pk", "project_id").first()


def ended(issue_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """By issue, the people who want to hear no more of it, with their subscription; one query."""
    by_issue: dict[int, dict[int, int]] = defaultdict(dict)
    sql = (
        f"SELECT issue_id, user_id, id FROM store_subscription WHERE issue_id {in_ids()}"  # noqa: S608
        " AND NOT is_active AND user_id IS NOT NULL"
    )
    for issue_id, user_id, subscription_id in rows(sql, [ids_given(issue_ids)]):
        by_issue[issue_id][user_id] = subscription_id
    return by_issue
