"""Everything that one request wants of issues, done in one transaction or not at all: for pages, API, chat."""

from collections.abc import Sequence
from datetime import datetime

from tocsin.core.commands import InvalidCommandError
from tocsin.core.issue import Happening
from tocsin.core.issue_update import Wanted
from tocsin.pipeline import command
from tocsin.pipeline.assignment import Assignee, By, assign, parse_assignee
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.store.db import one_transaction
from tocsin.store.queries import commands as queries
from tocsin.store.writes import issues, workflow


def update(  # noqa: PLR0913 — what is asked, of which issues, by whom
    *,
    organization_id: int,
    issue_ids: Sequence[int],
    wanted: Wanted,
    by: By,
    now: datetime,
    gather: list[Happened] | None = None,
) -> None:
    """Does what is wanted, as a person (`by.actor_id`). Raises InvalidCommandError, and then nothing was done.

    With `gather` what happened is put there, for the caller to say with more: it was asked of each issue by itself.
    """
    with one_transaction():
        if wanted.command is not None:
            command.run(
                organization_id=organization_id,
                issue_ids=issue_ids,
                command=wanted.command,
                actor_id=by.actor_id,
                now=now,
                gather=gather,
            )
        if wanted.assigned_to is not None:
            to = _assignee(organization_id, wanted.assigned_to)
            assign(organization_id=organization_id, issue_ids=issue_ids, to=to, by=by, now=now, gather=gather)
        if wanted.priority is not None:
            _prioritise(organization_id, issue_ids, wanted, by, now)
        _mine(organization_id, issue_ids, wanted, by, now)


def _assignee(organization_id: int, text: str) -> Assignee:
    """By id, or by what people call each other: an address, #team."""
    if "@" in text or text.startswith("#"):
        found = queries.called(organization_id, text)
        if found is None:
            raise InvalidCommandError("assignedTo", f"{text:.80} is nobody in this organization.")
        return Assignee(*found)
    return parse_assignee(text)


def _prioritise(organization_id: int, issue_ids: Sequence[int], wanted: Wanted, by: By, now: datetime) -> None:
    if wanted.priority is None:
        return
    changed = issues.prioritise(organization_id, issue_ids, int(wanted.priority))
    data = {"priority": wanted.priority.name.lower()}
    happen([Happened(project, one, Happening.PRIORITY, by.actor_id, data) for one, project in changed], now)


def _mine(organization_id: int, issue_ids: Sequence[int], wanted: Wanted, by: By, now: datetime) -> None:
    """What is between a person and the issues: following and bookmarks."""
    if by.actor_id is None or (wanted.bookmarked is None and wanted.subscribed is None):
        return
    for one in queries.changing(organization_id, issue_ids):
        pair = (one.id, one.project_id)
        if wanted.bookmarked:
            workflow.bookmark(pair, by.actor_id, now)
        elif wanted.bookmarked is False:
            workflow.unbookmark(one.id, by.actor_id)
        if wanted.subscribed is not None:
            workflow.set_subscription(pair, by.actor_id, is_active=wanted.subscribed, now=now)
