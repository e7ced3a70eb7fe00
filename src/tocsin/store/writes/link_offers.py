"""Lists of people as they are read, and the links that are offered to those who were found in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.roll_call import GoesOn
from tocsin.store.models import LinkOffer, RollCall


def begin(integration_id: int, now: datetime) -> None:
    """The people of a connection are asked for, from the first; one that goes on begins anew."""
    start = {"cursor": "", "pages": 0, "failures": 0, "due": now}
    RollCall.objects.update_or_create(integration_id=integration_id, defaults=start)


def claimed(integration_id: int, due: datetime, until: datetime) -> bool:
    """Whether the next question is ours to ask, until a moment; of two nodes one gets it."""
    return bool(RollCall.objects.filter(pk=integration_id, due=due).update(due=until))


def went_on(integration_id: int, claim: datetime, on: GoesOn) -> None:
    """How far it is now, unless it began anew meanwhile."""
    at = on.standing
    RollCall.objects.filter(pk=integration_id, due=claim).update(
        cursor=at.cursor, pages=at.pages, failures=at.failures, due=on.due
    )


def ended(integration_id: int, claim: datetime) -> None:
    """Nothing more is asked, unless it began anew meanwhile."""
    RollCall.objects.filter(pk=integration_id, due=claim).delete()


@dataclass(frozen=True, slots=True)
class Found:
    """An account that has the address of a person here."""

    user_id: int
    external_id: str
    name: str
    email: str


def offer(integration_id: int, found: Iterable[Found], now: datetime) -> None:
    """Offers each account once to a person, whatever they answered then; one statement."""
    rows = [
        LinkOffer(
            integration_id=integration_id,
            user_id=one.user_id,
            external_id=one.external_id,
            name=one.name,
            email=one.email,
            date_added=now,
        )
        for one in found
    ]
    LinkOffer.objects.bulk_create(rows, ignore_conflicts=True)


def settled(integration_id: int, external_id: str, now: datetime) -> None:
    """The account was linked: nobody is asked about it any more."""
    LinkOffer.objects.filter(integration_id=integration_id, external_id=external_id, answered__isnull=True).update(
        answered=now
    )


def answered(user_id: int, offer_id: int, now: datetime) -> bool:
    """A person said yes or no; of two answers at the same moment one gets False."""
    found = LinkOffer.objects.filter(pk=offer_id, user_id=user_id, answered__isnull=True)
    return bool(found.update(answered=now))
