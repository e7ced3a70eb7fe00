"""What a rule may name, and what speaks against one while it is checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin.core.registry import Catalogue

NODES = ("conditions", "filters", "actions")


@dataclass(frozen=True, slots=True)
class Standing:
    """An active rule that the project has already."""

    id: int
    label: str
    environment: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """All that a rule may name, looked up through its own organization and project.

    `members` and `teams` may own a rule; `project_members` and `project_teams` may be told by it.
    `integrations` maps an id to its provider.
    """

    environments: frozenset[str] = frozenset()
    members: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    project_members: frozenset[int] = frozenset()
    project_teams: frozenset[int] = frozenset()
    integrations: Mapping[int, str] = field(default_factory=dict)
    rules: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is checked: what reasons call it ("Action 2"), and where it stands ("actions.1")."""

    words: str
    path: str

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Checking:
    """A rule under check: where it shall stand, and what was found against it so far."""

    catalogue: Catalogue
    place: Place
    keeps: bool = False  # lines that cannot run here are kept and marked
    stored: frozenset[str] = frozenset()  # lines that the rule has already
    is_typed: bool = False  # by a person, to whom a limit of 0 says "never"
    reasons: dict[str, list[str]] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)
    marks: list[str] = field(default_factory=list)

    def refuse(self, key: str, reason: str, at: str | Mapping[str, str] = "") -> None:
        """`at` is the field that the reason is about, the key itself if nothing is said; or a reason for each."""
        if self.keeps and key in NODES:
            self.marks.append(reason)
            return
        self.reasons.setdefault(key, []).append(reason)
        for path, said in at.items() if isinstance(at, Mapping) else [(at or key, reason)]:
            self.at[path] = f"{self.at[path]} {said}" if path in self.at else said


def whole(sent: object) -> int | None:
    """A number as JSON or a form has it; None for anything else, or one that no column holds."""
    text = str(sent) if isinstance(sent, str | int) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
