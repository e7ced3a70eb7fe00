"""When rules fired for issues: the claim that lets each fire once per frequency."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin.core.claim import Pair
from tocsin.store.db import aware, execute_many, for_update, moment, rows, values

# Four values a pair, and SQLite as it is built by default takes 32,766 in a statement. 500 new issues and
# 20 rules are 10,000 pairs.
PAIRS = 8_000


def claim(wanted: Mapping[Pair, datetime], now: datetime) -> set[Pair]:
    """Those (rule, issue) that may fire now: never fired, or last at or before the moment given.

    Atomic: of two workers that want the same pair, one gets it.
    """
    pairs = list(wanted.items())
    parts = [pairs[start : start + PAIRS] for start in range(0, len(pairs), PAIRS)]
    return {claimed for part in parts for claimed in _claim(part, now)}


def _claim(wanted: Sequence[tuple[Pair, datetime]], now: datetime) -> list[Pair]:
    at = moment(now)
    flat: list[Any] = [column for pair, cutoff in wanted for column in (*pair, at, moment(cutoff))]
    sql = (
        f"WITH wanted(rule_id, issue_id, at, cutoff) AS (VALUES {values(4, len(wanted))}) "  # noqa: S608
        "INSERT INTO store_rulestate (rule_id, issue_id, last_fired, held) "
        "SELECT rule_id, issue_id, at, 0 FROM wanted WHERE true "
        "ON CONFLICT (rule_id, issue_id) DO UPDATE SET last_fired = excluded.last_fired, held = 0 "
        "WHERE store_rulestate.last_fired <= (SELECT cutoff FROM wanted"
        " WHERE wanted.rule_id = excluded.rule_id AND wanted.issue_id = excluded.issue_id) "
        "RETURNING rule_id, issue_id"
    )
    return rows(sql, flat)


def last_fired(pairs: Collection[Pair]) -> dict[Pair, datetime]:
    """When rules last fired for issues; those that never did are not there."""
    if not pairs:
        return {}
    found = rows(
        "SELECT rule_id, issue_id, last_fired FROM store_rulestate"  # noqa: S608 — placeholders only
        f" WHERE rule_id IN {values(len({rule for rule, _ in pairs}), 1)}"
        f" AND issue_id IN {values(len({issue for _, issue in pairs}), 1)}",
        [*{rule for rule, _ in pairs}, *{issue for _, issue in pairs}],
    )
    return {(rule, issue): aware(at) for rule, issue, at in found if (rule, issue) in pairs}


def fired_since(rule_ids: Sequence[int], since: datetime) -> dict[int, int]:
    """How often each rule fired after a moment; until the transaction ends nobody else counts them."""
    if not rule_ids:
        return {}
    several = values(len(rule_ids), 1)
    rows(f"SELECT id FROM store_rule WHERE id IN {several} ORDER BY id{for_update()}", [*rule_ids])  # noqa: S608
    found = rows(
        f"SELECT rule_id, count(*) FROM store_firing WHERE rule_id IN {several}"  # noqa: S608 — placeholders only
        " AND date_added > %s GROUP BY rule_id",
        [*rule_ids, moment(since)],
    )
    return dict(found)


def hold(held: Mapping[Pair, int]) -> None:
    """Adds to how often a rule was held back since it last fired for an issue."""
    execute_many(
        "UPDATE store_rulestate SET held = held + %s WHERE rule_id = %s AND issue_id = %s",
        [(count, rule, issue) for (rule, issue), count in held.items()],
    )
