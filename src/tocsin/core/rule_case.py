"""Rule tests: given an event and its issue, when the rule is asked, it fires or does not (a rule's `tests`).

A case is {"name", "given": {…}, "fires": true}. `given` may hold `event` (level, environment, release, title,
message, tags, user, exception), `issue` (status, priority, timesSeen, ageMinutes, assignee), `happened` (new,
regression, newEnvironment, escalating), `activity`, and `counts`: what is counted, by the name of the fact.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.core.evaluate import decide, explain
from tocsin.core.event import LEVELS, Event, EventUser, ExceptionValue
from tocsin.core.facts import MATCHING_USERS, RELEASE, Asked, Facts, Need
from tocsin.core.issue import Issue, Priority, Status, Substatus, priority_of
from tocsin.core.releases import Known
from tocsin.core.rule import Rule

A_MOMENT = datetime(2026, 1, 1, 12, tzinfo=UTC)  # when the rule is asked; cases speak of ages only
MOST_CASES = 50
NAME_LENGTH = 200
TEXT_LENGTH = 1_000

HAPPENED = {
    "new": "is_new",
    "regression": "is_regression",
    "newEnvironment": "is_new_environment",
    "escalating": "has_escalated",
}
_GIVEN = ("event", "issue", "happened", "activity", "counts")
_EVENT = ("level", "environment", "release", "title", "message", "tags", "user", "exception")
_ISSUE = ("status", "priority", "timesSeen", "ageMinutes", "assignee")


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it is stored, known to be well formed."""

    name: str
    given: Mapping[str, Any]
    fires: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """Whether the case holds; `reason` says why not, with the rule's own lines."""

    case: Case
    holds: bool
    reason: str = ""


class BadCaseError(ValueError):
    """A case that makes no sense, in words that name it."""


def cases(stored: object) -> list[Case]:
    """The cases of a rule. Raises BadCaseError for the first that is none."""
    if stored in (None, []):
        return []
    if not isinstance(stored, list) or len(stored) > MOST_CASES:
        raise BadCaseError(f"tests must be a list of at most {MOST_CASES} cases.")
    return [_case(f"Test {number}", one) for number, one in enumerate(stored, 1)]


def tested(rule: Rule, found: Sequence[Case], now: datetime) -> list[Tested]:
    """Each case asked of the rule by the evaluator that decides live."""
    return [_tested(rule, case, now) for case in found]


def _tested(rule: Rule, case: Case, now: datetime) -> Tested:
    facts = _facts(case.given, now)
    decision = decide([rule], facts)
    fires = bool(decision.matched)
    if fires is case.fires and not decision.open:
        return Tested(case, holds=True)
    told = "fires" if fires else "does not fire"
    said = "; ".join(f"{answer.sentence}: {_answer(answer.held, answer.error)}" for answer in explain(rule, facts))
    return Tested(case, holds=False, reason=f"the rule {told}. {said}.")


def _answer(held: bool, error: str) -> str:
    return error or ("yes" if held else "no")


def _case(called: str, sent: object) -> Case:
    if not isinstance(sent, Mapping):
        raise BadCaseError(f"{called} must be an object with name, given and fires.")
    name = sent.get("name")
    if not isinstance(name, str) or not 0 < len(name.strip()) <= NAME_LENGTH:
        raise BadCaseError(f"{called} needs a name of at most {NAME_LENGTH} characters.")
    called = f"{called} ({name.strip()})"
    _only(called, sent, ("name", "given", "fires"))
    if not isinstance(sent.get("fires"), bool):
        raise BadCaseError(f"{called}: fires must be true or false.")
    given = _object(called, "given", sent.get("given", {}))
    _only(f"{called}, given", given, _GIVEN)
    _check_event(called, _object(called, "event", given.get("event", {})))
    _check_issue(called, _object(called, "issue", given.get("issue", {})))
    happened = given.get("happened", [])
    if not isinstance(happened, list) or not all(one in HAPPENED for one in happened):
        raise BadCaseError(f"{called}: happened must be a list of {', '.join(HAPPENED)}.")
    if not isinstance(given.get("activity", ""), str):
        raise BadCaseError(f"{called}: activity must be the name of an activity, as “assigned”.")
    for what, count in _object(called, "counts", given.get("counts", {})).items():
        if not isinstance(count, int | float | str) or isinstance(count, bool):
            raise BadCaseError(f"{called}: counts.{what} must be a number.")
    return Case(name.strip(), given, sent["fires"])


