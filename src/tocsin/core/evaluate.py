"""Which alert rules an event meets, and why: one function for live events, previews and explanations (§5.6)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tocsin.core.environments import EVERYWHERE
from tocsin.core.facts import Facts, UnknownFactError
from tocsin.core.issue import Status
from tocsin.core.rule import MATCHES, Group, Node, Rule
from tocsin.core.rule_words import line


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
    """What an event meant to the rules that watch it; `open` are those that need facts which are not there."""

    matched: list[Matched]
    failed: list[Failed]
    open: list[Rule]


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

    A rule is left open only where a fact that is not there would decide it. 20 rules that do not match take about
    20 µs on the 2-core machine of bench/README.md.
    """
    decision = Decision([], [], [])
    if facts.issue.status != Status.UNRESOLVED and not facts.activity:
        return decision
    for rule in rules:
        if facts.activity and not rule.hears_activities:
            continue
        errors: list[str] = []
        fires, seen = _fires(rule, facts, errors)
        if fires is None:
            decision.open.append(rule)
            continue
        if fires:
            decision.matched.append(Matched(rule, seen))
        if errors:
            decision.failed.append(Failed(rule, tuple(errors)))
    return decision


def explain(rule: Rule, facts: Facts) -> list[Answer]:
    """Each thing that the rule asks with its answer, all of them, in the order of the rule's page."""
    try:
        seen = facts.seen_by(rule.where, rule.filters_key)
    except UnknownFactError:
        seen = facts
    return [
        Answer(Part.ISSUE, "The issue is unresolved", facts.issue.status == Status.UNRESOLVED),
        *_about_rule(rule),
        *_about_environment(rule, facts),
        *(_answer(Part.CONDITION, node, seen) for node in rule.conditions),
        *(_answer(Part.FILTER, node, seen) for node in rule.filters),
    ]


def passes(match: str, nodes: tuple[Node, ...], facts: Facts, errors: list[str]) -> bool | None:
    """Whether the lines, combined as `match` says, let the event pass; None where that hangs on what is unknown.

    None at all let every event pass. A line that raises has not held, and hinders no other.
    """
    # Stops at the first answer that decides: all at a no, any at a yes, none at a yes.
    decisive, unknown = match != "all", False
    for node in nodes:
        answer: bool | None
        try:
            # Asked here, not in a function of its own: 20 rules are 25 lines for each event.
            if isinstance(node, Group):
                answer = passes(node.match, node.nodes, facts, errors)
            else:
                answer = bool(node.condition.holds(node.options, facts))
        except UnknownFactError:
            answer = None
        except Exception as error:  # noqa: BLE001 — a condition may come from anyone
            errors.append(f"{line(node)}: {type(error).__name__}: {error}")
            answer = False
        if answer is decisive:
            return match == "any"
        unknown = unknown or answer is None
    if unknown:
        return None
    return match in MATCHES and (match != "any" or not nodes)


def _fires(rule: Rule, facts: Facts, errors: list[str]) -> tuple[bool | None, Facts]:
    if rule.broken or (rule.where is not EVERYWHERE and facts.event.environment not in rule.where):
        return False, facts
    if rule.needs or (rule.where is not EVERYWHERE and facts.is_new_environment):
        try:
            facts = facts.seen_by(rule.where, rule.filters_key)
        except UnknownFactError:
            return None, facts
    # The cheaper to fail first: what happened to the issue, else level and tags; what has to be counted, last.
    met: bool | None = True
    if rule.knows_when:
        met = passes(rule.action_match, rule.conditions, facts, errors)
        if met is False:
            return False, facts
    filtered = passes(rule.filter_match, rule.filters, facts, errors)
    if filtered is False:
        return False, facts
    if not rule.knows_when:
        met = passes(rule.action_match, rule.conditions, facts, errors)
    return (met and filtered if met is not None else None), facts


def _answer(part: Part, node: Node, facts: Facts) -> Answer:
    errors: list[str] = []
    held = passes("all", (node,), facts, errors)
    unknown = "what it counts is no longer known" if held is None else ""
    return Answer(part, line(node), bool(held), "; ".join(errors) or unknown)


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
    if rule.where != EVERYWHERE:
        yield Answer(
            Part.ENVIRONMENT,
            f"The event's environment is {rule.where.words}",
            facts.event.environment in rule.where,
        )
