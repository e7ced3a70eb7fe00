"""The table of choices, types by services, as a page shows it: what holds in each cell, and whose word that is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.core.choices import DEFAULT, NEVER, TYPES, Type
from tocsin.core.registry import Provider
from tocsin.core.standing import Source, Standing, values_of
from tocsin.store.writes.preferences import Choice


@dataclass(frozen=True, slots=True)
class Voice:
    """How a page speaks of whoever its choices are for."""

    name: str
    follow: str
    commits: str

    def words(self, value: str) -> str:
        """A choice of a type, as read by whoever makes it."""
        said_ = {
            "always": "Always",
            "never": "Never",
            "subscribe_only": f"Only what {self.follow}",
            "committed_only": f"Only {self.commits} commits",
        }
        return said_.get(value, value)


ME = Voice("me", "I follow", "my")
TEAM = Voice("the team", "the team follows", "the team's")
EVERYONE = Voice("everyone", "they follow", "their")
SWITCH = {"always": "On", "never": "Off"}
FROM = {
    Source.PRODUCT: "default",
    Source.DEFAULTS: "organization default",
    Source.USER: "everywhere",
    Source.TEAM: "team",
    Source.ORGANIZATION: "organization",
    Source.PROJECT: "project",
}

Ask = Callable[[str, Provider | None], Standing]


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One choice: of the type itself, or (with `provider`) over one service. `is_moot` where the type is never."""

    type: str
    provider: str
    name: str
    own: str
    value: str
    source: str
    options: tuple[Option, ...]
    is_moot: bool = False

    @property
    def key(self) -> str:
        """What it is called in a form."""
        return f"{self.type}:{self.provider}"

    @property
    def is_own(self) -> bool:
        return self.own != DEFAULT


@dataclass(frozen=True, slots=True)
class Line:
    """A type; a cell is None where the type never comes by that service."""

    type: str
    name: str
    about: str
    cells: tuple[Cell | None, ...]

    @property
    def choices(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell is not None)


@dataclass(frozen=True, slots=True)
class Matrix:
    services: tuple[str, ...]
    lines: tuple[Line, ...]
    voice: Voice = ME

    @property
    def own(self) -> int:
        """How many choices were made at this very place."""
        return sum(cell.is_own for line in self.lines for cell in line.choices)


def matrix(types: Sequence[Type], services: Sequence[Provider], ask: Ask, voice: Voice = ME) -> Matrix:
    """`ask` says how the choice of a type and a service (None: the type itself) stands at the place shown."""
    lines = tuple(_line(one, services, ask, voice) for one in types)
    return Matrix(tuple(one.name for one in services), lines, voice)


def _line(type_: Type, services: Sequence[Provider], ask: Ask, voice: Voice) -> Line:
    whole = ask(type_.slug, None)
    cells = (
        _of_type(type_, whole, voice),
        *(
            _of_service(type_, one, ask(type_.slug, one), is_moot=whole.value == NEVER)
            if type_.comes_by(one.slug)
            else None
            for one in services
        ),
    )
    return Line(type_.slug, type_.name, type_.about, cells)


def _of_type(type_: Type, found: Standing, voice: Voice) -> Cell:
    options = _options(found, values_of(type_, ""), voice.words)
    return Cell(type_.slug, "", f"Tell {voice.name}", found.own, found.value, FROM[found.source], options)


def _of_service(type_: Type, service: Provider, found: Standing, *, is_moot: bool) -> Cell:
    options = _options(found, values_of(type_, service.slug), _switch)
    source = FROM[found.source]
    return Cell(type_.slug, service.slug, service.name, found.own, found.value, source, options, is_moot)


def _switch(value: str) -> str:
    return SWITCH.get(value, value)


def _options(found: Standing, values: Sequence[str], words: Callable[[str], str]) -> tuple[Option, ...]:
    back = Option(DEFAULT, f"{words(found.inherited)} ({FROM[found.inherited_from]})")
    return (back, *(Option(one, words(one)) for one in values))


def sent(form: Mapping[str, str], shown: Matrix) -> list[Choice]:
    """What a form changes: each cell that was sent with another value than it has; "reset" names one to put back.

    Raises ValueError naming the cell for a value that it does not offer.
    """
    cells = {cell.key: cell for line in shown.lines for cell in line.choices}
    reset = form.get("reset", "")
    if reset:
        if reset not in cells:
            raise ValueError(f"There is no choice called {reset[:80]!r} here.")
        return [Choice(cells[reset].type, cells[reset].provider, DEFAULT)]
    choices = []
    for key, value in form.items():
        if ":" not in key:
            continue
        cell = cells.get(key)
        if cell is None or value not in {one.value for one in cell.options}:
            raise ValueError(f"{key[:80]!r} cannot be {value[:40]!r} here.")
        if value != cell.own:
            choices.append(Choice(cell.type, cell.provider, value))
    return choices


def said(choices: Sequence[Choice], services: Sequence[Provider], voice: Voice) -> str:
    """What was changed, in a line: "Deploys over E-mail: off"."""
    if len(choices) != 1:
        return f"{len(choices)} choices changed"
    (one,) = choices
    names = {service.slug: service.name for service in services}
    over = f" over {names.get(one.provider, one.provider)}" if one.provider else ""
    words = _switch(one.value) if one.provider else voice.words(one.value)
    value = "back to the default" if one.value == DEFAULT else words[:1].lower() + words[1:]
    return f"{TYPES[one.type].name}{over}: {value}"
