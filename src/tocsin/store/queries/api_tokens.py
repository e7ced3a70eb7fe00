"""Whose bearer token this is; the token itself is the scope."""

from tocsin.store.models import ApiToken, Membership
from tocsin.store.queries.accounts import digest


def find(token: str) -> ApiToken | None:
    """The token with its person, or None: unknown, switched off, or no longer a member of its organization."""
    found = ApiToken.objects.select_related("user").filter(digest=digest(token), user__is_active=True).first()
    if found is None:
        return None
    memberships = Membership.objects.filter(
        user_id=found.user_id, organization_id=found.organization_id, pending=False
    )
    return found if memberships.exists() else None
