"""What an API client wants of an issue: one body with any of a dozen keys (behaviour §10.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.core.commands import Archive, InvalidCommandError, Reopen, Resolve, StatusCommand
from tocsin.core.issue import Priority

RELEASE_LENGTH = 250
PRIORITIES = {"low": Priority.LOW, "medium": Priority.MEDIUM, "high": Priority.HIGH}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Each is None (or absent) where the body did not say. `assigned_to` is as sent: "user:7", "team:2", "" …"""

    command: StatusCommand | None = None
    assigned_to: str | None = None
    priority: Priority | None = None
    bookmarked: bool | None = None
    subscribed: bool | None = None
    seen: bool | None = None


@dataclass(slots=True)
class _Reading:
    body: Mapping[str, Any]
    now: datetime
    reasons: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, key: str, why: str) -> None:
        self.reasons.setdefault(key, []).append(why)


def parse(body: Mapping[str, Any], now: datetime) -> tuple[Wanted, dict[str, list[str]]]:
    """What is wanted, and what of it can't be meant, by key."""
    reading = _Reading(body, now)
    wanted = Wanted(
        command=_status(reading),
        assigned_to=_assigned_to(reading),
        priority=_priority(reading),
        bookmarked=_flag(reading, "isBookmarked"),
        subscribed=_flag(reading, "isSubscribed"),
        seen=_flag(reading, "hasSeen"),
    )
    for key in ("merge", "discard"):
        if body.get(key):
            reading.refuse(key, "This product keeps issues apart: they can't be merged or discarded.")
    return wanted, reading.reasons


def _flag(reading: _Reading, key: str) -> bool | None:
    value = reading.body.get(key)
    if value is not None and not isinstance(value, bool):
        reading.refuse(key, "Give true or false.")
        return None
    return value


def _assigned_to(reading: _Reading) -> str | None:
    if "assignedTo" not in reading.body:
        return None
    value = reading.body["assignedTo"]
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        reading.refuse("assignedTo", "Give user:ID, team:ID, an address, or null to take the assignment away.")
        return None
    return str(value)


def _priority(reading: _Reading) -> Priority | None:
    value = reading.body.get("priority")
    if value is None:
        return None
    found = PRIORITIES.get(value) if isinstance(value, str) else None
    if found is None:
        reading.refuse("priority", f"Give one of {', '.join(PRIORITIES)}.")
    return found


def _status(reading: _Reading) -> StatusCommand | None:
    status = reading.body.get("status")
    details = reading.body.get("statusDetails")
    if details is not None and not isinstance(details, Mapping):
        reading.refuse("statusDetails", "Give an object.")
        return None
    make = _STATUSES.get(status) if isinstance(status, str) else None
    if make is not None:
        return make(reading, dict(details or {}))
    if status is not None:
        reading.refuse("status", f"Give one of {', '.join(_STATUSES)}.")
    return None


def _resolve(reading: _Reading, details: Mapping[str, Any]) -> StatusCommand | None:
    if details.get("inNextRelease"):
        return Resolve(next_release=True)
    if release := details.get("inRelease"):
        if not isinstance(release, str) or len(release) > RELEASE_LENGTH:
            reading.refuse(
                "statusDetails", f"inRelease is a version of at most {RELEASE_LENGTH} letters, or latest."
            )
            return None
        return Resolve(release=release)
    if (commit := details.get("inCommit")) is not None:
        key = commit.get("commit") if isinstance(commit, Mapping) else commit
        repository = commit.get("repository", "") if isinstance(commit, Mapping) else ""
        if not isinstance(key, str) or not 4 <= len(key) <= 64 or not isinstance(repository, str):
            reading.refuse("statusDetails", 'inCommit is {"commit": hash, "repository": name}.')
            return None
        return Resolve(commit=key, repository=repository[:200])
    return Resolve()


def _archive(reading: _Reading, details: Mapping[str, Any]) -> StatusCommand | None:
    substatus = reading.body.get("substatus")
    if substatus not in (None, "archived_forever", "archived_until_escalating", "archived_until_condition_met"):
        reading.refuse("substatus", "Give archived_forever, archived_until_escalating or …_until_condition_met.")
        return None
    try:
        return Archive(
            until=_until(details, reading.now),
            count=_number(details, "ignoreCount"),
            window=_number(details, "ignoreWindow"),
            user_count=_number(details, "ignoreUserCount"),
            user_window=_number(details, "ignoreUserWindow"),
            until_escalating=bool(details.get("untilEscalating")) or substatus == "archived_until_escalating",
        )
    except InvalidCommandError as error:
        reading.refuse("statusDetails", f"{error.field}: {error}")
        return None


def _until(details: Mapping[str, Any], now: datetime) -> datetime | None:
    if minutes := _number(details, "ignoreDuration"):
        return now + timedelta(minutes=min(minutes, 10_000_000))
    text = details.get("ignoreUntil")
    if not text:
        return None
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise InvalidCommandError("ignoreUntil", "Give a time such as 2026-12-01T08:00:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _number(details: Mapping[str, Any], name: str) -> int:
    value = details.get(name)
    if value is None:
        return 0
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or not 0 <= value < 2**31:
        raise InvalidCommandError(name, "Give a whole number above 0.")
    return int(value)


_STATUSES: dict[str, Callable[[_Reading, Mapping[str, Any]], StatusCommand | None]] = {
    "resolved": _resolve,
    "resolvedInNextRelease": lambda _reading, _details: Resolve(next_release=True),
    "unresolved": lambda _reading, _details: Reopen(),
    "ignored": _archive,
}
