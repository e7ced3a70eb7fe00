"""Which deliveries are meant, in words and moments, and all that match sent again."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import NOW, World, a_delivery, a_notification, a_world
from tocsin.pipeline import ledger
from tocsin.store.models import Delivery
from tocsin.store.queries.deliveries import Filters


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("2h", NOW - timedelta(hours=2)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T04:00Z", datetime(2026, 11, 20, 4, tzinfo=UTC)),
        ("2026-11-20T04:00+01:00", datetime(2026, 11, 20, 3, tzinfo=UTC)),
    ],
)
def test_a_moment_is_written_out_or_so_long_ago(text, moment):
    assert ledger.read_filters({"since": text}, NOW) == (Filters(since=moment), {})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("since", "yesterday"),
        ("until", "999999d"),
        ("state", "lost"),
        ("kind", "pigeon"),
        ("integration", "seven"),
        ("integration", "9" * 30),
    ],
)
def test_what_is_no_filter_is_left_aside_with_the_reason(key, value):
    filters, reasons = ledger.read_filters({key: value}, NOW)

    assert (filters, list(reasons)) == (Filters(), [key])


@pytest.mark.parametrize(
    ("asked", "moved"),
    [
        ({}, ["by mail", "refused", "long ago", "of another kind"]),
        ({"state": "dead"}, ["refused"]),
        ({"provider": "email"}, ["by mail"]),
        ({"reason": "ARCHIVED"}, ["refused"]),
        ({"kind": "assigned"}, ["of another kind"]),
        ({"since": "2h"}, ["by mail", "refused", "of another kind"]),
        ({"until": "2h"}, ["long ago"]),
        ({"integration": "999"}, []),
    ],
    ids=str,
)
def test_all_that_match_and_ended_badly_are_replayed(world, asked, moved):
    message = a_notification(world.project)
    a_delivery(message, label="by mail", state="failed")
    a_delivery(message, label="refused", provider="slack", state="dead", reason="#ops is archived")
    a_delivery(message, label="long ago", provider="slack", state="failed", date_added=NOW - timedelta(days=3))
    a_delivery(
        a_notification(world.project, kind="assigned"), label="of another kind", provider="slack", state="failed"
    )
    a_delivery(message, label="arrived", state="sent")
    filters, _ = ledger.read_filters(asked, NOW)

    count = ledger.replay_matching(
        organization_id=world.organization.pk, filters=filters, actor_id=None, by="Ana", now=NOW
    )

    queued = Delivery.objects.filter(state="queued").order_by("pk").values_list("label", flat=True)
    assert (list(queued), count) == (moved, len(moved))


def test_more_than_one_commit_takes_are_replayed_all_the_same(world, monkeypatch):
    monkeypatch.setattr(ledger, "AT_ONCE", 2)
    message = a_notification(world.project)
    for _ in range(5):
        a_delivery(message, state="dead")

    count = ledger.replay_matching(
        organization_id=world.organization.pk, filters=Filters(), actor_id=None, by="Ana", now=NOW
    )

    assert (count, Delivery.objects.filter(state="queued").count()) == (5, 5)
