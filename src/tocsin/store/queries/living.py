"""What is needed to keep messages true: where they stand, what they said, and how their issues stand now."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet

from tocsin.core.acts import REWRITTEN
from tocsin.core.delivery import CLAIMABLE, State
from tocsin.core.sending import EDIT
from tocsin.core.threads import conversation_of
from tocsin.store.models import Activity, Delivery, Issue, Reference, Release
from tocsin.store.queries.news import newest


@dataclass(frozen=True, slots=True)
class Standing:
    """The first message of a conversation at one place: what was sent there, and what it was rendered from.

    `issue_id` is 0 where it is about no issue.
    """

    conversation: str
    lane_id: int
    lane: str
    delivery_id: int
    provider: str
    integration_id: int | None
    user_id: int | None
    address: dict[str, Any]
    label: str
    detail: dict[str, Any]
    notification_id: int
    kind: str
    facts: dict[str, Any]
    issue_id: int


def standing(issue_ids: Collection[int], providers: Collection[str]) -> list[Standing]:
    """Messages of issues at services that can rewrite them, oldest first: the newest of each place; one query."""
    found = Reference.objects.filter(
        about__in=[conversation_of(issue_id) for issue_id in issue_ids], delivery__provider__in=providers
    ).order_by("id")
    there = [one for one in _standing(found) if one.issue_id in issue_ids]
    return newest(there, lambda one: (one.issue_id, one.lane_id))


def standing_in(organization_id: int, conversation: str, providers: Collection[str]) -> list[Standing]:
    """The messages of one conversation of an organization, likewise; one query."""
    found = Reference.objects.filter(
        conversation=conversation,
        delivery__organization_id=organization_id,
        delivery__provider__in=providers,
    )
    return _standing(found.order_by("id"))


def _standing(found: QuerySet[Reference]) -> list[Standing]:
    rows = found.values_list("conversation", "lane_id", "lane__name", *(f"delivery__{name}" for name in _SENT))
    return [_as_standing(row) for row in rows]


_SENT = (
    "id",
    "provider",
    "integration_id",
    "user_id",
    "address",
    "label",
    "detail",
    "notification_id",
    "notification__kind",
    "notification__facts",
    "notification__issue_id",
)


def _as_standing(row: tuple[Any, ...]) -> Standing:
    columns: tuple[Any, ...] = (*row[:-1], row[-1] or 0)
    return Standing(*columns)


def coming(issue_ids: Collection[int], providers: Collection[str]) -> list[Standing]:
    """The messages of issues that are still on their way there, oldest first, but for what rewrites others."""
    return _coming(Delivery.objects.filter(notification__issue_id__in=issue_ids), providers)


def coming_in(organization_id: int, conversation: str, providers: Collection[str]) -> list[Standing]:
    """The messages of one conversation of an organization, likewise; one query, of what waits there."""
    return _coming(Delivery.objects.filter(organization_id=organization_id, conversation=conversation), providers)


def _coming(deliveries: QuerySet[Delivery], providers: Collection[str]) -> list[Standing]:
    found = deliveries.filter(
        provider__in=providers, state__in=[State.HELD, State.SENDING, *CLAIMABLE], lane__isnull=False
    ).exclude(notification__category=REWRITTEN)
    rows = found.order_by("id").values_list("conversation", "lane_id", "lane__name", *_SENT)
    return [_as_standing(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Stands:
    """An issue's state; whose it is, in words and as "user:7" or "team:2"."""

    status: int
    assignee: str
    assigned_to: str
    has_releases: bool


def stands(issue_ids: Collection[int]) -> dict[int, Stands]:
    """Two queries."""
    found = list(
        Issue.objects.filter(pk__in=issue_ids).values_list(
            "id",
            "status",
            "project_id",
            "assignee_user_id",
            "assignee_user__name",
            "assignee_user__email",
            "assignee_team_id",
            "assignee_team__slug",
        )
    )
    released = _with_releases({row[2] for row in found})
    return {
        row[0]: Stands(row[1], _called(row[4] or row[5], row[7]), _to(row[3], row[6]), row[2] in released)
        for row in found
    }


def _with_releases(project_ids: Collection[int]) -> set[int]:
    return set(Release.objects.filter(project_id__in=project_ids).values_list("project_id", flat=True).distinct())


def _called(person: str | None, team: str | None) -> str:
    return f"#{team}" if team else person or ""


def _to(user_id: int | None, team_id: int | None) -> str:
    if team_id is not None:
        return f"team:{team_id}"
    return f"user:{user_id}" if user_id is not None else ""


@dataclass(frozen=True, slots=True)
class Last:
    """What was done to an issue's state last."""

    issue_id: int
    project_id: int
    type: str
    actor_id: int | None
    data: dict[str, Any]


def last_of(issue_ids: Collection[int], types: Collection[str]) -> dict[int, Last]:
    """The latest activity of these types of each issue; one query."""
    every = Activity.objects.filter(issue_id__in=issue_ids, type__in=types)
    latest = every.order_by().values("issue_id").annotate(last=Max("id")).values("last")
    rows = Activity.objects.filter(pk__in=latest).values_list("issue_id", "project_id", "type", "user_id", "data")
    return {row[0]: Last(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A rewriting that has not left yet."""

    lane_id: int | None
    conversation: str
    notification_id: int


def waiting(issue_ids: Collection[int]) -> list[Waiting]:
    """The rewritings that wait for their turn or for their service to be mended, which nobody else takes before
    the transaction ends; one query.

    One that a sender is just taking is left out: it may have been read already.
    """
    found = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        notification__issue_id__in=issue_ids,
        state__in=[State.HELD, *CLAIMABLE],
        detail__act=EDIT,
        attempts=0,
    )
    return [Waiting(*row) for row in found.values_list("lane_id", "conversation", "notification_id")]
