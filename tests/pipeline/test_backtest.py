"""What a rule would have done: the same as it does live, played from what is stored."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import NOW
from tests.examples import examples
from tests.pipeline.conftest import EVERY_EVENT, MAIL
from tests.pipeline.spooling import a_payload, accepted, an_exception, an_id
from tocsin.pipeline import pending
from tocsin.pipeline.assignment import NOBODY, Assignee, By, assign
from tocsin.pipeline.backtest import Backtested, backtest, compiled
from tocsin.pipeline.command import set_status
from tocsin.pipeline.digest import digest
from tocsin.store.models import Delivery, Event, Firing, Issue, Notification, Project, Rule, RulePending
from tocsin.store.queries import projects
from tocsin.store.writes.founding import Founded, create_project, found

CONDITIONS = "sentry.rules.conditions."
FILTERS = "sentry.rules.filters."
FREQUENCY = f"{CONDITIONS}event_frequency."
FIRST_SEEN = {"id": f"{CONDITIONS}first_seen_event.FirstSeenEventCondition"}
REGRESSION = {"id": f"{CONDITIONS}regression_event.RegressionEventCondition"}
ESCALATING = {"id": f"{CONDITIONS}reappeared_event.ReappearedEventCondition"}
UNASSIGNED = {"id": f"{FILTERS}assigned_to.AssignedToFilter", "targetType": "Unassigned"}
LATEST = {"id": f"{FILTERS}latest_release.LatestReleaseFilter"}
TILL = {"id": f"{FILTERS}tagged_event.TaggedEventFilter", "key": "till", "match": "is"}
HANDLED = {
    "id": f"{FILTERS}event_attribute.EventAttributeFilter",
    "attribute": "exception.type",
    "match": "eq",
    "value": "a",
}
OLD = {
    "id": f"{FILTERS}age_comparison.AgeComparisonFilter",
    "comparison_type": "older",
    "value": 4,
    "time": "minute",
}
MANY = {"id": f"{FILTERS}issue_occurrences.IssueOccurrencesFilter", "value": 3}
FATAL = {"id": f"{FILTERS}level.LevelFilter", "match": "eq", "level": "50"}


def often(name: str, value: int, interval: str = "1m", **options: Any) -> dict[str, Any]:
    return {"id": FREQUENCY + name, "value": value, "interval": interval, **options}


def hears(*types: str) -> dict[str, Any]:
    return {"id": "tocsin.conditions.activity.ActivityCondition", "types": list(types)}


EVENTS, USERS = "EventFrequencyCondition", "EventUniqueUserFrequencyCondition"
MATCHING = "EventUniqueUserFrequencyConditionWithConditions"
TAG = {"id": "tocsin.conditions.tag_frequency.TagFrequencyCondition", "key": "till", "value": 1, "interval": "5m"}

RULES: tuple[dict[str, Any], ...] = (
    {"conditions": [EVERY_EVENT]},
    {"conditions": [EVERY_EVENT], "hourlyLimit": 2, "frequency": 10},
    {"conditions": [FIRST_SEEN]},
    {"conditions": [REGRESSION, ESCALATING], "actionMatch": "any"},
    {"conditions": [FIRST_SEEN], "environments": ["production", "staging"]},
    {"conditions": [EVERY_EVENT], "environment": "production", "filters": [FATAL]},
    {"conditions": [often(EVENTS, 2)]},
    {"conditions": [often(EVENTS, 3, "5m")], "excludedEnvironments": ["test"], "wait": 2},
    {"conditions": [often(EVENTS, 4, "1d")], "hourlyLimit": 1},
    {"conditions": [often(EVENTS, 50, "1m", comparisonType="percent", comparisonInterval="5m")]},
    {"conditions": [often(USERS, 1, "5m")]},
    {"conditions": [often(USERS, 2, "1h")], "environments": ["production", "staging"]},
    {"conditions": [often(MATCHING, 1, "5m")], "filters": [TILL]},
    {"conditions": [TAG]},
    {"conditions": [EVERY_EVENT], "filters": [OLD, MANY], "wait": 3},
    {"conditions": [EVERY_EVENT], "filters": [UNASSIGNED], "wait": 1},
    {"conditions": [EVERY_EVENT], "filters": [LATEST, HANDLED]},
    {"conditions": [EVERY_EVENT], "filters": [TILL, FATAL], "filterMatch": "none", "frequency": 7},
    {"conditions": [hears("assigned", "unassigned", "set_resolved")]},
    {"conditions": [hears("set_regression", "set_ignored", "set_unresolved")]},
    {"conditions": [hears("assigned", "set_resolved", "set_ignored")], "filters": [UNASSIGNED], "wait": 2},
    {"conditions": [hears("set_regression"), FIRST_SEEN], "actionMatch": "any", "frequency": 7},
)


@pytest.fixture
def shop(db) -> Founded:
    made = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    Rule.objects.all().delete()
    return made


class Live:
    """A project that lives through a history, each event digested as it is received."""

    def __init__(self, shop: Founded, *rules: dict[str, Any]) -> None:
        number = Project.objects.count()
        self.shop, self.now, self.last = shop, NOW, 0
        self.spool = f"{number:032x}"
        self.project = create_project(shop.organization, shop.team, f"p{number}", now=NOW)
        Rule.objects.filter(project=self.project).delete()
        self.rules = [self.rule(one) for one in rules]

    def rule(self, data: dict[str, Any]) -> Rule:
        whole = {"actions": [MAIL], "frequency": 5, **data}
        environment = str(whole.pop("environment", ""))
        rule = Rule.objects.create(
            project=self.project, label="R", environment=environment, data=whole, date_added=NOW
        )
        Project.objects.filter(pk=self.project.pk).update(version=rule.pk)
        return rule

    def wait(self, seconds: float) -> None:
        until = self.now + timedelta(seconds=seconds)
        while due := RulePending.objects.filter(due__lte=until).order_by("due").first():
            pending._ask_some(due.due)
        self.now = until

    def event(self, kind: str = "a", behind: float = 0, **fields: Any) -> None:
        self.last += 1
        at = self.now.timestamp()
        payload = a_payload(
            self.last, timestamp=at - behind, exception={"values": [an_exception(type=kind)]}, **fields
        )
        digest([accepted(self.project.pk, payload, place=self.last, received=at)], self.spool, self.now)

    def command(self, kind: str, status: str) -> None:
        set_status(
            organization_id=self.shop.organization.pk,
            issue_ids=self.issues(kind),
            status=status,
            actor_id=None,
            now=self.now,
        )

    def assign(self, kind: str, *, to_team: bool) -> None:
        to = Assignee(team_id=self.shop.team.pk) if to_team else NOBODY
        assign(organization_id=self.shop.organization.pk, issue_ids=self.issues(kind), to=to, by=By(), now=self.now)

    def issues(self, kind: str) -> list[int]:
        found = Issue.objects.filter(project=self.project, title__startswith=f"{kind}:")
        return list(found.values_list("pk", flat=True))

    def fired(self, rule: Rule) -> list[tuple[datetime, str]]:
        found = Firing.objects.filter(rule=rule).order_by("date_added", "event_id")
        return list(found.values_list("date_added", "event_id"))

    def told(self, rule: Rule) -> int:
        """How many messages of its own the rule's firings made."""
        found = Delivery.objects.filter(notification__firing__rule=rule).exclude(state="suppressed")
        return found.distinct().count()

    def backtest(self, rule: Rule, days: int = 1, **beside: Any) -> Backtested:
        project = projects.by_id([self.project.pk])[self.project.pk]
        draft = compiled(self.project.pk, rule.data, environment=rule.environment)
        return backtest(project, draft, now=self.now, days=days, **beside)


