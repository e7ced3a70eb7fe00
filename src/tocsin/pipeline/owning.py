"""Owning: whose issues the events of a batch belong to; who is suggested, and who gets what nobody has (§3.9).

An issue is asked about when it is new and then once a day, by the event that comes first. In projects without
ownership this costs nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.event import Event
from tocsin.core.issue import Happening, Status
from tocsin.core.ownership import Compiled, owners_of
from tocsin.core.owning import INTEGRATIONS, Suggestion, heir, suggestions, told
from tocsin.core.suspects import SuspectCommit
from tocsin.core.targets import Occasion
from tocsin.pipeline.happened import Happened
from tocsin.pipeline.reading import Seen
from tocsin.store.queries import owners as queries
from tocsin.store.queries import ownership
from tocsin.store.queries.issues_digest import IssueRow
from tocsin.store.queries.projects import ProjectFacts
from tocsin.store.writes import owners as writes

AGAIN_AFTER = timedelta(hours=24)


@dataclass(slots=True)
class Owners:
    """The ownership of a batch's projects, and the suspects that its issues had."""

    compiled: Mapping[int, Compiled]
    suspects: Mapping[int, Sequence[Suggestion]] = field(default_factory=dict)

    def occasion(self, issue: IssueRow, event: Event, ended: Mapping[int, int]) -> Occasion:
        """What an alert about an event has to know of who owns it, and of who ended the issue (store.queries
        .unsubscribe)."""
        compiled = self.compiled[issue.project_id]
        users, teams = told(owners_of(compiled, event)) if compiled.rules else ((), ())
        suspects = tuple(one.user_id for one in self.suspects.get(issue.id, ()) if one.user_id is not None)
        return Occasion(
            issue.project_id, issue.assignee_user_id, issue.assignee_team_id, users, teams, suspects, ended
        )

    def suspect_commit(self, issue: IssueRow) -> SuspectCommit | None:
        """The commit that an alert about the issue names: the first that was found."""
        return next((one.made for one in self.suspects.get(issue.id, ()) if one.made is not None), None)


def own(seen: Sequence[Seen], projects: Mapping[int, ProjectFacts], now: datetime) -> tuple[Owners, list[Happened]]:
    """Whom the batch's issues belong to, and which of them somebody got by themselves. Within the digest."""
    compiled = ownership.of(projects.values())
    due = _due(seen, compiled, now)
    suspects = queries.suspects({one.issue.id for one in seen}) if _may_have_suspects(seen) else {}
    owners = Owners(compiled, suspects)
    if not due:
        return owners, []
    found = {
        one.issue.id: (
            *suspects.get(one.issue.id, ()),
            *suggestions(owners_of(compiled[one.issue.project_id], one.arrived.event)),
        )
        for one in due
    }
    writes.suggest({issue: [one for one in some if not one.commit] for issue, some in found.items()}, now)
    writes.looked_at(list(found), now)
    return owners, _inherited(due, found, compiled, now)


def _due(seen: Sequence[Seen], compiled: Mapping[int, Compiled], now: datetime) -> list[Seen]:
    """The first event of each issue whose ownership is to be asked again."""
    due: dict[int, Seen] = {}
    for one in seen:
        issue = one.issue
        if issue.id not in due and compiled[issue.project_id].rules:
            asked = issue.owners_at
            if asked is None or now - asked >= AGAIN_AFTER:
                due[issue.id] = one
    return list(due.values())


def _may_have_suspects(seen: Sequence[Seen]) -> bool:
    """Only events of a release can have a suspect commit."""
    return any(one.arrived.event.release for one in seen)


def _inherited(
    due: Sequence[Seen],
    found: Mapping[int, Sequence[Suggestion]],
    compiled: Mapping[int, Compiled],
    now: datetime,
) -> list[Happened]:
    """Gives issues that nobody has, and nobody took back, to who inherits them."""
    heirs: list[tuple[Seen, Suggestion]] = []
    for one in due:
        rules, issue = compiled[one.issue.project_id], one.issue
        is_free = issue.assignee_user_id is None and issue.assignee_team_id is None
        if is_free and issue.status == Status.UNRESOLVED:
            first = heir(found[issue.id], by_rules=rules.auto_assignment, by_commits=rules.suspect_commits)
            if first is not None:
                heirs.append((one, first))
    if not heirs:
        return []
    by_hand = writes.assigned_by_hand([one.issue.id for one, _ in heirs if not one.is_new])
    heirs = [(one, first) for one, first in heirs if one.issue.id not in by_hand]
    writes.inherit([(one.issue.id, one.issue.project_id, first) for one, first in heirs], now)
    called = queries.names([first for _, first in heirs])
    return [_happened(one, first, called.get((first.user_id, first.team_id), ("", None))) for one, first in heirs]


def _happened(one: Seen, first: Suggestion, called: tuple[str, str | None]) -> Happened:
    issue = one.issue
    issue.assignee_user_id, issue.assignee_team_id = first.user_id, first.team_id
    data: dict[str, Any] = {
        "assignee": str(first.team_id if first.user_id is None else first.user_id),
        "assigneeType": "team" if first.user_id is None else "user",
        "assigneeName": called[0],
        "assigneeEmail": called[1],
        "integration": INTEGRATIONS[first.kind],
    }
    if first.rule:
        data["rule"] = first.rule
    return Happened(issue.project_id, issue.id, Happening.ASSIGNED, data=data)
