"""Organizations and projects founded, each project with its key and its default alert rule (behaviour §5.5)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import slugify

from tocsin.core.rule import DEFAULT_FREQUENCY
from tocsin.core.rule_check import Draft
from tocsin.store.db import one_transaction
from tocsin.store.models import (
    Membership,
    Organization,
    Project,
    ProjectKey,
    ProjectTeam,
    Team,
    TeamMember,
    User,
)
from tocsin.store.writes import rules

NAME_LENGTH = 64
NOBODY_YET = "admin@localhost"  # until the first person says who they are
UNUSABLE_PASSWORD = "!"  # noqa: S105 — Django's mark for: no password fits

# First parts of the pages' addresses: an organization of that name could not be reached.
RESERVED = frozenset(
    {"api", "extensions", "inbox", "invitations", "metrics", "settings", "sign-in", "sign-out", "static"}
)

_NEW = "sentry.rules.conditions.high_priority_issue.NewHighPriorityIssueCondition"
_ESCALATED = "sentry.rules.conditions.high_priority_issue.ExistingHighPriorityIssueCondition"
_MAIL = "sentry.mail.actions.NotifyEmailAction"


class UnusableNameError(ValueError):
    """A name or an address that nothing can be founded with; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Founded:
    """What is there now; `created` says whether any of it is new."""

    organization: Organization
    team: Team
    project: Project
    key: ProjectKey
    user: User
    created: bool


def found(*, organization: str, project: str, email: str | None, now: datetime) -> Founded:
    """An organization with a team, an owner and a project that can report; the same rows on a second call.

    Without `email` the owner is the organization's first one, else admin@localhost until someone takes over.
    Raises UnusableNameError.
    """
    slug = slug_of(organization)
    if slug in RESERVED:
        raise UnusableNameError(f"The organization cannot be called {organization!r}: a page has that address.")
    project_slug = slug_of(project)
    with one_transaction():
        place, is_new = _organization(slug, organization, now)
        team, team_is_new = _team(place, slug, organization, now)
        user, user_is_new = _owner(place, team, email, now)
        made = Project.objects.filter(organization=place, slug=project_slug).first()
        created = is_new or team_is_new or user_is_new or made is None
        made = made or create_project(place, team, project, now=now)
        key = ProjectKey.objects.filter(project=made, is_active=True).order_by("pk").first()
        return Founded(place, team, made, key or _key(made, now), user, created or key is None)


def create_project(
    organization: Organization, team: Team, name: str, *, platform: str = "other", now: datetime
) -> Project:
    """A project of the team, with a key and the default alert rule.

    Raises UnusableNameError, also for a name whose project exists already.
    """
    slug = slug_of(name)
    with one_transaction():
        if Project.objects.filter(organization=organization, slug=slug).exists():
            raise UnusableNameError(f"There is already a project {slug!r}; choose another name.")
        project = Project.objects.create(
            organization=organization, slug=slug, name=name.strip(), platform=platform, date_added=now
        )
        ProjectTeam.objects.create(project=project, team=team)
        _key(project, now)
        rules.add(project, default_rule(), actor_id=None, now=now)
    return project


def default_rule() -> Draft:
    """What a new project starts with: its owners, else its active members, hear of what matters."""
    return Draft(
        label="Send a notification for high priority issues",
        environment="",
        data={
            "conditions": [{"id": _NEW}, {"id": _ESCALATED}],
            "filters": [],
            "actions": [{"id": _MAIL, "targetType": "IssueOwners", "fallthroughType": "ActiveMembers"}],
            "actionMatch": "any",
            "filterMatch": "all",
            "frequency": DEFAULT_FREQUENCY,
        },
    )


def slug_of(name: str) -> str:
    """The part of an address that stands for a name; raises UnusableNameError when none is left."""
    slug = slugify(name)
    if not slug or slug.isdigit():
        raise UnusableNameError(f"The name {name!r} needs at least one letter from a to z.")
    if len(name.strip()) > NAME_LENGTH or len(slug) > NAME_LENGTH:
        raise UnusableNameError(f"The name {name!r} is longer than {NAME_LENGTH} characters.")
    return slug


def _organization(slug: str, name: str, now: datetime) -> tuple[Organization, bool]:
    defaults = {"name": name.strip(), "date_added": now}
    return Organization.objects.get_or_create(slug=slug, defaults=defaults)


def _team(organization: Organization, slug: str, name: str, now: datetime) -> tuple[Team, bool]:
    defaults = {"name": name.strip(), "date_added": now}
    return Team.objects.get_or_create(organization=organization, slug=slug, defaults=defaults)


def _owner(organization: Organization, team: Team, email: str | None, now: datetime) -> tuple[User, bool]:
    if email is None and (present := _first_owner(organization)):
        return present, False
    address = _address(email or NOBODY_YET)
    user, is_new = User.objects.get_or_create(
        email=address, defaults={"password": UNUSABLE_PASSWORD, "date_joined": now}
    )
    _, joined = Membership.objects.get_or_create(
        organization=organization, user=user, defaults={"role": "owner", "date_added": now}
    )
    if joined:
        TeamMember.objects.get_or_create(team=team, user=user)
    return user, is_new or joined


def _first_owner(organization: Organization) -> User | None:
    owners = Membership.objects.filter(organization=organization, role="owner", pending=False, user__is_active=True)
    first = owners.select_related("user").order_by("pk").first()
    return first.user if first else None


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise UnusableNameError(f"{email!r} is no e-mail address.") from None
    return address


def _key(project: Project, now: datetime) -> ProjectKey:
    return ProjectKey.objects.create(project=project, public_key=secrets.token_hex(16), date_added=now)
