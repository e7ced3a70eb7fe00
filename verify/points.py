"""Where a process is killed: each point is a moment at which something could be lost or sent twice."""

from dataclasses import dataclass
from enum import Enum


class By(Enum):
    """Who kills: the product itself at a named point (core/faults.py), or this harness from outside."""

    PRODUCT = "the process itself, at that line"
    SINK = "the harness, while the service holds its answer"
    LINE = "the harness, while the broker's confirmation is lost on its way"
    CHANCE = "the harness, once so many messages arrived"


@dataclass(frozen=True, slots=True)
class Point:
    """`passes` is how often a round may come there before it dies: the pass is drawn from 1 to that. `only` is the
    one part that dies, while the others go on."""

    name: str
    when: str
    passes: int
    by: By = By.PRODUCT
    only: str = ""


_DELIVER = (
    Point("deliver.after_claim", "deliveries are claimed and none is tried", 3),
    Point("deliver.before_connect", "one is about to be sent", 20),
    Point("deliver.after_write", "the service has the request and has not answered", 20, By.SINK),
    Point("deliver.after_answer", "the service said 2xx and it is not recorded", 20),
    Point("deliver.before_commit", "what came of tries is written and not committed", 3),
)
_ANYWHERE = Point("anywhere", "everything at once, at a random moment under load", 1, By.CHANCE)
_SPOOL = (
    Point("spool.before_commit", "the front has events in hand that are not on disk", 3),
    Point("spool.after_commit", "events are on disk and not answered 200", 3),
)

EMBEDDED = (
    *_SPOOL,
    Point("digest.before_commit", "the digest has written everything and not committed", 2),
    Point("digest.before_forget", "the digest is committed and the spool still has its events", 2),
    *_DELIVER,
    _ANYWHERE,
)
CELERY = (
    *_SPOOL,
    Point("forward.before_confirm", "the broker was handed events, its confirmation has not come", 1, By.LINE),
    Point("forward.before_forget", "the broker has confirmed and the spool still has its events", 1),
    Point("digest.before_commit", "the digest has written everything and not committed", 1),
    Point("digest.before_forget", "the digest is committed and the broker still has its events", 1),
    *_DELIVER,
    Point("child", "the process of a worker that works, at a random moment under load", 1, By.CHANCE, "child"),
    Point("worker", "a worker with its processes, at a random moment under load", 1, By.CHANCE, "worker"),
    Point("web", "a web node with its forwarder, at a random moment under load", 1, By.CHANCE, "web"),
    _ANYWHERE,
)
