"""The alert rules that the digest evaluates."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from tocsin.core.rule_snooze import RuleSnooze
from tocsin.store.models import Rule
from tocsin.store.queries import rule_snoozes


@dataclass(frozen=True, slots=True)
class RuleRow:
    id: int
    project_id: int
    label: str
    environment: str
    data: Mapping[str, Any]
    snoozes: tuple[RuleSnooze, ...] = ()


def active(projects: Mapping[int, int]) -> dict[int, list[RuleRow]]:
    """The active rules by project, oldest first, those of its organization among them; two queries.

    `projects` maps each project's id to its organization's.
    """
    mine = Q(project_id__in=projects.keys()) | Q(organization_id__in=set(projects.values()))
    rows = Rule.objects.filter(mine, status="active").order_by("id")
    found: dict[int, list[RuleRow]] = defaultdict(list)
    members: dict[int, list[int]] = defaultdict(list)
    for project, organization in projects.items():
        members[organization].append(project)
    listed = list(rows.values_list("id", "label", "environment", "data", "project_id", "organization_id"))
    snoozed = rule_snoozes.lasting([row[0] for row in listed])
    for rule, label, environment, data, *places in listed:
        for project in [places[0]] if places[0] in projects else members[places[1]]:
            found[project].append(RuleRow(rule, project, label, environment, data, snoozed.get(rule, ())))
    return found
