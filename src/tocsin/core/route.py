"""Who hears of a firing, where, and why: people and channels named by rules, minus what people declined.

Each step that adds, moves or removes somebody leaves its line in the decision trace (behaviour §3).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.core.people import Directory, Person, Preference, Scope
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.registry import Audience, Provider
from tocsin.core.rule import Action, Rule
from tocsin.core.targets import Occasion, PeopleOptions, Target, row_id

ALERTS = "alerts"


@dataclass(frozen=True, slots=True)
class Destination:
    """One address of one service. `integration_id` is None for services that need none."""

    provider: str
    address: Any
    label: str
    integration_id: int | None = None
    user_id: int | None = None

    @property
    def identity(self) -> tuple[str, int | None, Any]:
        return (self.provider, self.integration_id, self.address)


@dataclass(frozen=True, slots=True)
class Planned:
    """A destination that will be written to, or (with `suppressed`) would have been."""

    destination: Destination
    rule_ids: tuple[int, ...] = ()
    reason: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    suppressed: Reason | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """The catalogue's providers, and through which integration each reaches people (None: needs none)."""

    providers: Mapping[str, Provider]
    reachable: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Routed:
    planned: tuple[Planned, ...] = ()
    trace: tuple[Step, ...] = ()


@dataclass(slots=True)
class _Plan:
    """What has been decided so far for one firing, and what it is decided from."""

    occasion: Occasion
    directory: Directory
    services: Services
    by_destination: dict[tuple[str, int | None, Any], Planned] = field(default_factory=dict)
    trace: list[Step] = field(default_factory=list)

    def note(self, subject: str, label: str, verdict: Verdict, reason: Reason, cause: str = "") -> None:
        self.trace.append(Step(subject, label, verdict, reason, cause))

    def add(self, planned: Planned) -> bool:
        """Plan a destination; one that is planned already only learns the further rule."""
        key = planned.destination.identity
        before = self.by_destination.get(key)
        if before is None:
            self.by_destination[key] = planned
            return True
        merged = dict.fromkeys((*before.rule_ids, *planned.rule_ids))
        self.by_destination[key] = Planned(
            before.destination,
            tuple(merged),
            before.reason,
            before.notes or planned.notes,
            tuple(dict.fromkeys((*before.tags, *planned.tags))),
            before.suppressed,
        )
        return False


def route(rules: Sequence[Rule], occasion: Occasion, directory: Directory, services: Services) -> Routed:
    """Everyone whom the rules that fired together reach, each destination once."""
    plan = _Plan(occasion, directory, services)
    for rule in rules:
        cause = f"rule:{rule.id}"
        plan.note(cause, rule.label, Verdict.ADDED, Reason.RULE_FIRED, cause)
        for unknown in rule.broken_actions:
            why = {"reason": unknown.reason}
            plan.trace.append(Step(cause, unknown.wire_id, Verdict.SUPPRESSED, Reason.ACTION_UNKNOWN, cause, why))
        for action in rule.actions:
            if action.kind.audience is Audience.DESTINATION:
                _to_destination(plan, rule, action)
            else:
                _to_people(plan, rule, action.options)
    return Routed(tuple(plan.by_destination.values()), tuple(plan.trace))


def _to_destination(plan: _Plan, rule: Rule, action: Action) -> None:
    if action.kind.address is None:
        raise TypeError(f"The rule action of {action.provider.slug} does not declare how its address is built.")
    address = action.kind.address(action.options)
    label = action.provider.describe(address)
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
        )
    )
    if not added:
        plan.note(subject, label, Verdict.KEPT, Reason.ALREADY_TOLD, cause)


def _integration_id(action: Action) -> int:
    return row_id(getattr(action.options, action.kind.integration, ""))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _to_people(plan: _Plan, rule: Rule, options: PeopleOptions) -> None:
    target = Target(options, plan.occasion, plan.directory, plan.trace, f"rule:{rule.id}", rule.label)
    for person, reason in target.people():
        if not person.active:
            plan.note(person.subject, person.name, Verdict.REMOVED, Reason.INACTIVE, person.subject)
            continue
        _over_their_services(plan, rule, person, reason)


