"""Memberships, invitations and requests as they come and go."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.store.models import (
    Invitation,
    MemberRequest,
    Membership,
    Organization,
    TeamMember,
    User,
)
from tocsin.store.queries.accounts import digest
from tocsin.store.versions import organization_changed

INVITATION_LASTS = timedelta(days=7)


def invite(  # noqa: PLR0913 — an invitation is its columns
    organization_id: int,
    email: str,
    role: str,
    teams: Sequence[int],
    *,
    is_mailed: bool = False,
    by: int | None,
    now: datetime,
) -> str:
    """The secret of the link; an invitation of the same address that was not accepted ends."""
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(organization_id=organization_id, email=email, used__isnull=True).delete()
    Invitation.objects.create(
        organization_id=organization_id,
        email=email,
        is_mailed=is_mailed,
        role=role,
        teams=list(teams),
        digest=digest(token),
        invited_by_id=by,
        expires=now + INVITATION_LASTS,
        date_added=now,
    )
    return token


def use_invitation(token: str, now: datetime) -> bool:
    """Marks an invitation used, once: of two who press at the same moment one gets False."""
    fresh = Invitation.objects.filter(digest=digest(token), used__isnull=True, expires__gt=now)
    return bool(fresh.update(used=now))


def withdraw(organization_id: int, invitation_id: int) -> str:
    """Ends an invitation; the address that it was for, "" for none."""
    found = Invitation.objects.filter(organization_id=organization_id, pk=invitation_id, used__isnull=True).first()
    if found is None:
        return ""
    found.delete()
    return found.email


def person_of(email: str, name: str, now: datetime, *, is_proved: bool) -> User:
    """The account of an address, made without a password where there is none; `is_proved` as in changed_address."""
    made, _ = User.objects.get_or_create(
        email=email.lower(),
        defaults={"name": name[:200], "password": "!", "date_joined": now, "is_email_proved": is_proved},
    )
    return made


def join(organization: Organization, user: User, role: str, teams: Sequence[int], now: datetime) -> bool:
    """Makes a person a member, of those teams that are the organization's; whether they were none before."""
    membership, is_new = Membership.objects.get_or_create(
        organization=organization, user=user, defaults={"role": role, "date_added": now}
    )
    if membership.pending:
        membership.pending, membership.role, is_new = False, role, True
        membership.save(update_fields=["pending", "role"])
    mine = organization.teams.filter(pk__in=list(teams)).values_list("pk", flat=True)
    TeamMember.objects.bulk_create([TeamMember(team_id=team, user=user) for team in mine], ignore_conflicts=True)
    organization_changed(organization.pk)
    return is_new


def set_role(membership: Membership, role: str) -> None:
    membership.role = role
    membership.save(update_fields=["role"])


def remove(membership: Membership) -> None:
    """The person leaves the organization and its teams; what they did stays on the timelines."""
    TeamMember.objects.filter(user_id=membership.user_id, team__organization_id=membership.organization_id).delete()
    membership.delete()


def ask(  # noqa: PLR0913 — a request is its columns
    organization_id: int,
    kind: str,
    email: str,
    *,
    name: str,
    role: str,
    teams: Sequence[int],
    asked_by: int | None,
    now: datetime,
) -> MemberRequest | None:
    """A new request, or None where one for the address waits already."""
    made, is_new = MemberRequest.objects.get_or_create(
        organization_id=organization_id,
        email=email,
        state="waiting",
        defaults={
            "kind": kind,
            "name": name[:200],
            "role": role,
            "teams": list(teams),
            "asked_by_id": asked_by,
            "date_added": now,
        },
    )
    return made if is_new else None


def decide(request: MemberRequest, state: str, by: int, now: datetime) -> bool:
    """Approves or rejects a request, once: of two who decide at the same moment one gets False."""
    waiting = MemberRequest.objects.filter(pk=request.pk, state="waiting")
    return bool(waiting.update(state=state, decided_by_id=by, date_decided=now))
