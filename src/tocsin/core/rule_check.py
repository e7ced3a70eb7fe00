"""Whether a rule as a client or a form sends it may be stored, and if not, why, key by key (behaviour §5.8)."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.core import environments, rule_case
from tocsin.core.facts import MATCHING_USERS
from tocsin.core.registry import Catalogue, Phase
from tocsin.core.rule import (
    DEFAULT_FREQUENCY,
    FREQUENCY_MINUTES,
    HOURLY_LIMIT,
    LABEL_LENGTH,
    MATCHES,
    WAIT_MINUTES,
    Group,
    Node,
    Test,
    compile_rule,
)
from tocsin.core.rule_lines import MOST_LEVELS, actions, lines_of, storable, tests
from tocsin.core.rule_meaning import EMPTY, is_slow, meaning
from tocsin.core.rule_place import Checking, Place, Standing, whole

MOST_SLOW = 100
MOST_FAST = 500
MOST_BYTES = 65_536

_OWNER = re.compile(r"(user|team):([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that may be stored. `data` has the nodes as on the wire, without names and empty values. `marks` say
    which of them were kept although they cannot run."""

    label: str
    environment: str
    data: dict[str, Any]
    owner_user_id: int | None = None
    owner_team_id: int | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, by key; `duplicate_of` is the id of the rule that says the same already.

    `at` has the same reasons by the field that they are about: "frequency", "conditions.1.value" (the second
    condition's), "actions.0" (all of the first action), "conditions.0.2.key" (a line within a group), "tests.3".
    """

    reasons: Mapping[str, list[str]]
    duplicate_of: int | None = None
    at: Mapping[str, str] = field(default_factory=dict, compare=False)

    def as_json(self) -> dict[str, list[str] | list[int]]:
        """As on Sentry's wire: `ruleId` is the rule that says the same."""
        duplicate = {} if self.duplicate_of is None else {"ruleId": [self.duplicate_of]}
        return {**self.reasons, **duplicate}

    def and_also(self, other: "Refusal") -> "Refusal":
        """Both, as one."""
        keys = dict.fromkeys((*self.reasons, *other.reasons))
        reasons = {key: [*self.reasons.get(key, ()), *other.reasons.get(key, ())] for key in keys}
        return Refusal(reasons, self.duplicate_of or other.duplicate_of, {**other.at, **self.at})


def check(  # noqa: PLR0913 — what is sent, of where, and what it takes the place of
    catalogue: Catalogue,
    place: Place,
    sent: Mapping[str, Any],
    *,
    rule_id: int | None = None,
    stored: Mapping[str, Any] | None = None,
    keeps_unknown: bool = False,
    is_typed: bool = False,
) -> Draft | Refusal:
    """The rule to store, or every reason against it. `rule_id` is the rule that it replaces, if any, and `stored`
    what that one does: lines of its that nobody knows here, as they came from elsewhere, may stay.

    With `keeps_unknown`, as for rules from elsewhere, what is wrong with single lines is marked and not refused.
    With `is_typed`, as from a form, an hourly limit of 0 is refused; for other clients it says that there is none.
    """
    found = Checking(catalogue, place, keeps_unknown, lines_of(stored or {}), is_typed)
    label = _label(found, sent.get("name"))
    environment = _environment(found, sent.get("environment"))
    owner_user_id, owner_team_id = _owner(found, sent.get("owner"))
    nodes = [*tests(found, sent, "conditions"), *tests(found, sent, "filters")]
    only = _environments(found, sent, "environments", must_exist=True)
    never = _environments(found, sent, "excludedEnvironments", must_exist=False)
    _is_somewhere(found, [one for one in (environment, *only) if one], never)
    data: dict[str, Any] = {
        "conditions": [node for phase, node in nodes if phase is Phase.WHEN],
        "filters": [node for phase, node in nodes if phase is Phase.IF],
        "actions": list(actions(found, sent)),
        "actionMatch": _match(found, sent, "actionMatch"),
        "filterMatch": _match(found, sent, "filterMatch"),
        "frequency": _frequency(found, sent.get("frequency")),
        **{name: value for name, value in _beyond(found, sent) if value},
        **({"environments": only} if only else {}),
        **({"excludedEnvironments": never} if never else {}),
    }
    _can_hold(found, data, is_everywhere=not (environment or only or never))
    _cases(found, sent.get("tests"), environment, data)
    if not found.reasons and len(json.dumps(data)) > MOST_BYTES:
        found.refuse("nonFieldErrors", f"The rule is longer than {MOST_BYTES} bytes of JSON.")
    if found.reasons:
        return Refusal(found.reasons, at=found.at)
    return _beside_others(
        found, Draft(label, environment, data, owner_user_id, owner_team_id, tuple(found.marks)), rule_id
    )


def _label(found: Checking, sent: object) -> str:
    if not isinstance(sent, str) or not sent.strip():
        found.refuse("name", "Give the rule a name.")
        return ""
    label = sent.strip()
    if len(label) > LABEL_LENGTH:
        found.refuse("name", f"The name has {len(label)} characters; the most is {LABEL_LENGTH}.")
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in label):
        found.refuse("name", "The name must be one line without control characters.")
    return label


