"""Readiness: reads the signs of life, lets core.readiness judge them, keeps the judgement for the pages."""

import logging
from datetime import UTC, datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from tocsin.core.readiness import Readiness, Signs, judge
from tocsin.engine import spool_state
from tocsin.engine.spool import SpoolUnavailableError
from tocsin.store.db import mend_connection
from tocsin.store.queries import books, heartbeats

log = logging.getLogger("tocsin.readiness")

_seen: list[Readiness] = []
_begun: list[datetime] = []


def readiness(now: datetime) -> Readiness:
    """The judgement of this moment; two small queries and a look at the spool."""
    return judge(signs(now), now)


def signs(now: datetime) -> Signs:
    try:
        mend_connection()
        oldest = spool_state.waiting(settings.TOCSIN.spool).oldest
        spooled = datetime.fromtimestamp(oldest, UTC) if oldest is not None else None
        since = _begun[0] if _begun else None
        return Signs(heartbeats.turned(), spooled, books.oldest_due(now), watched_since=since)
    except SpoolUnavailableError as error:
        return Signs(unreadable=f"{error}.")
    except (DatabaseError, InterfaceError) as error:
        first = (str(error).strip().splitlines() or ["no reason given"])[0]
        return Signs(unreadable=f"The database cannot be read: {first.rstrip('.')}.")


def begin(now: datetime) -> None:
    """This process watches from now on: what loops reported before is of an earlier run."""
    _begun[:] = [now]


def watch(now: datetime) -> Readiness:
    """Judges, remembers the judgement for `seen`, and says in the log when it changes."""
    before, found = seen(), readiness(now)
    _seen[:] = [found]
    if found.stuck and (before is None or before.ready):
        log.error("Not ready: %s", " ".join(found.stuck))
    if found.ready and before is not None and not before.ready:
        log.warning("Ready again.")
    return found


def seen() -> Readiness | None:
    """The last judgement of this process' watch; None where nobody watches. Costs nothing."""
    return _seen[0] if _seen else None
