"""When to stop knocking: a circuit breaker for one integration, as plain data and one function.

Closed lets everything through. After OPEN_AFTER failures in a row it opens: deliveries wait, they are not burned.
When the wait is over one delivery goes as a probe (half-open); its success closes the breaker, its failure opens it
for twice as long.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.core.sending import Delivered, Gone, Outcome, Refused, Retry, Unknown

OPEN_AFTER = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """`failures` counts failures in a row, `opened` how often it opened since it was last closed. Until `until`
    nothing goes; then it is half-open: one delivery goes as the probe, and `until` moves to its lease's end."""

    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    opened: int = 0
    until: datetime | None = None

    def lets_through(self, now: datetime) -> bool:
        """Whether anything may go now; of an open breaker whose wait is over, the probe may."""
        return self.until is None or self.until <= now


def after(breaker: Breaker, outcome: Outcome, now: datetime, *, probe: bool = False) -> Breaker:
    """The breaker after one more answer, which may be the probe's.

    An answer about the message (delivered, refused) or the address (gone) shows that the service is there. A
    rate limit shows it too: who asks to come back later is not broken.
    """
    match outcome:
        case Delivered() | Refused() | Gone():
            return Breaker()
        case Retry(_, asked) if asked is not None:
            return breaker
        case Retry() | Unknown():
            return _failed(breaker, now, probe)


def _failed(breaker: Breaker, now: datetime, probe: bool) -> Breaker:
    failures = breaker.failures + 1
    if breaker.state is BreakerState.CLOSED and failures < OPEN_AFTER:
        return replace(breaker, failures=failures)
    if breaker.state is BreakerState.OPEN and not (probe or breaker.lets_through(now)):
        # An answer to something sent before it opened: it tells nothing new.
        return replace(breaker, failures=failures)
    wait = min(FIRST_WAIT * 2**breaker.opened, LONGEST_WAIT)
    return Breaker(BreakerState.OPEN, failures, breaker.opened + 1, now + wait)
