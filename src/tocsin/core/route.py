"""Who hears of a firing, where, and why: people, teams and channels named by rules, minus what people declined.

Each step that adds, moves or removes somebody leaves its line in the decision trace (behaviour §3).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin.core.people import Directory, Team
from tocsin.core.plan import Destination, Hearing, Plan, Planned, Reaches, Routed, Services, tell_person, tell_team
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.registry import Audience
from tocsin.core.rule import Action, Rule
from tocsin.core.rule_snooze import RuleSnooze, of_everyone, of_persons
from tocsin.core.targets import Occasion, PeopleOptions, Target, row_id
from tocsin.core.unsubscribe import without

ALERTS = "alerts"


def route(  # noqa: PLR0913, PLR0917 — what fired, who is there, and when
    rules: Sequence[Rule],
    occasion: Occasion,
    directory: Directory,
    services: Services,
    reaches: Reaches | None = None,
    now: datetime | None = None,
) -> Routed:
    """Everyone whom the rules that fired together reach, each destination once, minus who ended the issue.

    `reaches` keeps what the directory and the services say of a person, for the next occasion of a batch. Without
    `now` nobody asks for snoozes.
    """
    plan = Plan(occasion.project_id, directory, services, {} if reaches is None else reaches)
    for rule in rules:
        cause = f"rule:{rule.id}"
        if now and (quiet := of_everyone(rule.snoozes, now)):
            plan.trace.append(_snoozed(cause, rule.label, Verdict.HELD, Reason.RULE_SNOOZED_FOR_ALL, quiet))
            continue
        away = of_persons(rule.snoozes, now) if now else {}
        plan.note(cause, rule.label, Verdict.ADDED, Reason.RULE_FIRED, cause)
        for unknown in rule.broken_actions:
            _cannot_run(plan, cause, unknown.wire_id, unknown.reason)
        for action in rule.actions:
            if action.kind.audience is not Audience.DESTINATION:
                _to_people(plan, rule, action.options, occasion, away)
                continue
            try:
                address, label = _place(action)
            except Exception as error:  # noqa: BLE001 — a provider may come from anyone: its action fails alone
                _cannot_run(plan, cause, action.kind.ids[0], f"{type(error).__name__}: {error}")
            else:
                _to_destination(plan, rule, action, address, label)
    return without(plan.outcome(), occasion.ended, directory.people)


def _cannot_run(plan: Plan, cause: str, wire_id: str, reason: str) -> None:
    plan.trace.append(Step(cause, wire_id, Verdict.SUPPRESSED, Reason.ACTION_UNKNOWN, cause, {"reason": reason}))


def _place(action: Action) -> tuple[Any, str]:
    """The address that an action writes to, and what it is called."""
    if action.kind.address is None:
        raise TypeError(f"The rule action of {action.provider.slug} does not declare how its address is built.")
    address = action.kind.address(action.options)
    return address, action.provider.describe(address)


def _to_destination(plan: Plan, rule: Rule, action: Action, address: Any, label: str) -> None:
    subject, cause = f"channel:{label}", f"rule:{rule.id}"
    connection = plan.directory.connections.get(_integration_id(action))
    if connection is None or connection.provider != action.provider.slug:
        plan.note(subject, label, Verdict.SUPPRESSED, Reason.INTEGRATION_MISSING, cause)
        return
    plan.note(subject, label, Verdict.ADDED, Reason.TARGET_CHANNEL, cause)
    suppressed = None
    if connection.broken:
        suppressed = Reason.INTEGRATION_BROKEN
        plan.note(subject, label, Verdict.HELD, suppressed, f"integration:{connection.id}")
    added = plan.add(
        Planned(
            Destination(action.provider.slug, address, label, connection.id),
            (rule.id,),
            "",  # a channel reads which rule it is anyway; "why you" is for persons
            str(getattr(action.options, "notes", "")),
            _names(str(getattr(action.options, "tags", ""))),
            suppressed,
            str(getattr(action.options, "later_alerts", "")),
            str(getattr(action.options, "activity", "")),
        )
    )
    if not added:
        plan.note(subject, label, Verdict.KEPT, Reason.ALREADY_TOLD, cause)


def _integration_id(action: Action) -> int:
    return row_id(getattr(action.options, action.kind.integration, ""))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _snoozed(subject: str, label: str, verdict: Verdict, reason: Reason, snooze: RuleSnooze) -> Step:
    """The line of a snooze, with what whoever snoozed gave as the reason."""
    detail = {"reason": snooze.reason} if snooze.reason else {}
    return Step(subject, label, verdict, reason, f"rule_snooze:{snooze.id}", detail)


def _to_people(
    plan: Plan, rule: Rule, options: PeopleOptions, occasion: Occasion, away: Mapping[int, RuleSnooze]
) -> None:
    hearing = Hearing(ALERTS, f"rule:{rule.id}", (rule.id,))
    target = Target(options, occasion, plan.directory, plan.trace, hearing.cause, rule.label)
    for found, reason in target.found(lambda team: tell_team(plan, team, WHY_TEAM, hearing)):
        if isinstance(found, Team):
            continue
        if found.id in away:
            snooze = away[found.id]
            plan.trace.append(_snoozed(found.subject, found.name, Verdict.REMOVED, Reason.RULE_SNOOZED, snooze))
            continue
        tell_person(plan, found, WHY_YOU[reason], hearing)


WHY_TEAM = "the alert is for your team"
WHY_YOU = {
    Reason.TARGET_MEMBER: "an alert rule names you",
    Reason.TARGET_TEAM: "an alert rule names your team",
    Reason.ISSUE_OWNER: "you own this part of the code",
    Reason.SUSPECT_COMMIT: "you changed this part of the code last",
    Reason.ASSIGNEE: "the issue is assigned to you or your team",
    Reason.FALLTHROUGH_ALL: "nobody owns this issue, so every member of the project is told",
    Reason.FALLTHROUGH_ACTIVE: "nobody owns this issue, so the project's most recently active members are told",
}