def _over_their_services(plan: _Plan, rule: Rule, person: Person, reason: Reason) -> None:
    choices = plan.directory.preferences.get(person.id, ())
    place = (plan.directory.organization_id, plan.occasion.project_id)
    verdict = chosen(choices, ALERTS, "", *place)
    if verdict is not None and verdict.value == "never":
        cause = f"preference:{verdict.id}"
        plan.note(person.subject, person.name, Verdict.REMOVED, Reason.PREFERENCE_NEVER, cause)
        for destination in _addresses(plan, person):
            _plan_person(plan, rule, destination, reason, Reason.PREFERENCE_NEVER)
        return
    for destination in _addresses(plan, person):
        choice = chosen(choices, ALERTS, destination.provider, *place)
        if choice is not None and choice.value == "never":
            _refuse(plan, rule, destination, reason, _Refusal(Reason.PROVIDER_NEVER, f"preference:{choice.id}"))
        elif destination.provider not in plan.services.reachable:
            _refuse(plan, rule, destination, reason, _Refusal(Reason.PROVIDER_NOT_CONNECTED))
        else:
            _keep(plan, rule, destination, reason, choice)


def _addresses(plan: _Plan, person: Person) -> Iterator[Destination]:
    """Where a person can be reached; a service that reaches people, and not this one, leaves its line."""
    for slug, provider in plan.services.providers.items():
        if provider.personal is None:
            continue
        address = provider.personal(person)
        if address is None:
            label = f"{person.name} ({provider.name})"
            plan.note(person.subject, label, Verdict.SUPPRESSED, Reason.NO_ADDRESS, person.subject)
            continue
        integration_id = plan.services.reachable.get(slug)
        yield Destination(slug, address, provider.describe(address), integration_id, person.id)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a destination is not written to, and the row that made it so."""

    reason: Reason
    cause: str = ""


def _refuse(plan: _Plan, rule: Rule, destination: Destination, why_told: Reason, refusal: _Refusal) -> None:
    label = f"{destination.label} ({plan.services.providers[destination.provider].name})"
    plan.note(f"user:{destination.user_id}", label, Verdict.SUPPRESSED, refusal.reason, refusal.cause)
    _plan_person(plan, rule, destination, why_told, refusal.reason)


def _keep(plan: _Plan, rule: Rule, destination: Destination, why: Reason, choice: Preference | None) -> None:
    label = f"{destination.label} ({plan.services.providers[destination.provider].name})"
    subject = f"user:{destination.user_id}"
    if not _plan_person(plan, rule, destination, why, None):
        plan.note(subject, label, Verdict.KEPT, Reason.ALREADY_TOLD, f"rule:{rule.id}")
    elif choice is None:
        plan.note(subject, label, Verdict.KEPT, Reason.PREFERENCE_DEFAULT)
    else:
        plan.note(subject, label, Verdict.KEPT, Reason.PREFERENCE_ALLOWS, f"preference:{choice.id}")


WHY_YOU = {
    Reason.TARGET_MEMBER: "an alert rule names you",
    Reason.TARGET_TEAM: "an alert rule names your team",
    Reason.ISSUE_OWNER: "you own this part of the code",
    Reason.ASSIGNEE: "the issue is assigned to you or your team",
    Reason.FALLTHROUGH_ALL: "nobody owns this issue, so every member of the project is told",
    Reason.FALLTHROUGH_ACTIVE: "nobody owns this issue, so the project's most recently active members are told",
}


def _plan_person(plan: _Plan, rule: Rule, destination: Destination, why: Reason, suppressed: Reason | None) -> bool:
    return plan.add(Planned(destination, (rule.id,), WHY_YOU[why], suppressed=suppressed))


_RANK = {Scope.USER: 0, Scope.ORGANIZATION: 1, Scope.PROJECT: 2}


def chosen(
    choices: Sequence[Preference], type_: str, provider: str, organization_id: int, project_id: int
) -> Preference | None:
    """The choice that counts: project over organization over everywhere; None when none was made (§2.5)."""
    scopes = {Scope.ORGANIZATION: organization_id, Scope.PROJECT: project_id}
    fitting = [
        choice
        for choice in choices
        if choice.type == type_
        and choice.provider == provider
        and scopes.get(choice.scope, choice.scope_id) == choice.scope_id
    ]
    return max(fitting, key=lambda choice: _RANK[choice.scope], default=None)
