"""Lanes: one delivery at a time, in order, at a pace; a slow or dead lane delays no other."""

from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_delivery, a_lane, a_notification, a_world
from tocsin.store.models import Delivery, Integration, Lane
from tocsin.store.queries import outbox as queries
from tocsin.store.queries.outbox import Crowd
from tocsin.store.writes import lanes, outbox
from tocsin.store.writes.lanes import Settled, Wanted

LATER = NOW + timedelta(seconds=90)
BY = "b" * 32
SECOND = timedelta(seconds=1)


@pytest.fixture
def world(db) -> World:
    return a_world()


def an_integration(world: World, **columns) -> Integration:
    defaults = {"provider": "slack", "name": "Acme", "settings": b"", "date_added": NOW, "date_updated": NOW}
    return Integration.objects.create(organization=world.organization, **{**defaults, **columns})


def waiting(world: World, lane: Lane, **columns) -> Delivery:
    return a_delivery(a_notification(world.project), lane=lane, **{"due": NOW, "state": "queued", **columns})


def claimed(limit: int = 10, at=NOW) -> list[int]:
    return outbox.claim(limit, at, at + timedelta(seconds=90), BY)


def settled(lane: Lane, **columns) -> None:
    lanes.settle([Settled(lane.pk, BY, **{"paced": None, "not_before": None, "broken": "", **columns})])


def test_one_delivery_of_a_lane_is_on_its_way_at_a_time(world):
    lane = a_lane(ready_at=NOW)
    first = waiting(world, lane)
    waiting(world, lane)

    assert claimed() == [first.pk]
    assert claimed() == []


def test_the_next_of_a_lane_goes_when_the_first_is_back(world):
    lane = a_lane(ready_at=NOW)
    waiting(world, lane)
    second = waiting(world, lane)
    claimed()

    settled(lane)

    assert claimed() == [second.pk]


def test_lanes_do_not_wait_for_each_other(world):
    one, other = a_lane(ready_at=NOW), a_lane(ready_at=NOW)
    first, second = waiting(world, one), waiting(world, other)

    assert set(claimed()) == {first.pk, second.pk}


def test_a_lane_goes_in_the_order_of_what_is_due(world):
    lane = a_lane(ready_at=NOW)
    waiting(world, lane, due=NOW)
    earlier = waiting(world, lane, due=NOW - SECOND)

    assert claimed() == [earlier.pk]


def test_a_lane_keeps_its_pace(world):
    lane = a_lane(ready_at=NOW)
    waiting(world, lane)
    second = waiting(world, lane)
    claimed()

    settled(lane, paced=NOW + SECOND, not_before=NOW + SECOND)

    assert claimed() == []
    assert claimed(at=NOW + SECOND) == [second.pk]


def test_an_idle_lane_remembers_its_pace(world):
    lane = a_lane(ready_at=NOW)
    waiting(world, lane)
    claimed()
    Delivery.objects.update(state="sent")
    settled(lane, not_before=NOW + SECOND)

    lanes.open_for({lane.name: Wanted(None, NOW)})

    lane.refresh_from_db()
    assert lane.ready_at == NOW + SECOND


def test_a_lane_with_nothing_waiting_is_never_looked_at(world):
    lane = a_lane(ready_at=NOW)
    waiting(world, lane)
    claimed()
    Delivery.objects.update(state="sent")

    settled(lane)

    lane.refresh_from_db()
    assert lane.ready_at is None


def test_a_new_delivery_makes_a_waiting_lane_ready_sooner(world):
    lane = a_lane(ready_at=NOW + timedelta(minutes=10))

    lanes.open_for({lane.name: Wanted(None, NOW)})

    lane.refresh_from_db()
    assert lane.ready_at == NOW


def test_a_new_delivery_never_makes_a_lane_ready_later(world):
    lane = a_lane(ready_at=NOW)

    lanes.open_for({lane.name: Wanted(None, NOW + SECOND)})

    lane.refresh_from_db()
    assert lane.ready_at == NOW


def test_a_lane_whose_sender_died_goes_on_after_its_lease(world):
    lane = a_lane(ready_at=NOW)
    lost = waiting(world, lane)
    claimed()
    after = NOW + timedelta(seconds=91)

    outbox.reclaim(after, 8)

    assert claimed(at=after) == [lost.pk]


def test_a_lane_that_was_looked_at_in_vain_goes_on_after_its_lost_delivery(world):
    lane = a_lane(ready_at=NOW)
    lost = waiting(world, lane)
    claimed()
    after = NOW + timedelta(seconds=91)
    claimed(at=after)  # the lane is free again, its delivery not yet

    outbox.reclaim(after, 8)

    assert claimed(at=after) == [lost.pk]


