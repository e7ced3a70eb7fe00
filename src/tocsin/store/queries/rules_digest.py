"""The alert rules that the digest evaluates."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from tocsin.store.models import Rule


@dataclass(frozen=True, slots=True)
class RuleRow:
    id: int
    project_id: int
    label: str
    environment: str
    data: Mapping[str, Any]


def active(projects: Mapping[int, int]) -> dict[int, list[RuleRow]]:
    """The active rules by project, oldest first, those of its organization among them; one query.

    `projects` maps each project's id to its organization's.
    """
    mine = Q(project_id__in=projects.keys()) | Q(organization_id__in=set(projects.values()))
    rows = Rule.objects.filter(mine, status="active").order_by("id")
    found: dict[int, list[RuleRow]] = defaultdict(list)
    members: dict[int, list[int]] = defaultdict(list)
    for project, organization in projects.items():
        members[organization].append(project)
    for *row, organization in rows.values_list(
        "id", "project_id", "label", "environment", "data", "organization_id"
    ):
        for project in [row[1]] if row[1] is not None else members[organization]:
            found[project].append(RuleRow(row[0], project, *row[2:]))
    return found
