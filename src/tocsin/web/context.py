"""What templates of an organization's pages may ask for besides their view's own values."""

from django.http import HttpRequest

from tocsin.pipeline import readiness
from tocsin.pipeline.connect import delivers_by_environment
from tocsin.store.queries import integrations


def nothing_can_leave(request: HttpRequest) -> dict[str, bool]:
    """Whether the organization of this page has no service at all to send by; one query."""
    organization = getattr(request, "organization", None)
    if organization is None or delivers_by_environment():
        return {"nothing_can_leave": False}
    return {"nothing_can_leave": not integrations.can_deliver(organization.pk)}


def not_ready(request: HttpRequest) -> dict[str, tuple[str, ...]]:
    """Why this instance is not at work, for whoever is signed in; known already, without a query."""
    seen = readiness.seen() if hasattr(request, "navigation") else None
    return {"not_ready": seen.stuck if seen else ()}
