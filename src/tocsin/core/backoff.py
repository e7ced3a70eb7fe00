"""What comes after a try: it is done, it is tried again at a time, or it is given up with a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.core.delivery import State
from tocsin.core.sending import Delivered, Gone, Outcome, Refused, Retry, Unknown


@dataclass(frozen=True, slots=True)
class Policy:
    """How often and for how long a delivery is tried.

    The wait before the next try is drawn from 0 to `first` · 2ⁿ ("full jitter": a thousand deliveries that
    failed together don't return together), `longest` at most. `longest_asked` caps what a service may ask for.
    """

    tries: int
    first: timedelta
    longest_asked: timedelta
    longest: timedelta = timedelta(hours=1)


# For chat and mail: seven waits of up to 30 s, 1, 2 … 32 min are eight tries over 32 minutes on average,
# 64 at most.
MESSAGES = Policy(tries=8, first=timedelta(seconds=30), longest_asked=timedelta(hours=1))

# For incident services and webhooks: up to 30 s, 1, 2 … min, then 4 h apart: 24 hours on average, 48 at most.
INCIDENTS = Policy(
    tries=21, first=timedelta(seconds=30), longest_asked=timedelta(hours=6), longest=timedelta(hours=4)
)


@dataclass(frozen=True, slots=True)
class Done:
    """It arrived."""

    state: State = State.SENT
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RetryAt:
    """It is tried again, not before `when`."""

    when: datetime
    reason: str
    state: State = State.RETRYING


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Nobody tries again by themselves: FAILED when the service said never, DEAD when the tries are used up."""

    reason: str
    state: State


Step = Done | RetryAt | GivenUp


def next_step(  # noqa: PLR0913 — what happened, how often, by which rules, and when
    outcome: Outcome, attempts: int, policy: Policy, now: datetime, chance: float, *, repeat: bool = True
) -> Step:
    """What to do after try number `attempts`; `chance` is a random number from 0 to 1.

    A service's own Retry-After wins when it is longer, up to the policy's cap. Without `repeat` (at most once) a
    try that may have arrived is the last.
    """
    match outcome:
        case Delivered():
            return Done()
        case Refused(reason) | Gone(reason, _):
            return GivenUp(reason, State.FAILED)
        case Retry(reason, after):
            state, asked = State.RETRYING, after or 0.0
        case Unknown(reason) if not repeat:
            return GivenUp(f"{reason} It may have arrived, and this integration sends at most once.", State.FAILED)
        case Unknown(reason):
            state, asked = State.UNKNOWN, 0.0
            reason = f"{reason} It may have arrived; trying again may bring it twice."
    if attempts >= policy.tries:
        return GivenUp(f"{reason} Given up after try {attempts}.", State.DEAD)
    return RetryAt(now + _wait(attempts, policy, chance, asked), reason, state)


def _wait(attempts: int, policy: Policy, chance: float, asked: float) -> timedelta:
    drawn = min(policy.first * (1 << (attempts - 1)), policy.longest) * chance
    # Everyone who was told "30 seconds" at once would come back at once: up to a tenth is added.
    after = min(timedelta(seconds=min(asked, 1e6)), policy.longest_asked) * (1 + chance / 10)
    return max(drawn, after)
