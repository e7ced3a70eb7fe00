"""A person's new address: asked at that address whether it is theirs, or at once where no mail can ask."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.people import Person
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.registry import Provider
from tocsin.notifications.address_change import NOTIFICATION_KIND, Facts
from tocsin.pipeline import links
from tocsin.pipeline.announce import announce
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.reach import services_of
from tocsin.store.db import one_transaction
from tocsin.store.models import User
from tocsin.store.queries import accounts, directory
from tocsin.store.writes import accounts as writes

NOWHERE = "@localhost"  # the first start's owner has such an address until they give their own
AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 5


class UnwritableAddressError(ValueError):
    """No mail can be sent to the address."""


class TooManyChangesError(RuntimeError):
    """A person has just asked for several changes of address."""


@dataclass(frozen=True, slots=True)
class MailWay:
    """A service that writes to people's mail addresses, and the organization through which it does."""

    organization_id: int
    provider: Provider
    integration_id: int | None

    def to(self, person: Person) -> Destination | None:
        address = self.provider.personal(person) if self.provider.personal else None
        if address is None:
            return None
        label = self.provider.describe(address)
        return Destination(self.provider.slug, address, label, self.integration_id, person.id)


def change_address(user: User, email: str, now: datetime) -> bool:
    """Whether the new address has to be confirmed first; the old one is told. If not, it counts already.

    Raises UnwritableAddressError, TooManyChangesError for the sixth within an hour, and AddressTakenError.
    """
    if email.lower().endswith(NOWHERE):
        raise UnwritableAddressError("Nothing reaches that address. Give one that other machines can write to.")
    way = mail_way(user)
    if way is None:
        writes.changed_address(user, email, now, is_proved=False)
        return False
    _ask(way, user, email, now)
    return True


def _ask(way: MailWay, user: User, email: str, now: datetime) -> None:
    new = way.to(Person(user.pk, user.display_name, email))
    if new is None:
        raise UnwritableAddressError("No mail can be sent to that address: write it with plain letters.")
    if accounts.addresses_asked(user.pk, now - AN_HOUR + writes.LINK_LASTS) >= MOST_AN_HOUR:
        raise TooManyChangesError(f"You asked for {MOST_AN_HOUR} changes within an hour. Try again in an hour.")
    with one_transaction():
        token = writes.new_address_change(user.pk, email, now)
        say(way, user, new, _facts(user, email, token), now)
        old = way.to(Person(user.pk, user.display_name, user.email))
        if old is not None and not user.email.endswith(NOWHERE):
            say(way, user, old, _facts(user, email, ""), now)


def mail_way(user: User) -> MailWay | None:
    """Through the first of the person's organizations that can send mail."""
    for membership in accounts.memberships(user.pk):
        services = services_of(directory.read(membership.organization_id))
        for slug, integration_id in services.reachable.items():
            provider = catalogue().providers[slug]
            if _goes_by_mail_address(provider):
                return MailWay(membership.organization_id, provider, integration_id)
    return None


def _goes_by_mail_address(provider: Provider) -> bool:
    """Whether where it reaches a person depends on their mail address."""
    return provider.personal is not None and _at(provider, "a@example.org") != _at(provider, "b@example.org")


def _at(provider: Provider, email: str) -> Any:
    return provider.personal(Person(0, "", email)) if provider.personal else None


def _facts(user: User, email: str, token: str) -> Facts:
    return Facts(user.display_name, user.email, email, links.account(), token)


def say(  # noqa: PLR0913 — what is said, to whom, how and when
    way: MailWay, user: User, to: Destination, facts: Any, now: datetime, *, kind: str = NOTIFICATION_KIND.slug
) -> None:
    """One mail about somebody's address, outside what they choose to hear."""
    announce(
        organization_id=way.organization_id,
        kind=kind,
        facts=facts,
        destinations=[to],
        trace=[Step(f"user:{user.pk}", user.display_name, Verdict.ADDED, Reason.ASKED_FOR)],
        now=now,
    )
