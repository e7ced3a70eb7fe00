"""Command: what people do to the state of issues, the same for pages, API, chat and schedule.

One transaction: the change, its line on each timeline, and whatever is to be said of it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tocsin.core.commands import (
    Archive,
    Change,
    InvalidCommandError,
    Reopen,
    Resolve,
    StatusCommand,
    change,
    check,
)
from tocsin.core.follow import Because
from tocsin.core.issue import Happening, Status, Substatus
from tocsin.core.releases import is_numbered
from tocsin.core.snooze import forecast
from tocsin.core.states import ONGOING_AFTER
from tocsin.pipeline import clock
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.store.db import one_transaction, retried
from tocsin.store.models import Commit
from tocsin.store.queries import commands as queries
from tocsin.store.queries import commits
from tocsin.store.queries import resolutions as resolution_queries
from tocsin.store.queries.commands import Changing
from tocsin.store.writes import commits as commit_writes
from tocsin.store.writes import issues, resolutions, workflow

COMMANDS: dict[str, StatusCommand] = {"resolved": Resolve(), "unresolved": Reopen(), "ignored": Archive()}
ISSUES_AT_ONCE = 5_000
FORECAST_HOURS = 14 * 24


def set_status(
    *,
    organization_id: int,
    issue_ids: Sequence[int],
    status: str,
    actor_id: int | None,
    now: datetime,
) -> int:
    """Resolves, reopens or archives issues of an organization by the plain word; how many changed.

    Raises ValueError for an unknown word.
    """
    if status not in COMMANDS:
        raise ValueError(f"{status!r} is no status; use {', '.join(COMMANDS)}.")
    command = COMMANDS[status]
    return run(organization_id=organization_id, issue_ids=issue_ids, command=command, actor_id=actor_id, now=now)


def run(  # noqa: PLR0913 — a command, of which issues, by whom
    *,
    organization_id: int,
    issue_ids: Sequence[int],
    command: StatusCommand,
    actor_id: int | None,
    now: datetime,
    gather: list[Happened] | None = None,
) -> int:
    """Does a command to issues of an organization; how many changed.

    Issues that are so already, or of another organization, are left alone. Raises InvalidCommandError for a
    command that makes no sense. Of several issues changed at once their timelines tell, and no message (§10.2);
    with `gather` it was asked of each by itself, and what happened is put there for the caller to say.
    """
    check(command, now)
    alone = gather is not None or len(issue_ids) == 1

    def once() -> int:
        with one_transaction():
            about = queries.changing(organization_id, issue_ids)
            meant = _named(command, about)
            commit = _commit(organization_id, meant)
            found = [(one, made) for one in about if (made := change(meant, one.before, now, alone=alone))]
            out = _out_already(meant, [one for one, _ in found])
            found = [(one, _naming(made, out.get(one.id))) for one, made in found]
            _save(found, meant, actor_id, now)
            resolutions.came(out)
            if commit is not None:
                _fixed_by(commit, [one for one, _ in found], now)
            happened = [_happened(one, made, actor_id, quiet=not alone) for one, made in found]
            if gather is None:
                happen(happened, now)
            else:
                gather.extend(happened)
        return len(found)

    return retried(once)


def _named(command: StatusCommand, about: Sequence[Changing]) -> StatusCommand:
    """The command with "latest" replaced by the version that it stands for; a release is one project's."""
    if not isinstance(command, Resolve) or not (command.is_in_release or command.commit):
        return command
    projects = {one.project_id for one in about}
    if len(projects) > 1:
        raise InvalidCommandError("statusDetails", "Releases and commits are one project's: resolve each apart.")
    if command.release != "latest" or not projects:
        return command
    newest = queries.newest_release(projects.pop())
    if not newest:
        raise InvalidCommandError("statusDetails", "The project has no release yet: resolve it now instead.")
    return replace(command, release=newest)


