"""The states of a delivery and the only ways between them: the statements that move deliveries ask this table."""

from enum import StrEnum


class State(StrEnum):
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    RETRYING = "retrying"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"


STATE_WORDS = {
    State.HELD: "Held",
    State.QUEUED: "Queued",
    State.SENDING: "Sending",
    State.RETRYING: "Retrying",
    State.SENT: "Sent",
    State.FAILED: "Failed",
    State.DEAD: "Gave up",
    State.UNKNOWN: "Unknown",
    State.SUPPRESSED: "Suppressed",
}

FINAL = frozenset({State.SENT, State.FAILED, State.DEAD, State.SUPPRESSED})
PENDING = frozenset({State.QUEUED, State.SENDING, State.RETRYING, State.UNKNOWN})

TRANSITIONS: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.QUEUED, State.SUPPRESSED}),
    State.QUEUED: frozenset({State.SENDING, State.SUPPRESSED, State.HELD}),
    # A lease that ran out sends the row back to the claim: sending → sending under a new lease.
    # What is looked at again as it is sent, and is nobody's business any more, is suppressed.
    State.SENDING: frozenset(
        {
            State.SENDING,
            State.SENT,
            State.RETRYING,
            State.FAILED,
            State.DEAD,
            State.UNKNOWN,
            State.SUPPRESSED,
        }
    ),
    State.RETRYING: frozenset({State.SENDING, State.SUPPRESSED, State.HELD}),
    State.UNKNOWN: frozenset({State.SENDING, State.HELD}),
    # A person may replay what ended badly; what was sent or suppressed stays so.
    State.FAILED: frozenset({State.QUEUED}),
    State.DEAD: frozenset({State.QUEUED}),
    State.SENT: frozenset(),
    State.SUPPRESSED: frozenset(),
}


class ForbiddenMoveError(ValueError):
    """A delivery was to come into a state that cannot follow the one that it is in: a bug of ours."""


def before(state: State) -> tuple[State, ...]:
    """The states, itself aside, from which a delivery may come into this one."""
    return tuple(one for one, after in TRANSITIONS.items() if state in after and one is not state)


def moved(one: State, to: str) -> str:
    """The state that a delivery comes into. Raises ForbiddenMoveError for one that cannot follow."""
    if to not in TRANSITIONS[one]:
        raise ForbiddenMoveError(f"A delivery that is {one.value} cannot become {to}.")
    return to


# What a sender may claim, what a broken integration holds, and what a person may have sent again.
CLAIMABLE, HOLDABLE = before(State.SENDING), before(State.HELD)
REPLAYABLE = tuple(one for one in before(State.QUEUED) if one in FINAL)
