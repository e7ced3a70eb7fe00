"""What is needed to say what happened to issues: the issues, who follows them, where alerts about them stand."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tocsin.core.follow import Follower
from tocsin.core.threads import conversation_of
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
    threads_comments: bool


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
        "project__organization__threads_comments",
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
    """A destination where the first message of a conversation stands, as it was sent there; `thread` is what the
    service calls it when somebody answers."""

    conversation: str
    thread: str | None
    lane_id: int
    provider: str
    integration_id: int | None
    address: dict[str, Any]
    label: str
    detail: dict[str, Any]


# Where each alert begins a thread of its own, so many of the newest in a channel are kept up.
MOST_THREADS = 10


def places(issue_ids: Collection[int]) -> dict[int, list[Place]]:
    """Where alerts about issues stand for all to see: channels, not what one person was sent; one query."""
    named = {conversation_of(issue_id): issue_id for issue_id in issue_ids}
    rows = Reference.objects.filter(about__in=named, delivery__user__isnull=True).order_by("id")
    found: dict[int, list[Place]] = defaultdict(list)
    for about, *row in rows.values_list("about", *_PLACE):
        found[named[about]].append(Place(*row))
    return {issue_id: newest(standing, lambda one: one.lane_id) for issue_id, standing in found.items()}


_PLACE = (
    "conversation",
    "thread",
    "lane_id",
    "delivery__provider",
    "delivery__integration_id",
    "delivery__address",
    "delivery__label",
    "delivery__detail",
)

T = TypeVar("T")


def newest(found: Sequence[T], place: Callable[[T], Hashable]) -> list[T]:
    """The last ones at each place, in their order."""
    kept: dict[Hashable, list[T]] = defaultdict(list)
    for one in found:
        kept[place(one)].append(one)
    last = {id(one) for some in kept.values() for one in some[-MOST_THREADS:]}
    return [one for one in found if id(one) in last]


def names(user_ids: Collection[int]) -> dict[int, str]:
    """What people are called; one query."""
    found = User.objects.filter(pk__in=user_ids).values_list("id", "name", "email")
    return {user_id: name or email for user_id, name, email in found}
