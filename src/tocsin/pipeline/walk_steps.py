"""The walk of one event as steps that a person reads: each done, failed, skipped or awaited, with what to do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tocsin.core.delivery import State
from tocsin.core.evaluate import explain
from tocsin.core.facts import Facts
from tocsin.core.fields import specs
from tocsin.core.issue import Status, Substatus
from tocsin.core.reasons import SENTENCES, Reason
from tocsin.core.rule import compile_rule
from tocsin.core.rule_snooze import of_everyone
from tocsin.formats.event import parse
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.preview import where
from tocsin.store.queries.walk import Digested, RuleRow, Sent, Walk

SLOW = timedelta(seconds=10)
GIVEN_UP = timedelta(minutes=5)
UNDER_WAY = frozenset({State.QUEUED, State.SENDING})
COMES_AGAIN = frozenset({State.RETRYING, State.UNKNOWN, State.HELD})
BY_CHOICE = frozenset(SENTENCES[reason] for reason in (Reason.PREFERENCE_NEVER, Reason.PROVIDER_NEVER))
NOT_CONNECTED = SENTENCES[Reason.PROVIDER_NOT_CONNECTED]


class Standing(StrEnum):
    """How a step stands. A skipped one was not meant to happen this time; one held back was, and nothing failed."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    HELD_BACK = "held back"
    HELD = "held"
    RUNNING = "running"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Step:
    """`kind` and `id` name what a page may link to; `lines` are further small print, one a line."""

    standing: Standing
    title: str
    reason: str = ""
    kind: str = ""
    id: int = 0
    lines: tuple[str, ...] = ()
    at: datetime | None = None
    trace: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """The steps so far. `look_again` is in how many seconds there may be news, None when it is over."""

    steps: tuple[Step, ...]
    look_again: float | None


def story(walk: Walk, accepted: datetime, now: datetime) -> Story:
    """The whole walk, from the front door to each destination's answer."""
    steps = [Step(Standing.DONE, "Accepted", "kept on disk before the SDK was answered", at=accepted)]
    steps += _after(walk, accepted, now)
    return Story(tuple(steps), _look_again(walk, accepted, now))


def _look_again(walk: Walk, accepted: datetime, now: datetime) -> float | None:
    if walk.rejected or now - accepted > GIVEN_UP:
        return None
    states = {one.row.state for one in walk.deliveries}
    if walk.digested is None or states & UNDER_WAY:
        return 0.5
    return 5.0 if states & COMES_AGAIN else None


def _after(walk: Walk, accepted: datetime, now: datetime) -> Iterator[Step]:
    if walk.digested is None:
        yield _not_digested(walk, accepted, now)
        for title in ("Alert rules", "Recipients", "Deliveries"):
            yield Step(Standing.WAITING, title)
        return
    issue = walk.digested.issue
    yield Step(
        Standing.DONE,
        f"Digested into {issue.short_id}",
        issue.title,
        kind="issue",
        id=issue.id,
        at=walk.digested.received,
    )
    yield from _rules(walk, walk.digested)
    if not any(rule.fired for rule in walk.rules):
        yield Step(Standing.SKIPPED, "Recipients", "no alert rule fired, so nobody is told")
        return
    yield _recipients(walk)
    for one in walk.deliveries:
        yield _delivery(one)


def _not_digested(walk: Walk, accepted: datetime, now: datetime) -> Step:
    if walk.rejected:
        return Step(Standing.FAILED, "Not digested", walk.rejected)
    waited = now - accepted
    if waited < SLOW:
        return Step(Standing.RUNNING, "Digesting")
    seconds = int(waited.total_seconds())
    hint = "Is the worker running? `tocsin up` starts it with the server, `tocsin worker` alone."
    return Step(Standing.FAILED, "Not digested yet", f"{seconds} s have passed. {hint}")


def _rules(walk: Walk, digested: Digested) -> Iterator[Step]:
    if not walk.rules:
        yield Step(Standing.FAILED, "Alert rules", "This project has no alert rule, so nothing tells anybody.")
        return
    facts = _facts(digested)
    some_fired = any(rule.fired for rule in walk.rules)
    for rule in walk.rules:
        yield _rule(rule, facts, some_fired=some_fired)


