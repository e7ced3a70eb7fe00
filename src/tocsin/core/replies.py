"""What a reply means where a provider has nothing more exact to say (providers add their own words first)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

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
        return Retry(f"{service} answered HTTP {status}.", asked_to_wait(reply))
    if 300 <= status < 400:
        where = reply.headers.get("location", "elsewhere")[:200]
        return Refused(f"{service} answered with a redirect to {where}, which is never followed. {hint}")
    if status in _GONE:
        return Gone(f"{service} no longer knows this destination (HTTP {status}). {hint}")
    return Refused(f"{service} refused the message (HTTP {status}). {hint}")


def asked_to_wait(reply: Reply) -> float | None:
    """Seconds that a service asks to wait, in whichever way it says so; the first that is there wins.

    Retry-After; and where it says "too many" also a number in the body (Discord, Telegram), the seconds until its
    limit is lifted (Discord), and the moment of that (GitHub, GitLab, Jira, Mattermost).
    """
    asked = retry_after(reply.headers)
    if asked is not None or reply.status != 429:
        return asked
    headers = reply.headers
    found = (_in_body(reply.body), _seconds(headers.get("x-ratelimit-reset-after", "")), *_resets(headers))
    return next((seconds for seconds in found if seconds is not None), None)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a service asks to wait: a number, or an HTTP date measured against its own Date header."""
    asked = headers.get("retry-after", "").strip()
    seconds = _seconds(asked)
    return _until(asked, headers.get("date", "")) if seconds is None else seconds


def _seconds(text: object) -> float | None:
    try:
        seconds = float(str(text))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _in_body(body: bytes) -> float | None:
    try:
        said: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    inner = said.get("parameters")
    return _seconds(said.get("retry_after", inner.get("retry_after") if isinstance(inner, dict) else None))


# A moment since 1970; a smaller number is what is left of the wait, whatever the manual calls it.
_EPOCH = 1e9


def _resets(headers: Mapping[str, str]) -> list[float | None]:
    names = ("x-ratelimit-reset", "ratelimit-reset")
    return [_reset(headers[name].strip(), headers.get("date", "")) for name in names if name in headers]


def _reset(when: str, sent: str) -> float | None:
    seconds = _seconds(when)
    if seconds is not None and seconds < _EPOCH:
        return seconds
    try:
        moment = datetime.fromisoformat(when) if seconds is None else datetime.fromtimestamp(seconds, UTC)
        return max((moment - parsedate_to_datetime(sent)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _until(when: str, sent: str) -> float | None:
    try:
        wait = parsedate_to_datetime(when) - parsedate_to_datetime(sent)
    except (ValueError, TypeError):
        return None
    return max(wait.total_seconds(), 0.0)
