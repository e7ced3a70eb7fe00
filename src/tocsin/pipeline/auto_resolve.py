"""Auto-resolve: issues that a project has not seen for so many hours count as resolved (behaviour §10.4)."""

from datetime import timedelta

from tocsin.core.commands import Resolve
from tocsin.pipeline import clock, command
from tocsin.store.queries import commands as queries

AT_ONCE = 1_000


def resolve_old() -> int:
    """How many were resolved, at most 1,000 a project and run. Each is told like any other."""
    now, resolved = clock.now(), 0
    for organization_id, project_id, hours in queries.auto_resolving():
        found = queries.not_seen_since(project_id, now - timedelta(hours=hours), AT_ONCE)
        if found:
            resolved += command.run(
                organization_id=organization_id,
                issue_ids=found,
                command=Resolve(by_age=hours),
                actor_id=None,
                now=now,
            )
    return resolved
