"""Keeps what services tell of their channels, a page at a time, and whose turn it is to ask."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from tocsin.core.channels import Channel
from tocsin.store.db import one_transaction
from tocsin.store.models import Channel as Row
from tocsin.store.models import ChannelListing

_TOLD = ("listing", "name", "also_name", "key", "also", "is_archived", "is_private", "is_open", "seen_at")

Renamed = dict[str, Channel]  # by id


def seen(integration_id: int, channels: Sequence[Channel], now: datetime) -> Renamed:
    """Keeps what was told; which of them were known by another name."""
    told = {one.id: one for one in channels}
    before = Row.objects.filter(integration_id=integration_id, external_id__in=list(told))
    names = dict(before.values_list("external_id", "name"))
    rows = [_row(integration_id, one, now) for one in told.values()]
    Row.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["integration", "external_id"], update_fields=_TOLD
    )
    return {id_: one for id_, one in told.items() if one.name and names.get(id_, one.name) != one.name}


def gone(integration_id: int, external_id: str) -> None:
    """Forgets one that the service no longer has."""
    Row.objects.filter(integration_id=integration_id, external_id=external_id).delete()


def wanted(integration_id: int, listing: str) -> None:
    """Asks the worker to read a listing from its beginning on, or to go on with it."""
    ChannelListing.objects.get_or_create(integration_id=integration_id, listing=listing)
    ChannelListing.objects.filter(integration_id=integration_id, listing=listing).update(wanted=True)


def claimed(integration_id: int, listing: str, now: datetime, until: datetime) -> ChannelListing | None:
    """The listing, ours until then; None while somebody else is at it, or the service wants no question."""
    with one_transaction():
        ChannelListing.objects.get_or_create(integration_id=integration_id, listing=listing)
        mine = ChannelListing.objects.filter(
            Q(busy_until__isnull=True) | Q(busy_until__lte=now),
            Q(not_before__isnull=True) | Q(not_before__lte=now),
            integration_id=integration_id,
            listing=listing,
        )
        if not mine.update(busy_until=until, tried_at=now):
            return None
        row = ChannelListing.objects.get(integration_id=integration_id, listing=listing)
        if row.begun_at is None:
            row.begun_at, row.cursor, row.pages = now, "", 0
            row.save()
        return row


def read_on(row: ChannelListing, cursor: str, now: datetime, until: datetime) -> None:
    """A page was read: on from there, or this was the last one, and what was not in it is no more."""
    if cursor:
        row.cursor, row.pages, row.busy_until = cursor, row.pages + 1, until
        row.save(update_fields=["cursor", "pages", "busy_until"])
        return
    Row.objects.filter(
        integration_id=row.integration_id, listing=row.listing, seen_at__lt=row.begun_at or now
    ).delete()
    row.cursor, row.begun_at, row.complete_at, row.wanted, row.busy_until = "", None, now, False, None
    row.save()


def left(row: ChannelListing, not_before: datetime | None = None) -> None:
    """Others may go on with it, no sooner than the service wants."""
    row.busy_until, row.not_before = None, not_before
    with one_transaction():
        row.save(update_fields=["busy_until", "not_before"])


def ended(row: ChannelListing) -> None:
    """It cannot be read: nobody waits for it any more, and the next one begins anew."""
    row.cursor, row.begun_at, row.wanted, row.busy_until = "", None, False, None
    with one_transaction():
        row.save()


def given_up(integration_id: int, listing: str, now: datetime) -> None:
    """Nobody can ask for it now: there are no readable settings."""
    found = ChannelListing.objects.filter(integration_id=integration_id, listing=listing)
    found.update(wanted=False, tried_at=now)


def _row(integration_id: int, one: Channel, now: datetime) -> Row:
    key, also = (*one.keys, "", "")[:2]
    return Row(
        integration_id=integration_id,
        external_id=one.id,
        listing=one.listing,
        name=one.name,
        also_name=one.also,
        key=key,
        also=also if also != key else "",
        is_archived=one.is_archived,
        is_private=one.is_private,
        is_open=one.is_open,
        seen_at=now,
    )
