"""The lines of a rule as the editor shows them: in their own words, with an input where an option stands."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tocsin.core.fields import Kind, Spec, specs
from tocsin.core.people import Directory
from tocsin.core.registry import About, Catalogue, Channels, Condition, Phase, RuleAction
from tocsin.core.rule import GROUP, MOST_DEEP
from tocsin.core.rule_words import whole
from tocsin.store.models import Organization, Project
from tocsin.web.rule_form import TARGET, default

_OPTION = re.compile(r"\{(\w+)\}")
_BLANKS = re.compile(r"(?:\{\w+\}\s*)+")
WIDEST, NAME, NARROWEST = 40, 16, 4

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Names:
    """Whom and what a rule of this home may name, by id: `groups` of people to tell, owners, connections by
    provider, environments."""

    teams: Choices
    members: Choices
    owners: tuple[tuple[str, Choices], ...]
    connected: Mapping[str, Choices]
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a line. `groups` are the choices, each group with its title; `values` what is chosen. `of` is
    the input with the connection whose channels are suggested here."""

    name: str
    option: str
    label: str
    kind: str
    value: str = ""
    values: tuple[str, ...] = ()
    groups: tuple[tuple[str, Choices], ...] = ()
    placeholder: str = ""
    help: str = ""
    error: str = ""
    of: str = ""

    @property
    def size(self) -> int:
        # What is suggested shows while one types, so there is room for a name.
        narrowest = NAME if self.of else NARROWEST
        return min(max(len(self.value or self.placeholder) + 1, narrowest), WIDEST)

    @property
    def is_silent(self) -> bool:
        """Whether it is a choice that can be left open, and is."""
        may_be_open = any(value == "" for _, some in self.groups for value, _ in some)
        return self.kind == Kind.CHOICE and not self.value and may_be_open and not self.error

    @property
    def words(self) -> str:
        """What is chosen of several, in words."""
        return " or ".join(words for _, some in self.groups for value, words in some if value in self.values)


@dataclass(frozen=True, slots=True)
class Part:
    """Words, then an input; one of them may be missing."""

    lead: str
    input: Input | None = None

    @property
    def is_joined(self) -> bool:
        """Whether it follows what is before it without a blank."""
        return self.lead.startswith((",", ";", ".", ")"))


