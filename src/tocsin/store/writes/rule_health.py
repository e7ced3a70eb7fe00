"""What rules could not do, for their owners to see: errors of their lines, firings beyond their limit."""

from collections.abc import Mapping
from datetime import datetime

from tocsin.store.db import execute_many, moment

ERROR_LENGTH = 500


def failed(errors: Mapping[int, tuple[int, str]], now: datetime) -> None:
    """By rule: how many lines could not answer, and the last error."""
    execute_many(
        "INSERT INTO store_rulehealth (rule_id, errors, last_error, last_error_at, over_limit)"
        " VALUES (%s, %s, %s, %s, 0) ON CONFLICT (rule_id) DO UPDATE SET"
        " errors = store_rulehealth.errors + excluded.errors, last_error = excluded.last_error,"
        " last_error_at = excluded.last_error_at",
        [(rule, count, error[:ERROR_LENGTH], moment(now)) for rule, (count, error) in errors.items()],
    )


def over_limit(held: Mapping[int, int], now: datetime) -> None:
    """By rule: how many firings its limit for an hour held back."""
    execute_many(
        "INSERT INTO store_rulehealth (rule_id, errors, last_error, over_limit, over_limit_at)"
        " VALUES (%s, 0, '', %s, %s) ON CONFLICT (rule_id) DO UPDATE SET"
        " over_limit = store_rulehealth.over_limit + excluded.over_limit, over_limit_at = excluded.over_limit_at",
        [(rule, count, moment(now)) for rule, count in held.items()],
    )