def would_fire(found: Backtested) -> list[tuple[datetime, str]]:
    return sorted((one.at, one.event_id) for one in found.draft.firings)


steps = st.one_of(
    st.tuples(
        st.just("event"),
        st.sampled_from("ab"),
        st.fixed_dictionaries(
            {
                "environment": st.sampled_from(["production", "staging", "test"]),
                "level": st.sampled_from(["error", "fatal"]),
            },
            optional={
                "user": st.sampled_from(["u1", "u2", "u3"]).map(lambda name: {"id": name}),
                "tags": st.sampled_from(["x", "y"]).map(lambda till: {"till": till}),
                "release": st.sampled_from(["1.0", "2.0"]),
                "behind": st.integers(0, 200),
            },
        ),
    ),
    st.tuples(st.just("status"), st.sampled_from("ab"), st.sampled_from(["resolved", "ignored", "unresolved"])),
    st.tuples(st.just("assign"), st.sampled_from("ab"), st.booleans()),
)
histories = st.lists(st.tuples(st.integers(1, 150), steps), min_size=2, max_size=14)


def live_through(live: Live, history: list[tuple[int, Any]]) -> None:
    for pause, (what, kind, how) in history:
        live.wait(pause)
        if what == "event":
            live.event(kind, **how)
        elif what == "status":
            live.command(kind, how)
        else:
            live.assign(kind, to_team=how)
    live.wait(600)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=histories)
