"""A test notification through the real path: outbox, sender, ledger; with the service's true answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.core.channels import Channel, Unfit
from tocsin.core.fields import InvalidFieldsError, parse
from tocsin.core.people import Person
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.registry import Provider
from tocsin.notifications.test_notification import NOTIFICATION_KIND, Facts
from tocsin.pipeline import links
from tocsin.pipeline.announce import announce
from tocsin.pipeline.channel_place import OUTWARD, Way, place
from tocsin.pipeline.channels import look_up
from tocsin.pipeline.deliver import Tried, send_now
from tocsin.store.queries import deliveries

A_MINUTE = timedelta(minutes=1)
PATIENCE = timedelta(seconds=10)  # for the lookup, while a person waits
MOST_A_MINUTE = 5

SendNow = Callable[[int, int], Tried | None]


class TooManyTestsError(RuntimeError):
    """The organization has just sent several tests."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said. `state` and `outcome` as in the ledger, `status` 0 without a reply."""

    delivery_id: int
    state: str
    outcome: str
    status: int
    reason: str
    excerpt: str

    @property
    def is_good(self) -> bool:
        return self.outcome == "delivered"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who tests what: `person` is told themselves where the service reaches people, else `address` names whom."""

    organization_id: int
    organization: str
    provider: Provider
    integration_id: int | None
    person: Person


def takes_an_address(provider: Provider) -> bool:
    """Whether a test has to say where to; a service that reaches people is tested on oneself only."""
    return provider.personal is None


def send_test(
    asked: Asked, address: Mapping[str, object], now: datetime, send: SendNow = send_now, way: Way = OUTWARD
) -> Answer:
    """Sends one test and waits for the answer.

    Raises InvalidFieldsError for an address that is none, or names a channel that the service does not have;
    TooManyTestsError for the sixth within a minute.
    """
    if deliveries.of_kind_since(asked.organization_id, NOTIFICATION_KIND.slug, now - A_MINUTE) >= MOST_A_MINUTE:
        raise TooManyTestsError(f"{MOST_A_MINUTE} tests were sent within a minute. Wait a minute, then try again.")
    to = _destination(asked, _looked_up(asked, address, way))
    [delivery_id] = announce(
        organization_id=asked.organization_id,
        kind=NOTIFICATION_KIND.slug,
        facts=_facts(asked, to, now),
        destinations=[to],
        trace=[Step(asked.person.subject, asked.person.name, Verdict.ADDED, Reason.ASKED_FOR)],
        now=now,
        wake=False,
    )
    tried = send(asked.organization_id, delivery_id)
    if tried is None:
        return Answer(delivery_id, "queued", "", 0, "The sender was quicker: its answer stands in the ledger.", "")
    return Answer(delivery_id, tried.state, tried.outcome, tried.status, tried.reason, tried.excerpt)


def _looked_up(asked: Asked, address: Mapping[str, object], way: Way) -> Mapping[str, object]:
    """The address with its channel's id, as a rule has it; as it was given where the service does not tell."""
    here = place(asked.organization_id, asked.integration_id, way) if asked.integration_id is not None else None
    if here is None:
        return address
    parse(asked.provider.address, address)  # what was left empty is said before anything is asked
    channels = here.channels
    given = next((str(address[one]) for one in channels.ids if address.get(one)), "")
    found = look_up(here, channels.wanted(str(address.get(channels.name) or ""), given), way.now() + PATIENCE)
    if isinstance(found, Unfit):
        raise InvalidFieldsError({channels.name: found.reason})
    if not isinstance(found, Channel):
        return address
    return {**address, channels.name: found.shown, channels.ids[0]: found.id}


def _destination(asked: Asked, address: Mapping[str, object]) -> Destination:
    provider = asked.provider
    if provider.personal is None:
        given = parse(provider.address, address)
        return Destination(provider.slug, given, provider.describe(given), asked.integration_id)
    own = provider.personal(asked.person)
    if own is None:
        raise ValueError(f"{provider.name} cannot reach {asked.person.name}: your account has no address for it.")
    return Destination(provider.slug, own, provider.describe(own), asked.integration_id, asked.person.id)


def _facts(asked: Asked, to: Destination, now: datetime) -> Facts:
    return Facts(
        organization=asked.organization,
        asked_by=asked.person.name,
        where=to.label,
        asked_at=now.isoformat(),
        url=f"{links.base()}/{asked.organization}/integrations/",
    )
