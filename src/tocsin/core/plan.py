"""Where what is worth saying goes: the destinations of one notification, and each step that led there or not.

Who is to hear of it comes from core.route (alerts) and core.follow (what happens to issues). This is what both
need: over which services a person or a team hears, what they declined, each destination once (behaviour §2.5, 3.5).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin.core.choices import NEVER, Chosen, comes_by, of_service, of_type
from tocsin.core.people import Account, Directory, Person, Preference, Scope, Team
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.core.registry import Provider


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
    """A destination that will be written to, or (with `suppressed`) would have been.

    `later_alerts` and `activity` are what the rule's action chose of the thread there (core.threads), "" for as the
    organization did; `conversation` is the one that a reply belongs to, "" for the issue's own.
    """

    destination: Destination
    rule_ids: tuple[int, ...] = ()
    reason: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    suppressed: Reason | None = None
    later_alerts: str = ""
    activity: str = ""
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A destination of a person, whether it is refused, and the line that says so."""

    destination: Destination
    refused: Reason | None = None
    line: Step | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How a person hears of a type within a project: the services that cannot reach them (`missing`), those that
    can, and the line that says that they hear of none of it (`declined`)."""

    missing: tuple[Step, ...]
    ways: tuple[Way, ...]
    declined: Step | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """The catalogue's providers, and through which integration each reaches people (None: needs none)."""

    providers: Mapping[str, Provider]
    reachable: Mapping[str, int | None]


# By (project, person, type); good for one directory and its services.
Reaches = dict[tuple[int, int, str], Reach]


@dataclass(frozen=True, slots=True)
class Untold:
    """A person who was considered and does not hear of it: a line of the trace, to be found by the person."""

    user_id: int
    verdict: Verdict
    reason: Reason
    cause: str


@dataclass(frozen=True, slots=True)
class Routed:
    planned: tuple[Planned, ...] = ()
    trace: tuple[Step, ...] = ()

    def untold(self, here: Directory) -> tuple[Untold, ...]:
        """Each member with whom a step ended, by the last such step; not those who are told some other way."""
        told = {one.destination.user_id for one in self.planned if one.suppressed is None}
        last: dict[int, Untold] = {}
        for step in self.trace:
            if step.verdict in (Verdict.REMOVED, Verdict.SUPPRESSED) and step.subject.startswith("user:"):
                user_id = int(step.subject.removeprefix("user:"))
                last[user_id] = Untold(user_id, step.verdict, step.reason, step.cause)
        return tuple(one for user_id, one in last.items() if user_id not in told and user_id in here.people)


@dataclass(frozen=True, slots=True)
class Hearing:
    """Why a plan looks at somebody: the type of choice that governs it, the row that names them, the rules that it
    is for."""

    type: str
    cause: str
    rule_ids: tuple[int, ...] = ()


@dataclass(slots=True)
class Plan:
    """What has been decided so far for one notification, and what it is decided from."""

    project_id: int
    directory: Directory
    services: Services
    reaches: Reaches = field(default_factory=dict)
    by_destination: dict[tuple[str, int | None, Any], Planned] = field(default_factory=dict)
    trace: list[Step] = field(default_factory=list)

    def note(self, subject: str, label: str, verdict: Verdict, reason: Reason, cause: str = "") -> None:
        self.trace.append(Step(subject, label, verdict, reason, cause))

    def add(self, planned: Planned) -> bool:
        """Plan a destination; one that is planned already only learns the further rule.

        An address that is a person's and a team's list is the list's: what one reader declined, or ends by a link
        in the mail, must not silence the others.
        """
        key = planned.destination.identity
        before = self.by_destination.get(key)
        if before is None:
            self.by_destination[key] = planned
            return True
        is_shared = before.destination.user_id is not None and planned.destination.user_id is None
        holds = planned if is_shared else before
        self.by_destination[key] = Planned(
            holds.destination,
            tuple(dict.fromkeys((*before.rule_ids, *planned.rule_ids))),
            holds.reason,
            before.notes or planned.notes,
            tuple(dict.fromkeys((*before.tags, *planned.tags))),
            holds.suppressed,
            before.later_alerts or planned.later_alerts,
            before.activity or planned.activity,
        )
        return False

    def outcome(self) -> Routed:
        return Routed(tuple(self.by_destination.values()), tuple(self.trace))

    def place(self) -> dict[Scope, int]:
        """Where choices are looked up."""
        return {Scope.ORGANIZATION: self.directory.organization_id, Scope.PROJECT: self.project_id}


def choice_of_type(plan: Plan, user_id: int, type_: str) -> Chosen:
    """What a person chose to hear of a type."""
    return of_type(plan.directory.preferences.get(user_id, ()), plan.directory.defaults, type_, plan.place())


def tell_person(plan: Plan, person: Person, why: str, hearing: Hearing) -> None:
    """Plans every service that reaches the person and that they allow; `why` is told to them."""
    if not person.active:
        plan.note(person.subject, person.name, Verdict.REMOVED, Reason.INACTIVE, person.subject)
        return
    found = _reach(plan, person, hearing.type)
    plan.trace += found.missing
    if found.declined:
        plan.trace.append(found.declined)
    for way in found.ways:
        is_new = plan.add(Planned(way.destination, hearing.rule_ids, why, suppressed=way.refused))
        if way.line and (is_new or way.refused):
            plan.trace.append(way.line)
        elif way.line:
            plan.note(way.line.subject, way.line.label, Verdict.KEPT, Reason.ALREADY_TOLD, hearing.cause)