def test_a_late_settlement_leaves_the_lane_to_its_new_claim(world):
    lane = a_lane(ready_at=NOW, busy_until=LATER, busy_by="c" * 32)

    settled(lane)

    lane.refresh_from_db()
    assert lane.busy_by == "c" * 32


def test_while_a_breaker_is_open_only_the_probe_goes(world):
    integration = an_integration(world)
    first, other = (a_lane(ready_at=NOW + n * SECOND, integration=integration) for n in (0, 1))
    probe = waiting(world, first)
    waiting(world, other)
    until = NOW + timedelta(seconds=30)

    lanes.wait_for_probe(integration.pk, until, until + timedelta(seconds=90))

    assert claimed(at=until - SECOND) == []
    assert claimed(at=until) == [probe.pk]


def test_a_breaker_that_opens_leaves_other_integrations_alone(world):
    sick, well = an_integration(world), an_integration(world, name="Other")
    waiting(world, a_lane(ready_at=NOW, integration=sick))
    goes = waiting(world, a_lane(ready_at=NOW, integration=well))

    lanes.wait_for_probe(sick.pk, LATER, LATER)

    assert claimed() == [goes.pk]


def test_when_the_breaker_closes_everything_goes_on(world):
    integration = an_integration(world)
    delivery = waiting(world, a_lane(ready_at=LATER, not_before=LATER, integration=integration))

    lanes.go_on(integration.pk, NOW)

    assert claimed() == [delivery.pk]


def test_a_new_lane_of_an_integration_with_an_open_breaker_waits_too(world):
    integration = an_integration(world, breaker="open", breaker_until=LATER)

    lanes.open_for({"slack:1:C9": Wanted(integration.pk, NOW)})

    assert Lane.objects.get(name="slack:1:C9").ready_at == LATER


def of_an_open_breaker(world: World, until, lanes_ready=(NOW, NOW, NOW)) -> Integration:
    integration = an_integration(world, breaker="open", breaker_until=until)
    for ready in lanes_ready:
        waiting(world, a_lane(ready_at=ready, integration=integration))
    return integration


def test_of_all_lanes_that_are_ready_when_a_breakers_wait_is_over_one_goes(world):
    of_an_open_breaker(world, until=NOW)

    assert len(claimed()) == 1


def test_the_probe_is_one_that_is_due(world):
    integration = of_an_open_breaker(world, until=NOW, lanes_ready=[])
    waiting(world, a_lane(ready_at=NOW - SECOND, integration=integration), due=LATER)
    goes = waiting(world, a_lane(ready_at=NOW, integration=integration))

    assert claimed() == [goes.pk]


def test_no_second_probe_goes_while_the_first_has_its_lease(world):
    of_an_open_breaker(world, until=NOW)
    claimed()

    assert claimed(at=NOW + 30 * SECOND) == []


def test_a_probe_that_was_lost_is_followed_by_another_one(world):
    of_an_open_breaker(world, until=NOW)
    claimed()

    assert len(claimed(at=NOW + 91 * SECOND)) == 1


def test_a_lane_that_is_ready_before_its_breakers_wait_is_over_waits_on(world):
    of_an_open_breaker(world, until=LATER)

    assert claimed() == []
    assert set(Lane.objects.values_list("ready_at", flat=True)) == {LATER}


def test_lanes_that_wait_for_a_breaker_take_nobodys_place(world):
    of_an_open_breaker(world, until=LATER, lanes_ready=[NOW - SECOND] * 5)
    goes = waiting(world, a_lane(ready_at=NOW))

    assert claimed(limit=2) == [goes.pk]


def test_a_retried_delivery_is_not_overtaken_in_its_conversation(world):
    lane = a_lane(ready_at=NOW)
    parent = waiting(world, lane, conversation="issue:1")
    reply = waiting(world, lane, conversation="issue:1")
    stranger = waiting(world, lane, conversation="issue:2")
    Delivery.objects.filter(pk=parent.pk).update(state="retrying", due=LATER)

    outbox.after([(lane.pk, "issue:1", parent.pk, LATER)])

    reply.refresh_from_db()
    stranger.refresh_from_db()
    assert (reply.due, stranger.due) == (LATER, NOW)


# Crowds


def on_lanes(world: World, *names: str) -> list[int]:
    """The deliveries that wait, one on each lane of these names."""
    return [waiting(world, a_lane(name=name, ready_at=NOW)).pk for name in names]


