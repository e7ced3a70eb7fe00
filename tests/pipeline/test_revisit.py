"""What a rule counts may come to hold without another event; it is noticed within a minute, told once an event."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW
from tests.pipeline.spooling import an_exception, an_id
from tests.pipeline.test_known import EVENTS, EVERY_EVENT, PERCENT, TAGGED, Door, a_rule, often
from tocsin.pipeline import revisit
from tocsin.store.models import (
    Event,
    Firing,
    Issue,
    Rule,
    RuleHealth,
    RuleHidden,
    RulePending,
    RuleSnooze,
    RuleState,
)
from tocsin.store.writes.founding import Founded, found


@pytest.fixture
def shop(db) -> Founded:
    made = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    Rule.objects.all().delete()
    return made


@pytest.fixture
def door(shop) -> Door:
    return Door(shop)


def of_sessions(value: float = 0.5, interval: str = "5m", **options) -> dict:
    return often(PERCENT, value, interval, **options)


def asked(seconds: float) -> list[str]:
    """The events that rules have fired for, once the clock stands so much later and the job has run."""
    with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
        revisit.ask_by_the_clock()
    return list(Firing.objects.order_by("pk").values_list("event_id", flat=True))


def test_it_is_asked_more_often_than_an_alert_may_be_late():
    assert revisit.EVERY <= 60


def test_a_share_of_sessions_that_are_told_of_after_the_event(shop, door):
    a_rule(shop, of_sessions())
    door.digest(door.event())
    door.digest(door.sessions(100, 10))

    assert asked(30) == [an_id(1)]


def test_a_growth_that_shows_once_the_time_before_is_over(shop, door):
    """Three in the last five minutes and four before, until three of those are longer ago than ten minutes."""
    a_rule(shop, often(EVENTS, 50, "5m", comparisonType="percent", comparisonInterval="5m"))
    door.digest(*(door.event(at) for at in (0, 1, 2, 100, 350, 351, 352)))
    assert asked(430) == []

    assert asked(602) == [an_id(7)]


@pytest.mark.parametrize("seconds", [360, 3_000])
def test_an_event_is_told_of_once_however_long_it_stays_so(shop, door, seconds):
    a_rule(shop, of_sessions(interval="1h"), frequency=5)
    door.digest(door.sessions(100), door.event())

    assert asked(seconds) == [an_id(2)]


def test_another_event_is_told_of_when_the_frequency_lets_it(shop, door):
    a_rule(shop, of_sessions(interval="1h"), frequency=5)
    door.digest(door.sessions(100), door.event())
    door.digest(door.event(240))

    assert asked(270) == [an_id(2)]
    assert asked(300) == [an_id(2), an_id(3)]


def test_what_is_asked_again_and_again_is_not_counted_as_held_back(shop, door):
    a_rule(shop, of_sessions(interval="1h"), hourlyLimit=1)
    other = {"exception": {"values": [an_exception(type="TillError")]}}
    door.digest(door.event(), door.event(**other))
    door.digest(door.sessions(100, 10))

    assert len(asked(30)) == 1
    assert len(asked(60)) == 1
    assert RuleHealth.objects.get().over_limit == 1
    assert RuleState.objects.get().held == 0


def test_each_environment_is_asked_about_by_its_own_event(shop, door):
    a_rule(shop, of_sessions(), environment="staging")
    door.digest(door.event(environment="staging"), door.event(1, environment="production"))
    door.digest(door.sessions(100, 10, environment="staging"))

    assert asked(30) == [an_id(1)]


def test_its_filters_are_asked_too(shop, door):
    gold = {"id": TAGGED, "key": "customer", "match": "eq", "value": "gold"}
    a_rule(shop, of_sessions(), filters=[gold])
    door.digest(door.event(tags={"customer": "iron"}))
    door.digest(door.sessions(100, 10))

    assert asked(30) == []


@pytest.mark.parametrize("status", [1, 2])
def test_what_is_resolved_or_archived_is_left_alone(shop, door, status):
    a_rule(shop, of_sessions())
    door.digest(door.event())
    door.digest(door.sessions(100, 10))
    Issue.objects.update(status=status)

    assert asked(30) == []


def test_an_event_of_more_than_an_hour_ago_is_left_alone(shop, door):
    a_rule(shop, of_sessions(interval="1h"))
    door.digest(door.event())
    door.digest(door.sessions(100, 3_599))

    assert asked(3_601) == []


def test_a_rule_with_a_wait_begins_it(shop, door):
    a_rule(shop, of_sessions(), wait=1)
    door.digest(door.event())
    door.digest(door.sessions(100, 10))

    assert asked(30) == []
    assert RulePending.objects.get().due == NOW + timedelta(seconds=90)


def test_a_rule_that_is_snoozed_for_everyone_is_not_asked(shop, door):
    rule = a_rule(shop, of_sessions())
    door.digest(door.event())
    door.digest(door.sessions(100, 10))
    RuleSnooze.objects.create(rule=rule, owner=shop.user, date_added=NOW)

    assert asked(30) == []
    assert not RuleHidden.objects.exists()


def test_what_can_no_longer_be_read_stops_no_other(shop, door):
    a_rule(shop, of_sessions())
    door.digest(door.event(), door.event(exception={"values": [an_exception(type="TillError")]}))
    door.digest(door.sessions(100, 10))
    Event.objects.filter(event_id=an_id(1)).update(payload=b"damaged")

    assert asked(30) == [an_id(2)]


def statements(seconds: float) -> int:
    with (
        time_machine.travel(NOW + timedelta(seconds=seconds), tick=False),
        CaptureQueriesContext(connection) as sent,
    ):
        revisit.ask_by_the_clock()
    return len(sent)


def test_rules_that_events_alone_decide_are_not_asked(shop, door):
    a_rule(shop, EVERY_EVENT)
    door.digest(door.event())

    assert statements(30) == 2  # which issues, of which projects


def test_the_statements_do_not_grow_with_the_issues(shop, door):
    a_rule(shop, of_sessions(99))
    door.digest(door.event(), door.sessions(100))
    one = statements(30)

    door.digest(*(door.event(exception={"values": [an_exception(type=f"E{number}")]}) for number in range(20)))

    assert statements(30) == one
