"""Lanes: who may go next. One delivery of a lane is on its way at a time, at the lane's pace."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection

from tocsin.core.delivery import CLAIMABLE
from tocsin.store.db import (
    changed,
    execute,
    execute_many,
    given,
    greatest,
    ids_given,
    in_ids,
    least,
    moment,
    rows,
    rows_given,
    rows_together,
    values,
)
from tocsin.store.queries.outbox import NO_CROWD, Crowd, elsewhere, on_ways, way_of

# Spelled out, not passed in: a database uses a partial index only where it can see the same states.
WAITING = f"state IN ({', '.join(repr(state.value) for state in CLAIMABLE)})"


class Wanted(NamedTuple):
    """A lane that a new delivery needs, and when that delivery is due."""

    integration_id: int | None
    due: datetime


def open_for(wanted: Mapping[str, Wanted]) -> dict[str, int]:
    """The ids of lanes by name, made if they are new, each ready when its new delivery is due.

    A lane that keeps its pace, was asked to wait, or whose integration's breaker is open, stays closed until then.
    """
    if not wanted:
        return {}
    # What an open breaker and the lane's own pace allow.
    after_breaker = greatest("wanted.due", "coalesce(integration.breaker_until, wanted.due)")
    paced = greatest("excluded.ready_at", "coalesce(store_lane.not_before, excluded.ready_at)")
    sql = (
        f"WITH wanted(name, integration_id, due) AS (VALUES {values(3, len(wanted))}) "  # noqa: S608
        "INSERT INTO store_lane (name, integration_id, ready_at, busy_by, broken) "
        f"SELECT wanted.name, CAST(wanted.integration_id AS bigint), {after_breaker}, '', '' FROM wanted "
        "LEFT JOIN store_integration AS integration ON integration.id = CAST(wanted.integration_id AS bigint) "
        "WHERE true "
        f"ON CONFLICT (name) DO UPDATE SET ready_at = {least(f'coalesce(store_lane.ready_at, {paced})', paced)} "
        "RETURNING name, id"
    )
    # By name: two nodes that open the same lanes in different orders would wait for each other's rows.
    ordered = sorted(wanted.items())
    flat = [column for name, lane in ordered for column in (name, lane.integration_id, moment(lane.due))]
    return dict(rows(sql, flat))


def take(limit: int, now: datetime, until: datetime, by: str, crowd: Crowd = NO_CROWD) -> list[int]:
    """Up to `limit` lanes that are ready and not busy, longest ready first, now busy for one claim.

    Of an integration no more than its `crowd` has room for; what follows it is looked for only when it is full.
    """
    taken: list[int] = []
    flying = Counter(crowd.flying)
    while len(taken) < limit:
        ready = _ready(limit - len(taken), now, crowd.full(flying))
        probes = _probes({lane.sick for lane in ready if lane.sick and lane.due}, now, until)
        wanted = []
        for lane in ready:
            way = way_of(lane.name)
            waits = lane.sick and not (lane.due and lane.sick in probes)
            if waits or flying[way] >= crowd.most_of(way):
                continue
            probes.discard(lane.sick)
            flying[way] += 1
            wanted.append(lane.id)
        _await_breaker([lane.id for lane in ready if lane.sick and lane.id not in wanted], now)
        taken += _busy(wanted, until, by)
        if len(wanted) == len(ready):
            break
    return taken


class _Ready(NamedTuple):
    id: int
    name: str
    sick: int | None  # its integration, if that one's breaker is open
    due: bool  # whether it has what can go as that breaker's probe


def _ready(limit: int, now: datetime, full: Sequence[str]) -> list[_Ready]:
    # A lease that is over frees its lane only once the lost delivery is taken back: nothing may overtake that.
    lost = "(SELECT lane_id FROM store_delivery WHERE state = 'sending' AND lane_id IS NOT NULL)"
    due = f"SELECT 1 FROM store_delivery WHERE lane_id = lane.id AND {WAITING} AND due <= %s"  # noqa: S608
    sql = (
        f"SELECT lane.id, lane.name, integration.id, integration.id IS NOT NULL AND EXISTS ({due})"  # noqa: S608
        " FROM store_lane AS lane"
        " LEFT JOIN store_integration AS integration"
        " ON integration.id = lane.integration_id AND integration.breaker = 'open'"
        " WHERE lane.ready_at <= %s"
        f" AND (lane.busy_until IS NULL OR lane.busy_until <= %s AND lane.id NOT IN {lost})"
        f"{elsewhere(full, 'lane.name')} ORDER BY lane.ready_at LIMIT %s{unless_locked('lane')}"
    )
    given_all = [moment(now), moment(now), moment(now), *on_ways(full), limit]
    return [_Ready(*row) for row in rows_together(len(_Ready._fields), sql, given_all)]


def unless_locked(table: str = "store_delivery") -> str:
    """The end of a SELECT that leaves out what another node is at."""
    return f" FOR UPDATE OF {table} SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""


def _probes(sick: set[int], now: datetime, until: datetime) -> set[int | None]:
    """Of integrations with an open breaker, those whose wait is over: one delivery of each may go as the probe.

    The breaker then waits for the end of the probe's lease, so that the next claim sends no second one.
    """
    if not sick:
        return set()
    # Not waited for: who holds the row opens or closes the breaker, and may be waiting for our lanes.
    free = (
        f"SELECT id FROM store_integration WHERE id {in_ids()} AND breaker = 'open'"  # noqa: S608
        f" AND (breaker_until IS NULL OR breaker_until <= %s){unless_locked('store_integration')}"
    )
    sql = f"UPDATE store_integration SET breaker_until = %s WHERE id IN ({free}) RETURNING id"  # noqa: S608
    return {row[0] for row in rows(sql, [moment(until), ids_given(sick), moment(now)])}


def _await_breaker(lane_ids: Sequence[int], now: datetime) -> None:
    """Lanes that are ready while their breaker is open and are not its probe: made meanwhile, or told by the
    service when to come back. They wait for its end, and for what they hold to be due; a second at the least."""
    if not lane_ids:
        return
    over = "(SELECT breaker_until FROM store_integration WHERE store_integration.id = store_lane.integration_id)"
    soon = moment(now + timedelta(seconds=1))
    ready = greatest(_next(over), "%s")
    sql = f"UPDATE store_lane SET ready_at = {ready} WHERE id {in_ids()}"  # noqa: S608 — constants only
    execute(sql, [soon, ids_given(lane_ids)])


def _busy(lane_ids: Sequence[int], until: datetime, by: str) -> list[int]:
    if not lane_ids:
        return []
    sql = f"UPDATE store_lane SET busy_until = %s, busy_by = %s WHERE id {in_ids()}"  # noqa: S608
    return changed(sql, [moment(until), by, ids_given(lane_ids)], lane_ids)


class Settled(NamedTuple):
    """A lane after one of its deliveries came back: its pace, and what it was asked to wait for."""

    lane_id: int
    busy_by: str
    paced: datetime | None
    not_before: datetime | None
    broken: str


def _next(floor: str = "due") -> str:
    """When what waits next in the lane may go: when it is due, and not before `floor`, an expression that may be
    null. One look into the index of what waits, however much that is."""
    return (
        f"(SELECT {greatest('due', f'coalesce({floor}, due)')} FROM store_delivery"  # noqa: S608
        f" WHERE lane_id = store_lane.id AND {WAITING} ORDER BY due LIMIT 1)"
    )


def settle(lanes: Sequence[Settled]) -> None:
    """Frees lanes for their next deliveries; one that another claim has taken meanwhile is left to it."""
    if not lanes:
        return
    execute(
        "UPDATE store_lane SET busy_until = NULL, busy_by = '', paced = settled.paced,"  # noqa: S608
        " not_before = settled.not_before, broken = settled.broken,"
        f" ready_at = {_next('settled.not_before')} FROM {rows_given(**_SETTLED)} AS settled"
        " WHERE store_lane.id = settled.id AND store_lane.busy_by = settled.busy_by",
        [given([(*lane[:2], _moment(lane.paced), _moment(lane.not_before), lane.broken) for lane in lanes])],
    )


_SETTLED = {
    "id": "bigint",
    "busy_by": "text",
    "paced": "timestamptz",
    "not_before": "timestamptz",
    "broken": "text",
}


def free(lane_ids: Collection[int], by: str) -> None:
    """Lanes that were taken and had nothing due: ready when their next delivery and their pace are."""
    if not lane_ids:
        return
    execute(
        f"UPDATE store_lane SET busy_until = NULL, busy_by = '', ready_at = {_next('store_lane.not_before')}"  # noqa: S608
        f" WHERE id {in_ids()} AND busy_by = %s",
        [ids_given(lane_ids), by],
    )


def left_behind(lane_ids: Collection[int], now: datetime) -> None:
    """Lanes whose lost delivery was taken back: free, unless they are another claim's meanwhile."""
    execute_many(
        "UPDATE store_lane SET busy_until = NULL, busy_by = '' WHERE id = %s AND busy_until <= %s",
        [(lane_id, moment(now)) for lane_id in lane_ids],
    )
    look_again(lane_ids)


