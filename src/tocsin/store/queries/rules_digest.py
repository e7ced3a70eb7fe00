"""The alert rules that the digest evaluates."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.store.models import Rule


@dataclass(frozen=True, slots=True)
class RuleRow:
    id: int
    project_id: int
    label: str
    environment: str
    data: Mapping[str, Any]


def active(project_ids: Collection[int]) -> dict[int, list[RuleRow]]:
    """The active rules of these projects, by project, oldest first; one query."""
    found: dict[int, list[RuleRow]] = defaultdict(list)
    rows = Rule.objects.filter(project_id__in=project_ids, status="active").order_by("id")
    for row in rows.values_list("id", "project_id", "label", "environment", "data"):
        found[row[1]].append(RuleRow(*row))
    return found
