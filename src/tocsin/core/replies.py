"""What a reply means where a provider has nothing more exact to say (providers add their own words first)."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from tocsin.core.sending import Delivered, Failure, Gone, Outcome, Refused, Reply, Retry, Unknown

_TRY_AGAIN = frozenset({408, 409, 423, 425, 429})
_GONE = frozenset({404, 410})


def unanswered(failure: Failure, service: str) -> Outcome:
    """No reply came: never reached is tried again, lost after it was written may have arrived."""
    words = f"{service} gave no answer: {failure.reason}"
    if failure.permanent:
        return Refused(words)
    return Unknown(words) if failure.written else Retry(words)


def by_status(reply: Reply, service: str, *, hint: str) -> Outcome:
    """The default meaning of an HTTP status; `hint` says what to do about a refusal."""
    status = reply.status
    if 200 <= status < 300:
        return Delivered()
    if status in _TRY_AGAIN or status >= 500:
        return Retry(f"{service} answered HTTP {status}.", retry_after(reply.headers))
    if 300 <= status < 400:
        where = reply.headers.get("location", "elsewhere")[:200]
        return Refused(f"{service} answered with a redirect to {where}, which is never followed. {hint}")
    if status in _GONE:
        return Gone(f"{service} no longer knows this destination (HTTP {status}). {hint}")
    return Refused(f"{service} refused the message (HTTP {status}). {hint}")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a service asks to wait: a number, or an HTTP date measured against its own Date header."""
    asked = headers.get("retry-after", "").strip()
    try:
        seconds = float(asked)
    except ValueError:
        return _until(asked, headers.get("date", ""))
    return seconds if 0 <= seconds < float("inf") else None


def _until(when: str, sent: str) -> float | None:
    try:
        wait = parsedate_to_datetime(when) - parsedate_to_datetime(sent)
    except (ValueError, TypeError):
        return None
    return max(wait.total_seconds(), 0.0)
