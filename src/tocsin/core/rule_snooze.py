"""Quiet for an alert rule, for one person or for everyone, until a time or for good (behaviour §5.10)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from tocsin.core.escape import clean

REASON_LENGTH = 500


class Whom(StrEnum):
    """For whom a rule is snoozed, as on the wire."""

    ME = "me"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class RuleSnooze:
    """A row: `user_id` None for everyone, `until` None for good. What is past its time is over, whoever noticed."""

    id: int
    user_id: int | None
    until: datetime | None = None
    reason: str = ""

    def is_on(self, now: datetime) -> bool:
        return self.until is None or now < self.until


def of_everyone(snoozes: Iterable[RuleSnooze], now: datetime) -> RuleSnooze | None:
    """The one that keeps a rule from acting at all."""
    return next((one for one in snoozes if one.user_id is None and one.is_on(now)), None)


def of_persons(snoozes: Iterable[RuleSnooze], now: datetime) -> dict[int, RuleSnooze]:
    """Who does not want to hear of a rule."""
    return {one.user_id: one for one in snoozes if one.user_id is not None and one.is_on(now)}


@dataclass(frozen=True, slots=True)
class Quieted:
    """A rule that somebody does not want to hear of, by its label."""

    label: str
    snooze: RuleSnooze


def by_person(rules: Iterable[tuple[str, Iterable[RuleSnooze]]], now: datetime) -> dict[int, tuple[Quieted, ...]]:
    """What each person has snoozed of some rules (label and snoozes)."""
    found: dict[int, tuple[Quieted, ...]] = {}
    for label, snoozes in rules:
        for user_id, one in of_persons(snoozes, now).items():
            found[user_id] = (*found.get(user_id, ()), Quieted(label, one))
    return found


@dataclass(frozen=True, slots=True)
class Ask:
    """A snooze that somebody asks for."""

    whom: Whom
    until: datetime | None = None
    reason: str = ""


def read(sent: Mapping[str, Any], now: datetime) -> Ask | dict[str, list[str]]:
    """What was asked for, or each key's reasons against it."""
    reasons: dict[str, list[str]] = {}
    whom = _whom(sent.get("target"), reasons)
    until = _until(sent.get("until"), now, reasons)
    reason = _reason(sent.get("reason"), reasons)
    return reasons or Ask(whom, until, reason)


def _whom(sent: object, reasons: dict[str, list[str]]) -> Whom:
    if sent in ("me", "everyone"):
        return Whom(str(sent))
    reasons["target"] = ['Say for whom: "me" or "everyone".']
    return Whom.ME


def _until(sent: object, now: datetime, reasons: dict[str, list[str]]) -> datetime | None:
    if sent in (None, "", "forever"):
        return None
    try:
        until = datetime.fromisoformat(str(sent))
        until = (until if until.tzinfo else until.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        reasons["until"] = [f"Give a time as 2026-11-21T09:00:00Z, or nothing for good, not {str(sent)[:40]!r}."]
        return None
    if until <= now:
        reasons["until"] = ["This time has passed; give one that is to come."]
    return until


def _reason(sent: object, reasons: dict[str, list[str]]) -> str:
    if sent is None:
        return ""
    if not isinstance(sent, str):
        reasons["reason"] = ["The reason must be text."]
        return ""
    said = clean(sent).strip()
    if len(said) > REASON_LENGTH:
        reasons["reason"] = [f"The reason has {len(said)} characters; the most is {REASON_LENGTH}."]
    return said
