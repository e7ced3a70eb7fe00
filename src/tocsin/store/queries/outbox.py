"""What the sender reads of the outbox: whole jobs, never a scan of the backlog."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from math import inf
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from tocsin.core.crowding import FIRST
from tocsin.store import secrets
from tocsin.store.db import aware, ids_given, in_ids, rows, rows_together, values
from tocsin.store.models import Delivery


class Job(NamedTuple):
    """A claimed delivery with its notification; `facts`, `address`, `detail` as JSON values.

    `lease_by` names the claim: what comes of it is recorded only while the delivery is still leased to it.
    """

    id: int
    organization_id: int
    provider: str
    integration_id: int | None
    address: dict[str, Any]
    detail: dict[str, Any]
    conversation: str
    key: str
    attempts: int
    lease_by: str
    notification_id: int
    kind: str
    facts: dict[str, Any]
    decided: datetime
    project: str
    organization: str
    lane_id: int | None = None
    paced: datetime | None = None
    at_most_once: bool = False
    breaker: str = "closed"
    broken: bool = False
    label: str = ""
    parent: Mapping[str, Any] = MappingProxyType({})
    left: bool = False  # it is for a person who has no business with it any more
    astray: bool = False  # it is a mail to an address that is not the person's any more
    event_id: str = ""
    notification: str = ""  # its uuid
    user_id: int | None = None
    category: str = ""
    project_id: int | None = None
    issue_id: int | None = None


# Asked again as it is sent: people leave while a message is retried, and a replay may come weeks later.
_LEFT = (
    "(delivery.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM store_membership AS membership"
    " JOIN store_user AS person ON person.id = membership.user_id"
    " WHERE membership.organization_id = delivery.organization_id AND membership.user_id = delivery.user_id"
    " AND NOT membership.pending AND person.is_active"
    " AND (notification.project_id IS NULL OR notification.category NOT IN ('alerts', 'workflow')"
    " OR EXISTS (SELECT 1 FROM store_teammember AS seat"
    " JOIN store_projectteam AS team ON team.team_id = seat.team_id"
    " WHERE seat.user_id = delivery.user_id AND team.project_id = notification.project_id))))"
)

# A project's mail may go to a further address, which its person may remove, or have to prove anew. What tells
# somebody to prove an address is no project's.
_ASTRAY = (
    "(delivery.provider = 'email' AND delivery.user_id IS NOT NULL AND notification.project_id IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM store_user AS person"
    " WHERE person.id = delivery.user_id AND person.email = delivery.label)"
    " AND NOT EXISTS (SELECT 1 FROM store_useraddress AS further WHERE further.user_id = delivery.user_id"
    " AND further.email = delivery.label AND further.verified IS NOT NULL))"
)

# Written out, as a query set takes 0.6 ms to write this statement: longer than all else that one delivery takes.
_JOBS = (
    "SELECT delivery.id, delivery.organization_id, delivery.provider, delivery.integration_id, delivery.address,"  # noqa: S608
    " delivery.detail, delivery.conversation, delivery.key, delivery.attempts, delivery.lease_by,"
    " notification.id, notification.kind, notification.facts, notification.date_added,"
    " coalesce(project.slug, ''), organization.slug, delivery.lane_id, lane.paced,"
    " coalesce(integration.at_most_once, false), coalesce(integration.breaker, 'closed'),"
    " coalesce(integration.broken, '') <> '', delivery.label,"
    f" coalesce(reference.reference, '{{{{}}}}'), {_LEFT}, {_ASTRAY}, notification.event_id, notification.uuid,"
    " delivery.user_id, notification.category, notification.project_id, notification.issue_id"
    " FROM store_delivery AS delivery"
    " JOIN store_notification AS notification ON notification.id = delivery.notification_id"
    " JOIN store_organization AS organization ON organization.id = delivery.organization_id"
    " LEFT JOIN store_project AS project ON project.id = notification.project_id"
    " LEFT JOIN store_lane AS lane ON lane.id = delivery.lane_id"
    " LEFT JOIN store_integration AS integration ON integration.id = delivery.integration_id"
    " LEFT JOIN store_reference AS reference ON reference.lane_id = delivery.lane_id"
    " AND reference.conversation = delivery.conversation"
    " WHERE delivery.id {ids} ORDER BY delivery.id"
)


def jobs(delivery_ids: Collection[int]) -> list[Job]:
    """The jobs of claimed deliveries, oldest first; one query."""
    if not delivery_ids:
        return []
    return [
        _job(row) for row in rows_together(len(Job._fields), _JOBS.format(ids=in_ids()), [ids_given(delivery_ids)])
    ]


def _job(row: Sequence[Any]) -> Job:
    columns = list(row)
    for place in (4, 5, 12, 22):
        columns[place] = _value(row[place])
    columns[13] = aware(row[13])
    columns[17] = aware(row[17]) if row[17] else None
    for place in (18, 20, 23, 24):
        columns[place] = bool(row[place])
    return Job._make(columns)


def _value(text: str) -> Any:
    """What a JSON column holds. Half a surrogate pair, which msgspec refuses, must not hold up the whole outbox."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def settings_of(integration_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The unsealed settings of integrations; an unreadable one is left out (its deliveries say so)."""
    found: dict[int, dict[str, Any]] = {}
    if not integration_ids:
        return found
    sql = f"SELECT id, settings FROM store_integration WHERE id IN {values(len(integration_ids), 1)}"  # noqa: S608
    for pk, sealed in rows(sql, [*integration_ids]):
        try:
            found[pk] = secrets.unseal(f"integration:{pk}", bytes(sealed))
        except secrets.SecretUnreadableError:
            continue
    return found


class Crowd(NamedTuple):
    """What one sender has on its way, by way (a service and an integration of it, see way_of), and how many
    of one way may be: by service, and by what the way has answered. A service that is not named has no bound."""

    flying: Mapping[str, int]
    most: Mapping[str, int]
    windows: Mapping[str, int] = MappingProxyType({})

    def most_of(self, way: str) -> float:
        most = self.most.get(way.partition(":")[0])
        return inf if most is None else min(most, self.windows.get(way, FIRST))

    def full(self, flying: Mapping[str, int]) -> list[str]:
        return [way for way, count in flying.items() if count >= self.most_of(way)]


NO_CROWD = Crowd({}, {})


def way_of(lane: str) -> str:
    """The part of a lane's name that says by which integration: "slack:7" of "slack:7:C024BE91L"."""
    return ":".join(lane.split(":", 2)[:2])


def elsewhere(full: Sequence[str], name: str = "name") -> str:
    """The condition that a lane is on none of so many ways; on_ways gives its parameters."""
    return f" AND {name} NOT LIKE %s" * len(full)


def on_ways(full: Sequence[str]) -> list[str]:
    return [f"{way}:%" for way in full]


def next_due(crowd: Crowd = NO_CROWD) -> datetime | None:
    """When the next lane may go; answered from the index of what is ready.

    A busy lane has to wait for its own answer, and one whose integration is full for another's: counted as due,
    they kept the sender looking without a pause.
    """
    full = crowd.full(crowd.flying)
    found = rows(
        "SELECT ready_at FROM store_lane WHERE ready_at IS NOT NULL AND busy_until IS NULL"  # noqa: S608
        f"{elsewhere(full)} ORDER BY ready_at LIMIT 1",
        on_ways(full),
    )
    return aware(found[0][0]) if found else None


def ids_by_key(organization_id: int, keys: Sequence[str]) -> dict[str, int]:
    found = Delivery.objects.filter(organization_id=organization_id, key__in=keys)
    return dict(found.values_list("key", "id"))
