"""The table of choices, types by services, as a page shows it: what holds in each cell, and whose word that is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tocsin.core.choices import DEFAULT, NEVER, TYPES, Type
from tocsin.core.registry import Provider
from tocsin.core.standing import Source, Standing, values_of
from tocsin.store.writes.preferences import Choice

WORDS = {
    "always": "Always",
    "never": "Never",
    "subscribe_only": "Only what I follow",
    "committed_only": "Only my commits",
}
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

    @property
    def own(self) -> int:
        """How many choices were made at this very place."""
        return sum(cell.is_own for line in self.lines for cell in line.choices)


def matrix(types: Sequence[Type], services: Sequence[Provider], ask: Ask) -> Matrix:
    """`ask` says how the choice of a type and a service (None: the type itself) stands at the place shown."""
    return Matrix(tuple(one.name for one in services), tuple(_line(one, services, ask) for one in types))


def _line(type_: Type, services: Sequence[Provider], ask: Ask) -> Line:
    whole = ask(type_.slug, None)
    cells = (
        _cell(type_, None, whole, is_moot=False),
        *(
            _cell(type_, one, ask(type_.slug, one), is_moot=whole.value == NEVER)
            if type_.comes_by(one.slug)
            else None
            for one in services
        ),
    )
    return Line(type_.slug, type_.name, type_.about, cells)


def _cell(type_: Type, service: Provider | None, found: Standing, *, is_moot: bool) -> Cell:
    provider, name = (service.slug, service.name) if service else ("", "Tell me")
    words = SWITCH if provider else WORDS
    back = Option(DEFAULT, f"{words.get(found.inherited, found.inherited)} ({FROM[found.inherited_from]})")
    options = (back, *(Option(one, words[one]) for one in values_of(type_, provider)))
    return Cell(type_.slug, provider, name, found.own, found.value, FROM[found.source], options, is_moot)


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


def said(choices: Sequence[Choice], services: Sequence[Provider]) -> str:
    """What was changed, in a line: "Deploys over E-mail: off"."""
    if len(choices) != 1:
        return f"{len(choices)} choices changed"
    (one,) = choices
    names = {service.slug: service.name for service in services}
    over = f" over {names.get(one.provider, one.provider)}" if one.provider else ""
    words = SWITCH if one.provider else WORDS
    value = "back to the default" if one.value == DEFAULT else words.get(one.value, one.value).lower()
    return f"{TYPES[one.type].name}{over}: {value}"
