"""Looks a channel up in its service: by id, or by name through what the service listed before. Nothing is posted.

What was told in the last five minutes is believed. A name that nobody told of makes the listing be read anew, a
page at a time: each page is kept, so whoever comes next goes on from there. Slack allows 20 pages a minute, of a
thousand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.channels import PEOPLE, Channel, Listed, Unfit, Wanted, among, fitting, missing
from tocsin.core.fields import secret_names
from tocsin.core.registry import Channels, Provider
from tocsin.core.sending import Gone, Outcome, Refused, Retry, Sending, Unknown
from tocsin.pipeline import clock, outward, renamed
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import environment, resolve_settings
from tocsin.store.db import one_transaction
from tocsin.store.models import ChannelListing
from tocsin.store.queries import channels as queries
from tocsin.store.queries import integrations
from tocsin.store.writes import channels as writes

FRESH = timedelta(minutes=5)
OLD = timedelta(days=1)  # a listing that was read longer ago is read again: so renamed channels are noticed
AGAIN = timedelta(hours=1)  # what is old and cannot be read
# A channel may have been made just now, so a miss reads again, the sooner the fewer pages: at most four a minute.
A_PAGE = timedelta(seconds=15)
LEASE = timedelta(seconds=30)  # longer than a question takes
PAUSE = timedelta(seconds=5)  # where a service does not say how long to wait
LONGEST_PAUSE = timedelta(minutes=5)
MOST_PAGES = 300
LEAST = 0.5  # seconds for a question
MOST_SUGGESTED = 20
AT_ONCE = 5  # listings in a run of the schedule

Ask = Callable[[Sending, Sequence[str], float], Outcome]


@dataclass(frozen=True, slots=True)
class Waits:
    """Not known yet: why, and when to ask again."""

    reason: str
    again: datetime


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Nobody can tell, now or later: why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a name could become, and a word on it."""

    name: str
    about: str


Answer = Channel | Unfit | Waits | Unchecked


@dataclass(frozen=True, slots=True)
class Way:
    """How services are asked, and by which clock; tests answer themselves."""

    ask: Ask = outward.ask
    now: Callable[[], datetime] = clock.now


OUTWARD = Way()


@dataclass(frozen=True, slots=True)
class Place:
    """One connection whose channels can be looked up."""

    integration_id: int
    organization_id: int
    provider: Provider
    channels: Channels
    settings: Any
    way: Way

    @property
    def service(self) -> str:
        return self.provider.name

    def ask(self, sending: Sending, until: datetime) -> Outcome:
        """What the service says until then; half a second at the least."""
        names = secret_names(self.provider.settings)
        secrets = [str(value) for name in names if (value := getattr(self.settings, name))]
        seconds = (until - self.way.now()).total_seconds()
        return self.way.ask(sending, secrets, max(seconds, LEAST))


def place(organization_id: int, integration_id: int, way: Way) -> Place | None:
    """The connection of an organization; None where it has no such one, or there is nothing to look up or by."""
    stored = integrations.stored(organization_id, integration_id)
    provider = catalogue().providers.get(stored.connected.provider) if stored else None
    if stored is None or provider is None or provider.channels is None or stored.unreadable:
        return None
    settings = resolve_settings(provider, stored.settings, environment())
    if settings is None:
        return None
    return Place(integration_id, organization_id, provider, provider.channels, settings, way)


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
        _keep(here, outcome.channels, now)
        return outcome.channels[0]
    if isinstance(outcome, Gone) and not outcome.account:
        with one_transaction():
            writes.gone(here.integration_id, wanted.id)
    return _no(outcome, now)


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
        news = writes.seen(here.integration_id, outcome.channels, now)
        writes.read_on(row, outcome.cursor, now, now + LEASE)
        renamed.follow(here.organization_id, here.integration_id, here.channels, news, now)


def _keep(here: Place, found: Sequence[Channel], now: datetime) -> None:
    with one_transaction():
        news = writes.seen(here.integration_id, found, now)
        renamed.follow(here.organization_id, here.integration_id, here.channels, news, now)


def _stopped(row: ChannelListing, outcome: Outcome, now: datetime) -> Unfit | Waits | Unchecked:
    answer = _no(outcome, now)
    if isinstance(answer, Waits):
        writes.left(row, answer.again)
    else:
        writes.ended(row)
    return answer


def _no(outcome: Outcome, now: datetime) -> Unfit | Waits | Unchecked:
    """What it means that a service did not tell; see core.registry.Channels."""
    match outcome:
        case Retry():
            pause = PAUSE if outcome.after is None else timedelta(seconds=min(outcome.after, 1e6))
            return Waits(outcome.reason, now + min(pause, LONGEST_PAUSE))
        case Gone(account=True) | Unknown():
            return Unchecked(outcome.reason)
        case Gone() | Refused():
            return Unfit(outcome.reason)
        case _:
            return Unchecked("The service's answer does not say.")


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
