"""Every condition and filter of behaviour §5.2 and §5.3 by the id that API clients send: an event that it is about
and one that it is not. What each does at its edges stands in the file of its own name."""

from datetime import timedelta

import pytest
from tests.conditions.asking import CATALOGUE, NOW, a_rule, an_event, an_issue, facts, known, node

from tocsin.core.evaluate import decide
from tocsin.core.event import ExceptionValue
from tocsin.core.facts import (
    ADOPTED_RELEASES,
    EVENTS,
    LATEST_RELEASE,
    MATCHING_USERS,
    RELEASE,
    SESSIONS,
    USERS,
    Need,
)
from tocsin.core.issue import Priority
from tocsin.core.registry import Phase
from tocsin.core.releases import Known

WHEN, IF = "sentry.rules.conditions.", "sentry.rules.filters."
FREQUENCY = WHEN + "event_frequency."
A_MINUTE = {"interval": "1m", "value": 10}
LOW = an_issue(priority=Priority.LOW)
OLD = an_issue(first_seen=NOW - timedelta(days=3))
FATAL, DEBUG = (facts(an_event(level=level)) for level in ("fatal", "debug"))
GOLD, PLAIN = facts(an_event(tags=(("customer", "Gold"),))), facts()
RAISED = facts(an_event(exceptions=(ExceptionValue("KeyError", "x"),)))
ADOPTED = Need(ADOPTED_RELEASES, detail="production")
TAG_IS_GOLD = {"key": "customer", "match": "eq", "value": "gold"}
IS_A_KEY_ERROR = {"attribute": "exception.type", "match": "eq", "value": "KeyError"}


def counted(name, count, window=60, **more):
    return facts(values=known({Need(name, window): count, **more.pop("also", {})}, **more))


def released(version, latest):
    values = known({Need(LATEST_RELEASE): latest})
    return facts(an_event(release=version), values=values)


def beside_adopted(version):
    values = known({RELEASE: Known(version, NOW), ADOPTED: [Known("2.0.0", NOW)]})
    return facts(an_event(release=version), values=values)


def in_sessions(count):
    return counted(EVENTS, count, also={Need(SESSIONS, 3600): 6_000})


