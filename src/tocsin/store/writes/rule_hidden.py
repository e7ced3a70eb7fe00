"""What was held back of rules, and what snoozes hid, for the pages of the rules."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from tocsin.store.db import execute_many, moment

HOUR = 3600


class Hidden(NamedTuple):
    """A rule that would have acted for an issue, had it not been snoozed for everyone."""

    snooze_id: int
    issue_id: int
    event_id: str
    at: datetime


class Place(NamedTuple):
    """A rule, and the project in which it was held back."""

    rule_id: int
    project_id: int


def hide(hidden: Sequence[Hidden]) -> None:
    """Adds to what each snooze hid; the last event of an issue stands for its others."""
    counts = Counter((one.snooze_id, one.issue_id) for one in hidden)
    last = {(one.snooze_id, one.issue_id): one for one in hidden}
    execute_many(
        "INSERT INTO store_rulehidden (snooze_id, issue_id, event_id, last, count) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (snooze_id, issue_id) DO UPDATE SET count = store_rulehidden.count + excluded.count,"
        " event_id = excluded.event_id, last = excluded.last",
        [(*key, one.event_id, moment(one.at), counts[key]) for key, one in sorted(last.items())],
    )


def count(held: Mapping[Place, int], why: Literal["by_frequency", "by_limit", "by_snooze"], now: datetime) -> None:
    """By rule and project: how often it was held back within this hour."""
    hour = int(now.timestamp()) // HOUR
    counts = {"by_frequency": 0, "by_limit": 0, "by_snooze": 0}
    execute_many(
        "INSERT INTO store_rulehour (rule_id, project_id, hour, by_frequency, by_limit, by_snooze)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (rule_id, project_id, hour) DO UPDATE SET"
        " by_frequency = store_rulehour.by_frequency + excluded.by_frequency,"
        " by_limit = store_rulehour.by_limit + excluded.by_limit,"
        " by_snooze = store_rulehour.by_snooze + excluded.by_snooze",
        [(*place, hour, *{**counts, why: number}.values()) for place, number in sorted(held.items())],
    )
