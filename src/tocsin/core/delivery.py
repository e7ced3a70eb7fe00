"""The states of a delivery and the only ways between them."""

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
