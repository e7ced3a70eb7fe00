"""What the books count: of whom, of when, and what has no next action."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, World, a_delivery, a_lane, a_notification, a_world
from tocsin.core.books import OVERDUE_AFTER, balance
from tocsin.core.delivery import State
from tocsin.store.queries import books

HOUR = timedelta(hours=1)
LONG_AGO = NOW - OVERDUE_AFTER - timedelta(minutes=1)


@pytest.fixture
def world(db) -> World:
    return a_world()


def one_of_each_state(world: World) -> None:
    decided = a_notification(world.project, intents=len(State))
    for state in State:
        a_delivery(decided, state=state.value, provider="slack" if state is State.SENT else "email")


def the_books(*organization_ids: int) -> books.Counted:
    return books.counted(NOW - HOUR, NOW + HOUR, NOW, list(organization_ids) or None)


def test_every_delivery_is_found_by_its_state_and_service(world):
    one_of_each_state(world)

    found = the_books()

    assert found.ledger.intents == len(State)
    assert found.ledger.by_state == dict.fromkeys(State, 1)
    assert found.by_provider["slack"] == {State.SENT: 1}
    assert balance(found.ledger, NOW).balance


def test_a_delivery_that_vanished_is_missed(world):
    one_of_each_state(world)
    world.organization.delivery_set.filter(state="dead").delete()

    assert not balance(the_books().ledger, NOW).balance


def test_the_end_of_the_range_is_not_in_it(world):
    for moment in (NOW - HOUR, NOW + HOUR):
        a_delivery(a_notification(world.project, intents=1, date_added=moment), state="sent")

    assert the_books().ledger.intents == the_books().ledger.by_state[State.SENT] == 1


def test_another_organizations_deliveries_are_counted_in_its_own_books_alone(world):
    other = a_world("beta", "till", "bo@example.com")
    one_of_each_state(other)

    assert the_books(world.organization.pk).ledger.intents == 0
    assert the_books(other.organization.pk).ledger.intents == len(State)
    assert the_books(world.organization.pk, other.organization.pk).by_provider.keys() == {"email", "slack"}


def test_no_organization_has_empty_books(db):
    assert balance(books.counted(NOW - HOUR, NOW, NOW).ledger, NOW).intents == 0


def test_what_was_sent_and_may_have_arrived_twice_is_a_repeat(world):
    decided = a_notification(world.project, intents=2)
    a_delivery(decided, state="sent", doubtful=2)
    a_delivery(decided, state="dead", doubtful=1)

    assert the_books().ledger.repeats == 1


def test_what_a_lane_holds_back_is_not_due(world):
    lane = a_lane(ready_at=NOW + HOUR)
    a_delivery(a_notification(world.project), due=LONG_AGO, lane=lane)

    assert books.oldest_due(NOW) is None


def test_a_ready_lane_that_nobody_takes_is_due(world):
    a_delivery(a_notification(world.project), due=LONG_AGO)

    assert books.oldest_due(NOW) == LONG_AGO


def test_a_lane_whose_delivery_is_on_its_way_is_not(world):
    a_lane(ready_at=LONG_AGO, busy_until=NOW + HOUR)

    assert books.oldest_due(NOW) is None


@pytest.mark.parametrize("lane", [None, "asleep"])
def test_what_waits_in_a_lane_that_nobody_looks_at_has_no_next_action(world, lane):
    a_delivery(a_notification(world.project), due=LONG_AGO, lane=a_lane(ready_at=None) if lane else None)

    assert books.oldest_due(NOW) == LONG_AGO


def test_a_lease_that_ran_out_and_was_not_taken_back_has_no_next_action(world):
    a_delivery(a_notification(world.project), state="sending", lease_until=LONG_AGO, lane=None)

    assert books.oldest_due(NOW) == LONG_AGO


@pytest.mark.sqlite
def test_no_table_is_read_from_end_to_end(world):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        the_books()
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [row[3] for row in cursor.fetchall()]
            assert not [line for line in plan if line.startswith("SCAN store_") and "INDEX" not in line], plan