@dataclass(frozen=True, slots=True)
class Line:
    """A condition, a filter, an action or a group of lines. `unknown` names what there are no inputs for; `kept` is
    all that it holds, as JSON."""

    path: str
    kept: str
    parts: tuple[Part, ...] = ()
    more: tuple[Input, ...] = ()
    error: str = ""
    unknown: str = ""
    match: str = ""
    lines: tuple["Line", ...] = ()
    is_first: bool = False
    is_last: bool = False
    may_nest: bool = False
    error_of_match: str = ""

    @property
    def inputs(self) -> Iterator[Input]:
        """All inputs, in the order of the page."""
        yield from (part.input for part in self.parts if part.input)
        yield from self.more
        for line in self.lines:
            yield from line.inputs

    @property
    def wrong(self) -> list[Input]:
        return [one for one in (*(part.input for part in self.parts if part.input), *self.more) if one.error]

    @property
    def is_open(self) -> bool:
        """Whether what is seldom used is used here; for a name that does not do, it has the id."""
        is_wrong = any(part.input and part.input.of and part.input.error for part in self.parts)
        return is_wrong or any(one.value or one.error for one in self.more)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes lines with what is wrong with them (`errors`, by path)."""

    catalogue: Catalogue
    names: Names
    errors: Mapping[str, str] = field(default_factory=dict)

    def lines(self, nodes: Sequence[Mapping[str, Any]], path: str, deep: int = MOST_DEEP) -> tuple[Line, ...]:
        last = len(nodes) - 1
        return tuple(self._line(node, f"{path}.{at}", at == 0, at == last, deep) for at, node in enumerate(nodes))

    def _line(self, node: Mapping[str, Any], path: str, is_first: bool, is_last: bool, deep: int) -> Line:
        error = self.errors.get(path, "")
        if node.get("id") == GROUP:
            kept = json.dumps({key: value for key, value in node.items() if key != "nodes"})
            return Line(
                path,
                kept,
                error=error,
                match=str(node.get("match", "all")),
                lines=self.lines(node.get("nodes") or (), path, deep - 1) if deep else (),
                is_first=is_first,
                is_last=is_last,
                may_nest=deep > 1,
                error_of_match=self.errors.get(f"{path}.match", ""),
            )
        kept, wire_id = json.dumps(node), str(node.get("id", ""))
        provider, action = self.catalogue.action(wire_id) or (None, None)
        kind = self.catalogue.condition(wire_id) or action
        if kind is None:
            return Line(path, kept, error=error, unknown=wire_id or "no id", is_first=is_first, is_last=is_last)
        connections = {}
        if provider and action and action.integration:
            connections = {action.integration: self.names.connected.get(provider.slug, ())}
        inputs = {one.option: one for one in self._inputs(kind, node, path, connections)}
        if provider and provider.channels and action:
            inputs = _with_channels(inputs, provider.channels, f"{path}.{action.integration}")
        parts, more = _parts(kind, inputs)
        return Line(path, kept, parts, more, error, is_first=is_first, is_last=is_last)

    def _inputs(
        self, kind: Condition | RuleAction, node: Mapping[str, Any], path: str, connections: Mapping[str, Choices]
    ) -> Iterator[Input]:
        declared = specs(kind.options)
        defaults = {one: default(kind.options, one) for one, _, _ in declared}
        aims = {name for name, _, _ in declared} >= set(TARGET)
        for name, spec, _ in declared:
            value = node.get(name, defaults[name])
            if aims and name in TARGET:
                if name == TARGET[0]:
                    yield self._target(spec, str(value or ""), str(node.get(TARGET[1]) or ""), path)
                continue
            at = f"{path}.{name}"
            values = tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value or ""),)
            groups: tuple[tuple[str, Choices], ...] = (("", spec.choices),) if spec.choices else ()
            if name in connections:
                groups = (("", _with(connections[name], values[0], "removed")),)
            elif spec.kind is Kind.CHOICE:
                groups = (("", _with(spec.choices, values[0], values[0])),)
            yield Input(
                at,
                name,
                spec.label,
                _shape(spec, name in connections, str(value)),
                "" if value is None else str(value),
                values,
                groups,
                spec.placeholder or spec.label.lower(),
                spec.help,
                self.errors.get(at, ""),
            )

    def _target(self, spec: Spec, who: str, number: str, path: str) -> Input:
        """Whom: one list of those who are always there, of teams and of people."""
        people = {"Team": self.names.teams, "Member": self.names.members}
        plain = tuple((f"{value}:", words) for value, words in spec.choices if value not in people)
        teams = tuple((f"Team:{one}", words) for one, words in self.names.teams)
        members = tuple((f"Member:{one}", words) for one, words in self.names.members)
        chosen = f"{who}:{number if who in people else ''}"
        known = {value for value, _ in (*plain, *teams, *members)}
        gone: tuple[tuple[str, Choices], ...] = ()
        if who and chosen not in known:
            words = f"{who.lower()} {number}, not here" if number else f"choose a {who.lower()}"
            gone = (("", ((chosen, words),)),)
        errors = (self.errors.get(f"{path}.{name}", "") for name in TARGET)
        groups = (*gone, ("", plain), ("Teams", teams), ("People", members))
        return Input(
            f"{path}.target",
            "target",
            spec.label,
            "choice",
            chosen,
            (chosen,),
            tuple(group for group in groups if group[1]),
            error=" ".join(filter(None, errors)),
        )


def _with_channels(inputs: Mapping[str, Input], channels: Channels, connection: str) -> dict[str, Input]:
    """The channel's name with suggestions; of several places for its id one, and those that hold something."""
    spare = [one for one in channels.ids[1:] if not inputs[one].value]
    kept = {option: one for option, one in inputs.items() if option not in spare}
    return {**kept, channels.name: replace(kept[channels.name], of=connection)}


