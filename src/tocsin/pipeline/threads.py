"""What happens to an issue, in the thread of an alert about it: said there, or why not (behaviour §8.9).

The place is where the alert was sent, whatever its rule says today. Each is decided by itself; what is missing at
one is a line of the trace, and keeps nobody from changing the issue.
"""

from tocsin.core.fields import InvalidFieldsError, parse
from tocsin.core.issue import Happening
from tocsin.core.people import Directory
from tocsin.core.plan import Destination, Planned
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.threads import Activity
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.happened import Happened
from tocsin.store.queries.news import IssueNews, Place


def has_threads(place: Place) -> bool:
    """Whether its service has threads; one that this product no longer has is worth a line."""
    provider = catalogue().providers.get(place.provider)
    return provider is None or provider.threads


def into_thread(
    place: Place, one: Happened, issue: IssueNews, here: Directory, cause: str
) -> tuple[Planned | None, Step]:
    """The reply, if there is one, and the line that says why or why not."""
    subject = f"channel:{place.label}"
    if declined := _declined(place, one, issue):
        return None, Step(subject, place.label, Verdict.REMOVED, declined, cause)
    to = _destination(place, here)
    if isinstance(to, Reason):
        return None, Step(subject, place.label, Verdict.SUPPRESSED, to, cause)
    connection = here.connections.get(place.integration_id or 0)
    if connection and connection.broken:
        held = Reason.INTEGRATION_BROKEN
        planned = Planned(to, suppressed=held, conversation=place.conversation)
        return planned, Step(subject, place.label, Verdict.HELD, held, f"integration:{connection.id}")
    planned = Planned(to, conversation=place.conversation)
    return planned, Step(subject, place.label, Verdict.ADDED, Reason.IN_THREAD, cause)


def _declined(place: Place, one: Happened, issue: IssueNews) -> Reason | None:
    """By whose choice it is not said there."""
    is_comment = one.happening is Happening.NOTE
    if one.thread and one.thread == place.thread:
        return Reason.SAID_THERE
    if is_comment and not issue.threads_comments:
        return Reason.COMMENTS_OFF
    chosen = str(place.detail.get("activity") or "")
    if chosen == Activity.NEVER:
        return Reason.THREAD_OFF
    if not is_comment and chosen != Activity.THREAD and not issue.threads_activity:
        return Reason.THREADS_OFF
    return None


def _destination(place: Place, here: Directory) -> Destination | Reason:
    """Where the alert went, or what is missing to reach it."""
    provider = catalogue().providers.get(place.provider)
    if provider is None:
        return Reason.SERVICE_GONE
    if provider.needs_integration and place.integration_id not in here.connections:
        return Reason.PLACE_DISCONNECTED
    try:
        address = parse(provider.address, place.address)
    except InvalidFieldsError:
        return Reason.PLACE_UNREADABLE
    return Destination(place.provider, address, place.label, place.integration_id)
