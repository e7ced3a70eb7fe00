"""Changing and trying a project's ownership: load who may own, decide, write; for pages and the API alike."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.core.codeowners import Converted, Roots, convert, read
from tocsin.core.codeowners_check import Associations, check_file
from tocsin.core.event import Event
from tocsin.core.ownership import Owned, compile_ownership, owners_of
from tocsin.core.ownership_change import Change, Refused, change
from tocsin.core.ownership_check import Checked, Resolvable, check
from tocsin.core.ownership_rule import OwnershipRule
from tocsin.formats.event import UnreadableError, parse
from tocsin.store.db import one_at_a_time, one_transaction
from tocsin.store.models import CodeOwners, Ownership, Project
from tocsin.store.queries import events
from tocsin.store.queries import ownership as queries
from tocsin.store.queries.events import Latest
from tocsin.store.writes import ownership as writes


@dataclass(frozen=True, slots=True)
class Tried:
    """A recent issue's latest event, and the rules that it fits, the strongest first."""

    latest: Latest
    owned: tuple[Owned, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A text of rules, checked and asked of what happened lately."""

    checked: Checked
    tried: tuple[Tried, ...]

    @property
    def with_owner(self) -> int:
        return sum(1 for one in self.tried if one.owned)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who may own in a project now, and what they are called elsewhere."""

    who: Resolvable
    names: Associations

    def convert(self, row: CodeOwners) -> Converted:
        """A CODEOWNERS file as rules of this project."""
        return convert(read(row.raw), self.names.known(self.who), Roots(row.source_root, row.stack_root))


def standing(project_id: int, organization_id: int) -> Standing:
    """Four queries."""
    return Standing(
        queries.resolvable([project_id])[project_id], queries.associations([organization_id])[organization_id]
    )


def save(project: Project, sent: Mapping[str, Any], *, actor_id: int | None, now: datetime) -> Ownership | Refused:
    """The stored ownership, or the reasons against it; checked in the transaction that writes."""
    with one_transaction():
        one_at_a_time([project.pk])
        before = queries.written(project.pk)
        who = queries.resolvable([project.pk])[project.pk]
        found = change(sent, who, raw_before=before.raw if before else "")
        if isinstance(found, Change):
            return writes.change(project, found.columns, actor_id=actor_id, now=now)
        return found


def save_file(
    project: Project, sent: Mapping[str, Any], *, file_id: int | None, actor_id: int | None, now: datetime
) -> CodeOwners | Refused | None:
    """The stored CODEOWNERS file, the reasons against it, or None when there is none of this id."""
    with one_transaction():
        before = queries.file(project.pk, file_id) if file_id is not None else None
        if file_id is not None and before is None:
            return None
        columns, reasons = check_file(sent, raw_before=before.raw if before else None)
        if reasons:
            return Refused(reasons)
        return writes.keep_file(project, columns, file_id=file_id, actor_id=actor_id, now=now)


def trial(project_id: int, raw: str, place: Standing) -> Trial:
    """What the rules would say of recent issues; lines that cannot be read own nothing."""
    before = queries.written(project_id)
    checked = check(raw, place.who, length_before=len(before.raw) if before else 0)
    codeowners = [rule for row in queries.files(project_id) for rule in place.convert(row).rules]
    return Trial(checked, _tried(checked.rules, codeowners, events.latest(project_id)))


def _tried(
    rules: Sequence[OwnershipRule], codeowners: Sequence[OwnershipRule], latest: Sequence[Latest]
) -> tuple[Tried, ...]:
    compiled = compile_ownership(rules, codeowners)
    return tuple(Tried(one, owners_of(compiled, event)) for one in latest if (event := _event(one)) is not None)


def _event(latest: Latest) -> Event | None:
    """The event as the digest read it; None for one that is kept and cannot be read."""
    try:
        body = zlib.decompress(latest.payload)
        return parse(body, event_id=latest.event_id, received=latest.received.timestamp())
    except (UnreadableError, zlib.error):
        return None
