"""What a condition may look at: a snapshot taken when the decision is taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tocsin.core.event import Event
from tocsin.core.issue import Issue


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that has to be fetched, named as data, so that a batch's needs become a few set-based queries."""

    name: str
    window: int = 0  # seconds
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """One event, its issue as it was after the event was counted, and what changed with it."""

    event: Event
    issue: Issue
    now: datetime
    is_new: bool = False
    is_regression: bool = False
    is_new_environment: bool = False
    has_escalated: bool = False
    values: Mapping[Need, float] = field(default_factory=dict)

    def in_its_environment(self) -> "Facts":
        """The facts for a rule that watches one environment: new there is new, however old elsewhere."""
        if self.is_new or not self.is_new_environment:
            return self
        return replace(self, is_new=True)
