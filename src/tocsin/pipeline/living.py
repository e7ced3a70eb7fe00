"""Living: messages about an issue say how it stands now, wherever they stand and whoever changed it.

Called inside the transaction of the change. Each first message of an issue that its service can rewrite gets one
delivery that does so; while that one waits for its turn, further changes only change what it will say.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from tocsin.core.acts import REWRITTEN, Now
from tocsin.core.fields import InvalidFieldsError, parse
from tocsin.core.issue import RESOLVED_BY, Happening, Status
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.sending import BROADCAST, EDIT
from tocsin.engine.port import put
from tocsin.pipeline import outgoing
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.happened import Happened, facts_of
from tocsin.store.db import after_commit
from tocsin.store.queries import directory, news
from tocsin.store.queries import living as queries
from tocsin.store.queries.living import Last, Standing
from tocsin.store.queries.news import IssueNews
from tocsin.store.writes import notifications as ledger
from tocsin.store.writes.notifications import DeliveryRow, NotificationRow

STATES = (
    *RESOLVED_BY,
    Happening.UNRESOLVED,
    Happening.IGNORED,
    Happening.REGRESSION,
    Happening.ESCALATING,
)
SHOWN = frozenset({*STATES, Happening.ASSIGNED, Happening.UNASSIGNED})
LONGEST = 300
_WORDS = {Status.RESOLVED: "resolved", Status.IGNORED: "archived"}


def rewrite(happened: Sequence[Happened], issues: Mapping[int, IssueNews], now: datetime) -> None:
    """Has the messages about these issues say what happened to them; eight queries at most."""
    changed = {one.issue_id for one in happened if one.happening in SHOWN and one.issue_id in issues}
    standing = _standing(changed) if changed else []
    if not standing:
        return
    texts = _texts(standing, _as_they_stand({one.issue_id for one in standing}, issues))
    standing = [one for one in standing if one.notification_id in texts]
    waiting = {(one.lane_id, one.conversation): one.notification_id for one in queries.waiting(changed)}
    again = [one for one in standing if (one.lane_id, one.conversation) in waiting]
    ledger.restate([(waiting[one.lane_id, one.conversation], texts[one.notification_id]) for one in again])
    _queue([one for one in standing if one not in again], issues, texts, now)


def _standing(issue_ids: Collection[int]) -> list[Standing]:
    """Messages that their service can rewrite, of kinds that say how an issue stands: those that stand there, and
    those that are still on their way, which are rewritten once they do."""
    able = [slug for slug, provider in catalogue().providers.items() if provider.edit is not None]
    there = queries.standing(issue_ids, able)
    known = {(one.lane_id, one.conversation) for one in there}
    coming = {(one.lane_id, one.conversation): one for one in reversed(queries.coming(issue_ids, able))}
    found = [*there, *(one for place, one in coming.items() if place not in known)]
    return [one for one in found if _is_readable(one)]


def _is_readable(one: Standing) -> bool:
    """Whether this version knows what the message is and where it stands; one that it does not know stays."""
    kind = catalogue().kinds.get(one.kind)
    if kind is None or kind.as_it_stands is None:
        return False
    try:
        parse(catalogue().providers[one.provider].address, one.address)
    except InvalidFieldsError:
        return False
    return True


def _as_they_stand(issue_ids: Collection[int], issues: Mapping[int, IssueNews]) -> dict[int, Now]:
    last = queries.last_of(issue_ids, [happening.value for happening in STATES])
    names = news.names({one.actor_id for one in last.values() if one.actor_id is not None})
    said = {issue_id: _sentence(one, issues[issue_id], names) for issue_id, one in last.items()}
    return {
        issue_id: Now(
            status=_WORDS.get(Status(one.status), "unresolved"),
            assignee=one.assignee,
            assigned_to=one.assigned_to,
            done=tuple(words for words in (said.get(issue_id, ""), _assigned(one.assignee)) if words),
            has_releases=one.has_releases,
        )
        for issue_id, one in queries.stands(issue_ids).items()
    }


def _assigned(assignee: str) -> str:
    return f"Assigned to {assignee}" if assignee else ""


def _sentence(last: Last, issue: IssueNews, names: Mapping[int, str]) -> str:
    """What was done to it, as it is said in the thread."""
    happened = Happened(last.project_id, last.issue_id, Happening(last.type), last.actor_id, last.data)
    kind = catalogue().kind_of(happened.happening)
    return kind.brief(facts_of(happened, issue, names)).title[:LONGEST] if kind and kind.brief else ""


def _texts(standing: Sequence[Standing], stands: Mapping[int, Now]) -> dict[int, str]:
    """The facts of each notification that stands somewhere, with how its issue stands now.

    One that this version can't read any more is left as it is: no message keeps anybody from changing an issue.
    """
    texts: dict[int, str] = {}
    for one in standing:
        if one.notification_id not in texts:
            with suppress(msgspec.ValidationError):
                texts[one.notification_id] = outgoing.text(_facts(one, stands[one.issue_id]))
    return texts


def _facts(one: Standing, now: Now) -> Any:
    kind = catalogue().kinds[one.kind]
    facts = msgspec.convert(one.facts, kind.facts)
    return kind.as_it_stands(facts, now) if kind.as_it_stands else facts


def _queue(
    standing: Sequence[Standing], issues: Mapping[int, IssueNews], texts: Mapping[int, str], now: datetime
) -> None:
    """A notification for each message that is rewritten: what waits for its turn says something newer by then,
    what has left stays in the ledger as it was said."""
    notifications: list[NotificationRow] = []
    deliveries: list[tuple[str, DeliveryRow]] = []
    for one in standing:
        issue = issues[one.issue_id]
        row = _notification(one, issue, texts[one.notification_id], now)
        notifications.append(row)
        deliveries.append((row.uuid, _delivery(one, row, now, _refused(one, issue))))
    if deliveries:
        outgoing.write(notifications, deliveries)
        after_commit(lambda: put("deliver"))


def _refused(one: Standing, issue: IssueNews) -> Reason | None:
    """A broken integration holds what goes through it until it is mended."""
    here = directory.of(issue.organization_id, issue.organization_version)
    connection = here.connections.get(one.integration_id or 0)
    return Reason.INTEGRATION_BROKEN if connection and connection.broken else None


def _delivery(one: Standing, row: NotificationRow, now: datetime, refused: Reason | None) -> DeliveryRow:
    """The way of the message that it rewrites, whatever the place is called today."""
    address = parse(catalogue().providers[one.provider].address, one.address)
    to = Destination(one.provider, address, one.label, one.integration_id, one.user_id)
    detail = {name: value for name, value in one.detail.items() if name != BROADCAST} | {"act": EDIT}
    made = outgoing.delivery(row, to, now, detail=detail, refused=refused, conversation=one.conversation)
    return made._replace(lane=one.lane)


def _notification(one: Standing, issue: IssueNews, text: str, now: datetime) -> NotificationRow:
    step = Step(f"channel:{one.label}", one.label, Verdict.ADDED, Reason.REWRITTEN, f"delivery:{one.delivery_id}")
    return NotificationRow(
        issue.organization_id,
        issue.project_id,
        issue.id,
        uuid.uuid4().hex,
        one.kind,
        REWRITTEN,
        "",
        text,
        outgoing.text([step.as_json()]),
        now,
    )
