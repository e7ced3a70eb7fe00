"""Where channels are looked up: one connection, how its service is asked, and what it means if it does not tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.channels import Channel, Unfit
from tocsin.core.fields import secret_names
from tocsin.core.registry import Channels, Provider
from tocsin.core.sending import Gone, Outcome, Refused, Retry, Sending, Unknown
from tocsin.pipeline import clock, outward, renamed
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import environment, resolve_settings
from tocsin.store.queries import integrations
from tocsin.store.writes import channels as writes

PAUSE = timedelta(seconds=5)  # where a service does not say how long to wait
LONGEST_PAUSE = timedelta(minutes=5)
LEAST = 0.5  # seconds for a question

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


def keep(here: Place, found: Sequence[Channel], now: datetime) -> None:
    """Keeps what was told, and follows what was renamed; in a transaction."""
    news = writes.seen(here.integration_id, found, now)
    renamed.follow(here.organization_id, here.integration_id, here.channels, news, now)


def not_told(outcome: Outcome, now: datetime) -> Unfit | Waits | Unchecked:
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
