"""Builders: defaults for everything, so that a test names only what matters to it."""

import json
import uuid
import zlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from tocsin.notifications.issue_alert import EXAMPLE
from tocsin.store.models import (
    Activity,
    Attempt,
    Delivery,
    Event,
    Issue,
    Lane,
    Membership,
    Notification,
    Organization,
    Project,
    ProjectKey,
    ProjectTeam,
    Reference,
    Team,
    TeamMember,
    User,
)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """One organization with a team, a member who owns it, a project and its key."""

    organization: Organization
    team: Team
    project: Project
    key: ProjectKey
    user: User


def a_user(email: str = "ana@example.com", **columns) -> User:
    return User.objects.create(email=email, date_joined=NOW, **{"password": "!", "name": "Ana", **columns})


def an_organization(slug: str = "acme", **columns) -> Organization:
    return Organization.objects.create(slug=slug, **{"name": slug.title(), "date_added": NOW, **columns})


def a_member(organization: Organization, team: Team | None = None, **columns) -> User:
    role = columns.pop("role", "member")
    user = a_user(**columns)
    Membership.objects.create(organization=organization, user=user, role=role, date_added=NOW)
    if team:
        TeamMember.objects.create(team=team, user=user)
    return user


def a_project(organization: Organization, team: Team | None = None, slug: str = "shop", **columns) -> Project:
    project = Project.objects.create(
        organization=organization, slug=slug, **{"name": slug.title(), "date_added": NOW, **columns}
    )
    if team:
        ProjectTeam.objects.create(project=project, team=team)
    return project


def a_world(slug: str = "acme", project: str = "shop", email: str = "ana@example.com") -> World:
    organization = an_organization(slug)
    team = Team.objects.create(organization=organization, slug=slug, name=slug.title(), date_added=NOW)
    user = a_member(organization, team, email=email, role="owner")
    made = a_project(organization, team, project)
    key = ProjectKey.objects.create(project=made, public_key=f"{made.pk:032x}", date_added=NOW)
    return World(organization, team, made, key, user)


def an_issue(project: Project, **columns) -> Issue:
    number = columns.pop("number", None) or Issue.objects.filter(project=project).count() + 1
    defaults = {
        "title": "ZeroDivisionError: division by zero",
        "culprit": "shop.cart in total",
        "first_seen": NOW,
        "last_seen": NOW,
        "active_at": NOW,
        "times_seen": 1,
    }
    return Issue.objects.create(project=project, number=number, **{**defaults, **columns})


def an_event(issue: Issue, payload: dict | None = None, **columns) -> Event:
    defaults = {
        "event_id": uuid.uuid4().hex,
        "timestamp": NOW,
        "received": NOW,
        "level": issue.level,
        "environment": "production",
        "title": issue.title,
        "payload": zlib.compress(json.dumps(payload or {"message": issue.title}).encode()),
    }
    return Event.objects.create(issue=issue, project=issue.project, **{**defaults, **columns})


def an_activity(issue: Issue, type: str = "set_resolved", **columns) -> Activity:  # noqa: A002
    return Activity.objects.create(issue=issue, project=issue.project, type=type, **{"date_added": NOW, **columns})


def a_notification(project: Project, issue: Issue | None = None, **columns) -> Notification:
    defaults = {
        "uuid": uuid.uuid4().hex,
        "kind": "issue_alert",
        "category": "alerts",
        "facts": asdict(EXAMPLE),
        "date_added": NOW,
    }
    return Notification.objects.create(
        organization=project.organization, project=project, issue=issue, **{**defaults, **columns}
    )


def a_lane(**columns) -> Lane:
    return Lane.objects.create(**{"name": f"test:{uuid.uuid4().hex}", **columns})


def a_delivery(notification: Notification, **columns) -> Delivery:
    defaults = {
        "provider": "email",
        "address": {"email": "ana@example.com"},
        "label": "ana@example.com",
        "key": uuid.uuid4().hex,
        "date_added": notification.date_added,
    }
    if "lane" not in columns:
        integration = columns.get("integration")
        integration_id = integration.pk if integration else columns.get("integration_id")
        columns["lane"] = a_lane(integration_id=integration_id, ready_at=columns.get("due"))
    return Delivery.objects.create(
        organization=notification.organization, notification=notification, **{**defaults, **columns}
    )


def a_reference(delivery: Delivery, channel: str = "C1", ts: str = "17.1", **columns) -> Reference:
    """What was sent stands there, and Slack calls it so."""
    defaults = {
        "about": delivery.conversation.partition("/")[0],
        "thread": f"{channel}:{ts}",
        "reference": {"channel": channel, "ts": ts},
        "date_added": NOW,
    }
    return Reference.objects.create(
        conversation=delivery.conversation, lane=delivery.lane, delivery=delivery, **{**defaults, **columns}
    )


def an_attempt(delivery: Delivery, outcome: str = "delivered", **columns) -> Attempt:
    number = columns.pop("number", None) or delivery.tries.count() + 1
    return Attempt.objects.create(delivery=delivery, number=number, outcome=outcome, **{"started": NOW, **columns})
