"""Recall: an event that was put aside or kept, as decisions read it again."""

import zlib
from datetime import UTC, datetime

from tocsin.core.event import Event
from tocsin.core.group import group
from tocsin.formats.event import UnreadableError, parse
from tocsin.pipeline.reading import Arrived, Seen
from tocsin.store.queries.issues_digest import IssueRow

EVENT_GONE = ""


def recall(project_id: int, event_id: str, received: datetime, deflated: bytes) -> Arrived:
    """The event. Raises UnreadableError, and nothing else, for what can no longer be read."""
    try:
        payload = zlib.decompress(bytes(deflated))
        event = parse(payload, event_id=event_id, received=received.timestamp())
        return Arrived(project_id, received.astimezone(UTC), event, group(event), payload)
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(f"{type(error).__name__}: {error}") from error


def by_name(issue: IssueRow, now: datetime) -> Arrived:
    """What stands for the event of an issue of which none is kept: what the issue itself is called."""
    event = Event(
        EVENT_GONE,
        issue.last_seen.timestamp(),
        level=issue.level,
        title=issue.title,
        culprit=issue.culprit,
        release=issue.last_release,
        environment="",
    )
    return Arrived(issue.project_id, now, event, group(event), b"{}")


def beside(arrived: Arrived, issue: IssueRow) -> Seen:
    """The event beside its issue as that is now."""
    seen = Seen(arrived, issue)
    seen.times_seen, seen.status, seen.substatus = issue.times_seen, issue.status, issue.substatus
    return seen
