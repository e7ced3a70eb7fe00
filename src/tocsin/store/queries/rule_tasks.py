"""Rules that wait to be saved until their channels are known."""

from datetime import datetime
from uuid import UUID

from tocsin.store.models import Organization, Project, Rule, RuleTask

Home = Project | Organization


def of(home: Home, task_id: UUID) -> RuleTask | None:
    """The home's task of an id."""
    found = RuleTask.objects.filter(pk=task_id)
    if isinstance(home, Project):
        return found.filter(project=home).select_related("rule").first()
    return found.filter(organization=home, project=None).select_related("rule").first()


def waiting(organization_id: int) -> int:
    """How many of an organization wait."""
    return RuleTask.objects.filter(organization_id=organization_id, status="pending").count()


def due(now: datetime, at_most: int) -> list[RuleTask]:
    """Those whose channels are to be asked for again, the longest due first."""
    found = RuleTask.objects.filter(status="pending", due__lte=now).order_by("due", "pk")
    return list(found.select_related("project__organization", "organization")[:at_most])


def is_overtaken(task: RuleTask) -> bool:
    """Whether the rule that it changes was saved otherwise since."""
    return (
        task.rule_id is not None and Rule.objects.filter(pk=task.rule_id, date_changed__gt=task.date_added).exists()
    )