def _object(called: str, key: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadCaseError(f"{called}: {key} must be an object.")
    return value


def _only(called: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise BadCaseError(f"{called}: there is no {unknown[0]!r:.60}; known are {', '.join(known)}.")


def _check_event(called: str, event: Mapping[str, Any]) -> None:
    _only(f"{called}, event", event, _EVENT)
    for key in ("level", "environment", "release", "title", "message"):
        if not isinstance(event.get(key, ""), str) or len(event.get(key, "")) > TEXT_LENGTH:
            raise BadCaseError(f"{called}: event.{key} must be a text of at most {TEXT_LENGTH} characters.")
    if event.get("level", "error") not in LEVELS:
        raise BadCaseError(f"{called}: event.level must be one of {', '.join(LEVELS)}.")
    for key in ("tags", "user", "exception"):
        texts = _object(called, f"event.{key}", event.get(key, {}))
        if not all(isinstance(value, str) for value in texts.values()):
            raise BadCaseError(f"{called}: event.{key} must hold texts.")


def _check_issue(called: str, issue: Mapping[str, Any]) -> None:
    _only(f"{called}, issue", issue, _ISSUE)
    if str(issue.get("status", "unresolved")).upper() not in Status.__members__:
        raise BadCaseError(f"{called}: issue.status must be unresolved, resolved or ignored.")
    if str(issue.get("priority", "high")).upper() not in Priority.__members__:
        raise BadCaseError(f"{called}: issue.priority must be low, medium or high.")
    for key in ("timesSeen", "ageMinutes"):
        value = issue.get(key, 0)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100_000_000:
            raise BadCaseError(f"{called}: issue.{key} must be a whole number that is not negative.")
    kind, _, number = str(issue.get("assignee") or "user:0").partition(":")
    if kind not in ("user", "team") or not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise BadCaseError(f"{called}: issue.assignee must look like user:7 or team:3.")


def _facts(given: Mapping[str, Any], now: datetime) -> Facts:
    event, issue = _event(given.get("event", {}), now), given.get("issue", {})
    happened = {HAPPENED[one] for one in given.get("happened", ())}
    kind, _, number = str(issue.get("assignee") or "").partition(":")
    first = now - timedelta(minutes=issue.get("ageMinutes", 0))
    priority = issue.get("priority")
    about = Issue(
        1,
        1,
        "TEST-1",
        event.title,
        event.culprit,
        event.level,
        Status[str(issue.get("status", "unresolved")).upper()],
        Substatus.NONE,
        Priority[str(priority).upper()] if priority else priority_of(event.level),
        first,
        now,
        issue.get("timesSeen", 1),
        assignee_user_id=int(number) if kind == "user" else None,
        assignee_team_id=int(number) if kind == "team" else None,
    )
    return Facts(
        event,
        about,
        now,
        "is_new" in happened,
        "is_regression" in happened,
        "is_new_environment" in happened,
        "has_escalated" in happened,
        str(given.get("activity", "")),
        _Given(given.get("counts", {}), event, now),
    )


def _event(given: Mapping[str, Any], now: datetime) -> Event:
    user = given.get("user", {})
    raised = given.get("exception", {})
    title = given.get("title") or ": ".join(filter(None, (raised.get("type"), raised.get("value")))) or "An error"
    return Event(
        "0" * 32,
        now.timestamp(),
        level=given.get("level", "error"),
        environment=given.get("environment", "production"),
        release=given.get("release", ""),
        title=title,
        message=given.get("message", ""),
        tags=tuple(given.get("tags", {}).items()),
        user=EventUser(**{key: user[key] for key in ("id", "email", "username", "ip_address") if key in user}),
        exceptions=(ExceptionValue(raised.get("type", ""), raised.get("value", "")),) if raised else (),
    )


class _Given(Mapping[Asked, Any]):
    """What the case says is counted: `events`, `users`, `sessions`, `latest_release` …, 0 or nothing otherwise.

    "events/60" and "events/60/300" say it of one window alone, in seconds, and of how long ago it ended.
    """

    def __init__(self, counts: Mapping[str, Any], event: Event, now: datetime) -> None:
        self._counts, self._event, self._now = counts, event, now

    def __getitem__(self, asked: Asked) -> Any:
        need = asked.need
        if need.name == RELEASE.name:
            return Known(self._event.release, self._now) if self._event.release else None
        found = next((self._counts[name] for name in _names(need) if name in self._counts), None)
        if need.name == "adopted_releases":
            return [Known(one.strip(), self._now) for one in str(found or "").split(",") if one.strip()]
        if need.name == "latest_release":
            return str(found or "")
        return found if found is not None else 0

    def __iter__(self) -> Iterator[Asked]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _names(need: Need) -> Iterator[str]:
    for name in dict.fromkeys((need.name, "users" if need.name == MATCHING_USERS else need.name)):
        yield f"{name}/{need.window}/{need.before}"
        if not need.before:
            yield f"{name}/{need.window}"
            yield name
