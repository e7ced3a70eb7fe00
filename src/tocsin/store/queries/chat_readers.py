"""Who somebody in a chat service is in each organization that their account (a workspace) is connected to."""

from collections.abc import Collection
from dataclasses import dataclass

from tocsin.store.models import ExternalActor, Membership, Organization
from tocsin.store.queries.chat import Workspace


@dataclass(frozen=True, slots=True)
class Reader:
    """One organization, and who they are there: `user_id` is None for somebody who never said so, `role` for
    somebody who is no member, not yet, or switched off."""

    integration_id: int
    organization_id: int
    slug: str
    organization: str
    user_id: int | None
    role: str | None


def readers(connected: Collection[Workspace], external_id: str) -> list[Reader]:
    """In the order of the connections; three queries."""
    organizations = {one.organization_id for one in connected}
    called = {
        row[0]: row[1:]
        for row in Organization.objects.filter(pk__in=organizations).values_list("pk", "slug", "name")
    }
    actors = ExternalActor.objects.filter(
        integration_id__in=[one.integration_id for one in connected], external_id=external_id, user__isnull=False
    )
    people = dict(actors.order_by("-pk").values_list("integration_id", "user_id"))
    members = Membership.objects.filter(
        user_id__in=people.values(), organization_id__in=organizations, pending=False, user__is_active=True
    )
    roles = {(row[0], row[1]): row[2] for row in members.values_list("organization_id", "user_id", "role")}
    return [
        Reader(
            one.integration_id,
            one.organization_id,
            *called[one.organization_id],
            user_id=(person := people.get(one.integration_id)),
            role=roles.get((one.organization_id, person)) if person else None,
        )
        for one in connected
    ]
