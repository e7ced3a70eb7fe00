"""Reads what a service lists, a page at a time: each page is kept, so whoever comes next goes on from there.

Slack allows 20 pages a minute, of a thousand channels each.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from tocsin.core.channels import Listed, Unfit
from tocsin.core.sending import Outcome
from tocsin.pipeline.channel_place import OUTWARD, PAUSE, Place, Unchecked, Waits, Way, keep, not_told, place
from tocsin.store.db import one_transaction
from tocsin.store.models import ChannelListing
from tocsin.store.queries import channels as queries
from tocsin.store.writes import channels as writes

OLD = timedelta(days=1)  # a listing that was read longer ago is read again: so renamed channels are noticed
AGAIN = timedelta(hours=1)  # what is old and cannot be read
LEASE = timedelta(seconds=30)  # longer than a question takes
MOST_PAGES = 300
AT_ONCE = 5  # listings in a run of the schedule


def read_on(
    here: Place, listing: str, until: datetime, stop: Callable[[], bool] | None = None
) -> Unfit | Waits | Unchecked | None:
    """Reads a listing to its end, or until `stop`: then None; else why it stopped."""
    now = here.way.now()
    row = writes.claimed(here.integration_id, listing, now, now + LEASE)
    if row is None:
        known = queries.listing(here.integration_id, listing)
        asked = known.not_before if known else None
        again = max(now + PAUSE, asked) if asked else now + PAUSE
        return Waits(f"{here.service}'s channels are still being listed.", again)
    while row.pages < MOST_PAGES:
        now = here.way.now()
        outcome = here.ask(here.channels.page(here.settings, listing, row.cursor), until)
        if not isinstance(outcome, Listed):
            return _stopped(row, outcome, now)
        _page(here, row, outcome, now)
        if not outcome.cursor:
            return None
        if stop and stop():
            writes.left(row)
            return None
        if here.way.now() >= until:
            writes.left(row)
            return Waits(f"{here.service} has many channels, and they are still being listed.", here.way.now())
    writes.ended(row)
    return Unfit(f"{here.service} lists more than {MOST_PAGES} pages of channels: give the channel's id.")


def _page(here: Place, row: ChannelListing, outcome: Listed, now: datetime) -> None:
    with one_transaction():
        keep(here, outcome.channels, now)
        writes.read_on(row, outcome.cursor, now, now + LEASE)


def _stopped(row: ChannelListing, outcome: Outcome, now: datetime) -> Unfit | Waits | Unchecked:
    answer = not_told(outcome, now)
    if isinstance(answer, Waits):
        writes.left(row, answer.again)
    else:
        writes.ended(row)
    return answer


def list_due(way: Way = OUTWARD, within: timedelta = timedelta(seconds=5)) -> int:
    """Reads on in the listings that somebody waits for, and in those that are old; how many came to their end."""
    until = way.now() + within
    done = 0
    for organization_id, integration_id, listing in queries.to_list(way.now(), AT_ONCE, OLD, AGAIN):
        here = place(organization_id, integration_id, way)
        if here is None:
            with one_transaction():
                writes.given_up(integration_id, listing, way.now())
        else:
            done += read_on(here, listing, until) is None
        if way.now() >= until:
            break
    return done
