"""Which alert rules an event meets, and why: one function for live events, previews and explanations (§5.6)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tocsin.core.facts import Facts
from tocsin.core.issue import Status
from tocsin.core.rule import MATCHES, Rule, Test
from tocsin.core.rule_words import sentence


@dataclass(frozen=True, slots=True)
class Matched:
    """A rule whose conditions and filters are met."""

    rule: Rule
    facts: Facts = field(repr=False)

    @property
    def because(self) -> tuple[str, ...]:
        """The sentences of the conditions, then the filters, that held."""
        # Not written down with each match: most matches are held back by the rule's frequency, unread.
        return tuple(
            answer.sentence
            for answer in explain(self.rule, self.facts)
            if answer.held and answer.part in (Part.CONDITION, Part.FILTER)
        )


@dataclass(frozen=True, slots=True)
class Failed:
    """Lines of a rule that could not answer, whether or not the rule fires; each error names its line."""

    rule: Rule
    errors: tuple[str, ...]


class Decision(NamedTuple):
    """What an event meant to the rules that watch it."""

    matched: list[Matched]
    failed: list[Failed]


class Part(StrEnum):
    """What an answer is about."""

    ISSUE = "issue"
    RULE = "rule"
    ENVIRONMENT = "environment"
    CONDITION = "condition"
    FILTER = "filter"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one line of a rule held; `error` says why it could not be asked."""

    part: Part
    sentence: str
    held: bool
    error: str = ""


def decide(rules: Sequence[Rule], facts: Facts) -> Decision:
    """The rules that fire for an event, their frequency aside, in the order given, and those with an error.

    20 rules that do not match take about 20 µs on the 2-core machine of bench/README.md.
    """
    decision = Decision([], [])
    if facts.issue.status != Status.UNRESOLVED:
        return decision
    its_own = facts.in_its_environment()
    for rule in rules:
        errors: list[str] = []
        seen = its_own if rule.environment else facts
        if _fires(rule, seen, errors):
            decision.matched.append(Matched(rule, seen))
        if errors:
            decision.failed.append(Failed(rule, tuple(errors)))
    return decision


def explain(rule: Rule, facts: Facts) -> list[Answer]:
    """Each thing that the rule asks with its answer, all of them, in the order of the rule's page."""
    if rule.environment:
        facts = facts.in_its_environment()
    return [
        Answer(Part.ISSUE, "The issue is unresolved", facts.issue.status == Status.UNRESOLVED),
        *_about_rule(rule),
        *_about_environment(rule, facts),
        *(_answer(Part.CONDITION, test, facts) for test in rule.conditions),
        *(_answer(Part.FILTER, test, facts) for test in rule.filters),
    ]


def _fires(rule: Rule, facts: Facts, errors: list[str]) -> bool:
    if rule.broken or (rule.environment and rule.environment != facts.event.environment):
        return False
    # Filters first: they are the cheaper to fail (level, tag), and a condition may have to be counted.
    return _passes(rule.filter_match, rule.filters, facts, errors) and _passes(
        rule.action_match, rule.conditions, facts, errors
    )


def _passes(match: str, tests: tuple[Test, ...], facts: Facts, errors: list[str]) -> bool:
    """Whether the tests, combined as `match` says, let the event pass. None at all let every event pass."""
    # Stops at the first answer that decides: all at a no, any at a yes, none at a yes.
    decisive = match != "all"
    for test in tests:
        if _holds(test, facts, errors) is decisive:
            return match == "any"
    return match in MATCHES and (match != "any" or not tests)


def _holds(test: Test, facts: Facts, errors: list[str]) -> bool:
    """The test's answer; one that raises has not held, and hinders no other."""
    try:
        return bool(test.condition.holds(test.options, facts))
    except Exception as error:  # noqa: BLE001 — a condition may come from anyone
        errors.append(f"{sentence(test.condition, test.options)}: {type(error).__name__}: {error}")
        return False


def _answer(part: Part, test: Test, facts: Facts) -> Answer:
    errors: list[str] = []
    held = _holds(test, facts, errors)
    return Answer(part, sentence(test.condition, test.options), held, "".join(errors))


def _about_rule(rule: Rule) -> Iterator[Answer]:
    """What keeps the rule from firing at all."""
    for node in rule.broken:
        yield Answer(Part.RULE, f"The rule's line {node.wire_id} can run", held=False, error=node.reason)
    for name, match in _matches(rule):
        if match not in MATCHES:
            error = f"{name} must be one of {', '.join(MATCHES)}, not {match!r}."
            yield Answer(Part.RULE, f"The rule's {name} can be understood", held=False, error=error)


def _matches(rule: Rule) -> Iterable[tuple[str, str]]:
    return (("actionMatch", rule.action_match), ("filterMatch", rule.filter_match))


def _about_environment(rule: Rule, facts: Facts) -> Iterator[Answer]:
    if rule.environment:
        held = rule.environment == facts.event.environment
        yield Answer(Part.ENVIRONMENT, f"The event's environment is {rule.environment}", held)
