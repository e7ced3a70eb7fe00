"""Ownership as Sentry's clients read it (behaviour §4.1, §4.5)."""

from collections.abc import Iterable
from typing import Any

from tocsin.api.rule_json import moment
from tocsin.core.ownership_change import auto_assignment
from tocsin.core.ownership_check import Resolvable, pruned
from tocsin.core.ownership_rule import VERSION, OwnershipRule, from_schema
from tocsin.store.models import Ownership


def ownership_json(row: Ownership | None, who: Resolvable) -> dict[str, Any]:
    """All keys, also before anything was written; owners who left since are not in `schema`."""
    shown = row or Ownership()
    return {
        "raw": row.raw if row else None,
        "fallthrough": shown.fallthrough,
        "dateCreated": moment(shown.date_created),
        "lastUpdated": moment(shown.last_updated),
        "isActive": shown.is_active,
        "autoAssignment": auto_assignment(shown.auto_assignment, shown.suspect_committer_auto_assignment),
        "codeownersAutoSync": shown.codeowners_auto_sync,
        "schema": schema_json(pruned(from_schema(row.schema), who)) if row else None,
    }


def schema_json(rules: Iterable[OwnershipRule]) -> dict[str, Any]:
    """The stored form with `name` for an owner's identifier, and without the lines."""
    return {
        "$version": VERSION,
        "rules": [
            {
                "matcher": {"type": rule.matcher.type, "pattern": rule.matcher.pattern},
                "owners": [{"type": one.type, "id": str(one.id), "name": one.identifier} for one in rule.owners],
            }
            for rule in rules
        ],
    }
