"""What stands somewhere once it was delivered: the first message of its conversation there, for later ones to
answer or rewrite, and for people to write below."""

from datetime import datetime

from tocsin.core.escape import clean
from tocsin.core.sending import Delivered, Outcome
from tocsin.core.threads import about
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries.outbox import Job
from tocsin.store.writes.references import Kept

THREAD_NAME = 120


def begins_thread(job: Job, outcome: Outcome) -> bool:
    """Whether later news of its conversation goes below it.

    What was said instead of a reply is a first message if it is an alert: below a line that says what happened to
    an issue nobody could tell what the thread is about.
    """
    if not isinstance(outcome, Delivered) or not outcome.reference or not job.lane_id:
        return False
    return not job.parent or (outcome.instead and catalogue().kinds[job.kind].as_it_stands is not None)


def reference(job: Job, outcome: Outcome, called: str, now: datetime) -> Kept:
    """What the service calls it (`called`, as JSON), and the thread that it begins."""
    lane = job.lane_id or 0
    return Kept(job.conversation, lane, job.id, called, now, about(job.conversation), _thread(job, outcome))


def _thread(job: Job, outcome: Outcome) -> str | None:
    named = catalogue().providers[job.provider].thread_of
    thread = clean(named(outcome.reference)) if named and isinstance(outcome, Delivered) else ""
    return thread if 0 < len(thread) <= THREAD_NAME else None
