"""Vitals: what /metrics shows, gathered from the database, so that it is the same whichever process is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache

from tocsin.core.books import Books, balance
from tocsin.core.readiness import Readiness, Signs, judge
from tocsin.engine import spool_state
from tocsin.engine.spool import SpoolUnavailableError
from tocsin.engine.spool_state import Waiting
from tocsin.pipeline import readiness
from tocsin.store.queries import books, outages, tallies
from tocsin.store.queries.outages import Outages
from tocsin.store.writes.tallies import Count

# The books of a day: 1,000,000 deliveries take 0.1 s to count. They are as old as this, in seconds, at most.
BOOKS_ARE_KEPT = 30
BOOKS_OF = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Vitals:
    """Everything at one moment; `counts` only grow."""

    now: datetime
    signs: Signs
    readiness: Readiness
    spool: Waiting | None
    outages: Outages
    books: Books
    counts: list[Count]


def gather(now: datetime) -> Vitals:
    """Raises what the database raises while it is away."""
    signs = readiness.signs(now)
    return Vitals(now, signs, judge(signs, now), _spool(), outages.everywhere(), _books(now), tallies.all_of_them())


def _spool() -> Waiting | None:
    try:
        return spool_state.waiting(settings.TOCSIN.spool)
    except SpoolUnavailableError:
        return None


def _books(now: datetime) -> Books:
    kept: Books | None = cache.get("vitals.books")
    if kept is None:
        counted = books.counted(now - BOOKS_OF, now + timedelta(minutes=1), now)
        kept = balance(counted.ledger, now)
        cache.set("vitals.books", kept, BOOKS_ARE_KEPT)
    return kept
