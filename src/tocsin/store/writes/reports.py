"""Which weeks were reported to whom."""

from datetime import date, datetime

from tocsin.store.db import moment, rows


def claim(organization_id: int, monday: date, now: datetime) -> int | None:
    """The row of an organization's week for whoever writes its reports in this transaction; None once it is there.

    Of two that ask at once the second waits until the first commits or fails.
    """
    found = rows(
        "INSERT INTO store_weeklyreport (organization_id, week, date_added) VALUES (%s, %s, %s)"
        " ON CONFLICT (organization_id, week) DO NOTHING RETURNING id",
        [organization_id, monday.isoformat(), moment(now)],
    )
    return found[0][0] if found else None
