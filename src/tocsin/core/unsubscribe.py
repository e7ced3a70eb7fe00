"""What a message's unsubscribe link ends, and what an ended issue means for who would be told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tocsin.core.choices import TYPES
from tocsin.core.people import Person
from tocsin.core.plan import Planned, Routed
from tocsin.core.reasons import Reason, Step, Verdict


class Level(StrEnum):
    """How much ends: the narrowest that fits, as who wants more finds it on the page."""

    ISSUE = "issue"
    PROJECT = "project"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Ends:
    """An issue, or a type of message in a project or organization. `project_id` is the issue's own, or 0."""

    level: Level
    id: int
    type: str
    organization_id: int
    project_id: int = 0


def what_ends(category: str, organization_id: int, project_id: int | None, issue_id: int | None) -> Ends | None:
    """What a message of a category ends; None for what nobody chooses about (tests, addresses)."""
    if category not in TYPES:
        return None
    if issue_id is not None:
        return Ends(Level.ISSUE, issue_id, category, organization_id, project_id or 0)
    if project_id is not None and TYPES[category].by_project:
        return Ends(Level.PROJECT, project_id, category, organization_id, project_id)
    return Ends(Level.ORGANIZATION, organization_id, category, organization_id)


def wider(ends: Ends) -> Ends | None:
    """The next more that the same reader may want to end."""
    if ends.level is Level.ISSUE and ends.project_id and TYPES[ends.type].by_project:
        return replace(ends, level=Level.PROJECT, id=ends.project_id)
    return None


def without(routed: Routed, ended: Mapping[int, int], people: Mapping[int, Person]) -> Routed:
    """What was decided, minus those who unsubscribed from the issue (person → their subscription's id).

    Their deliveries stay, suppressed: the books count them, and the trace says why.
    """
    planned = tuple(_held_back(one, ended) for one in routed.planned)
    stopped = dict.fromkeys(
        one.destination.user_id
        for one, before in zip(planned, routed.planned, strict=True)
        if one is not before and one.destination.user_id is not None
    )
    steps = tuple(
        Step(
            f"user:{user_id}",
            people[user_id].name if user_id in people else f"member {user_id}",
            Verdict.REMOVED,
            Reason.UNSUBSCRIBED,
            f"subscription:{ended[user_id]}",
        )
        for user_id in stopped
    )
    return Routed(planned, (*routed.trace, *steps)) if steps else routed


def _held_back(one: Planned, ended: Mapping[int, int]) -> Planned:
    if one.suppressed is None and one.destination.user_id in ended:
        return replace(one, suppressed=Reason.UNSUBSCRIBED)
    return one
