"""Whose account of a service has a member's own address, and which lists of people are being read to find them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tocsin.core.roll_call import Standing
from tocsin.store.models import ExternalActor, LinkOffer, Membership, RollCall, UserAddress


@dataclass(frozen=True, slots=True)
class Due:
    """A connection whose next page of people is to be asked for."""

    integration_id: int
    organization_id: int
    provider: str
    standing: Standing
    due: datetime


def due(now: datetime, at_most: int) -> list[Due]:
    """The longest due first; one query."""
    found = RollCall.objects.filter(due__lte=now).order_by("due")
    columns = ("integration__organization_id", "integration__provider", "cursor", "pages", "failures", "due")
    return [
        Due(pk, organization_id, provider, Standing(*standing), at)
        for pk, organization_id, provider, *standing, at in found.values_list("pk", *columns)[:at_most]
    ]


def owners_of(organization_id: int, emails: Collection[str]) -> dict[str, list[int]]:
    """An organization's active members, by the addresses that they have shown to be theirs; two queries."""
    members = Membership.objects.filter(
        organization_id=organization_id, pending=False, user__is_active=True, user__email__in=emails
    )
    here = Membership.objects.filter(
        organization_id=organization_id, pending=False, user__is_active=True, user_id=OuterRef("user_id")
    )
    further = UserAddress.objects.filter(Exists(here), email__in=emails, verified__isnull=False)
    owners: dict[str, list[int]] = defaultdict(list)
    for email, user_id in members.filter(user__is_email_proved=True).values_list("user__email", "user_id"):
        owners[email].append(user_id)
    for email, user_id in further.values_list("email", "user_id"):
        owners[email].append(user_id)
    return owners


def linked(
    integration_id: int, accounts: Collection[str], people: Collection[int]
) -> tuple[frozenset[str], frozenset[int]]:
    """Which of these accounts are somebody's already, and which of these people have one there; one query."""
    found = ExternalActor.objects.filter(
        Q(external_id__in=accounts) | Q(user_id__in=people), integration_id=integration_id, user__isnull=False
    )
    rows = list(found.values_list("external_id", "user_id"))
    return frozenset(account for account, _ in rows), frozenset(user_id for _, user_id in rows if user_id)


@dataclass(frozen=True, slots=True)
class Offer:
    """An account that a person is asked about: of which connection, in which organization, by which address."""

    id: int
    external_id: str
    name: str
    email: str
    integration_id: int
    workspace: str
    provider: str
    organization_id: int
    organization: str


_OFFER = (
    "pk",
    "external_id",
    "name",
    "email",
    "integration_id",
    "integration__name",
    "integration__provider",
    "integration__organization_id",
    "integration__organization__name",
)


def open_to(user_id: int) -> list[Offer]:
    """What a person is asked about now, oldest first; one query."""
    return [Offer(*row) for row in _open(user_id).order_by("pk").values_list(*_OFFER)]


def one(user_id: int, offer_id: int) -> Offer | None:
    """An offer, while it still holds."""
    row = _open(user_id).filter(pk=offer_id).values_list(*_OFFER).first()
    return None if row is None else Offer(*row)


def _open(user_id: int) -> QuerySet[LinkOffer]:
    """Not answered, to a member who has shown the address to be theirs; neither account nor person is linked."""
    proved = UserAddress.objects.filter(user_id=user_id, email=OuterRef("email"), verified__isnull=False)
    member = Membership.objects.filter(
        user_id=user_id, pending=False, organization_id=OuterRef("integration__organization_id")
    )
    taken = ExternalActor.objects.filter(
        Q(external_id=OuterRef("external_id")) | Q(user_id=user_id),
        integration_id=OuterRef("integration_id"),
        user__isnull=False,
    )
    is_theirs = Q(Exists(proved)) | Q(user__email=F("email"), user__is_email_proved=True)
    found = LinkOffer.objects.filter(is_theirs, Exists(member), user_id=user_id, answered__isnull=True)
    return found.filter(~Exists(taken), integration__broken="")
