"""What a message offers its readers to do to an issue, and what each press means.

The words are Sentry's (behaviour §8.3). A message says how the issue stands (`Now`) and offers what can be done
from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tocsin.core.commands import InvalidCommandError
from tocsin.core.issue_update import Wanted, parse
from tocsin.core.message import Assign, Choice, Control, More, Pick, Press

ASSIGN = "assign"
# The category of what only brings messages up to date: nobody is told anything by it, or chooses about it.
REWRITTEN = "rewritten"
NOBODY = "none"
# These ask for more, see core.dialogs.
DIALOGS = ARCHIVE_DIALOG, RESOLVE_DIALOG = "archive_dialog", "resolve_dialog"
# What takes a question back that was put to one person alone: it is about nothing that a press changes.
IGNORE = "ignore"
# "all_slack": a button that is about no issue, and turns a service on for all that the reader hears of.
EVERYTHING = "all_"


@dataclass(frozen=True, slots=True)
class Now:
    """How an issue stands when a message about it is written, or rewritten.

    `status` is unresolved, resolved or archived; `assignee` whose it is, in words, `assigned_to` the same as
    "user:7" or "team:2"; `done` what was done to it last, in sentences; `has_releases` whether its project tells of
    releases.
    """

    status: str = "unresolved"
    assignee: str = ""
    assigned_to: str = ""
    done: tuple[str, ...] = ()
    has_releases: bool = False

    @property
    def is_open(self) -> bool:
        return self.status == "unresolved"


ARCHIVE = (
    Choice("Until it escalates", "ignored:archived_until_escalating"),
    Choice("For an hour", "ignored:for:60"),
    Choice("For a day", "ignored:for:1440"),
    Choice("For a week", "ignored:for:10080"),
    Choice("Until 10 more events", "ignored:archived_until_condition_met:10"),
    Choice("Until 100 more events", "ignored:archived_until_condition_met:100"),
    Choice("Until 1,000 more events", "ignored:archived_until_condition_met:1000"),
    Choice("Until 10 more users", "ignored:users:10"),
    Choice("Until 100 more users", "ignored:users:100"),
    Choice("For ever", "ignored:archived_forever"),
)
RESOLVE = (
    Choice("Now", "resolved"),
    Choice("In the next release", "resolved:inNextRelease"),
    Choice("In the current release", "resolved:inCurrentRelease"),
)
REOPEN = "unresolved:ongoing"
MORE = Choice("Archive until…", ARCHIVE_DIALOG)
IN_RELEASE = Choice("Resolve in a release…", RESOLVE_DIALOG)


OPEN = Now()


def controls(now: Now) -> tuple[Control, ...]:
    """What can be done to an issue that stands so, the likeliest first."""
    assign = Assign("Assign to…", ASSIGN, now.assignee, now.assigned_to)
    match now.status:
        case "resolved":
            return (Press("Reopen", REOPEN), assign)
        case "archived":
            return (Press("Reopen", REOPEN), Press("Resolve", RESOLVE[0].does), assign)
        case _:
            now_only = Press("Resolve", RESOLVE[0].does, primary=True)
            resolve = Pick("Resolve…", RESOLVE) if now.has_releases else now_only
            # Not lines of the menus: one that is chosen stays chosen, and cannot be chosen again.
            more = More("More…", (MORE, IN_RELEASE) if now.has_releases else (MORE,))
            return (resolve, Pick("Archive…", ARCHIVE), assign, more)


def wanted(word: str, now: datetime) -> Wanted:
    """What a pressed word asks for. Raises InvalidCommandError for a word that nobody offers."""
    body = _BODIES.get(word) or _body(word)
    if body is None:
        raise InvalidCommandError("action", f"{word[:80]!r} is nothing that can be done to an issue.")
    found, reasons = parse(body, now)
    if reasons:
        raise InvalidCommandError(next(iter(reasons)), " ".join(reasons[next(iter(reasons))]))
    return found


_BODIES: Mapping[str, Mapping[str, Any]] = {
    "resolved": {"status": "resolved"},
    "resolved:inNextRelease": {"status": "resolved", "statusDetails": {"inNextRelease": True}},
    "resolved:inCurrentRelease": {"status": "resolved", "statusDetails": {"inRelease": "latest"}},
    "unresolved:ongoing": {"status": "unresolved"},
    "ignored": {"status": "ignored"},
    "ignored:archived_forever": {"status": "ignored", "substatus": "archived_forever"},
    "ignored:archived_until_escalating": {"status": "ignored", "substatus": "archived_until_escalating"},
    f"{ASSIGN}:{NOBODY}": {"assignedTo": ""},
}
_COUNTS = {
    "ignored:archived_until_condition_met": "ignoreCount",
    "ignored:users": "ignoreUserCount",
    "ignored:for": "ignoreDuration",
}
_WINDOWED = {
    "ignored:events": ("ignoreCount", "ignoreWindow"),
    "ignored:users": ("ignoreUserCount", "ignoreUserWindow"),
}
_IN_RELEASE = "resolved:inRelease:"


def _body(word: str) -> Mapping[str, Any] | None:
    """Words with a number or a name in them."""
    if word.startswith(_IN_RELEASE):
        return {"status": "resolved", "statusDetails": {"inRelease": word.removeprefix(_IN_RELEASE)}}
    before, _, last = word.rpartition(":")
    if before in (f"{ASSIGN}:user", f"{ASSIGN}:team"):
        return {"assignedTo": word.removeprefix(f"{ASSIGN}:")}
    details = _archived(before, last)
    return {"status": "ignored", "statusDetails": details} if details else None


def _archived(before: str, last: str) -> Mapping[str, Any] | None:
    """What an archived issue waits for: "ignored:users:10", "ignored:users:10:60" (within minutes) …"""
    if before == "ignored:until" and (moment := _number(last, 11)) is not None:  # until the year 5138
        return {"ignoreUntil": datetime.fromtimestamp(moment, UTC).isoformat()}
    number = _number(last, 9)
    if number and before in _COUNTS:
        return {_COUNTS[before]: number}
    what, _, count = before.rpartition(":")
    wanted = _number(count, 9)
    if number is None or not wanted or what not in _WINDOWED:
        return None
    counts, within = _WINDOWED[what]
    return {counts: wanted, **({within: number} if number else {})}


def _number(text: str, digits: int) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
