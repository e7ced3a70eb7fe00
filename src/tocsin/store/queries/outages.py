"""What waits and what is shut, in the whole instance: for its operator, as counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from tocsin.core.delivery import PENDING, State
from tocsin.store.models import Delivery, Integration, Organization


@dataclass(frozen=True, slots=True)
class Outages:
    """`waiting`: deliveries that have not ended, by state. `resting`: integrations whose breaker is open, and
    `broken`: those that somebody has to mend, both by service."""

    waiting: Mapping[str, int]
    resting: Mapping[str, int]
    broken: Mapping[str, int]


def everywhere() -> Outages:
    """Two queries; what has ended is not looked at, as it only grows."""
    open_states = [state.value for state in (*PENDING, State.HELD)]
    # Named, so that the index by organization and state serves.
    found = Delivery.objects.filter(organization__in=Organization.objects.values("pk"), state__in=open_states)
    waiting = dict(found.values_list("state").annotate(Count("pk")).order_by())
    integrations = list(
        Integration.objects.values("provider")
        .annotate(resting=Count("pk", filter=Q(breaker="open")), broken=Count("pk", filter=~Q(broken="")))
        .order_by("provider")
    )
    return Outages(
        {state: waiting.get(state, 0) for state in sorted(open_states)},
        {row["provider"]: row["resting"] for row in integrations},
        {row["provider"]: row["broken"] for row in integrations},
    )
