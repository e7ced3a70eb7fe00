"""The books: every intent to tell somebody something is accounted for, at any moment, or the page is red."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.core.delivery import PENDING, State

# A due delivery that nobody takes up within this time has no next action: something is stuck.
OVERDUE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was counted: intents as decided, deliveries by state, and the oldest one that is due and not taken up.

    `repeats` counts deliveries that may have arrived twice.
    """

    intents: int
    by_state: Mapping[State, int] = field(default_factory=dict)
    oldest_due: datetime | None = None
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Books:
    """intents = sent + failed + dead + suppressed + held + pending, and why it does not hold when it does not."""

    intents: int
    sent: int
    failed: int
    dead: int
    suppressed: int
    held: int
    pending: int
    repeats: int
    problems: tuple[str, ...] = ()

    @property
    def balance(self) -> bool:
        return not self.problems


def balance(ledger: Ledger, now: datetime) -> Books:
    """The books of what was counted at `now`."""
    count = {state: ledger.by_state.get(state, 0) for state in State}
    pending = sum(count[state] for state in PENDING)
    accounted = sum(count.values())
    return Books(
        ledger.intents,
        count[State.SENT],
        count[State.FAILED],
        count[State.DEAD],
        count[State.SUPPRESSED],
        count[State.HELD],
        pending,
        ledger.repeats,
        tuple(_problems(ledger, accounted, now)),
    )


def _problems(ledger: Ledger, accounted: int, now: datetime) -> list[str]:
    problems = []
    if accounted != ledger.intents:
        problems.append(
            f"{ledger.intents} deliveries were decided and {accounted} are accounted for: "
            f"{abs(ledger.intents - accounted)} {'are missing' if accounted < ledger.intents else 'too many'}."
        )
    if ledger.oldest_due and now - ledger.oldest_due > OVERDUE_AFTER:
        minutes = int((now - ledger.oldest_due).total_seconds() // 60)
        problems.append(
            f"A delivery has been due for {minutes} minutes and nobody has taken it up. Does a worker run?"
        )
    return problems