def look_again(lane_ids: Collection[int]) -> None:
    """What waits in these lanes has changed: ready when their next delivery and their pace are."""
    execute_many(
        f"UPDATE store_lane SET ready_at = {_next('store_lane.not_before')} WHERE id = %s",  # noqa: S608 — constants only
        [(lane_id,) for lane_id in lane_ids],
    )


def open_again(integration_id: int) -> None:
    """The integration works again: whatever its lanes were to wait for is over."""
    execute_many(
        f"UPDATE store_lane SET not_before = NULL, broken = '', ready_at = {_next()} WHERE integration_id = %s",  # noqa: S608
        [(integration_id,)],
    )


def wait_for_probe(integration_id: int, until: datetime, others: datetime) -> None:
    """The breaker opened: what waits longest goes at `until` as the probe, all else not before `others`."""
    first = rows(
        "SELECT id FROM store_lane WHERE integration_id = %s AND ready_at IS NOT NULL ORDER BY ready_at LIMIT 1",
        [integration_id],
    )
    execute_many(
        "UPDATE store_lane SET not_before = %s, ready_at = CASE WHEN ready_at IS NULL THEN NULL ELSE %s END"
        " WHERE integration_id = %s AND id <> %s",
        [(moment(others), moment(others), integration_id, first[0][0] if first else 0)],
    )
    execute_many(
        "UPDATE store_lane SET not_before = %s, ready_at = %s WHERE id = %s",
        [(moment(until), moment(until), row[0]) for row in first],
    )


def go_on(integration_id: int, now: datetime) -> None:
    """The breaker closed: everything that waits may go."""
    execute_many(
        "UPDATE store_lane SET not_before = NULL, ready_at = CASE WHEN ready_at IS NULL THEN NULL ELSE %s END"
        " WHERE integration_id = %s",
        [(moment(now), integration_id)],
    )


def _moment(value: datetime | None) -> object:
    return moment(value) if value else None
