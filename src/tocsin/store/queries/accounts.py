"""Who someone is here: their organizations, what they may see, and the links that sign them in."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from tocsin.store.models import AddressChange, Membership, Organization, Project, SignInLink, User
from tocsin.store.queries.inbox import of_person

MANY_UNREAD = 100


@dataclass(frozen=True)
class Place:
    """A project in the navigation."""

    name: str
    slug: str
    path: str


@dataclass(frozen=True)
class Navigation:
    """What stands beside every page. `unread` stops counting at 100."""

    organization: Organization | None
    others: tuple[Organization, ...] = ()
    projects: tuple[Place, ...] = ()
    unread: int = 0

    @property
    def root(self) -> str:
        return f"/{self.organization.slug}/" if self.organization else "/"


def memberships(user_id: int) -> list[Membership]:
    """The organizations a person belongs to, by name; an invitation not yet accepted is not among them."""
    found = Membership.objects.filter(user_id=user_id, pending=False)
    return list(found.select_related("organization").order_by("organization__name", "organization_id"))


def navigation(user_id: int, organization: Organization | None, all_of_them: list[Organization]) -> Navigation:
    """Two queries, whatever the number of projects."""
    return Navigation(
        organization=organization,
        others=tuple(other for other in all_of_them if other != organization),
        projects=_places(organization) if organization else (),
        unread=_unread(user_id),
    )


def _places(organization: Organization) -> tuple[Place, ...]:
    found = Project.objects.filter(organization=organization).order_by("name", "pk").values_list("name", "slug")
    return tuple(Place(name, slug, f"/{organization.slug}/projects/{slug}/") for name, slug in found)


def _unread(user_id: int) -> int:
    return of_person(user_id).filter(read__isnull=True).values("pk")[:MANY_UNREAD].count()


def project_awaiting_its_first_event(organization_id: int) -> Project | None:
    """The first project, as long as no project of the organization has ever reported anything."""
    projects = Project.objects.filter(organization_id=organization_id)
    if projects.filter(first_event__isnull=False).exists():
        return None
    return projects.order_by("pk").first()


def digest(token: str) -> str:
    """What is kept of a secret token: its SHA-256, 64 hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in_link(token: str) -> SignInLink | None:
    """The link that a token belongs to, used or not, with its person."""
    return SignInLink.objects.select_related("user").filter(digest=digest(token)).first()


def is_live(link: SignInLink, now: datetime) -> bool:
    """Whether it still signs its person in."""
    return link.used is None and link.expires > now and link.user.is_active


def is_taken(email: str) -> bool:
    """Whether somebody signs in with this address already, however its letters are cased."""
    return User.objects.filter(email__iexact=email).exists()


def address_change(user_id: int, token: str) -> AddressChange | None:
    """The change of address that a token belongs to, used or not, if this person asked for it."""
    return AddressChange.objects.filter(user_id=user_id, digest=digest(token)).first()


def address_awaited(user_id: int, now: datetime) -> str:
    """The address that a person has yet to confirm, or ""."""
    found = AddressChange.objects.filter(user_id=user_id, used__isnull=True, expires__gt=now).order_by("-pk")
    return found.values_list("email", flat=True).first() or ""


def addresses_asked(user_id: int, expiring_after: datetime) -> int:
    """How many changes of address a person has asked for that end after a moment."""
    return AddressChange.objects.filter(user_id=user_id, expires__gt=expiring_after).count()
