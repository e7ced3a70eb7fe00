"""Explain: why somebody was, or was not, told of an issue; for pages, API and command line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.core.people import Directory
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.route import ALERTS
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries import directory, news, told
from tocsin.store.queries.news import IssueNews
from tocsin.store.queries.told import Told, ToldDelivery


@dataclass(frozen=True, slots=True)
class Explained:
    """One notification as it concerns one person: the steps about them and their teams, and what went to them.

    `considered` is false where no step is about them: `steps` then say what keeps it so.
    """

    notification_id: int
    kind: str
    decided: datetime
    considered: bool
    steps: Sequence[Mapping[str, Any]]
    deliveries: Sequence[ToldDelivery]

    @property
    def was_told(self) -> bool:
        return any(one.state == "sent" for one in self.deliveries)


class NothingToExplainError(LookupError):
    """The issue or the person is not there."""


def of_issue(organization_id: int, issue_id: int, user_id: int) -> list[Explained]:
    """The latest notifications of an issue, newest first, each as it concerns one member.

    Raises NothingToExplainError when either is not the organization's.
    """
    issue = news.issues([issue_id]).get(issue_id)
    if issue is None or issue.organization_id != organization_id:
        raise NothingToExplainError("There is no such issue in this organization.")
    here = directory.of(organization_id, issue.organization_version)
    if user_id not in here.people:
        raise NothingToExplainError("This person is not a member of the organization.")
    latest, _ = told.of_issue(organization_id, issue_id)
    standing = list(_standing(issue, here, user_id))
    mine = told.deliveries_to(user_id, [one.id for one in latest])
    return [_explained(one, here, user_id, standing, mine.get(one.id, ())) for one in latest]


def _explained(
    one: Told, here: Directory, user_id: int, standing: Sequence[Step], mine: Sequence[ToldDelivery]
) -> Explained:
    kind = catalogue().kinds.get(one.kind)
    name = kind.name if kind else one.kind
    subjects = {f"user:{user_id}", *(team.subject for team in here.teams.values() if user_id in team.members)}
    about = [step for step in one.trace if step.get("subject") in subjects]
    is_named = any(step.get("subject") == f"user:{user_id}" for step in about)
    missed = Reason.NOT_NAMED if kind is None or kind.category == ALERTS else Reason.FOLLOWED_LATER
    kept_out = standing or [Step(f"user:{user_id}", here.people[user_id].name, Verdict.REMOVED, missed)]
    steps = about if is_named else [*about, *(step.as_json() for step in kept_out)]
    return Explained(one.id, name, one.decided, is_named, steps, mine)


def _standing(issue: IssueNews, here: Directory, user_id: int) -> Iterator[Step]:
    """What keeps somebody out who was not even considered: as things are now. Nothing for who follows the issue."""
    person = here.people[user_id]
    if not person.active:
        yield Step(person.subject, person.name, Verdict.REMOVED, Reason.INACTIVE, person.subject)
    if not here.is_member(user_id, issue.project_id):
        yield Step(person.subject, person.name, Verdict.REMOVED, Reason.NOT_A_MEMBER)
    elif not any(one.user_id == user_id for one in news.followers([issue.id]).get(issue.id, ())):
        yield Step(person.subject, person.name, Verdict.REMOVED, Reason.NOT_SUBSCRIBED)
