"""A rule is saved once the channels that it names are known: at once where services answer within ten seconds, else
later, by the worker; until then there is no such rule, and whoever sent it can ask what becomes of it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError

from tocsin.core.rule_check import Refusal
from tocsin.pipeline import rules
from tocsin.pipeline.channel_place import OUTWARD, Waits, Way
from tocsin.pipeline.rule_channels import Looked, look
from tocsin.store.db import one_at_a_time, one_transaction
from tocsin.store.models import Rule, RuleTask
from tocsin.store.queries import rule_tasks as queries
from tocsin.store.queries import rules_home
from tocsin.store.writes import rule_tasks as writes
from tocsin.store.writes.rules import Home

AT_ONCE = timedelta(seconds=10)
A_RUN = timedelta(seconds=5)  # of the worker: the schedule waits for it
# Slack lists 20 pages a minute, of a thousand: a hundred thousand channels are five minutes.
PATIENCE = timedelta(minutes=10)
SOONEST = timedelta(seconds=1)
REMEMBERED = timedelta(days=1)
MOST_WAITING = 50  # of an organization
# All that a rule is made of; whatever else was sent was not checked and is not kept.
PARTS = (
    *("name", "owner", "environment", "environments", "excludedEnvironments", "actionMatch", "filterMatch"),
    *("frequency", "wait", "hourlyLimit", "conditions", "filters", "actions", "tests", rules.OPT_OUT),
)
TASKS_AT_ONCE = 10
OVERTAKEN = "The rule was saved again while the channels of this change were looked up; what was saved last holds."
BUG = "Tocsin could not save it. It is a bug, and in its log; please report it."

log = logging.getLogger("tocsin.rules")


@dataclass(frozen=True, slots=True)
class Saved:
    """The stored rule; `unchecked` says what nobody could be asked of it."""

    rule: Rule
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not saved yet: why, and by what to ask what became of it."""

    id: UUID
    why: str


def save(  # noqa: PLR0913 — what is sent, of where, by whom and how
    home: Home,
    sent: Mapping[str, Any],
    *,
    rule_id: int | None,
    actor_id: int | None,
    now: datetime,
    is_typed: bool = False,
    way: Way = OUTWARD,
) -> Saved | Refusal | Waiting | None:
    """The stored rule; the reasons against it; that it waits; or None when there is no such rule."""
    looked = _looked(home, sent, rule_id, way.now() + AT_ONCE, way)
    whole = _whole(sent, looked)
    if looked.waits and looked.refused is None:
        refused = rules.checked(home, whole, rule_id=rule_id, is_typed=is_typed)
        if refused is None or isinstance(refused, Refusal):
            return refused
        return _wait(home, sent, looked.waits, rule_id=rule_id, actor_id=actor_id, is_typed=is_typed, way=way)
    found = rules.save(
        home, whole, rule_id=rule_id, actor_id=actor_id, now=now, is_typed=is_typed, against=looked.refused
    )
    return Saved(found, looked.unchecked) if isinstance(found, Rule) else found


def finish_due(way: Way = OUTWARD) -> int:
    """Goes on with the rules that wait; of how many it is known now what became of them."""
    until = way.now() + A_RUN
    finished = 0
    for task in queries.due(way.now(), TASKS_AT_ONCE):
        try:
            finished += _finished(task, until, way)
        except (InterfaceError, OperationalError):
            raise  # what passes
        except Exception:
            log.exception("The rule that waits as %s could not be saved.", task.pk)
            _fail(task, BUG)
        if way.now() >= until:
            break
    return finished


def forget(now: datetime) -> int:
    """Forgets the rules that waited more than a day ago."""
    with one_transaction():
        return writes.forget(now - REMEMBERED)


def _looked(home: Home, sent: Mapping[str, Any], rule_id: int | None, until: datetime, way: Way) -> Looked:
    stored = rules_home.own(home, rule_id) if rule_id is not None else None
    return look(rules_home.organization_id(home), sent, stored.data if stored else {}, until, way)


def _whole(sent: Mapping[str, Any], looked: Looked) -> Mapping[str, Any]:
    """The rule as it was sent, with the ids of its channels."""
    return {**sent, "actions": looked.actions} if looked.actions else sent


def _wait(  # noqa: PLR0913 — see save
    home: Home,
    sent: Mapping[str, Any],
    waits: tuple[Waits, ...],
    *,
    rule_id: int | None,
    actor_id: int | None,
    is_typed: bool,
    way: Way,
) -> Waiting | Refusal:
    now = way.now()
    if queries.waiting(rules_home.organization_id(home)) >= MOST_WAITING:
        return Refusal({"actions": [f"{MOST_WAITING} rules wait for their channels already; try again later."]})
    with one_transaction():
        if rule_id is not None:
            writes.overtaken(rule_id, _refusal(OVERTAKEN).as_json())
        task = writes.add(
            home,
            {part: sent[part] for part in PARTS if part in sent},
            rule_id=rule_id,
            actor_id=actor_id,
            is_typed=is_typed,
            why=waits[0].reason,
            due=_again(waits, now),
            ends=now + PATIENCE,
            now=now,
        )
    return Waiting(task.pk, task.why)


def _again(waits: tuple[Waits, ...], now: datetime) -> datetime:
    return max(now + SOONEST, *(one.again for one in waits))


def _finished(task: RuleTask, until: datetime, way: Way) -> bool:
    home = task.project or task.organization
    looked = _looked(home, task.sent, task.rule_id, until, way)
    now = way.now()
    if looked.waits and looked.refused is None:
        if now < task.ends:
            with one_transaction():
                writes.postponed(task, looked.waits[0].reason, _again(looked.waits, now))
            return False
        looked = Looked(looked.actions, _out_of_patience(looked.waits))
    with one_transaction():
        one_at_a_time(rules_home.projects(home))
        if queries.is_overtaken(task):
            _fail(task, OVERTAKEN)
            return True
        found = rules.save(
            home,
            _whole(task.sent, looked),
            rule_id=task.rule_id,
            actor_id=task.actor_id,
            now=now,
            is_typed=task.is_typed,
            against=looked.refused,
        )
        _became(task, found, looked)
    return True


def _became(task: RuleTask, found: Rule | Refusal | None, looked: Looked) -> None:
    if isinstance(found, Rule):
        writes.done(task, found, " ".join(looked.unchecked))
        return
    refused = found or _refusal("The rule was removed while its channels were looked up.")
    writes.failed(task, refused.as_json(), refused.at)


def _fail(task: RuleTask, why: str) -> None:
    with one_transaction():
        writes.failed(task, _refusal(why).as_json(), {})


def _refusal(why: str) -> Refusal:
    return Refusal({"detail": [why]})


def _out_of_patience(waits: tuple[Waits, ...]) -> Refusal:
    minutes = int(PATIENCE.total_seconds() // 60)
    said = (
        f"It could not be checked within {minutes} minutes: {waits[0].reason} Save again, or give the channel's id."
    )
    return Refusal({"actions": [said]}, at={"nonFieldErrors": said})
