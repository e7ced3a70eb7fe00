"""Refused events are counted, and told once a day and project."""

from datetime import timedelta

import pytest
import time_machine

from tests.builders import NOW, World, a_member, a_world
from tocsin.pipeline import quota
from tocsin.store.models import Delivery, Notification, ProjectKey, QuotaNotice, Refused


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db) -> World:
    made = a_world()
    ProjectKey.objects.filter(pk=made.key.pk).update(rate_limit=100, rate_window=60)
    return made


def refuse(world: World, count: int, at=NOW):
    quota.keep({world.key.public_key: count}, at)


def told() -> list[dict]:
    return list(Notification.objects.filter(kind="quota").order_by("pk").values_list("facts", flat=True))


def test_what_is_refused_adds_up_by_key_and_day(world):
    refuse(world, 3)
    refuse(world, 4)
    refuse(world, 5, NOW + timedelta(days=1))

    assert list(Refused.objects.order_by("day").values_list("count", flat=True)) == [7, 5]


def test_of_a_key_that_was_deleted_nothing_is_kept_and_the_others_are(world):
    quota.keep({"f" * 32: 3, world.key.public_key: 1}, NOW)

    assert Refused.objects.get().count == 1


def test_the_owner_is_told_with_the_key_its_count_and_its_limit(world):
    a_member(world.organization, world.team, email="ben@example.com")
    refuse(world, 3)

    assert quota.tell_due() == 1

    assert told()[0]["keys"] == [{"label": "Default", "count": 3, "most": 100, "seconds": 60}]
    assert {one.user for one in Delivery.objects.all()} == {world.user}


def test_a_project_is_told_of_once_a_day(world):
    refuse(world, 3)
    assert [quota.tell_due(), quota.tell_due()] == [1, 0]

    refuse(world, 4)
    assert quota.tell_due() == 0

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        refuse(world, 5, NOW + timedelta(days=1))
        assert quota.tell_due() == 1


def test_of_two_that_saw_the_same_one_tells(world, monkeypatch):
    refuse(world, 3)
    both = quota.queries.due(NOW.date())
    quota.tell_due()
    monkeypatch.setattr(quota.queries, "due", lambda since: both)

    assert quota.tell_due() == 0
    assert len(told()) == 1


def test_a_crash_leaves_nothing_behind_and_the_next_run_tells(world, monkeypatch):
    refuse(world, 3)
    with monkeypatch.context() as broken:
        broken.setattr(quota, "tell", lambda **_: 1 / 0)
        assert quota.tell_due() == 0

    assert not QuotaNotice.objects.exists()
    assert quota.tell_due() == 1


def test_what_was_refused_before_midnight_is_told_after_it(world):
    refuse(world, 3, NOW - timedelta(days=1))

    assert quota.tell_due() == 1
    assert told()[0]["day"] == "2026-11-20"


def test_what_is_older_is_told_no_more(world):
    refuse(world, 3, NOW - timedelta(days=2))

    assert quota.tell_due() == 0


def test_each_project_is_told_of_for_itself(world):
    other = a_world("globex", "shop", "ben@example.com")
    refuse(world, 3)
    refuse(other, 9)

    assert quota.tell_due() == 2
    assert [(one["organization"], one["keys"][0]["count"]) for one in told()] == [("acme", 3), ("globex", 9)]
