"""What the ownership page shows: the text line by line, recent issues by owner, and files with unknown names."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from tocsin.core.codeowners import Converted
from tocsin.core.ownership import Kind
from tocsin.core.ownership_change import auto_assignment
from tocsin.core.ownership_check import AUTO_ASSIGNMENT, Resolvable
from tocsin.pipeline.ownership import Trial
from tocsin.store.models import CodeOwners, Ownership

FEWEST_LINES = 12
MOST_BYTES = 400_000  # 100,000 characters of four bytes

ASSIGNMENT = {
    "Auto Assign to Issue Owner": "To the owner that these rules name",
    "Auto Assign to Suspect Commits": "To whoever changed the code last, else to the owner",
    "Turn off Auto-Assignment": "To nobody",
}


@dataclass(frozen=True)
class Page:
    """The text in the editor, and what it does to recent issues."""

    raw: str
    trial: Trial
    row: Ownership | None
    is_kept: bool

    @property
    def rows(self) -> int:
        """How many lines the editor shows without scrolling within itself."""
        return max(FEWEST_LINES, self.raw.count("\n") + 1)

    @cached_property
    def gutter(self) -> list[str]:
        """For each line of the text: "bad" where something is wrong, "hit" where a recent issue fits, else ""."""
        bad = {problem.line for problem in self.trial.checked.problems}
        hit = {found.line for one in self.trial.tried for found in one.owned if found.kind is Kind.OWNERSHIP_RULE}
        return [
            "bad" if line in bad else "hit" if line in hit else "" for line in range(1, self.raw.count("\n") + 2)
        ]

    def choices(self) -> Iterator[tuple[str, str, bool]]:
        """The choices of assignment: the wire's name, our words, and whether it is the one that holds."""
        row = self.row or Ownership()
        chosen = auto_assignment(row.auto_assignment, row.suspect_committer_auto_assignment)
        return ((name, ASSIGNMENT[name], name == chosen) for name in AUTO_ASSIGNMENT)


@dataclass(frozen=True, slots=True)
class Shown:
    """A CODEOWNERS file and what became of its lines."""

    row: CodeOwners
    converted: Converted


def actor(said: str, who: Resolvable) -> dict[str, int] | None:
    """`user:7` or `team:3` as columns, if they can own in the project; else None."""
    kind, _, number = said.partition(":")
    allowed = {"user": who.people, "team": who.teams}.get(kind, {})
    found = next((one for one in allowed.values() if str(one) == number), None)
    return None if found is None else {f"{kind}_id": found}


def uploaded(file: "UploadedFile[Any] | None") -> str | None:
    """The text of an uploaded file, "" for none, None for one that is no text or too large."""
    if file is None:
        return ""
    if (file.size or 0) > MOST_BYTES:
        return None
    try:
        text: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n")
