"""What the ledger says, read from outside, and what has to be true of it beside what arrived."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tocsin.core import books
from tocsin.core.delivery import State
from verify.sink import Intent

YEAR_2000 = datetime(2000, 1, 1, tzinfo=UTC)
INTENTS = "SELECT coalesce(sum(intents), 0) FROM store_notification"
DELIVERIES = (
    "SELECT notification.event_id, delivery.address, delivery.state, delivery.doubtful,"
    " (SELECT count(*) FROM store_attempt WHERE delivery_id = delivery.id)"
    " FROM store_delivery AS delivery JOIN store_notification AS notification"
    " ON notification.id = delivery.notification_id"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One delivery: whom it tells of what, where it stands, how many tries may have arrived, and all its tries."""

    event_id: str
    channel: str
    state: str
    doubtful: int
    tries: int


def entry(row: Sequence[Any]) -> Entry:
    """A row of DELIVERIES."""
    event_id, address, *rest = row
    known = json.loads(address) if isinstance(address, str) else address
    return Entry(event_id, known["channel_id"], *rest)


@dataclass(frozen=True, slots=True)
class Ledger:
    """`intents` is how many deliveries were decided, `waiting` how many events the spool still has."""

    entries: Sequence[Entry]
    intents: int
    waiting: int

    def has_settled(self, expected: int) -> bool:
        """Nothing is under way any more."""
        ended = sum(entry.state == State.SENT for entry in self.entries)
        return not self.waiting and ended >= expected and ended == len(self.entries)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One round. `admitted` counts the duplicates that the ledger admits, `doubts` all tries in doubt."""

    intents: int
    lost: int
    duplicates: int
    admitted: int
    doubts: int
    problems: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return not self.lost and self.duplicates == self.admitted and not self.problems


def judge(expected: Collection[Intent], arrived: Mapping[Intent, int], ledger: Ledger, refused: int = 0) -> Verdict:
    """Each intent arrived; what arrived again is admitted, delivery by delivery; the books balance.

    `refused` counts events that were not answered 200 though everything ran.
    """
    admits: dict[Intent, int] = defaultdict(int)
    tries: dict[Intent, int] = defaultdict(int)
    for entry in ledger.entries:
        admits[Intent(entry.event_id, entry.channel)] += entry.doubtful
        tries[Intent(entry.event_id, entry.channel)] += entry.tries
    wanted = {*expected, *admits}
    again = {intent: times - 1 for intent, times in arrived.items() if times > 1}
    return Verdict(
        intents=len(wanted),
        lost=sum(not arrived.get(intent) for intent in wanted),
        duplicates=sum(again.values()),
        admitted=sum(min(times, admits[intent]) for intent, times in again.items()),
        doubts=sum(admits.values()),
        problems=(
            *_problems(expected, arrived, ledger, tries),
            *([f"{refused} events were not answered 200 by a running instance."] if refused else ()),
        ),
    )


def _problems(
    expected: Collection[Intent], arrived: Mapping[Intent, int], ledger: Ledger, tries: Mapping[Intent, int]
) -> list[str]:
    states = Counter(State(entry.state) for entry in ledger.entries)
    problems = list(books.balance(books.Ledger(ledger.intents, states), YEAR_2000).problems)
    unsent = len(ledger.entries) - states[State.SENT]
    if unsent:
        problems.append(f"{unsent} deliveries did not end as sent: {dict(states)}.")
    if ledger.waiting:
        problems.append(f"{ledger.waiting} events are still in the spool.")
    if uncounted := sum(times > tries.get(intent, 0) for intent, times in arrived.items()):
        problems.append(f"{uncounted} intents arrived more often than the ledger has tries for them.")
    if strangers := len(arrived.keys() - set(expected)):
        problems.append(f"{strangers} messages arrived that nobody wanted.")
    return problems
