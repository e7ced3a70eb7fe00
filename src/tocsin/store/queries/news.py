"""What is needed to say what happened to issues: the issues, who follows them, where alerts about them stand."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from tocsin.core.follow import Follower
from tocsin.store.models import Issue, Reference, Subscription, User


@dataclass(frozen=True, slots=True)
class IssueNews:
    """An issue with its place, as a message about it says it."""

    id: int
    number: int
    title: str
    culprit: str
    level: str
    project_id: int
    project_slug: str
    organization_id: int
    organization_slug: str
    organization_version: int
    threads_activity: bool


def issues(issue_ids: Collection[int]) -> dict[int, IssueNews]:
    """One query."""
    found = Issue.objects.filter(pk__in=issue_ids).values_list(
        "id",
        "number",
        "title",
        "culprit",
        "level",
        "project_id",
        "project__slug",
        "project__organization_id",
        "project__organization__slug",
        "project__organization__version",
        "project__organization__threads_activity",
    )
    return {row[0]: IssueNews(*row) for row in found}


def followers(issue_ids: Collection[int]) -> dict[int, list[Follower]]:
    """The subscriptions of issues, those that were ended too; one query."""
    found: dict[int, list[Follower]] = defaultdict(list)
    rows = Subscription.objects.filter(issue_id__in=issue_ids).order_by("id")
    for row in rows.values_list("issue_id", "id", "user_id", "team_id", "is_active", "reason"):
        found[row[0]].append(Follower(*row[1:]))
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """A destination where the first message of a conversation stands."""

    conversation: str
    provider: str
    integration_id: int | None
    address: dict[str, Any]
    label: str
    detail: dict[str, Any]


def places(conversations: Collection[str]) -> dict[str, list[Place]]:
    """Where messages of conversations stand for all to see: channels, not what one person was sent; one query."""
    found: dict[str, list[Place]] = defaultdict(list)
    rows = Reference.objects.filter(conversation__in=conversations, delivery__user__isnull=True).order_by("id")
    for row in rows.values_list(
        "conversation",
        "delivery__provider",
        "delivery__integration_id",
        "delivery__address",
        "delivery__label",
        "delivery__detail",
    ):
        found[row[0]].append(Place(*row))
    return found


def names(user_ids: Collection[int]) -> dict[int, str]:
    """What people are called; one query."""
    found = User.objects.filter(pk__in=user_ids).values_list("id", "name", "email")
    return {user_id: name or email for user_id, name, email in found}
