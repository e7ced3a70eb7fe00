"""What people, and the product itself, do to the state of issues, and what comes of it (behaviour §10.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tocsin.core.issue import Happening, Status, Substatus
from tocsin.core.states import reopened

LONGEST = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Resolve:
    """It is fixed: now, in the release to come, in a release ("latest" for the newest), by a commit; `by_age` says
    after how many hours without an event the product resolved it."""

    by_age: int = 0
    next_release: bool = False
    release: str = ""
    commit: str = ""
    repository: str = ""

    @property
    def is_in_release(self) -> bool:
        return self.next_release or bool(self.release)


@dataclass(frozen=True, slots=True)
class Archive:
    """It alerts nobody: for ever, or until a time, so many more events or users (within a window, in minutes),
    or until it escalates."""

    until: datetime | None = None
    count: int = 0
    window: int = 0
    user_count: int = 0
    user_window: int = 0
    until_escalating: bool = False

    @property
    def is_conditional(self) -> bool:
        return bool(self.until or self.count or self.user_count)


@dataclass(frozen=True, slots=True)
class Reopen:
    """It is open again; `expired` is the condition that it was archived until, when that has come by itself."""

    expired: Mapping[str, Any] = field(default_factory=dict)
    forecast: int = 0


StatusCommand = Resolve | Archive | Reopen


class InvalidCommandError(ValueError):
    """A command that makes no sense; `field` is its name on the wire."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True, slots=True)
class Before:
    """An issue's state as a command finds it."""

    status: Status
    substatus: Substatus
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """What a command makes of an issue, and what the timeline says."""

    status: Status
    substatus: Substatus
    happening: Happening
    data: Mapping[str, Any] = field(default_factory=dict)


def check(command: StatusCommand, now: datetime) -> None:
    """Raises InvalidCommandError for what can't be meant."""
    if not isinstance(command, Archive):
        return
    if command.until is not None and not now < command.until <= now + LONGEST:
        raise InvalidCommandError("ignoreUntil", "Give a time to come, within ten years.")
    for name, value in (
        ("ignoreCount", command.count),
        ("ignoreWindow", command.window),
        ("ignoreUserCount", command.user_count),
        ("ignoreUserWindow", command.user_window),
    ):
        if not 0 <= value < 2**31:
            raise InvalidCommandError(name, "Give a whole number above 0.")
    if (command.window and not command.count) or (command.user_window and not command.user_count):
        raise InvalidCommandError("ignoreWindow", "A window goes with a count: say how many events or users.")
    if max(command.window, command.user_window) > 7 * 24 * 60:
        raise InvalidCommandError("ignoreWindow", "A window is at most a week: 10,080 minutes.")


def change(command: StatusCommand, before: Before, now: datetime, *, alone: bool) -> Change | None:
    """What the command makes of one issue; None when it is so already. `alone` when it is the only one changed."""
    match command:
        case Resolve():
            if before.status is Status.RESOLVED:
                return None
            if command.by_age:
                data = {"age": command.by_age}
                return Change(Status.RESOLVED, Substatus.NONE, Happening.RESOLVED_BY_AGE, data)
            return Change(Status.RESOLVED, Substatus.NONE, *_resolved(command))
        case Archive():
            substatus = _archived(command)
            if before.status is Status.IGNORED and before.substatus is substatus is Substatus.FOREVER:
                return None
            return Change(Status.IGNORED, substatus, Happening.IGNORED, _conditions(command))
        case Reopen():
            return _reopen(command, before, now, alone=alone)


def _resolved(command: Resolve) -> tuple[Happening, dict[str, Any]]:
    """What the timeline says of a person's resolution; no version is the release to come."""
    if command.is_in_release:
        return Happening.RESOLVED_IN_RELEASE, {"version": command.release}
    if command.commit:
        return Happening.RESOLVED_IN_COMMIT, {"commit": command.commit, "repository": command.repository}
    return Happening.RESOLVED, {}


def _archived(command: Archive) -> Substatus:
    if command.until_escalating:
        return Substatus.UNTIL_ESCALATING
    return Substatus.UNTIL_CONDITION_MET if command.is_conditional else Substatus.FOREVER


def _conditions(command: Archive) -> dict[str, Any]:
    """As on Sentry's wire; only what was asked for."""
    found = {
        "ignoreUntil": command.until.isoformat() if command.until else None,
        "ignoreCount": command.count,
        "ignoreWindow": command.window,
        "ignoreUserCount": command.user_count,
        "ignoreUserWindow": command.user_window,
        "ignoreUntilEscalating": command.until_escalating,
    }
    return {name: value for name, value in found.items() if value}


def _reopen(command: Reopen, before: Before, now: datetime, *, alone: bool) -> Change | None:
    if before.status is Status.UNRESOLVED:
        return None
    if command.forecast:
        data: dict[str, Any] = {"forecast": command.forecast}
        return Change(Status.UNRESOLVED, Substatus.ESCALATING, Happening.ESCALATING, data)
    if command.expired:
        data = {"expired_snooze": dict(command.expired)}
        return Change(Status.UNRESOLVED, Substatus.ESCALATING, Happening.ESCALATING, data)
    substatus = reopened(before.status, before.first_seen, now, alone=alone)
    return Change(Status.UNRESOLVED, substatus, Happening.UNRESOLVED)
