"""What pages say of a rule that does not fire: that it will be switched off, that it was, or that it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.core.neglect import Notice
from tocsin.store.queries import neglect
from tocsin.store.queries.rules import Row

KEPT = {
    True: "The rule stays on, however long it does not fire.",
    False: "The rule is looked after again.",
}


@dataclass(frozen=True, slots=True)
class Silence:
    """`state` is warned, off or kept; `fired` when it last did."""

    state: str
    off_at: datetime | None = None
    fired: datetime | None = None


def silence(rule_id: int, status: str) -> Silence | None:
    """What the rule's own page says."""
    said = neglect.notices([rule_id]).get(rule_id)
    return _of(status, said, neglect.last_fired(rule_id)) if said else None


def silent_ones(rows: Sequence[Row]) -> dict[int, Silence]:
    """What a list says of each rule; of those that are kept it says nothing. One statement."""
    said = neglect.notices([row.id for row in rows])
    found = {row.id: _of(row.status, said[row.id], row.last_fired) for row in rows if row.id in said}
    return {rule_id: one for rule_id, one in found.items() if one and one.state != "kept"}


def _of(status: str, said: Notice, fired: datetime | None) -> Silence | None:
    if said.opted_out:
        return Silence("kept")
    if not said.holds(fired):
        return None
    return Silence("warned" if status == "active" else "off", said.off_at, fired)
