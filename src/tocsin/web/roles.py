"""Who may change what an organization is connected to; everyone else may look."""

from django.core.exceptions import PermissionDenied

from tocsin.core.roles import MAY_MANAGE
from tocsin.store.queries import api_places
from tocsin.store.queries.setup import Setup
from tocsin.web.access import MemberRequest


def may_manage(request: MemberRequest) -> bool:
    """Whether the person may change integrations and keys."""
    return request.membership.role in MAY_MANAGE


def may_report(request: MemberRequest, project: Setup) -> bool:
    """Whether the person may make a project report a test error, which tells all whom its rules tell."""
    return may_manage(request) or api_places.is_on_team(request.person.pk, project.id)


def require_manager(request: MemberRequest) -> None:
    if not may_manage(request):
        role = request.membership.role
        raise PermissionDenied(
            f"You are a {role} here. Owners, managers and admins may change this; ask one of them."
        )
