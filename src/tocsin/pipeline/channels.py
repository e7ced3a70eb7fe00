"""Looks a channel up in its service: by id, or by name through what the service listed before. Nothing is posted.

What was told in the last five minutes is believed, if it fits. A name that nobody told of makes the listing be read
anew.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.core.channels import PEOPLE, Channel, Listed, Wanted, among, fitting, missing
from tocsin.core.sending import Gone
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.channel_listing import OLD, read_on
from tocsin.pipeline.channel_place import Answer, Place, Unchecked, Waits, keep, not_told
from tocsin.store.db import one_transaction
from tocsin.store.queries import channels as queries
from tocsin.store.queries import integrations
from tocsin.store.writes import channels as writes

FRESH = timedelta(minutes=5)
# A channel may have been made just now, so a miss reads again, the sooner the fewer pages: at most four a minute.
A_PAGE = timedelta(seconds=15)
MOST_SUGGESTED = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a name could become, and a word on it."""

    name: str
    about: str


def look_up(here: Place, wanted: Wanted, until: datetime) -> Answer:
    """The channel that is meant, or why there is none, or not yet."""
    if not wanted.id:
        return by_name(here, wanted, until)
    found = by_id(here, wanted, until)
    return fitting(wanted, found, here.service) if isinstance(found, Channel) else found


def by_id(here: Place, wanted: Wanted, until: datetime) -> Answer:
    """The channel of a service's own id, as the service knows it now if it was not fit a moment ago: somebody may
    just have mended it."""
    now = here.way.now()
    known = queries.of_id(here.integration_id, wanted.id)
    if known and now - known.at < FRESH and isinstance(fitting(wanted, known.channel, here.service), Channel):
        return known.channel
    outcome = here.ask(here.channels.find(here.settings, wanted.id), until)
    if isinstance(outcome, Listed) and outcome.channels:
        with one_transaction():
            keep(here, outcome.channels, now)
        return outcome.channels[0]
    if isinstance(outcome, Gone) and not outcome.account:
        with one_transaction():
            writes.gone(here.integration_id, wanted.id)
    return not_told(outcome, now)


def by_name(here: Place, wanted: Wanted, until: datetime) -> Answer:
    """The channel of a name, as the service knows it now."""
    found = _known(here, wanted, until)
    if found is not None:
        return found
    row = queries.listing(here.integration_id, wanted.listing)
    if row and row.complete_at and here.way.now() - row.complete_at < min(FRESH, A_PAGE * (row.pages + 1)):
        return missing(wanted, here.service)
    # A room's name is its own, so the rest of the listing says no more; people may share theirs.
    stop = None if wanted.listing == PEOPLE else lambda: bool(queries.named(here.integration_id, wanted))
    stopped = read_on(here, wanted.listing, until, stop)
    if stopped is not None:
        return stopped
    return _known(here, wanted, until) or missing(wanted, here.service)


def _known(here: Place, wanted: Wanted, until: datetime) -> Answer | None:
    """The one that is known by this name, if it still has it; None to read the listing."""
    if wanted.listing == PEOPLE and not _is_whole(here, wanted.listing):
        return None  # others of the same name may not be known
    known = queries.named(here.integration_id, wanted)
    told = [by_id(here, replace(wanted, id=one.channel.id), until) for one in known]
    unsure = next((one for one in told if isinstance(one, Waits | Unchecked)), None)
    if unsure is not None:
        return unsure
    found = [one for one in told if isinstance(one, Channel) and wanted.key in one.keys]
    return among(wanted, found, here.service)


def _is_whole(here: Place, listing: str) -> bool:
    """Whether all that a service lists is known, as of the last day."""
    row = queries.listing(here.integration_id, listing)
    return bool(row and row.complete_at and here.way.now() - row.complete_at < OLD)


def suggestions(organization_id: int, integration_id: int, typed: str, now: datetime) -> list[Suggestion]:
    """What the name that somebody types could become, from what was listed; a listing that is old is asked for."""
    provider = catalogue().providers.get(integrations.provider_of(organization_id, integration_id))
    if provider is None or provider.channels is None:
        return []
    wanted = provider.channels.wanted(typed, "")
    row = queries.listing(integration_id, wanted.listing)
    is_old = row is None or row.tried_at is None or now - row.tried_at >= FRESH
    if is_old or (row and row.cursor and not row.wanted):
        with one_transaction():
            writes.wanted(integration_id, wanted.listing)
    found = queries.suggested(integration_id, wanted.listing, wanted.name, MOST_SUGGESTED)
    return [_suggestion(one) for one in found]


def _suggestion(one: Channel) -> Suggestion:
    """Other names are each one's own, so they are what is written; what people call them stands beside."""
    if one.also:
        return Suggestion(f"{one.listing}{one.also}", one.name)
    return Suggestion(one.shown, "private" if one.is_private else "")
