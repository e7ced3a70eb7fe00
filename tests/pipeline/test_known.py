"""What rules count: exact to the second, event by event, however the events are cut into batches."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import NOW
from tests.examples import examples
from tests.pipeline.conftest import MAIL
from tests.pipeline.spooling import SPOOL, a_batch, a_payload, accepted, an_exception, an_id
from tocsin.engine.spool import Accepted
from tocsin.pipeline.digest import digest, digest_delivered
from tocsin.store.models import Counted, Firing, Project, ReleaseEnvironment, Rule, RuleHealth, SessionMinute
from tocsin.store.writes.founding import Founded, create_project, found

CONDITIONS = "sentry.rules.conditions.event_frequency."
EVENTS = CONDITIONS + "EventFrequencyCondition"
USERS = CONDITIONS + "EventUniqueUserFrequencyCondition"
MATCHING_USERS = CONDITIONS + "EventUniqueUserFrequencyConditionWithConditions"
PERCENT = CONDITIONS + "EventFrequencyPercentCondition"
TAG = "tocsin.conditions.tag_frequency.TagFrequencyCondition"
FIRST_SEEN = {"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"}
LATEST = {"id": "sentry.rules.filters.latest_release.LatestReleaseFilter"}
ADOPTED = "sentry.rules.filters.latest_adopted_release_filter.LatestAdoptedReleaseFilter"
TAGGED = "sentry.rules.filters.tagged_event.TaggedEventFilter"
EVERY_EVENT = {"id": "sentry.rules.conditions.every_event.EveryEventCondition"}


@pytest.fixture
def shop(db) -> Founded:
    made = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    Rule.objects.all().delete()
    return made


def a_rule(shop: Founded, *conditions: dict, label: str = "Tell us", environment: str = "", **data: Any) -> Rule:
    data = {"conditions": list(conditions), "actions": [MAIL], "frequency": 5, **data}
    return Rule.objects.create(
        project=shop.project, label=label, environment=environment, data=data, date_added=NOW
    )


def often(wire_id: str, value: float, interval: str = "1m", **options: Any) -> dict:
    return {"id": wire_id, "value": value, "interval": interval, **options}


class Door:
    """Bodies with their times, spooled in order and digested as they are cut."""

    def __init__(self, shop: Founded) -> None:
        self.shop, self.last = shop, 0

    def event(self, after: float = 0, **fields: Any) -> Accepted:
        self.last += 1
        at = NOW.timestamp() + after
        payload = a_payload(self.last, **{"timestamp": at, **fields})
        return accepted(self.shop.project.pk, payload, place=self.last, received=at)

    def sessions(self, count: int, after: float = 0, **attributes: str) -> Accepted:
        self.last += 1
        body = json.dumps({"aggregates": [{"exited": count}], "attrs": attributes}).encode()
        head = json.dumps({"type": "sessions", "length": len(body)}).encode()
        whole = b"\n".join([b"{}", head, body])
        at = NOW.timestamp() + after
        return Accepted(self.last, self.shop.project.pk, at, "envelope", "", f"{self.last:032x}", "", whole)

    def digest(self, *bodies: Accepted) -> list[int]:
        """The numbers of the events for which a rule has fired, ever."""
        at = NOW + timedelta(seconds=bodies[-1].received - NOW.timestamp())
        digest(bodies, SPOOL, at)
        return sorted(int(one, 16) for one in Firing.objects.values_list("event_id", flat=True))


@pytest.fixture
def door(shop) -> Door:
    return Door(shop)


def test_the_event_that_is_one_too_many_fires(shop, door):
    a_rule(shop, often(EVENTS, 2))

    assert door.digest(*[door.event(second) for second in range(5)]) == [3]


def test_an_event_that_is_a_minute_old_is_not_within_a_minute(shop, door):
    a_rule(shop, often(EVENTS, 1))

    assert door.digest(door.event(0), door.event(60)) == []
    assert door.digest(door.event(119.5)) == [3]


def test_a_burst_over_the_end_of_a_minute_is_one_burst(shop, door):
    a_rule(shop, often(EVENTS, 3))

    assert door.digest(*[door.event(second) for second in (58, 59, 60, 61)]) == [4]


def test_events_of_batches_before_count(shop, door):
    a_rule(shop, often(EVENTS, 2, "5m"))
    door.digest(door.event(0))
    door.digest(door.event(200))

    assert door.digest(door.event(299)) == [3]


def test_events_that_the_sdk_says_are_old_count_where_they_belong(shop, door):
    a_rule(shop, often(EVENTS, 2))
    old = NOW.timestamp() - 90

    assert door.digest(door.event(0, timestamp=old), door.event(0, timestamp=old), door.event(0)) == []


def test_a_backlog_is_counted_by_when_events_were_received(shop, door):
    a_rule(shop, often(EVENTS, 2))
    bodies = [door.event(second) for second in (0, 1, 2, 400)]

    digest(bodies, SPOOL, NOW + timedelta(hours=1))

    assert Firing.objects.get().event_id == an_id(3)


def test_a_new_rule_counts_what_was_there_before_it(shop, door):
    door.digest(*[door.event(second) for second in range(3)])
    a_rule(shop, often(EVENTS, 3, "1h"))
    Project.objects.update(version=99)

    assert door.digest(door.event(60)) == [4]


def test_another_issues_events_do_not_count(shop, door):
    a_rule(shop, often(EVENTS, 1))
    other = {"exception": {"values": [an_exception(type="CartError")]}}

    assert door.digest(door.event(), door.event(1, **other)) == []


@pytest.mark.parametrize(
    ("watched", "fired"),
    [
        ({}, [2]),
        ({"environment": "production"}, [3]),
        ({"environments": ["production", "staging"]}, [3]),
        ({"environments": ["staging", "test"]}, [4]),
        ({"excludedEnvironments": ["test"]}, [3]),
        ({"excludedEnvironments": ["production", "staging"]}, []),
    ],
)
@pytest.mark.parametrize("cut", [1, 2, 4])
def test_events_are_counted_in_the_environments_that_the_rule_watches(shop, door, watched, fired, cut):
    a_rule(shop, often(EVENTS, 1), **watched)
    bodies = [
        door.event(number, environment=name)
        for number, name in enumerate(("production", "test", "production", "staging"))
    ]
    for start in range(0, 4, cut):
        found = door.digest(*bodies[start : start + cut])

    assert found == fired


def test_growth_compares_with_the_time_before(shop, door):
    options = {"comparisonType": "percent", "comparisonInterval": "5m"}
    a_rule(shop, often(EVENTS, 100, "5m", **options))
    door.digest(door.event(0), door.event(299))

    assert door.digest(door.event(300)) == []  # two instead of one are 100 % more
    assert door.digest(door.event(301)) == [4]


def user(name: str) -> dict:
    return {"user": {"id": name}}


@pytest.mark.parametrize("cut", [1, 2, 3, 6])
def test_users_are_counted_once_each(shop, door, cut):
    a_rule(shop, often(USERS, 2))
    bodies = [door.event(number, **user(name)) for number, name in enumerate("aabbac")]
    for start in range(0, 6, cut):
        found = door.digest(*bodies[start : start + cut])

    assert found == [6]


def test_a_user_counts_as_long_as_they_were_seen_within_the_interval(shop, door):
    a_rule(shop, often(USERS, 1))

    assert door.digest(door.event(0, **user("a")), door.event(61, **user("b"))) == []
    assert door.digest(door.event(70, **user("a"))) == [3]


def test_a_user_in_two_environments_is_one(shop, door):
    a_rule(shop, often(USERS, 1), excludedEnvironments=["test"])
    door.digest(door.event(0, environment="production", **user("a")))

    assert door.digest(door.event(1, environment="staging", **user("a"))) == []
    assert door.digest(door.event(2, environment="test", **user("b"))) == []
    assert door.digest(door.event(3, environment="staging", **user("b"))) == [4]


def test_users_of_events_that_do_not_pass_the_filters_are_not_counted(shop, door):
    paying = {"id": TAGGED, "key": "plan", "match": "eq", "value": "gold"}
    a_rule(shop, often(MATCHING_USERS, 1), filters=[paying])
    gold = {"tags": {"plan": "gold"}}

    assert door.digest(door.event(0, **gold, **user("a")), door.event(1, **user("b"))) == []
    assert door.digest(door.event(2, **gold, **user("a")), door.event(3, **gold, **user("b"))) == [4]


@pytest.mark.parametrize("cut", [1, 5])
def test_each_value_of_a_tag_is_counted_by_itself(shop, door, cut):
    a_rule(shop, {"id": TAG, "key": "till", "value": 1, "interval": "5m"})
    bodies = [door.event(number, tags={"till": till}) for number, till in enumerate(["a", "b", "c", "B", "d"])]
    for start in range(0, 5, cut):
        found = door.digest(*bodies[start : start + cut])

    assert found == [4]


@pytest.mark.parametrize(
    ("sessions", "fired"),
    [
        pytest.param({"count": 100}, [4], id="3 of 100 sessions are more than 2 %"),
        pytest.param({"count": 49}, [], id="49 sessions are too few"),
        pytest.param({"count": 100, "after": -3700}, [], id="sessions of more than an hour ago"),
        pytest.param({"count": 100, "environment": "staging"}, [4], id="sessions elsewhere, for a rule of all"),
    ],
)
def test_events_are_a_share_of_the_hours_sessions(shop, door, sessions, fired):
    a_rule(shop, often(PERCENT, 2, "1h"))
    door.digest(door.sessions(**sessions))

    assert door.digest(*[door.event(number) for number in range(3)]) == fired


def test_sessions_elsewhere_are_not_those_of_a_rules_environment(shop, door):
    a_rule(shop, often(PERCENT, 2, "1h"), environment="production")
    door.digest(door.sessions(100, environment="staging"))

    assert door.digest(*[door.event(number) for number in range(3)]) == []


def test_sessions_that_a_broker_brings_again_count_once(shop, door):
    body = door.sessions(100)

    digest_delivered([body], NOW)
    digest_delivered([body, door.event(1)], NOW)

    assert SessionMinute.objects.get().count == 100


@pytest.mark.parametrize("cut", [1, 3])
def test_the_latest_release_is_the_one_first_seen_last(shop, door, cut):
    a_rule(shop, EVERY_EVENT, filters=[LATEST])
    bodies = [
        door.event(number, release=f"shop@{one}", exception={"values": [an_exception(type=f"E{number}")]})
        for number, one in enumerate(("1.0", "2.0", "1.0"))
    ]
    for start in range(0, 3, cut):
        found = door.digest(*bodies[start : start + cut])

    assert found == [1, 2]


def test_the_latest_release_of_an_environment_is_its_own(shop, door):
    a_rule(shop, EVERY_EVENT, filters=[LATEST], environment="production")
    door.digest(door.event(0, release="shop@1.0"), door.event(1, release="shop@2.0", environment="staging"))

    assert door.digest(door.event(400, release="shop@1.0")) == [1, 3]


def test_a_release_is_adopted_with_a_tenth_of_the_days_sessions(shop, door):
    newer = {"id": ADOPTED, "oldest_or_newest": "newest", "older_or_newer": "newer", "environment": "production"}
    a_rule(shop, EVERY_EVENT, filters=[newer])
    door.digest(door.sessions(90, release="shop@1.0.0"), door.sessions(9, release="shop@2.0.0"))

    assert door.digest(door.event(0, release="shop@2.0.0")) == [3]
    door.digest(door.sessions(9, release="shop@2.0.0"))
    assert door.digest(door.event(400, release="shop@2.0.0")) == [3]


@pytest.mark.parametrize("cut", [1, 4])
def test_in_a_rule_of_several_environments_new_is_new_in_all_of_them(shop, door, cut):
    a_rule(shop, FIRST_SEEN, environments=["production", "staging"], frequency=0)
    names = ("test", "staging", "production", "staging")
    bodies = [door.event(number, environment=name) for number, name in enumerate(names)]
    for start in range(0, 4, cut):
        found = door.digest(*bodies[start : start + cut])

    assert found == [2]


def test_rules_of_the_organization_watch_every_project_those_to_come_too(shop, door):
    data = {"conditions": [FIRST_SEEN], "actions": [MAIL], "frequency": 5}
    Rule.objects.create(organization=shop.organization, label="Everywhere", data=data, date_added=NOW)
    door.digest(door.event())
    till = create_project(shop.organization, shop.team, "Till", now=NOW)
    Rule.objects.filter(project=till).delete()

    digest(a_batch(till.pk, a_payload(2), first=2), SPOOL, NOW)

    assert set(Firing.objects.values_list("project_id", "rule__label")) == {
        (shop.project.pk, "Everywhere"),
        (till.pk, "Everywhere"),
    }


def test_a_rule_of_the_organization_that_changes_is_asked_as_it_is(shop, door):
    data = {"conditions": [FIRST_SEEN], "actions": [MAIL], "frequency": 5}
    rule = Rule.objects.create(organization=shop.organization, label="Everywhere", data=data, date_added=NOW)
    door.digest(door.event())
    rule.status = "disabled"
    rule.save()

    assert door.digest(door.event(1, exception={"values": [an_exception(type="CartError")]})) == [1]


def test_seconds_are_counted_for_projects_whose_rules_ask_for_them(shop, door):
    door.digest(door.event(0, release="shop@1.0", **user("a")))
    assert not Counted.objects.exists()

    a_rule(shop, often(EVENTS, 2), often(USERS, 2, "1d"))
    door.digest(door.event(1, **user("a")))

    assert set(Counted.objects.values_list("series", flat=True)) == {"events", "users"}
    assert ReleaseEnvironment.objects.get().version == "shop@1.0"


def test_who_a_user_is_cannot_be_read_from_what_is_counted(shop, door):
    a_rule(shop, often(USERS, 2, "1d"))
    door.digest(door.event(1, user={"email": "ana@example.com"}))

    assert "ana" not in Counted.objects.get(series="users").member


def test_what_nobody_can_tell_is_an_error_of_that_rule_alone(shop, door, monkeypatch):
    from dataclasses import replace

    from tocsin.core.facts import Need
    from tocsin.pipeline.catalogue import catalogue

    known = catalogue().condition(EVENTS)
    moon = replace(
        known, needs=lambda options: [Need("moon")], holds=lambda options, facts: facts.value(Need("moon"))
    )
    monkeypatch.setitem(catalogue()._conditions_by_id, EVENTS, moon)
    broken = a_rule(shop, often(EVENTS, 2), label="Broken")
    a_rule(shop, EVERY_EVENT, label="Whole")

    door.digest(door.event(), door.event(1))

    assert list(Firing.objects.values_list("rule__label", flat=True)) == ["Whole"]
    health = RuleHealth.objects.get()
    assert (health.rule_id, health.errors, health.last_error) == (
        broken.pk,
        2,
        "There is no way to learn of 'moon'.",
    )


def many_rules(shop: Founded) -> None:
    for wire_id in (EVENTS, USERS, PERCENT):
        for interval in ("5m", "1h"):
            a_rule(shop, often(wire_id, 1, interval), label=f"{wire_id} {interval}")
    a_rule(shop, {"id": TAG, "key": "till", "value": 5, "interval": "5m"}, filters=[LATEST])
    a_rule(shop, FIRST_SEEN, environments=["production", "staging"])


def test_the_number_of_statements_does_not_grow_with_the_batch(shop, door):
    many_rules(shop)

    def statements(count: int) -> int:
        kinds = [{"exception": {"values": [an_exception(type=f"E{number % 7}")]}} for number in range(count)]
        bodies = [
            door.event(number, release="1.0", tags={"till": "7"}, **user(str(number)), **kind)
            for number, kind in enumerate(kinds)
        ]
        with CaptureQueriesContext(connection) as captured:
            door.digest(*bodies)
        return len([one for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]])

    statements(20)
    few = statements(20)

    assert statements(80) <= few + 2


histories = st.lists(
    st.tuples(
        st.integers(0, 90),  # seconds since the one before
        st.sampled_from("ab"),  # which issue
        st.sampled_from(["production", "staging", "test"]),
        st.sampled_from(["u1", "u2", "u3", ""]),
        st.sampled_from(["", "x", "y"]),  # the till
        st.integers(0, 200),  # by how much the SDK's clock is behind
    ),
    min_size=2,
    max_size=14,
)
RULES = (
    {"conditions": [often(EVENTS, 2)]},
    {"conditions": [often(EVENTS, 3, "5m")], "excludedEnvironments": ["test"]},
    {"conditions": [often(USERS, 1, "5m")]},
    {"conditions": [often(USERS, 1, "1m")], "environments": ["production", "staging"]},
    {"conditions": [often(MATCHING_USERS, 1, "5m")], "filters": [{"id": TAGGED, "key": "till", "match": "is"}]},
    {"conditions": [{"id": TAG, "key": "till", "value": 1, "interval": "1m"}]},
    {"conditions": [often(EVENTS, 50, "1m", comparisonType="percent", comparisonInterval="5m")]},
    {"conditions": [FIRST_SEEN], "environments": ["production", "staging"]},
)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, cuts=st.lists(st.integers(1, 14), min_size=1, max_size=14))
def test_however_events_are_cut_into_batches_the_same_rules_fire_for_the_same_events(shop, history, cuts):
    assert replayed(shop, history, cuts) == replayed(shop, history, [1] * len(history))


def replayed(shop: Founded, history: list[tuple], cuts: list[int]) -> set[tuple[str, str]]:
    """What fires in a project of its own for a history in batches of these sizes."""
    number = Project.objects.count()
    project = create_project(shop.organization, shop.team, f"p{number}", now=NOW)
    Rule.objects.filter(project=project).delete()
    for place, data in enumerate(RULES):
        whole = {**data, "actions": [MAIL], "frequency": 5}
        Rule.objects.create(project=project, label=str(place), data=whole, date_added=NOW)
    bodies, at = [], NOW.timestamp()
    for place, (pause, issue, environment, who, till, behind) in enumerate(history, 1):
        at += pause
        fields = {"user": {"id": who}} if who else {}
        fields |= {"tags": {"till": till}} if till else {}
        fields |= {"exception": {"values": [an_exception(type=issue)]}, "environment": environment}
        payload = a_payload(place, timestamp=at - behind, **fields)
        bodies.append(accepted(project.pk, payload, place=place, received=at))
    now = NOW
    while bodies:
        size = cuts[0]
        cuts = [*cuts[1:], cuts[0]]
        part, bodies = bodies[:size], bodies[size:]
        now += timedelta(microseconds=1)  # each batch has its moment: by it the digest knows what it saw first
        digest(part, f"{number:032x}", now)
    return set(Firing.objects.filter(project=project).values_list("rule__label", "event_id"))
