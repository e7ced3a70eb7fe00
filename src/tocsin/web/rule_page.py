"""All that the rule editor shows: the draft in lines, what is wrong with it, whom it may name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tocsin.core.registry import Phase
from tocsin.core.rule_check import Refusal
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.try_actions import Answer
from tocsin.store.models import Rule
from tocsin.store.queries import rules_home
from tocsin.web.rule_form import UNITS, Wire, split
from tocsin.web.rule_home import Home
from tocsin.web.rule_lines import Line, Names, Picker, Writer, action_picker, names_of, picker

MATCHES = (("all", "all"), ("any", "any"), ("none", "none"))
FRESH: Wire = {
    "name": "",
    "owner": "",
    "actionMatch": "any",
    "filterMatch": "all",
    "frequency": 30,
    "conditions": [{"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"}],
    "filters": [],
    "actions": [{"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners"}],
}
# Fields that are no lines, in the order of the page.
FIRST = ("name", "actionMatch", "filterMatch")
LAST = ("frequency", "environments", "excludedEnvironments", "wait", "hourlyLimit", "owner")


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of trying the action at `path`."""

    path: str
    answers: Sequence[Answer] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoredTest:
    """One of the rule's tests; `error` says how it fails."""

    path: str
    kept: str
    name: str
    given: str
    fires: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """`errors` by field; `focus` is the first wrong one, or the line that was just added."""

    draft: Wire
    names: Names
    conditions: tuple[Line, ...]
    filters: tuple[Line, ...]
    actions: tuple[Line, ...]
    tests: tuple[StoredTest, ...]
    errors: Mapping[str, str]
    only: tuple[str, ...]
    never: tuple[str, ...]
    focus: str = ""
    fresh: str = ""
    duplicate_of: int | None = None
    tried: Tried | None = None
    problems: tuple[str, ...] = ()

    @property
    def environments(self) -> tuple[str, ...]:
        """Those that exist, and those that the rule names all the same."""
        return tuple(sorted({*self.names.environments, *self.only, *self.never}))

    @property
    def where(self) -> str:
        only, never = " or ".join(self.only), " or ".join(self.never)
        return f"{only or 'any environment'}{f' but {never}' if never else ''}"

    @property
    def frequency(self) -> tuple[str, str]:
        return split(self.draft.get("frequency"))

    @property
    def wait(self) -> tuple[str, str]:
        return split(self.draft.get("wait"))

    @property
    def has_more(self) -> bool:
        """Whether what is seldom used is used."""
        used = any(self.draft.get(key) for key in ("wait", "hourlyLimit", "owner"))
        return used or any(key in self.errors for key in ("wait", "hourlyLimit", "owner"))

    @property
    def units(self) -> dict[str, str]:
        return UNITS

    @property
    def matches(self) -> tuple[tuple[str, str], ...]:
        return MATCHES

    @property
    def when_picker(self) -> Picker:
        return picker(catalogue(), Phase.WHEN)

    @property
    def if_picker(self) -> Picker:
        return picker(catalogue(), Phase.IF)

    @property
    def then_picker(self) -> list[tuple[str, str, bool]]:
        return action_picker(catalogue(), self.names)


def page(home: Home, draft: Wire, refused: Refusal | None = None) -> Page:
    """The page of a draft, with what is wrong with it at its fields."""
    place = rules_home.place(home.place)
    names = names_of(home.place, home.here, place.environments)
    errors = _errors(refused)
    writer = Writer(catalogue(), names, errors)
    only = [one for one in (draft.get("environment"), *(draft.get("environments") or ())) if one]
    found = Page(
        draft,
        names,
        writer.lines(draft.get("conditions") or (), "conditions"),
        writer.lines(draft.get("filters") or (), "filters"),
        writer.lines(draft.get("actions") or (), "actions"),
        tuple(_test(at, one, errors) for at, one in enumerate(draft.get("tests") or ())),
        errors,
        tuple(dict.fromkeys(only)),
        tuple(draft.get("excludedEnvironments") or ()),
        duplicate_of=refused.duplicate_of if refused else None,
    )
    return replace(found, focus=_first_wrong(found), problems=_unseen(found)) if errors else found


def draft_of(rule: Rule) -> Wire:
    """A stored rule as a draft."""
    owner = f"user:{rule.owner_user_id}" if rule.owner_user_id else ""
    owner = f"team:{rule.owner_team_id}" if rule.owner_team_id else owner
    return {**rule.data, "name": rule.label, "owner": owner, "environment": rule.environment}


def copy_of(rule: Rule) -> Wire:
    """A new rule that does the same; its actions get ids of their own."""
    draft = draft_of(rule)
    actions = [{key: value for key, value in one.items() if key != "uuid"} for one in draft.get("actions", ())]
    return {**draft, "name": f"{rule.label[:240]} (copy)", "actions": actions}


def _errors(refused: Refusal | None) -> dict[str, str]:
    if refused is None:
        return {}
    at = dict(refused.at) or {key: " ".join(reasons) for key, reasons in refused.reasons.items()}
    if "environment" in at:
        at["environments"] = at.pop("environment")
    return at


def _first_wrong(found: Page) -> str:
    lines = (*found.conditions, *found.filters, *found.actions)
    named = [one.name for line in lines for one in line.inputs if one.error]
    order = [*(key for key in FIRST if key in found.errors), *named, *(key for key in LAST if key in found.errors)]
    return order[0] if order else ""


def _unseen(found: Page) -> tuple[str, ...]:
    """What is wrong with the whole rule, and with no field of it."""
    return tuple(found.errors[key] for key in ("nonFieldErrors", "detail") if key in found.errors)


def _test(at: int, one: Mapping[str, Any], errors: Mapping[str, str]) -> StoredTest:
    path = f"tests.{at}"
    given = one.get("given")
    words = _said(given) if isinstance(given, Mapping) else ""
    error = errors.get(path, "")
    return StoredTest(path, json.dumps(one), str(one.get("name", "")), words, bool(one.get("fires")), error)


def _said(given: Mapping[str, Any]) -> str:
    """What is given, in a few words: "event: level error; happened: new"."""
    return "; ".join(f"{key}: {_flat(value)}" for key, value in given.items())


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_flat(one)}" for key, one in value.items())
    return ", ".join(map(_flat, value)) if isinstance(value, list) else str(value)
