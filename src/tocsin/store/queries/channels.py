"""The channels that services told of, by name, by id, and as somebody types."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Q

from tocsin.core.channels import PEOPLE, Channel, Wanted, key_of
from tocsin.store.models import Channel as Row
from tocsin.store.models import ChannelListing

MOST_OF_ONE_NAME = 10
AFTER_ALL = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Seen:
    """A channel, and when the service last told of it."""

    channel: Channel
    at: datetime


def named(integration_id: int, wanted: Wanted) -> list[Seen]:
    """Those of a name, ten at most; one query."""
    found = Row.objects.filter(integration_id=integration_id, listing=wanted.listing)
    # With OR the index of other names, which most rows have none of, would not be used: 60 ms instead of 1.
    others = found.filter(~Q(also=""), also=wanted.key)
    rows = found.filter(key=wanted.key).union(others).order_by("pk")
    return [_seen(row) for row in rows[:MOST_OF_ONE_NAME]]


def of_id(integration_id: int, external_id: str) -> Seen | None:
    """The one of a service's id, as it was last told of."""
    row = Row.objects.filter(integration_id=integration_id, external_id=external_id).first()
    return None if row is None else _seen(row)


def listing(integration_id: int, sign: str) -> ChannelListing | None:
    """How far a listing was read, None for one that was never begun."""
    return ChannelListing.objects.filter(integration_id=integration_id, listing=sign).first()


def to_list(now: datetime, at_most: int, old: timedelta, again: timedelta) -> list[tuple[int, int, str]]:
    """(organization, integration, listing) of what somebody waits for, and of what was last read long ago and not
    tried since `again`."""
    idle = Q(busy_until__isnull=True) | Q(busy_until__lte=now)
    may = Q(not_before__isnull=True) | Q(not_before__lte=now)
    read_in_part = Q(complete_at__isnull=True, begun_at__lt=now - old)
    is_old = Q(complete_at__lt=now - old) | read_in_part
    due = Q(wanted=True) | (is_old & Q(tried_at__lt=now - again))
    found = ChannelListing.objects.filter(idle, may, due)
    rows = found.filter(integration__broken="").order_by("pk")
    return list(rows.values_list("integration__organization_id", "integration_id", "listing")[:at_most])


def suggested(integration_id: int, sign: str, typed: str, at_most: int) -> list[Channel]:
    """What the name that somebody types could become: those that begin so, then those that hold it.

    Two queries, the second only where the first leaves room: it looks through all names of the integration, 20 ms
    for 100,000.
    """
    key = key_of(typed)
    found = Row.objects.filter(integration_id=integration_id, listing=sign, is_archived=False)
    rows = list(found.filter(key__gte=key, key__lt=key + AFTER_ALL).order_by("key")[:at_most])
    if key and len(rows) < at_most:
        known = {row.pk for row in rows}
        holding = found.filter(_holds(sign, key)).order_by("key")[: 2 * at_most]
        rows += islice((row for row in holding if row.pk not in known), at_most - len(rows))
    return [_channel(row) for row in rows]


def _holds(sign: str, key: str) -> Q:
    """Names that hold a text; a person answers to another name, too."""
    holds = Q(key__contains=key)
    return holds | Q(also__contains=key) if sign == PEOPLE else holds


def _seen(row: Row) -> Seen:
    return Seen(_channel(row), row.seen_at)


def _channel(row: Row) -> Channel:
    return Channel(
        row.external_id, row.name, row.listing, row.also_name, row.is_archived, row.is_private, row.is_open
    )