def _out_already(command: StatusCommand, changed: Sequence[Changing]) -> dict[int, str]:
    """Where versions are told apart by when they came, the release after the one that an issue was last seen in may
    be out: then it is fixed there (§10.2). By issue; numbers say by themselves what comes next."""
    if not (changed and isinstance(command, Resolve) and command.next_release):
        return {}
    if is_numbered(queries.newest_release(changed[0].project_id)):
        return {}
    return resolution_queries.next_out_already([one.id for one in changed])


def _naming(made: Change, version: str | None) -> Change:
    return replace(made, data={"version": version}) if version else made


def _save(
    found: Sequence[tuple[Changing, Change]], command: StatusCommand, actor_id: int | None, now: datetime
) -> None:
    """The issues as they are now, what they wait for, and that whoever did it follows them."""
    if not found:
        return
    kinds: dict[tuple[Status, Substatus], list[int]] = defaultdict(list)
    for one, made in found:
        kinds[made.status, made.substatus].append(one.id)
    for (status, substatus), ids in kinds.items():
        issues.set_status(ids, status, substatus, now)
    changed = [one for one, _ in found]
    workflow.forget_ends([one.id for one in changed])
    if not isinstance(command, Resolve):
        commit_writes.unlink([one.id for one in changed])
    if isinstance(command, Archive) and (command.is_conditional or command.until_escalating):
        workflow.snooze(changed, command, _forecasts(changed, command, now), actor_id, now)
    if isinstance(command, Resolve) and (command.is_in_release or command.commit):
        project_id = changed[0].project_id  # they are one project's
        newest = {project_id: queries.newest_release(project_id)}
        workflow.resolve_in(changed, command, newest, actor_id, now)
    if actor_id is not None:
        follows = {actor_id: Because.STATUS_CHANGE}
        workflow.subscribe([(one.id, one.project_id) for one in changed], users=follows, now=now)
        if isinstance(command, Resolve):
            _assign_self(changed, actor_id)


def _commit(organization_id: int, command: StatusCommand) -> Commit | None:
    """The commit that a command names; one that nobody has told of is refused."""
    if not isinstance(command, Resolve) or not command.commit:
        return None
    found = commits.find(organization_id, command.commit, command.repository)
    if found is None:
        raise InvalidCommandError("statusDetails", f"Nobody has told of a commit {command.commit:.64} yet.")
    return found


def _fixed_by(commit: Commit, changed: Sequence[Changing], now: datetime) -> None:
    """The issues wait for the release that has the commit, or are fixed in the newest that has it already."""
    commit_writes.link([(one.id, commit.pk) for one in changed], now)
    version = commits.newest_release_with(changed[0].project_id, commit.pk) if changed else ""
    if version:
        resolutions.landed([one.id for one in changed], version)


def _forecasts(changed: Sequence[Changing], command: Archive, now: datetime) -> dict[int, int]:
    if not command.until_escalating:
        return {}
    minute = int(now.timestamp()) // 60 + 1
    hours = queries.hourly([one.id for one in changed], minute, FORECAST_HOURS)
    return {issue_id: forecast(counts) for issue_id, counts in hours.items()}


def _assign_self(changed: Sequence[Changing], actor_id: int) -> None:
    """Who resolves what nobody has gets it, if they like it so (§2.6)."""
    free = [one.id for one in changed if one.assignee_user_id is None and one.assignee_team_id is None]
    if free and queries.assigns_self(actor_id):
        workflow.assign(free, actor_id, None)


def _happened(one: Changing, made: Change, actor_id: int | None, *, quiet: bool) -> Happened:
    return Happened(one.project_id, one.id, made.happening, actor_id, made.data, quiet)


def settle() -> int:
    """Issues that were new, regressed or escalating for a week are ongoing; how many, a bounded number a run."""
    now = clock.now()

    def once() -> int:
        with one_transaction():
            found = issues.settled(now - ONGOING_AFTER, ISSUES_AT_ONCE)
            issues.ongoing([issue for issue, _ in found])
            happen([Happened(project, issue, Happening.ONGOING) for issue, project in found], now)
        return len(found)

    return retried(once)
