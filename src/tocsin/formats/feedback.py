"""User feedback: what somebody who uses the application says they saw.

Items of type `user_report` (beside or after its event) and `feedback` (an event whose contexts hold it). Source:
behaviour §13.3; https://develop.sentry.dev/sdk/telemetry/feedbacks/
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tocsin.formats.envelope import Envelope, Item
from tocsin.formats.event_patient import UnreadableError, loads, text_of

FEEDBACK_ITEMS = frozenset({"user_report", "feedback"})
MOST_ITEMS = 20
COMMENTS_LENGTH, NAME_LENGTH, EMAIL_LENGTH, URL_LENGTH = 4096, 128, 75, 2000
_ID = re.compile(r"[0-9a-f]{32}")


class Feedback(NamedTuple):
    """What was said about an event; `event_id` is "" where none was named."""

    event_id: str
    name: str
    email: str
    comments: str
    url: str = ""


def given_in(envelope: Envelope) -> Iterator[Feedback]:
    """The feedback of at most 20 items; what cannot be read, or says nothing, is left out."""
    items = [item for item in envelope.items if item.type in FEEDBACK_ITEMS]
    for item in items[:MOST_ITEMS]:
        if (found := _read(item, envelope.headers)) is not None:
            yield found


def _read(item: Item, headers: Mapping[str, Any]) -> Feedback | None:
    try:
        found = loads(item.payload)
    except UnreadableError:
        return None
    if item.type == "user_report":
        return report(found, fallback=headers.get("event_id"))
    contexts = found.get("contexts")
    said = contexts.get("feedback") if isinstance(contexts, dict) else None
    if not isinstance(said, dict):
        return None
    return _made(
        said.get("associated_event_id"),
        said.get("name"),
        said.get("contact_email"),
        said.get("message"),
        said.get("url"),
    )


def report(found: Mapping[str, Any], fallback: Any = None) -> Feedback | None:
    """A user report as SDKs and API clients send it; None where it says nothing."""
    event_id = found.get("event_id") or fallback
    return _made(event_id, found.get("name"), found.get("email"), found.get("comments"), found.get("url"))


def _made(event_id: Any, name: Any, email: Any, comments: Any, url: Any) -> Feedback | None:
    said = text_of(comments).strip()[:COMMENTS_LENGTH]
    if not said:
        return None
    plain = text_of(event_id).replace("-", "").lower()
    return Feedback(
        plain if _ID.fullmatch(plain) else "",
        text_of(name).strip()[:NAME_LENGTH],
        text_of(email).strip()[:EMAIL_LENGTH],
        said,
        text_of(url).strip()[:URL_LENGTH],
    )
