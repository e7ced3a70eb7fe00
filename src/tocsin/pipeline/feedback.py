"""Feedback: what people say they saw is kept, stands on the issue's timeline, and is told to who follows it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tocsin.core.escape import clean
from tocsin.core.issue import Happening
from tocsin.formats.feedback import Feedback
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.pipeline.reading import Seen, Spoken
from tocsin.store.db import one_transaction
from tocsin.store.models import Feedback as Row
from tocsin.store.queries.projects import ProjectFacts
from tocsin.store.writes import feedback as writes
from tocsin.store.writes.feedback import Given


class Taken(NamedTuple):
    """Feedback that an API client brought, as it is kept."""

    issue_id: int | None
    is_new: bool


def said_in(
    spoken: Sequence[Spoken], seen: Sequence[Seen], known: Mapping[int, ProjectFacts], now: datetime
) -> list[Happened]:
    """The feedback of a batch, and what waited for the events of it. Within the digest: a query, and without any
    feedback no more."""
    events = {(one.issue.project_id, one.arrived.event.event_id): one.issue.id for one in seen}
    mine = [(one.project_id, _clean(one.said)) for one in spoken if one.project_id in known]
    happened: list[Happened] = []
    if events and writes.has_waiting({project for project, _ in events}):
        happened += [_happened(_waited(row)) for row in writes.waiting(events)]
    if mine:
        named = [(project, said.event_id) for project, said in mine if said.event_id]
        issues = {**writes.issues_of([one for one in named if one not in events]), **events}
        given = [Given(project, said, issues.get((project, said.event_id))) for project, said in mine]
        happened += [_happened(one) for one in writes.keep(given, now) if one.issue_id is not None]
    return happened


def _waited(row: Row) -> Given:
    return Given(row.project_id, Feedback(row.event_id, row.name, row.email, row.comments, row.url), row.issue_id)


def take(project_id: int, said: Feedback, now: datetime) -> Taken:
    """Feedback that came by the API."""
    said = _clean(said)
    with one_transaction():
        issues = writes.issues_of([(project_id, said.event_id)]) if said.event_id else {}
        given = Given(project_id, said, issues.get((project_id, said.event_id)))
        fresh = writes.keep([given], now)
        happen([_happened(one) for one in fresh if one.issue_id is not None], now)
    return Taken(given.issue_id, bool(fresh))


def _clean(said: Feedback) -> Feedback:
    return Feedback(said.event_id, clean(said.name), clean(said.email), clean(said.comments), clean(said.url))


def _happened(one: Given) -> Happened:
    data = {
        "name": one.said.name,
        "email": one.said.email,
        "comments": one.said.comments,
        "url": one.said.url,
        "event_id": one.said.event_id,
    }
    return Happened(one.project_id, one.issue_id or 0, Happening.FEEDBACK, data=data)