def _environment(found: Checking, sent: object) -> str:
    if sent in EMPTY:
        return ""
    if not isinstance(sent, str) or sent not in found.place.environments:
        found.refuse(
            "environment", f"The project has no environment {sent!r:.80}; one exists once an event names it."
        )
        return ""
    return sent


def _owner(found: Checking, sent: object) -> tuple[int | None, int | None]:
    if sent in EMPTY:
        return None, None
    matched = _OWNER.fullmatch(sent) if isinstance(sent, str) else None
    if matched is None:
        found.refuse("owner", 'The owner must look like "user:7" or "team:3".')
        return None, None
    kind, number = matched[1], int(matched[2])
    if kind == "user" and number in found.place.members:
        return number, None
    if kind == "team" and number in found.place.teams:
        return None, number
    words = "is no member of this organization" if kind == "user" else "is no team of this organization"
    found.refuse("owner", f"{sent} {words}.")
    return None, None


def _match(found: Checking, sent: Mapping[str, Any], key: str) -> str:
    value = sent.get(key)
    if value in EMPTY:
        if key == "filterMatch" and sent.get("filters"):
            found.refuse(key, f"Say how the filters combine: {', '.join(MATCHES)}.")
        return "all"
    if value not in MATCHES:
        found.refuse(key, f"{key} must be one of {', '.join(MATCHES)}, not {value!r:.80}.")
        return "all"
    return str(value)


def _frequency(found: Checking, sent: object) -> int:
    if sent in EMPTY:
        return DEFAULT_FREQUENCY
    least, most = FREQUENCY_MINUTES
    minutes = whole(sent)
    if minutes is None or not least <= minutes <= most:
        found.refuse("frequency", f"The frequency must be {least} to {most} whole minutes, not {sent!r:.40}.")
        return DEFAULT_FREQUENCY
    return minutes


