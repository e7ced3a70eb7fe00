"""Who is in an organization, who is invited, and who asks."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from tocsin.store.models import Invitation, MemberRequest, Membership, Team, User
from tocsin.store.queries.accounts import digest


def members(organization_id: int) -> list[Membership]:
    """With the person and their teams; two queries."""
    found = Membership.objects.filter(organization_id=organization_id, pending=False)
    return list(
        found.select_related("user").prefetch_related("user__team_memberships__team").order_by("user__email")
    )


def member(organization_id: int, membership_id: int) -> Membership | None:
    return (
        Membership.objects.filter(organization_id=organization_id, pk=membership_id).select_related("user").first()
    )


def membership(organization_id: int, user_id: int) -> Membership | None:
    """A person's, with both ends; None for somebody who is no member, not yet, or switched off."""
    found = Membership.objects.filter(
        organization_id=organization_id, user_id=user_id, pending=False, user__is_active=True
    )
    return found.select_related("organization", "user").first()


def is_member(organization_id: int, email: str) -> bool:
    return Membership.objects.filter(organization_id=organization_id, user__email=email, pending=False).exists()


def has_account(email: str) -> bool:
    return User.objects.filter(email=email.lower()).exists()


def owners(organization_id: int) -> int:
    return Membership.objects.filter(organization_id=organization_id, role="owner", pending=False).count()


def open_invitations(organization_id: int, now: datetime) -> list[Invitation]:
    found = Invitation.objects.filter(organization_id=organization_id, used__isnull=True, expires__gt=now)
    return list(found.select_related("invited_by").order_by("-date_added"))


def invitation(token: str) -> Invitation | None:
    """By the secret of its link, used or not."""
    return Invitation.objects.filter(digest=digest(token)).select_related("organization", "invited_by").first()


def invited(organization_id: int, invitation_id: int) -> Invitation | None:
    return Invitation.objects.filter(organization_id=organization_id, pk=invitation_id).first()


def waiting(organization_id: int) -> QuerySet[MemberRequest]:
    found = MemberRequest.objects.filter(organization_id=organization_id, state="waiting")
    return found.select_related("asked_by").order_by("date_added")


def request(organization_id: int, request_id: int) -> MemberRequest | None:
    found = MemberRequest.objects.filter(organization_id=organization_id, pk=request_id)
    return found.select_related("decided_by").first()


def organization_of(request_id: int, organization_ids: Collection[int]) -> int | None:
    """Whose the request is, if it is of one of these organizations."""
    found = MemberRequest.objects.filter(pk=request_id, organization_id__in=organization_ids)
    return found.values_list("organization_id", flat=True).first()


def deciders(organization_id: int) -> list[int]:
    """The members who may let somebody in."""
    found = Membership.objects.filter(
        organization_id=organization_id, role__in=("owner", "manager"), pending=False, user__is_active=True
    )
    return list(found.order_by("user_id").values_list("user_id", flat=True))


def teams(organization_id: int) -> list[Team]:
    return list(Team.objects.filter(organization_id=organization_id).order_by("slug"))
