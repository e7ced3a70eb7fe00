"""Where a process is killed: each point is a moment at which something could be lost or sent twice."""

from dataclasses import dataclass
from enum import Enum


class By(Enum):
    """Who kills: the product itself at a named point (core/faults.py), or this harness from outside."""

    PRODUCT = "the process itself, at that line"
    SINK = "the harness, while the service holds its answer"
    CLOCK = "the harness, at a random moment"


@dataclass(frozen=True, slots=True)
class Point:
    """`passes` is how often a round may come there before it dies: the pass is drawn from 1 to that."""

    name: str
    when: str
    passes: int
    by: By = By.PRODUCT


POINTS = (
    Point("spool.before_commit", "the front has events in hand that are not on disk", 3),
    Point("spool.after_commit", "events are on disk and not answered 200", 3),
    Point("digest.before_commit", "the digest has written everything and not committed", 2),
    Point("digest.before_forget", "the digest is committed and the spool still has its events", 2),
    Point("deliver.after_claim", "deliveries are claimed and none is tried", 3),
    Point("deliver.before_connect", "one is about to be sent", 20),
    Point("deliver.after_write", "the service has the request and has not answered", 20, By.SINK),
    Point("deliver.after_answer", "the service said 2xx and it is not recorded", 20),
    Point("deliver.before_commit", "what came of tries is written and not committed", 3),
    Point("anywhere", "everything at once, at a random moment under load", 1, By.CLOCK),
)
