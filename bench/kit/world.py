"""The organizations that benchmarks are about: people, rules as API clients write them, a Slack of one's own."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

KEY = "a" * 32

_CONDITION = "sentry.rules.conditions."
_FILTER = "sentry.rules.filters."
NEW = {"id": _CONDITION + "first_seen_event.FirstSeenEventCondition"}
REGRESSION = {"id": _CONDITION + "regression_event.RegressionEventCondition"}
EVERY_EVENT = {"id": _CONDITION + "every_event.EveryEventCondition"}


def level(match: str, number: int) -> dict[str, Any]:
    return {"id": _FILTER + "level.LevelFilter", "match": match, "level": str(number)}


def tagged(key: str, match: str, value: str = "") -> dict[str, Any]:
    return {"id": _FILTER + "tagged_event.TaggedEventFilter", "key": key, "match": match, "value": value}


def mail(
    target: str = "IssueOwners", identifier: object = "", fallthrough: str = "ActiveMembers"
) -> dict[str, Any]:
    return {
        "id": "sentry.mail.actions.NotifyEmailAction",
        "targetType": target,
        "targetIdentifier": str(identifier),
        "fallthroughType": fallthrough,
    }


def slack(integration: int, channel: str) -> dict[str, Any]:
    return {
        "id": "sentry.integrations.slack.notify_action.SlackNotifyServiceAction",
        "workspace": str(integration),
        "channel": f"#{channel}",
        "channel_id": f"C{channel.upper().replace('-', '')}",
        "tags": "environment,level",
    }


def rule(conditions: Sequence[Any], filters: Sequence[Any], actions: Sequence[Any], **more: Any) -> dict[str, Any]:
    """A rule's stored form, for rules.data."""
    return {
        "conditions": list(conditions),
        "filters": list(filters),
        "actions": list(actions),
        "actionMatch": "any",
        "filterMatch": "all",
        "frequency": 30,
        **more,
    }


def set_up() -> None:
    """Django on the data folder that the environment names, migrated."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def an_organization(members: int) -> tuple[Any, Any]:
    """An organization with a team that all its members are in, each active at another time."""
    from tocsin.pipeline.clock import now
    from tocsin.store.models import Membership, Organization, Team, TeamMember, User

    at = now()
    organization = Organization.objects.create(slug="bench", name="Bench", date_added=at)
    team = Team.objects.create(organization=organization, slug="all", name="All", date_added=at)
    for number in range(members):
        user = User.objects.create(
            email=f"member-{number}@shop.example",
            name=f"Member {number}",
            password="!",
            date_joined=at,
            last_active=at - timedelta(hours=number),
        )
        Membership.objects.create(organization=organization, user=user, date_added=at)
        TeamMember.objects.create(team=team, user=user)
    return organization, team


def a_project(organization: Any, team: Any, slug: str, key: str, **columns: Any) -> Any:
    from tocsin.pipeline.clock import now
    from tocsin.store.models import Project, ProjectKey, ProjectTeam

    at = now()
    project = Project.objects.create(
        organization=organization, slug=slug, name=slug.title(), date_added=at, **columns
    )
    ProjectTeam.objects.create(project=project, team=team)
    ProjectKey.objects.create(project=project, public_key=key, date_added=at)
    return project


def a_rule(project: Any, label: str, data: dict[str, Any], environment: str = "") -> Any:
    from tocsin.pipeline.clock import now
    from tocsin.store.models import Rule

    return Rule.objects.create(project=project, label=label, data=data, environment=environment, date_added=now())


def a_slack(organization: Any, team: str = "T0BENCH", **settings: str) -> int:
    """A connected workspace, whose API is where TOCSIN_SLACK_API_URL or its own settings say; its id."""
    from tocsin.pipeline.clock import now
    from tocsin.store.writes import integrations

    columns = integrations.Columns("slack", team, team, {"token": "xoxb-bench", **settings})
    return integrations.saved(organization.pk, columns, integration_id=None, actor_id=None, now=now()).id
