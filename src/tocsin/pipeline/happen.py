"""Happen: what became true of issues goes onto their timelines, to those who follow them, into the alerts' threads,
and to the alert rules that hear of it.

Called inside the transaction of whatever made it so. The number of statements does not grow with the batch.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.follow import Follower, News, tell_followers
from tocsin.core.plan import Planned, Routed, Untold
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.registry import Concern, NotificationKind
from tocsin.core.sending import REPLY
from tocsin.engine.port import put
from tocsin.pipeline import hearing, living, outgoing
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.happened import Happened, facts_of
from tocsin.pipeline.reach import services_of
from tocsin.pipeline.threads import has_threads, into_thread
from tocsin.store.db import after_commit
from tocsin.store.queries import directory, news
from tocsin.store.queries.news import IssueNews, Place
from tocsin.store.writes import activities
from tocsin.store.writes.notifications import DeliveryRow, NotificationRow


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a batch of happenings is decided from."""

    issues: Mapping[int, IssueNews]
    followers: Mapping[int, list[Follower]]
    places: Mapping[int, list[Place]]
    names: Mapping[int, str]
    now: datetime


def happen(happened: Sequence[Happened], now: datetime) -> list[int]:
    """Writes the activities and whatever is to be said of them; the activities' ids, in that order."""
    if not happened:
        return []
    ids = activities.add([_row(one, now) for one in happened])
    worth_saying = [
        (activity, one, kind)
        for activity, one in zip(ids, happened, strict=True)
        if (kind := catalogue().kind_of(one.happening)) and kind.concerns is Concern.FOLLOWERS
    ]
    if worth_saying:
        batch = _load([one for _, one, _ in worth_saying], now)
        _say(worth_saying, batch, now)
        living.rewrite(happened, batch.issues, now)
    hearing.hear(happened, now)
    return ids


def _row(one: Happened, now: datetime) -> activities.ActivityRow:
    return activities.ActivityRow(one.project_id, one.issue_id, one.happening.value, one.actor_id, one.data, now)


_Worth = tuple[int, Happened, NotificationKind]


def _say(worth: Sequence[_Worth], batch: _Batch, now: datetime) -> None:
    notifications: list[NotificationRow] = []
    deliveries: list[tuple[str, DeliveryRow]] = []
    untold: list[tuple[str, Untold]] = []
    for activity, one, kind in worth:
        issue = batch.issues.get(one.issue_id)
        if issue is None:
            continue
        places = batch.places.get(issue.id, ())
        routed = decide(f"activity:{activity}", one, kind, issue, batch.followers.get(issue.id, ()), places)
        if not routed.planned and not _concerned(routed):
            continue
        row = _notification(one, kind, issue, routed, batch)
        notifications.append(row)
        deliveries += ((row.uuid, _delivery(planned, row, now)) for planned in routed.planned)
        here = directory.of(issue.organization_id, issue.organization_version)
        untold += ((row.uuid, missed) for missed in routed.untold(here))
    if notifications:
        ids = outgoing.write(notifications, deliveries)
        activities.untold([(ids[name], one) for name, one in untold], now)
        after_commit(lambda: put("deliver"))


def _concerned(routed: Routed) -> bool:
    """Whether anybody was considered: what concerns nobody is on the timeline, and needs no notification."""
    return any(step.reason is not Reason.ACTIVITY for step in routed.trace)


def _load(happened: Sequence[Happened], now: datetime) -> _Batch:
    ids = {one.issue_id for one in happened}
    return _Batch(
        news.issues(ids),
        news.followers(ids),
        news.places(ids),
        news.names({one.actor_id for one in happened if one.actor_id is not None}),
        now,
    )


def decide(  # noqa: PLR0913, PLR0917 — what happened, to what, and who has to do with it
    cause: str,
    one: Happened,
    kind: NotificationKind,
    issue: IssueNews,
    followers: Sequence[Follower],
    places: Sequence[Place],
) -> Routed:
    """Who hears of it: those who follow the issue, then the threads where alerts about it stand. Writes nothing:
    what-if asks the same."""
    here = directory.of(issue.organization_id, issue.organization_version)
    if one.quiet:
        personal = Routed(trace=(Step(cause, kind.name, Verdict.ADDED, Reason.MANY_AT_ONCE, cause),))
    else:
        told = News(issue.project_id, kind.name, cause, one.actor_id, followers)
        personal = tell_followers(told, here, services_of(here))
    planned, trace = list(personal.planned), list(personal.trace)
    for place in filter(has_threads, places) if kind.brief else ():
        into, step = into_thread(place, one, issue, here, cause)
        planned += [into] if into else []
        trace.append(step)
    return Routed(tuple(planned), tuple(trace))


def _notification(
    one: Happened, kind: NotificationKind, issue: IssueNews, routed: Routed, batch: _Batch
) -> NotificationRow:
    return NotificationRow(
        issue.organization_id,
        issue.project_id,
        issue.id,
        uuid.uuid4().hex,
        kind.slug,
        kind.category,
        "",
        outgoing.text(facts_of(one, issue, batch.names)),
        outgoing.text([step.as_json() for step in routed.trace]),
        batch.now,
    )


def _delivery(planned: Planned, row: NotificationRow, now: datetime) -> DeliveryRow:
    detail = {"reason": planned.reason} if planned.destination.user_id is not None else {"act": REPLY}
    if planned.destination.user_id is None and planned.reason:
        detail = {"reason": planned.reason}  # a team's own place hears of it like a person
    return outgoing.delivery(
        row, planned.destination, now, detail=detail, refused=planned.suppressed, conversation=planned.conversation
    )
