"""When rules fired for issues: the claim that lets each fire once per frequency."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.store.db import execute_many, moment, rows, values


def claim(wanted: Mapping[tuple[int, int], datetime], now: datetime) -> set[tuple[int, int]]:
    """Those (rule, issue) that may fire now: never fired, or last at or before the moment given.

    One atomic statement: of two workers that want the same pair, one gets it.
    """
    if not wanted:
        return set()
    flat: list[Any] = [
        column
        for (rule, issue), cutoff in wanted.items()
        for column in (rule, issue, moment(now), moment(cutoff))
    ]
    sql = (
        f"WITH wanted(rule_id, issue_id, at, cutoff) AS (VALUES {values(4, len(wanted))}) "  # noqa: S608
        "INSERT INTO store_rulestate (rule_id, issue_id, last_fired, held) "
        "SELECT rule_id, issue_id, at, 0 FROM wanted WHERE true "
        "ON CONFLICT (rule_id, issue_id) DO UPDATE SET last_fired = excluded.last_fired, held = 0 "
        "WHERE store_rulestate.last_fired <= (SELECT cutoff FROM wanted"
        " WHERE wanted.rule_id = excluded.rule_id AND wanted.issue_id = excluded.issue_id) "
        "RETURNING rule_id, issue_id"
    )
    return set(rows(sql, flat))  # type: ignore[arg-type]


def hold(held: Mapping[tuple[int, int], int]) -> None:
    """Adds to how often a rule was held back since it last fired for an issue."""
    execute_many(
        "UPDATE store_rulestate SET held = held + %s WHERE rule_id = %s AND issue_id = %s",
        [(count, rule, issue) for (rule, issue), count in held.items()],
    )