# id, its phase, options, facts for which it holds, facts for which it does not
TABLE = [
    (WHEN + "first_seen_event.FirstSeenEventCondition", "when", {}, facts(is_new=True), facts()),
    (WHEN + "regression_event.RegressionEventCondition", "when", {}, facts(is_regression=True), facts()),
    (WHEN + "reappeared_event.ReappearedEventCondition", "when", {}, facts(has_escalated=True), facts()),
    (
        WHEN + "high_priority_issue.NewHighPriorityIssueCondition",
        "when",
        {},
        facts(is_new=True),
        facts(issue=LOW, is_new=True),
    ),
    (
        WHEN + "high_priority_issue.ExistingHighPriorityIssueCondition",
        "when",
        {},
        facts(has_escalated=True),
        facts(has_escalated=True, is_new=True),
    ),
    (WHEN + "every_event.EveryEventCondition", "when", {}, facts(), None),
    (FREQUENCY + "EventFrequencyCondition", "when", A_MINUTE, counted(EVENTS, 11), counted(EVENTS, 10)),
    (FREQUENCY + "EventUniqueUserFrequencyCondition", "when", A_MINUTE, counted(USERS, 11), counted(USERS, 10)),
    (
        FREQUENCY + "EventUniqueUserFrequencyConditionWithConditions",
        "when",
        A_MINUTE,
        counted(MATCHING_USERS, 11),
        counted(MATCHING_USERS, 10),
    ),
    (FREQUENCY + "EventFrequencyPercentCondition", "when", A_MINUTE, in_sessions(11), in_sessions(10)),
    (WHEN + "tagged_event.TaggedEventCondition", "when", TAG_IS_GOLD, GOLD, PLAIN),
    (WHEN + "level.LevelCondition", "when", {"match": "gte", "level": "50"}, FATAL, DEBUG),
    (WHEN + "event_attribute.EventAttributeCondition", "when", IS_A_KEY_ERROR, RAISED, PLAIN),
    (
        IF + "age_comparison.AgeComparisonFilter",
        "if",
        {"comparison_type": "older", "value": 2, "time": "day"},
        facts(issue=OLD),
        facts(),
    ),
    (
        IF + "issue_occurrences.IssueOccurrencesFilter",
        "if",
        {"value": 3},
        facts(),
        facts(issue=an_issue(times_seen=2)),
    ),
    (
        IF + "assigned_to.AssignedToFilter",
        "if",
        {"targetType": "Team", "targetIdentifier": 5},
        facts(issue=an_issue(assignee_team_id=5)),
        facts(issue=an_issue(assignee_user_id=5)),
    ),
    (IF + "latest_release.LatestReleaseFilter", "if", {}, released("1.1", "1.1"), released("1.0", "1.1")),
    (
        IF + "latest_adopted_release_filter.LatestAdoptedReleaseFilter",
        "if",
        {"oldest_or_newest": "newest", "older_or_newer": "newer", "environment": "production"},
        beside_adopted("2.1.0"),
        beside_adopted("2.0.0"),
    ),
    (IF + "issue_category.IssueCategoryFilter", "if", {"value": 1}, facts(), facts(issue=an_issue(category=6))),
    (IF + "issue_type.IssueTypeFilter", "if", {"value": "error"}, facts(), facts(issue=an_issue(type="cron"))),
    (IF + "level.LevelFilter", "if", {"match": "lte", "level": 10}, DEBUG, FATAL),
    (IF + "tagged_event.TaggedEventFilter", "if", TAG_IS_GOLD, GOLD, PLAIN),
    (IF + "event_attribute.EventAttributeFilter", "if", IS_A_KEY_ERROR, RAISED, PLAIN),
]
HOLDS = [pytest.param(*row, id=row[0].rpartition(".")[2]) for row in TABLE]


def fires(wire_id, options, about) -> bool:
    line = node(wire_id, **options)
    rule = a_rule(conditions=[line])
    assert not rule.broken
    # Users are counted for the rule's own filters, which have a name only that rule knows.
    decision = decide([rule], about)
    if decision.open and rule.filters_key:
        values = {one._replace(filters=rule.filters_key): value for one, value in about.values.items()}
        decision = decide([rule], facts(values=values))
    assert not decision.open
    assert not decision.failed
    return bool(decision.matched)


@pytest.mark.parametrize(("wire_id", "phase", "options", "yes", "no"), HOLDS)
def test_it_holds_for_what_it_is_about(wire_id, phase, options, yes, no):
    assert fires(wire_id, options, yes)
    assert no is None or not fires(wire_id, options, no)


@pytest.mark.parametrize(("wire_id", "phase", "options", "yes", "no"), HOLDS)
def test_it_stands_among_the_conditions_or_the_filters(wire_id, phase, options, yes, no):
    condition = CATALOGUE.condition(wire_id)

    assert condition is not None
    assert condition.phase_of(wire_id) is {"when": Phase.WHEN, "if": Phase.IF}[phase]


@pytest.mark.parametrize(("wire_id", "phase", "options", "yes", "no"), HOLDS)
def test_numbers_are_the_same_as_text(wire_id, phase, options, yes, no):
    texts = {name: str(value) for name, value in options.items()}

    assert fires(wire_id, texts, yes)
    assert no is None or not fires(wire_id, texts, no)


@pytest.mark.parametrize(
    ("wire_id", "options", "missing"),
    [(row[0], row[2], name) for row in TABLE for name in row[2]],
)
def test_what_it_needs_has_to_be_said(wire_id, options, missing):
    rule = a_rule(conditions=[node(wire_id, **{name: one for name, one in options.items() if name != missing})])

    assert rule.broken


def test_there_is_no_id_of_sentrys_that_this_table_leaves_out():
    ours = {one for condition in CATALOGUE.conditions.values() for one in condition.ids}

    assert {one for one in ours if one.startswith("sentry.")} == {row[0] for row in TABLE}
