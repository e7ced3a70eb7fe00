"""Assignment: giving an issue to a person or a team, or taking it back (behaviour §3.8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.core.commands import InvalidCommandError
from tocsin.core.follow import Because
from tocsin.core.issue import Happening
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.store.db import one_transaction, retried
from tocsin.store.queries import commands as queries
from tocsin.store.queries.commands import Changing, Owner
from tocsin.store.writes import workflow

FIELD = "assignedTo"


@dataclass(frozen=True, slots=True)
class Assignee:
    """A person or a team; exactly one of them."""

    user_id: int | None = None
    team_id: int | None = None

    def has(self, issue: Changing) -> bool:
        return (issue.assignee_user_id, issue.assignee_team_id) == (self.user_id, self.team_id)


NOBODY = Assignee()


@dataclass(frozen=True, slots=True)
class By:
    """Who assigns: a person, or (without one) an `integration` such as projectOwnership with its `rule`; chat
    commands name both a person and the integration that they came by."""

    actor_id: int | None = None
    integration: str = ""
    rule: str = ""


def parse_assignee(text: str) -> Assignee:
    """What API clients send: "user:7", "team:7", "7" for a person, "" for nobody. Raises InvalidCommandError."""
    kind, _, number = text.strip().rpartition(":")
    if not text.strip():
        return NOBODY
    if kind not in ("", "user", "team") or not number.isdecimal() or len(number) > 18:
        raise InvalidCommandError(FIELD, "Give user:ID or team:ID, or nothing to take the assignment away.")
    return Assignee(team_id=int(number)) if kind == "team" else Assignee(user_id=int(number))


def assign(  # noqa: PLR0913 — whom, which issues, by whom
    *,
    organization_id: int,
    issue_ids: Sequence[int],
    to: Assignee,
    by: By,
    now: datetime,
    gather: list[Happened] | None = None,
) -> int:
    """Gives issues of an organization to somebody, or to nobody; how many changed hands. `gather` as in a command.

    Raises InvalidCommandError when the person is on no team of one of the projects, or the team is not on it.
    """

    def once() -> int:
        with one_transaction():
            found = [one for one in queries.changing(organization_id, issue_ids) if not to.has(one)]
            if found:
                quiet = gather is None and len(issue_ids) > 1
                happened = _assign(found, to, by, now, quiet=quiet)
                if gather is None:
                    happen(happened, now)
                else:
                    gather.extend(happened)
        return len(found)

    return retried(once)


def _assign(found: Sequence[Changing], to: Assignee, by: By, now: datetime, *, quiet: bool) -> list[Happened]:
    owner = None if to == NOBODY else owner_of(to, {one.project_id for one in found})
    ids = [one.id for one in found]
    workflow.assign(ids, to.user_id, to.team_id)
    workflow.unfollow_assigned(ids, but_user=to.user_id, but_team=to.team_id)
    pairs = [(one.id, one.project_id) for one in found]
    if to.user_id is not None:
        workflow.subscribe(pairs, users={to.user_id: Because.ASSIGNED}, now=now)
    if to.team_id is not None:
        workflow.subscribe(pairs, teams={to.team_id: Because.ASSIGNED}, now=now)
    happening = Happening.ASSIGNED if owner else Happening.UNASSIGNED
    data = _data(to, owner, by)
    return [Happened(one.project_id, one.id, happening, by.actor_id, data, quiet) for one in found]


def owner_of(to: Assignee, project_ids: set[int]) -> Owner:
    """The person or team, if they may have an issue of these projects; else raises InvalidCommandError."""
    if to.team_id is not None:
        found = queries.team_of_projects(to.team_id, project_ids)
        words = "This team is not on the issue's project: add it there, or choose another."
    else:
        found = queries.person_of_projects(to.user_id or 0, project_ids)
        words = "This person is on no team of the issue's project: add them to one, or choose somebody else."
    if found is None:
        raise InvalidCommandError(FIELD, words)
    return found


def _data(to: Assignee, owner: Owner | None, by: By) -> dict[str, Any]:
    """As on Sentry's wire (behaviour §3.8)."""
    data: dict[str, Any] = {}
    if owner is not None:
        is_team = to.team_id is not None
        data = {
            "assignee": str(to.team_id if is_team else to.user_id),
            "assigneeType": "team" if is_team else "user",
            "assigneeName": owner.name,
            "assigneeEmail": owner.email or None,
        }
    if by.integration:
        data["integration"] = by.integration
    if by.rule:
        data["rule"] = by.rule
    return data
