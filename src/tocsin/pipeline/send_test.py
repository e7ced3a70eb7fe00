"""A test notification through the real path: outbox, sender, ledger; with the service's true answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.core.fields import parse
from tocsin.core.people import Person
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.registry import Provider
from tocsin.notifications.test_notification import NOTIFICATION_KIND, Facts
from tocsin.pipeline import links
from tocsin.pipeline.announce import announce
from tocsin.pipeline.deliver import Tried, send_now
from tocsin.store.queries import deliveries

A_MINUTE = timedelta(minutes=1)
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


def send_test(asked: Asked, address: Mapping[str, object], now: datetime, send: SendNow = send_now) -> Answer:
    """Sends one test and waits for the answer.

    Raises InvalidFieldsError for an address that is none, TooManyTestsError for the sixth within a minute.
    """
    to = _destination(asked, address)
    if deliveries.of_kind_since(asked.organization_id, NOTIFICATION_KIND.slug, now - A_MINUTE) >= MOST_A_MINUTE:
        raise TooManyTestsError(f"{MOST_A_MINUTE} tests were sent within a minute. Wait a minute, then try again.")
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