def _reach(plan: Plan, person: Person, type_: str) -> Reach:
    """Looked up once for a batch, which asks for the same 50 members with each of its 100 alerts."""
    key = (plan.project_id, person.id, type_)
    found = plan.reaches.get(key)
    if found is None:
        found = plan.reaches[key] = _reached(plan, person, type_)
    return found


def _reached(plan: Plan, person: Person, type_: str) -> Reach:
    missing: list[Step] = []
    addresses = list(_addresses(plan, person.within(plan.project_id), type_, missing))
    chosen = choice_of_type(plan, person.id, type_)
    if chosen.value == NEVER:
        declined = Step(person.subject, person.name, Verdict.REMOVED, Reason.PREFERENCE_NEVER, chosen.cause)
        ways = [Way(destination, Reason.PREFERENCE_NEVER) for destination in addresses]
        return Reach(tuple(missing), tuple(ways), declined)
    choices = plan.directory.preferences.get(person.id, ())
    return Reach(tuple(missing), tuple(_way(plan, one, choices, type_) for one in addresses))


def _way(plan: Plan, destination: Destination, choices: tuple[Preference, ...], type_: str) -> Way:
    """One service of one person: on, off, or not there."""
    provider = plan.services.providers[destination.provider]
    chosen = of_service(
        choices, plan.directory.defaults, type_, provider.slug, plan.place(), otherwise=provider.on_by_default
    )
    subject, label = f"user:{destination.user_id}", f"{destination.label} ({provider.name})"
    refused = _refusal(plan, destination, chosen)
    if refused:
        cause = chosen.cause if refused in _CHOSEN else ""
        return Way(destination, refused, Step(subject, label, Verdict.SUPPRESSED, refused, cause))
    reason = Reason.PREFERENCE_ALLOWS if chosen.cause else Reason.PREFERENCE_DEFAULT
    return Way(destination, None, Step(subject, label, Verdict.KEPT, reason, chosen.cause))


_CHOSEN = (Reason.PROVIDER_NEVER, Reason.PROVIDER_OFF)


def _refusal(plan: Plan, destination: Destination, chosen: Chosen) -> Reason | None:
    if chosen.value == NEVER:
        return Reason.PROVIDER_NEVER if chosen.cause else Reason.PROVIDER_OFF
    if destination.integration_id is None and destination.provider not in plan.services.reachable:
        return Reason.PROVIDER_NOT_CONNECTED
    return None


def _addresses(plan: Plan, person: Person, type_: str, missing: list[Step]) -> Iterator[Destination]:
    """Where a type can reach a person; a service that reaches people, and not this one, leaves its line."""
    for slug, provider in plan.services.providers.items():
        if not comes_by(type_, slug):
            continue
        if provider.account is not None:
            linked = [one for one in person.accounts if one.provider == slug and _works(plan, one)]
            yield from (_at(provider, one, person.id) for one in linked)
        if provider.personal is None:
            continue
        address = provider.personal(person)
        if address is None:
            label = f"{person.name} ({provider.name})"
            missing.append(Step(person.subject, label, Verdict.SUPPRESSED, Reason.NO_ADDRESS, person.subject))
            continue
        integration_id = plan.services.reachable.get(slug)
        yield Destination(slug, address, provider.describe(address), integration_id, person.id)


def _works(plan: Plan, account: Account) -> bool:
    """Whether the connection that an account is known through is there and not broken."""
    if account.integration_id is None:
        return account.provider in plan.services.reachable
    connection = plan.directory.connections.get(account.integration_id)
    return connection is not None and not connection.broken


def _at(provider: Provider, account: Account, user_id: int | None) -> Destination:
    if provider.account is None:
        raise TypeError(f"{provider.slug} does not declare how an account is addressed.")
    address = provider.account(account)
    integration_id = account.integration_id
    return Destination(provider.slug, address, provider.describe(address), integration_id, user_id)


def tell_team(plan: Plan, team: Team, why: str, hearing: Hearing) -> bool:
    """Plans the team's own channels and lists; False when it has none that it allows, so its members hear."""
    told = False
    choices = plan.directory.team_preferences.get(team.id, ())
    wanted = of_type(choices, plan.directory.defaults, hearing.type, plan.place())
    if team.accounts and wanted.value == NEVER and wanted.scope is not None:
        plan.note(team.subject, f"#{team.slug}", Verdict.SUPPRESSED, Reason.PREFERENCE_NEVER, wanted.cause)
        return False
    for account in team.accounts:
        provider = plan.services.providers.get(account.provider)
        if provider is None or provider.account is None or not _works(plan, account):
            continue
        destination = _team_destination(plan, provider, account)
        chosen = of_service(choices, plan.directory.defaults, hearing.type, provider.slug, plan.place())
        label = f"{destination.label} ({provider.name})"
        if chosen.value == NEVER:
            plan.note(team.subject, label, Verdict.SUPPRESSED, Reason.PROVIDER_NEVER, chosen.cause)
            continue
        is_new = plan.add(Planned(destination, hearing.rule_ids, why))
        reason = Reason.TEAM_ACCOUNT if is_new else Reason.ALREADY_TOLD
        plan.note(team.subject, label, Verdict.KEPT, reason, chosen.cause or hearing.cause)
        told = True
    return told


def _team_destination(plan: Plan, provider: Provider, account: Account) -> Destination:
    found = _at(provider, account, None)
    if found.integration_id is not None:
        return found
    return Destination(found.provider, found.address, found.label, plan.services.reachable.get(provider.slug))
