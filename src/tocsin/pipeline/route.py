"""Route: the people and channels of what fired, each with its reason; the outbox is written in the same commit."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.core import excerpt
from tocsin.core.acts import Now
from tocsin.core.delivery import State
from tocsin.core.issue import Happening, Substatus
from tocsin.core.people import Directory
from tocsin.core.plan import Planned, Reaches, Services, Untold
from tocsin.core.reasons import Step
from tocsin.core.route import route as decide
from tocsin.core.rule_snooze import Quieted, by_person
from tocsin.core.suspects import SuspectCommit
from tocsin.core.targets import Occasion
from tocsin.core.threads import Later, detail_of, later, own_conversation
from tocsin.notifications.issue_alert import NOTIFICATION_KIND, Facts, RuleFacts
from tocsin.pipeline import journal, links, outgoing
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.claims import Fired
from tocsin.pipeline.evaluate import issue_facts
from tocsin.pipeline.owning import Owners
from tocsin.pipeline.reach import services_of
from tocsin.store.db import after_commit
from tocsin.store.queries import directory, unsubscribe
from tocsin.store.queries.projects import ProjectFacts
from tocsin.store.writes import activities
from tocsin.store.writes import notifications as ledger
from tocsin.store.writes.notifications import DeliveryRow, NotificationRow

MOST_SUGGESTED = 10


@dataclass(frozen=True, slots=True)
class Written:
    """How many notifications were recorded and how many deliveries wait to be sent."""

    notifications: int = 0
    deliveries: int = 0


def route(fired: Sequence[Fired], projects: dict[int, ProjectFacts], owners: Owners, now: datetime) -> Written:
    """Writes one notification per event that rules fired for, with a delivery for each destination it reaches."""
    if not fired:
        return Written()
    notifications: list[NotificationRow] = []
    deliveries: list[tuple[str, DeliveryRow]] = []
    firings: list[tuple[str, Fired]] = []
    untold: list[tuple[str, Untold]] = []
    people: dict[int, tuple[Directory, Services, Reaches]] = {}
    ended = unsubscribe.ended({one.seen.issue.id for one in fired})
    for one in fired:
        project = projects[one.seen.issue.project_id]
        if project.organization_id not in people:
            people[project.organization_id] = _snapshot(project)
        here, services, reaches = people[project.organization_id]
        occasion = owners.occasion(one.seen.issue, one.seen.arrived.event, ended.get(one.seen.issue.id, {}))
        routed = decide(one.rules, occasion, here, services, reaches, now)
        suspect = owners.suspect_commit(one.seen.issue)
        facts = _facts(one, project, here, _suggested(occasion, here), suspect)
        row = _notification(one, project, routed.trace, facts, now)
        notifications.append(row)
        quieted = by_person(((rule.label, rule.snoozes) for rule in one.rules if rule.snoozes), now)
        deliveries += [(row.uuid, _delivery(planned, row, project, now, quieted)) for planned in routed.planned]
        untold += ((row.uuid, missed) for missed in routed.untold(here))
        firings.append((row.uuid, one))
    ids = outgoing.write(notifications, deliveries)
    activities.untold([(ids[name], missed) for name, missed in untold], now)
    _save(ids, firings, now)
    after_commit(lambda: _tell(firings))
    waiting = sum(row.state == State.QUEUED for _, row in deliveries)
    return Written(len(notifications), waiting)


def _save(ids: Mapping[str, int], firings: list[tuple[str, Fired]], now: datetime) -> None:
    ledger.fired(
        [
            (rule.project_id, rule.id, one.seen.issue.id, one.seen.arrived.event.event_id, ids[name], now)
            for name, one in firings
            for rule in one.rules
        ]
    )


def _tell(firings: list[tuple[str, Fired]]) -> None:
    for notification, one in firings:
        event_id, rules = one.seen.arrived.event.event_id, [rule.id for rule in one.rules]
        journal.fired(event_id, one.seen.issue.id, rules, notification)


def _snapshot(project: ProjectFacts) -> tuple[Directory, Services, Reaches]:
    here = directory.of(project.organization_id, project.organization_version)
    return here, services_of(here), {}


def _notification(
    one: Fired, project: ProjectFacts, trace: Sequence[Step], facts: Facts, now: datetime
) -> NotificationRow:
    return NotificationRow(
        project.organization_id,
        project.id,
        one.seen.issue.id,
        uuid.uuid4().hex,
        NOTIFICATION_KIND.slug,
        NOTIFICATION_KIND.category,
        one.seen.arrived.event.event_id,
        outgoing.text(facts),
        outgoing.text([step.as_json() for step in trace]),
        now,
    )


def _suggested(occasion: Occasion, here: Directory) -> tuple[str, ...]:
    """Who may take the issue, the likeliest first, by name: an alert may stand where no address is to be read."""
    ids = dict.fromkeys((*occasion.suspect_user_ids, *occasion.owner_user_ids))
    known = [here.people[one] for one in ids if one in here.people]
    people = [one.name for one in known if one.active and one.name != one.email]
    teams = [f"#{here.teams[one].slug}" for one in occasion.owner_team_ids if one in here.teams]
    return tuple(filter(None, (*people, *teams)))[:MOST_SUGGESTED]


def _facts(
    one: Fired,
    project: ProjectFacts,
    here: Directory,
    suggested: tuple[str, ...],
    suspect: SuspectCommit | None,
) -> Facts:
    """The snapshot that the message is rendered from, whenever that is."""
    issue, event = issue_facts(one.seen, project), one.seen.arrived.event
    organization = project.organization_slug
    return Facts(
        organization=organization,
        project=project.slug,
        project_url=links.project(organization, project.slug),
        issue_id=issue.id,
        short_id=issue.short_id,
        issue_url=links.issue(organization, issue.id),
        title=event.title[:255],
        culprit=event.culprit[:200],
        level=event.level,
        substatus=_substatus(issue.substatus),
        environment=event.environment,
        release=event.release,
        event_id=event.event_id,
        message=event.message[:1000],
        stack=excerpt.stack(event),
        tags=event.tags[:50],
        times_seen=issue.times_seen,
        users_seen=issue.users_seen,
        first_seen=issue.first_seen.isoformat(),
        rules=tuple(
            RuleFacts(rule.id, rule.label, links.rule(organization, project.slug, rule.id)) for rule in one.rules
        ),
        settings_url=links.preferences(),
        happened=_called(one.seen.activity),
        said=one.seen.said,
        now=_as_it_stands(one, here),
        suggested=suggested,
        suspect=suspect,
        release_url=links.release(organization, event.release, project.slug) if event.release else "",
    )


def _as_it_stands(one: Fired, here: Directory) -> Now:
    """Open, as it has just been heard of, and whose it is."""
    row, released = one.seen.issue, bool(one.seen.arrived.event.release)
    if team := here.teams.get(row.assignee_team_id or 0):
        return Now(assignee=f"#{team.slug}", assigned_to=team.subject, has_releases=released)
    if person := here.people.get(row.assignee_user_id or 0):
        return Now(assignee=person.name or person.email, assigned_to=person.subject, has_releases=released)
    return Now(has_releases=released)


def _called(activity: str) -> str:
    """What happened without an event, in the words of its own kind; "" for an event."""
    kind = catalogue().kind_of(Happening(activity)) if activity else None
    return kind.name if kind else ""


def _substatus(substatus: Substatus) -> str:
    return substatus.name.lower()


def _delivery(
    planned: Planned,
    row: NotificationRow,
    project: ProjectFacts,
    now: datetime,
    quieted: Mapping[int, Sequence[Quieted]],
) -> DeliveryRow:
    user_id = planned.destination.user_id
    chosen = _later(planned, project)
    detail = {
        **detail_of(chosen),
        "rules": planned.rule_ids,
        "reason": planned.reason,
        "notes": planned.notes,
        "tags": planned.tags,
        **({"activity": planned.activity} if planned.activity else {}),
        **({} if user_id is None else _of_person(quieted.get(user_id, ()))),
    }
    own = own_conversation(row.issue_id, row.uuid) if chosen is Later.ANEW and row.issue_id else ""
    return outgoing.delivery(
        row, planned.destination, now, detail=detail, refused=planned.suppressed, conversation=own
    )


def _later(planned: Planned, project: ProjectFacts) -> Later:
    """Mails of an issue answer each other, whatever was chosen for the threads of other services."""
    if not catalogue().providers[planned.destination.provider].threads:
        return Later.BROADCAST
    return later(planned.later_alerts, project.later_alerts)


def _of_person(quieted: Sequence[Quieted]) -> dict[str, Any]:
    """What one reader alone is told: how to snooze a rule, and which of those that fired they have snoozed."""
    if not quieted:
        return {"personal": True}
    snoozed = [
        {
            "label": one.label,
            "until": one.snooze.until.isoformat() if one.snooze.until else "",
            "reason": one.snooze.reason,
        }
        for one in quieted
    ]
    return {"personal": True, "snoozed": snoozed}
