"""Leases whose holder is known to be dead, ended before their time."""

from datetime import datetime

from tocsin.store.db import execute_many, moment

# Begins the name of a lease that is held while a person waits: by a web process, not by the sender.
ASKED = "asked:"


def end_senders(now: datetime) -> None:
    """Ends what senders hold, so that it can be reclaimed at `now`. Two statements.

    To be called only where no sender can live. One that does sends what it has twice, and the ledger admits it.
    """
    at = moment(now)
    execute_many(
        "UPDATE store_delivery SET lease_until = %s WHERE state = 'sending' AND lease_until > %s"
        " AND lease_by NOT LIKE %s",
        [(at, at, f"{ASKED}%")],
    )
    execute_many("UPDATE store_lane SET busy_until = %s WHERE busy_until > %s", [(at, at)])
