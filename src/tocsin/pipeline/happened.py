"""One thing that became true of an issue, as the stages pass it on to `happen`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin.core.issue import Happening


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that became true of an issue. `data` is its own, as on the timeline. Of what is `quiet` (many
    issues changed at once) the timeline tells, and the alerts' threads, but no person hears of it by following."""

    project_id: int
    issue_id: int
    happening: Happening
    actor_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    quiet: bool = False