def _beyond(found: Checking, sent: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The wait and the limit for an hour, 0 for none."""
    for key, called, of, (least, most) in (
        ("wait", "wait", "minutes", WAIT_MINUTES),
        ("hourlyLimit", "limit", "times an hour", HOURLY_LIMIT),
    ):
        value = sent.get(key)
        number = 0 if value in EMPTY else whole(value)
        if number is None or (number and not least <= number <= most):
            found.refuse(
                key,
                f"The {called} must be a whole number, {least} to {most} {of}, not {value!r:.40}; "
                f"leave it empty for no {called}.",
            )
        elif found.is_typed and key == "hourlyLimit" and number == 0 and value not in EMPTY:
            found.refuse(
                key, "0 times an hour would be never; leave it empty for no limit, or switch the rule off."
            )
        else:
            yield key, number


def _environments(found: Checking, sent: Mapping[str, Any], key: str, *, must_exist: bool) -> list[str]:
    given = sent.get(key)
    if given in EMPTY:
        return []
    if not isinstance(given, list) or len(given) > environments.MOST or not all(map(_is_environment, given)):
        found.refuse(key, f"{key} must be a list of at most {environments.MOST} names of environments.")
        return []
    unknown = [name for name in given if name not in found.place.environments] if must_exist else []
    for name in unknown:
        found.refuse(key, f"The project has no environment {name!r}; one exists once an event names it.")
    return list(dict.fromkeys(given))


def _is_somewhere(found: Checking, only: Sequence[str], never: Sequence[str]) -> None:
    """Refuses a rule that leaves out all that it watches."""
    if only and set(only) <= set(never):
        named = " and ".join(dict.fromkeys(only))
        reason = f"With {named} left out as well, the rule watches no environment and would never fire."
        found.refuse("excludedEnvironments", reason)


def _is_environment(name: object) -> bool:
    return isinstance(name, str) and 0 < len(name) <= environments.NAME_LENGTH and name.isprintable()


def _can_hold(found: Checking, data: Mapping[str, Any], *, is_everywhere: bool) -> None:
    """Refuses what could never fire, so that nobody waits for it."""
    if found.reasons:
        return
    compiled = compile_rule(found.catalogue, rule_id=0, project_id=0, label="", environment="", data=data)
    for states in _states(data["actionMatch"], compiled.conditions):
        # What is new in one environment may well be a regression elsewhere.
        if len(states) > 1 and is_everywhere:
            words = " and ".join(sorted(states))
            found.refuse("conditions", f"An issue cannot be {words} at once, so the rule would never fire.")
    is_matching = any(need.name == MATCHING_USERS for need in compiled.needs)
    if is_matching and data["filterMatch"] == "any" and len(compiled.filters) > 1:
        found.refuse(
            "filterMatch", "Users of events that pass the filters are counted for all or none of them, not any."
        )


def _cases(found: Checking, sent: object, environment: str, data: dict[str, Any]) -> None:
    """The rule's tests, kept with it; one that fails refuses the rule."""
    if not storable(sent, -1):
        found.refuse("tests", f"tests hold a NUL character or are nested deeper than {MOST_LEVELS} levels.")
        return
    try:
        cases = rule_case.cases(sent)
    except rule_case.BadCaseError as error:
        found.refuse("tests", str(error))
        return
    if not cases or found.reasons:
        return
    rule = compile_rule(found.catalogue, rule_id=0, project_id=0, label="", environment=environment, data=data)
    for number, one in enumerate(rule_case.tested(rule, cases, rule_case.A_MOMENT)):
        if not one.holds:
            found.refuse("tests", f"“{one.case.name}” fails: {one.reason}", f"tests.{number}")
    data["tests"] = sent


def _states(match: str, nodes: Sequence[Node]) -> Iterator[set[str]]:
    """For each place where all must hold, what the issue would have to be at once."""
    if match == "all":
        yield {node.condition.state for node in _together(nodes) if isinstance(node, Test)} - {""}
    for node in nodes:
        if isinstance(node, Group):
            yield from _states(node.match, node.nodes)


def _together(nodes: Sequence[Node]) -> Iterator[Node]:
    """The lines that must hold with each other: those of groups that need all of theirs, or have but one, too."""
    for node in nodes:
        if isinstance(node, Group) and (node.match == "all" or (node.match == "any" and len(node.nodes) == 1)):
            yield from _together(node.nodes)
        else:
            yield node


def _beside_others(found: Checking, draft: Draft, rule_id: int | None) -> Draft | Refusal:
    others = [rule for rule in found.place.rules if rule.id != rule_id]
    return may_stand(found.catalogue, others, draft.environment, draft.data) or draft


def may_stand(
    catalogue: Catalogue, others: Sequence[Standing], environment: str, data: Mapping[str, Any]
) -> Refusal | None:
    """Why a rule may not be active beside others: one of them does the same, or they are as many as may be."""
    mine = meaning(catalogue, environment, data)
    for rule in others:
        if meaning(catalogue, rule.environment, rule.data) == mine:
            reason = f"The rule “{rule.label}” does exactly the same already."
            return Refusal({"name": [reason]}, duplicate_of=rule.id)
    slow = is_slow(catalogue, data)
    alike = sum(is_slow(catalogue, rule.data) is slow for rule in others)
    most = MOST_SLOW if slow else MOST_FAST
    if alike >= most:
        which = "rules that count events over time" if slow else "rules"
        return Refusal({"conditions": [f"A project may have at most {most} {which}; delete one first."]})
    return None
