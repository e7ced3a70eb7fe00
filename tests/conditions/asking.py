"""Asking one condition, by the id that API clients send; builders for what it looks at."""

from datetime import UTC, datetime

from tocsin import conditions
from tocsin.core.environments import EVERYWHERE, Environments
from tocsin.core.event import Event
from tocsin.core.facts import MATCHING_USERS, Asked, Facts, Need
from tocsin.core.fields import parse
from tocsin.core.issue import Issue, Priority, Status, Substatus
from tocsin.core.registry import Catalogue, load
from tocsin.core.rule import Rule, compile_rule
from tocsin.core.rule_words import sentence

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CATALOGUE = Catalogue(conditions=load(conditions, "CONDITION"))
FIRST_SEEN = "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"
REGRESSION = "sentry.rules.conditions.regression_event.RegressionEventCondition"
EVERY_EVENT = "sentry.rules.conditions.every_event.EveryEventCondition"
NEW_HIGH = "sentry.rules.conditions.high_priority_issue.NewHighPriorityIssueCondition"
EXISTING_HIGH = "sentry.rules.conditions.high_priority_issue.ExistingHighPriorityIssueCondition"
LEVEL = "sentry.rules.filters.level.LevelFilter"
OLD_LEVEL = "sentry.rules.conditions.level.LevelCondition"
TAGGED = "sentry.rules.filters.tagged_event.TaggedEventFilter"
FREQUENCY = "sentry.rules.conditions.event_frequency.EventFrequencyCondition"
OLD_TAGGED = "sentry.rules.conditions.tagged_event.TaggedEventCondition"


def an_event(**fields) -> Event:
    return Event(**{"event_id": "9ac4b5e1f0a34b6e8d1c2b3a4f5e6d7c", "timestamp": NOW.timestamp(), **fields})


def an_issue(**fields) -> Issue:
    defaults = {
        "id": 12,
        "project_id": 1,
        "short_id": "SHOP-12",
        "title": "ZeroDivisionError: division by zero",
        "culprit": "shop.cart in total",
        "level": "error",
        "status": Status.UNRESOLVED,
        "substatus": Substatus.ONGOING,
        "priority": Priority.HIGH,
        "first_seen": NOW,
        "last_seen": NOW,
        "times_seen": 3,
    }
    return Issue(**{**defaults, **fields})


def facts(event: Event | None = None, issue: Issue | None = None, **changes) -> Facts:
    return Facts(event or an_event(), issue or an_issue(), NOW, **changes)


def known(values: dict[Need, object], where: Environments = EVERYWHERE, filters: str = "") -> dict[Asked, object]:
    """What was fetched for a rule that watches these environments."""
    return {
        Asked(need, where, filters if need.name == MATCHING_USERS else ""): value for need, value in values.items()
    }


def ask(wire_id: str, about: Facts, **options) -> bool:
    """Whether the condition that answers to the id holds."""
    condition = CATALOGUE.condition(wire_id)
    assert condition is not None, wire_id
    return condition.holds(parse(condition.options, options), about)


def in_words(wire_id: str, **options) -> str:
    condition = CATALOGUE.condition(wire_id)
    assert condition is not None, wire_id
    return sentence(condition, parse(condition.options, options))


def a_rule(*, environment: str = "", **data) -> Rule:
    return compile_rule(CATALOGUE, rule_id=3, project_id=1, label="Tell us", environment=environment, data=data)


def node(wire_id: str, **options) -> dict[str, object]:
    return {"id": wire_id, **options}