def names_of(home: Project | Organization, here: Directory, environments: Iterable[str]) -> Names:
    """Those of a project, or of all of an organization."""
    if isinstance(home, Project):
        people = [person for person in here.members_of(home.pk) if person.active]
        teams = [here.teams[one] for one in here.project_teams.get(home.pk, ()) if one in here.teams]
    else:
        people = [person for person in here.people.values() if person.active]
        teams = list(here.teams.values())
    connected: dict[str, Choices] = {}
    for one in here.connections.values():
        connected[one.provider] = (*connected.get(one.provider, ()), (str(one.id), one.name))
    everyone = sorted((one for one in here.people.values() if one.active), key=lambda one: one.name.lower())
    owners = (
        ("Teams", tuple((f"team:{one.id}", f"#{one.slug}") for one in here.teams.values())),
        ("People", tuple((f"user:{one.id}", one.name) for one in everyone)),
    )
    return Names(
        tuple((str(one.id), f"#{one.slug}") for one in sorted(teams, key=lambda one: one.slug)),
        tuple((str(one.id), one.name) for one in sorted(people, key=lambda one: one.name.lower())),
        owners,
        connected,
        tuple(sorted(environments)),
    )


Picker = list[tuple[str, list[tuple[str, str]]]]


def picker(catalogue: Catalogue, phase: Phase) -> Picker:
    """The conditions or filters to add, by what they look at."""
    found: dict[About, list[tuple[str, str]]] = {about: [] for about in About}
    for slug, one in catalogue.conditions.items():
        if one.phase is phase:
            found[one.about].append((slug, _invitation(one)))
    return [(about.value, sorted(some, key=lambda one: one[1])) for about, some in found.items() if some]


def action_picker(catalogue: Catalogue, names: Names) -> list[tuple[str, str, bool]]:
    """The actions to add: slug, words, and whether there is a connection to do it with."""
    return [
        (slug, one.action.label or _invitation(one.action), not one.action.integration or slug in names.connected)
        for slug, one in catalogue.providers.items()
        if one.action
    ]


def _invitation(kind: Condition | RuleAction) -> str:
    """What a line says, before its options are filled in."""
    words = kind.label or whole(kind)
    for name, spec, required in specs(kind.options):
        if 0 < len(spec.choices) <= 2:
            words = words.replace(f"{{{name}}}", " or ".join(said for _, said in spec.choices))
        elif required and spec.label.lower() == name and f"{name} {{{name}}}" not in words:
            words = words.replace(f"{{{name}}}", name)
    return _BLANKS.sub("… ", words).strip()


def _parts(kind: Condition | RuleAction, inputs: Mapping[str, Input]) -> tuple[tuple[Part, ...], tuple[Input, ...]]:
    """The sentence with its inputs; choices that it does not name follow it. Other options, and choices that say
    nothing yet, are for "more"."""
    silent = {name: one for name, one in inputs.items() if one.is_silent}
    left = {name: one for name, one in inputs.items() if name not in silent}
    pieces = _OPTION.split(whole(kind))
    parts = []
    for lead, name in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        found = left.pop("target" if name in TARGET else name, None)
        if name not in silent and (lead.strip() or found):
            parts.append(Part(lead.strip(), found))
    for name, one in list(left.items()):
        if one.kind == Kind.CHOICE:
            parts.append(Part(one.label.lower(), left.pop(name)))
    return tuple(parts), (*left.values(), *silent.values())


def _shape(spec: Spec, is_connection: bool, value: str) -> str:
    """A line of text that has several is shown as such: an input would lose their ends."""
    if is_connection:
        return Kind.CHOICE.value
    return Kind.LONG_TEXT.value if spec.kind is Kind.TEXT and "\n" in value else spec.kind.value


def _with(choices: Choices, chosen: str, words: str) -> Choices:
    """The choices with the one that is made, also when it is gone."""
    return choices if not chosen or chosen in dict(choices) else (*choices, (chosen, words))