def _facts(digested: Digested) -> Facts:
    """The event and its issue as they were: somebody may have resolved the issue since."""
    event = parse(digested.payload, event_id="", received=digested.received.timestamp())
    is_new = digested.issue.first_seen == digested.timestamp
    issue = digested.issue
    if is_new:
        issue = replace(issue, status=Status.UNRESOLVED, substatus=Substatus.NEW)
    elif digested.is_regression:
        issue = replace(issue, status=Status.UNRESOLVED, substatus=Substatus.REGRESSED)
    return Facts(
        event=event,
        issue=issue,
        now=digested.received,
        is_new=is_new,
        is_regression=digested.is_regression,
        is_new_environment=is_new,
    )


def _rule(rule: RuleRow, facts: Facts, *, some_fired: bool) -> Step:
    if rule.fired:
        return Step(Standing.DONE, f"Alert rule “{rule.label}” fired", kind="rule", id=rule.id)
    standing = Standing.SKIPPED if some_fired else Standing.FAILED
    title = f"Alert rule “{rule.label}” did not fire"
    if rule.status != "active":
        return Step(standing, title, "it is switched off", kind="rule", id=rule.id)
    if rule.made > facts.now:
        return Step(standing, title, "it was made after this event", kind="rule", id=rule.id)
    if of_everyone(rule.snoozes, facts.now):
        return Step(standing, title, SENTENCES[Reason.RULE_SNOOZED_FOR_ALL], kind="rule", id=rule.id)
    compiled = compile_rule(
        catalogue(),
        rule_id=rule.id,
        project_id=facts.issue.project_id,
        label=rule.label,
        environment=rule.environment,
        data=rule.data,
    )
    missed = tuple(
        answer.error or f"{answer.sentence}: no" for answer in explain(compiled, facts) if not answer.held
    )
    reason = "" if missed else SENTENCES[Reason.RULE_HELD_FREQUENCY]
    return Step(standing, title, reason, kind="rule", id=rule.id, lines=missed)


def _recipients(walk: Walk) -> Step:
    meant = [one.row for one in walk.deliveries if one.row.state != State.SUPPRESSED]
    people = len({row.user_id for row in meant if row.user_id is not None})
    channels = sum(row.user_id is None for row in meant)
    counts = [_counted(people, "person", "people"), _counted(channels, "channel", "channels")]
    title = ", ".join(filter(None, counts)) or "Nobody is told"
    standing = Standing.DONE if walk.deliveries else Standing.FAILED
    reason = "" if walk.deliveries else "Put a team on the project, or change whom its alert rules tell."
    return Step(standing, title, reason, trace=walk.trace)


def _counted(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}" if number else ""


def _delivery(one: Sent) -> Step:
    row = one.row
    last = one.tries[-1] if one.tries else None
    lines = (f"{last.status} {last.excerpt}".strip(),) if last and last.status else ()
    made = Step(Standing.DONE, where(row), kind="delivery", id=row.id, lines=lines)
    match State(row.state):
        case State.SENT:
            words = f"delivered in {last.milliseconds:,} ms" if last else "delivered"
            return replace(made, reason=words, at=row.date_done)
        case State.QUEUED | State.SENDING:
            return replace(made, standing=Standing.RUNNING, reason="on its way")
        case State.SUPPRESSED:
            standing = Standing.SKIPPED if row.reason in BY_CHOICE else Standing.HELD_BACK
            return replace(made, standing=standing, reason=f"suppressed: {_why(row.provider, row.reason)}")
        case State.HELD:
            return replace(made, standing=Standing.HELD, reason=f"held: {row.reason}")
        case _:
            return replace(made, standing=Standing.FAILED, reason=row.reason)


def _why(provider: str, reason: str) -> str:
    if reason != NOT_CONNECTED:
        return reason
    found = catalogue().providers.get(provider)
    named = (
        [spec.environment for _, spec, needed in specs(found.settings) if needed and spec.environment]
        if found
        else []
    )
    hint = f"set {', '.join(named)} or connect it" if named else "connect it"
    return (
        f"{_name(provider)} is not set up. To be told there, {hint} under Integrations; the outbox shows this one."
    )


def _name(provider: str) -> str:
    found = catalogue().providers.get(provider)
    return found.name if found else provider