def test_what_a_rule_would_have_done_is_what_it_did(shop, history):
    live = Live(shop, *RULES)

    live_through(live, history)

    for data, rule in zip(RULES, live.rules, strict=True):
        found = live.backtest(rule)
        assert (data, would_fire(found)) == (data, live.fired(rule))
        assert all(one.is_exact for one in found.draft.firings)


def test_messages_are_those_that_were_sent(shop):
    live = Live(shop, {"conditions": [EVERY_EVENT]})
    for _ in range(3):
        live.wait(400)
        live.event()

    found = live.backtest(live.rules[0]).draft

    assert (found.fired, found.messages) == (3, live.told(live.rules[0]))
    assert found.messages == sum(count for _, count in found.told) > 0


def test_nothing_is_written_and_nobody_told(shop):
    live = Live(shop)
    live.event()

    live.backtest(live.rule({"conditions": [EVERY_EVENT]}))

    assert not Firing.objects.exists()
    assert not Notification.objects.exists()


def test_the_stored_rule_is_played_beside_the_draft(shop):
    live = Live(shop, {"conditions": [EVERY_EVENT], "frequency": 60})
    for _ in range(3):
        live.wait(400)
        live.event()
    draft = Rule(data={"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 5})

    found = live.backtest(draft, current=compiled(live.project.pk, live.rules[0].data))

    assert (found.draft.fired, found.current.fired) == (3, 1)


def test_events_before_the_first_day_are_counted_and_not_asked_about(shop):
    live = Live(shop)
    live.wait(86_400)
    live.event()
    live.wait(86_400 - 20)
    live.event()
    live.wait(40)
    live.event()
    live.now = NOW + timedelta(days=2, seconds=20)

    found = live.backtest(Rule(data={"conditions": [often(EVENTS, 1)], "actions": [MAIL]}))

    assert [one.event_id for one in found.draft.firings] == [an_id(3)]


def a_busy_issue(shop: Founded) -> Live:
    """A hundred events in ten minutes, of which 55 are kept."""
    live = Live(shop)
    for _ in range(100):
        live.wait(6)
        live.event(level="error")
    assert Event.objects.filter(project=live.project).count() == 55
    return live


def test_what_was_counted_and_not_kept_counts(shop):
    live = a_busy_issue(shop)

    found = live.backtest(Rule(data={"conditions": [often(EVENTS, 90, "1h")], "actions": [MAIL]}))

    assert found.draft.fired == 1
    assert (found.events, found.kept) == (100, 55)


def test_what_fires_with_a_part_of_what_was_not_kept_says_that_it_is_estimated(shop):
    live = a_busy_issue(shop)

    found = live.backtest(Rule(data={"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 5}))

    assert [one.is_exact for one in found.draft.firings] == [True, False]
    assert "55 of 100 events are kept whole" in found.notes[0]


def test_an_event_of_which_nothing_is_kept_any_more_is_known_by_its_issue(shop):
    live = a_busy_issue(shop)
    Event.objects.all().delete()

    found = live.backtest(Rule(data={"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 5}))

    assert found.draft.fired == 2


@pytest.mark.parametrize(
    ("condition", "is_exact"),
    [
        (often(EVENTS, 3), True),
        (often(EVENTS, 50, "1m", comparisonType="percent", comparisonInterval="5m"), False),
        (often("EventFrequencyPercentCondition", 5, "5m"), False),
    ],
    ids=["a count", "a growth", "a share of sessions"],
)
def test_a_rule_that_time_alone_may_fire_is_not_called_exact(shop, condition, is_exact):
    live = Live(shop)
    live.event()

    notes = live.backtest(Rule(data={"conditions": [condition], "actions": [MAIL]})).notes

    assert any("the answer is exact" in one for one in notes) is is_exact
    assert any("each half minute" in one for one in notes) is not is_exact


def test_how_far_it_is_is_told(shop):
    live = a_busy_issue(shop)
    told: list[float] = []

    live.backtest(Rule(data={"conditions": [EVERY_EVENT], "actions": [MAIL]}), days=3, progress=told.append)

    assert told == sorted(told)
    assert told[-1] == 1.0


def test_of_more_events_than_somebody_would_wait_for_the_latest_hours_are_played(shop, monkeypatch):
    monkeypatch.setattr("tocsin.pipeline.backtest.MOST_EVENTS", 2)
    live = Live(shop, {"conditions": [EVERY_EVENT]})
    for _ in range(4):
        live.event("a")
        live.wait(3600)

    found = live.backtest(live.rules[0])

    assert found.events == 2
    assert "more than 2 events" in found.notes[0]