def claimed_beside(flying: dict[str, int], limit: int = 10, **most: int) -> list[int]:
    return outbox.claim(limit, NOW, LATER, BY, Crowd(flying, most))


def test_no_more_of_one_integration_is_claimed_than_there_is_room_for(world):
    on_lanes(world, *[f"email:0:{number}" for number in range(5)])

    assert len(claimed_beside({"email:0": 1}, email=3)) == 2


def test_a_full_integration_holds_up_no_other(world):
    mails = on_lanes(world, *[f"email:0:{number}" for number in range(20)])
    others = on_lanes(world, "email:7:a", "slack:1:C1", "slack:1:C2")

    found = claimed_beside({}, limit=5, email=2)

    assert len(set(found) & set(mails)) == 2
    assert set(found) >= set(others)


def test_what_there_was_no_room_for_stays_unclaimed(world):
    on_lanes(world, "email:0:a", "email:0:b")
    claimed_beside({}, email=1)

    assert len(claimed_beside({"email:0": 0}, email=1)) == 1


def test_a_service_whose_name_begins_alike_has_its_own_room(world):
    (other,) = on_lanes(world, "email2:0:a")

    assert claimed_beside({"email:0": 1}, email=1) == [other]


def test_what_waits_for_room_is_not_due(world):
    on_lanes(world, "email:0:a")

    assert queries.next_due(Crowd({"email:0": 1}, {"email": 1})) is None
    assert queries.next_due(Crowd({"email:0": 0}, {"email": 1})) == NOW


def test_the_claim_scans_neither_what_waits_nor_what_is_done(world, django_assert_num_queries):
    for _ in range(30):
        lane = a_lane(ready_at=NOW)
        waiting(world, lane)
        waiting(world, lane)

    with django_assert_num_queries(4):
        assert len(claimed(30)) == 30


# Places in a conversation


def of(world: World, lane: Lane, **columns) -> Delivery:
    return waiting(world, lane, conversation="issue:1", **columns)


def test_a_lost_delivery_is_not_overtaken_before_its_lease_is_taken_back(world):
    lane = a_lane(ready_at=NOW)
    of(world, lane)
    of(world, lane)
    claimed()

    assert claimed(at=NOW + 91 * SECOND) == []


def test_a_lost_delivery_keeps_its_place_when_it_is_taken_back(world):
    lane = a_lane(ready_at=NOW)
    lost = of(world, lane)
    of(world, lane)
    claimed()

    outbox.reclaim(NOW + 91 * SECOND, 8)

    assert claimed(at=NOW + 91 * SECOND) == [lost.pk]


def test_a_lane_whose_delivery_was_deleted_under_way_goes_on_after_the_lease(world):
    lane = a_lane(ready_at=NOW)
    of(world, lane).delete()
    lane.busy_until, lane.busy_by = LATER, BY
    lane.save()
    following = of(world, lane)

    assert claimed(at=LATER) == [following.pk]


def test_a_replay_waits_for_what_its_conversation_still_retries(world):
    lane = a_lane(ready_at=NOW)
    of(world, lane, state="retrying", due=LATER)
    dead = of(world, lane, state="dead", due=None)

    outbox.requeue(world.organization.pk, [dead.pk], NOW)

    dead.refresh_from_db()
    assert dead.due == LATER
    assert claimed() == []


def test_a_replay_goes_before_what_came_later_in_its_conversation(world):
    lane = a_lane(ready_at=NOW)
    dead = of(world, lane, state="dead", due=None)
    of(world, lane)

    outbox.requeue(world.organization.pk, [dead.pk], NOW + SECOND)

    assert claimed(at=NOW + SECOND) == [dead.pk]


def test_what_was_held_goes_in_its_order_after_what_is_retried(world):
    integration = an_integration(world)
    lane = a_lane(integration=integration)
    retried = of(world, lane, integration=integration, state="retrying", due=LATER)
    of(world, lane, integration=integration, state="held", due=None)

    outbox.release(integration.pk, NOW)

    assert claimed() == []
    assert claimed(at=LATER) == [retried.pk]


def test_a_replay_keeps_the_pace_of_its_lane(world):
    lane = a_lane(not_before=LATER)
    dead = of(world, lane, state="dead", due=None)

    outbox.requeue(world.organization.pk, [dead.pk], NOW)

    assert claimed() == []
    assert claimed(at=LATER) == [dead.pk]


def test_a_lane_that_was_looked_at_in_vain_keeps_its_pace(world):
    lane = a_lane(ready_at=NOW, not_before=LATER)
    of(world, lane, due=NOW + SECOND)
    claimed()

    assert claimed(at=NOW + SECOND) == []
