"""An organization's configuration as a file: written, compared, and made so, all or nothing.

A plan is an application that is undone: it says exactly what would change, and what would be refused.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import unified_diff
from typing import Any

from msgspec import UNSET, UnsetType, to_builtins

from tocsin.core.choices import DEFAULT, TYPES
from tocsin.core.ownership_change import Refused, auto_assignment
from tocsin.core.rule import GROUP
from tocsin.core.rule_check import Refusal
from tocsin.core.wanted import value_of
from tocsin.formats.configuration import (
    CodeOwnersAs,
    Configuration,
    DefaultAs,
    Node,
    OwnershipAs,
    ProjectAs,
    RuleAs,
    TeamAs,
    write,
)
from tocsin.pipeline import ownership, rules
from tocsin.pipeline.backtest import compiled
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.channel_place import OUTWARD, Way
from tocsin.pipeline.choosing import services_of_people
from tocsin.pipeline.rule_channels import Looked, look
from tocsin.store.db import one_at_a_time, one_transaction, undo
from tocsin.store.models import CodeOwners, Organization, Project, Rule
from tocsin.store.queries.configuration import Everything, everything
from tocsin.store.writes import ownership as ownership_writes
from tocsin.store.writes import rules as rule_writes
from tocsin.store.writes import teams
from tocsin.store.writes.preferences import Choice, chose_defaults
from tocsin.store.writes.rules import Home

LOOKING_UP = timedelta(seconds=30)
PLAIN = "Auto Assign to Issue Owner"  # where nobody chose


@dataclass(frozen=True, slots=True)
class Applied:
    """What changed, as a unified diff of the file ("" for nothing), and what was kept although it cannot run."""

    diff: str
    marks: tuple[str, ...] = ()


class NotAppliedError(ValueError):
    """Nothing was changed, for these reasons, each with its place in the file."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


def export(organization: Organization) -> Configuration:
    """The organization as a file says it; applied again, it changes nothing."""
    found = everything(organization)
    names = _Names(found)
    return Configuration(
        organization.slug,
        teams=[TeamAs(one.slug, one.name, one.email, sorted(found.seats.get(one.pk, []))) for one in found.teams],
        preferences=[DefaultAs(one.type, one.value, one.provider) for one in found.defaults],
        rules=[_rule(one, names) for one in found.shared],
        projects=[_project(one, found, names) for one in found.projects],
    )


def plan(organization: Organization, wanted: Configuration, now: datetime, way: Way = OUTWARD) -> Applied:
    """What `apply` would change. Raises NotAppliedError as that would."""
    looked = _looked(organization, wanted, way)
    with one_transaction():
        found = _apply(organization, wanted, looked, now)
        undo()
    return found


def apply(organization: Organization, wanted: Configuration, now: datetime, way: Way = OUTWARD) -> Applied:
    """Makes the organization as the file says, in one transaction. Raises NotAppliedError; then nothing changed.

    The channels that rules name are looked up before, for half a minute at the most.
    """
    return _apply(organization, wanted, _looked(organization, wanted, way), now)


def _apply(
    organization: Organization, wanted: Configuration, looked: Mapping[str, Looked], now: datetime
) -> Applied:
    with one_transaction():
        one_at_a_time(project.pk for project in Project.objects.filter(organization=organization))
        before = export(organization)
        run = _Run(organization, looked, now)
        run.teams(wanted.teams)
        if wanted.preferences is not UNSET:
            run.preferences(wanted.preferences)
        if wanted.rules is not UNSET:
            run.rules(organization, "rules", wanted.rules)
        for project in wanted.projects:
            run.project(project)
        if run.reasons:
            raise NotAppliedError(run.reasons)
        after = export(organization)
    return Applied(_diff(before, after), tuple(run.marks))


def _diff(before: Configuration, after: Configuration) -> str:
    old, new = (write(one).splitlines(keepends=True) for one in (before, after))
    return "".join(unified_diff(old, new, "as it is", "as the file says"))


def _looked(organization: Organization, wanted: Configuration, way: Way) -> dict[str, Looked]:
    """The channels of each rule of the file, by its place there."""
    if wanted.organization != organization.slug:
        reason = f"The file is for the organization {wanted.organization!r}, not for {organization.slug!r}."
        raise NotAppliedError([f"organization: {reason}"])
    found = everything(organization)
    names, until = _Names(found), way.now() + LOOKING_UP
    homes: list[tuple[str, Home, Sequence[RuleAs] | UnsetType]] = [("rules", organization, wanted.rules)]
    projects = {one.slug: one for one in found.projects}
    homes += [(_place(one.slug), projects[one.slug], one.rules) for one in wanted.projects if one.slug in projects]
    looked: dict[str, Looked] = {}
    for place, home, rules_of in homes:
        held = {one.label: one.data for one in reversed(found.rules_of(home))}
        for one in () if rules_of is UNSET else rules_of:
            sent = {"actions": names.back(one.actions)}
            before = held.get(one.name.strip(), {})
            looked[f"{place}, {one.name}"] = look(organization.pk, sent, before, until, way)
    return looked


def _place(slug: str) -> str:
    return f"projects, {slug}, rules"


# --- What there is


def _project(project: Project, found: Everything, names: "_Names") -> ProjectAs:
    return ProjectAs(
        project.slug,
        sorted(found.held.get(project.pk, [])),
        _ownership(project, found),
        [_rule(one, names) for one in found.rules.get(project.pk, [])],
    )


def _ownership(project: Project, found: Everything) -> OwnershipAs:
    files = [_file(one) for one in found.codeowners.get(project.pk, [])]
    row = found.ownership.get(project.pk)
    if row is None:
        return OwnershipAs("", PLAIN, files)
    assignment = auto_assignment(row.auto_assignment, row.suspect_committer_auto_assignment)
    return OwnershipAs(row.raw, assignment, files)


def _file(row: CodeOwners) -> CodeOwnersAs:
    return CodeOwnersAs(row.raw, row.repository, row.branch, row.source_root, row.stack_root)


def _rule(rule: Rule, names: "_Names") -> RuleAs:
    data = rule.data
    runnable = compiled(rule.project_id or 0, data, environment=rule.environment)
    return RuleAs(
        name=rule.label,
        conditions=names.out(data.get("conditions", [])),
        filters=names.out(data.get("filters", [])),
        actions=names.out(data.get("actions", [])),
        action_match=data.get("actionMatch", "all"),
        filter_match=data.get("filterMatch", "all"),
        frequency=int(runnable.frequency.total_seconds() // 60),
        environment=rule.environment,
        environments=data.get("environments", []),
        excluded_environments=data.get("excludedEnvironments", []),
        owner=names.owner(rule),
        wait=data.get("wait", 0),
        hourly_limit=data.get("hourlyLimit", 0),
        enabled=rule.status == "active",
        keep_unknown=bool(runnable.broken or runnable.broken_actions),
        tests=data.get("tests", []),
    )


class _Names:
    """Ids as people call them, and back: #team, an address, an integration's name."""

    def __init__(self, found: Everything) -> None:
        self._teams = {str(one.pk): f"#{one.slug}" for one in found.teams}
        self._people = {str(user): email for user, email in found.emails.items()}
        self._integrations = {str(one.pk): one.name for one in found.integrations}
        names = list(self._integrations.values())
        # Two of one name keep their ids.
        self._integrations = {pk: name for pk, name in self._integrations.items() if names.count(name) == 1}

    def out(self, nodes: Iterable[Node]) -> list[Node]:
        return [self._translated(node, lambda known, value: known.get(value, value)) for node in nodes]

    def back(self, nodes: Iterable[Node]) -> list[Node]:
        return [self._translated(node, _reversed) for node in nodes]

    def owner(self, rule: Rule) -> str:
        if rule.owner_user_id:
            return self._people.get(str(rule.owner_user_id), "")
        return self._teams.get(str(rule.owner_team_id), "")

    def owner_id(self, name: str) -> str | None:
        """As the API takes it; a name that nobody has is handed on, to be refused there."""
        if not name:
            return None
        kind, known = ("team", self._teams) if name.startswith("#") else ("user", self._people)
        return f"{kind}:{_reversed(known, name)}"

    def _translated(self, node: Node, ask: Callable[[Mapping[str, str], str], str]) -> Node:
        made = {key: value for key, value in node.items() if key not in ("uuid", "name")}
        if made.get("id") == GROUP and isinstance(made.get("nodes"), list):
            made["nodes"] = [self._translated(one, ask) for one in made["nodes"] if isinstance(one, dict)]
        kind = made.get("targetType")
        if kind in ("Team", "Member") and made.get("targetIdentifier"):
            known = self._teams if kind == "Team" else self._people
            made["targetIdentifier"] = ask(known, str(made["targetIdentifier"]))
        _, action = catalogue().action(str(made.get("id", ""))) or (None, None)
        if action is not None and action.integration and made.get(action.integration):
            made[action.integration] = ask(self._integrations, str(made[action.integration]))
        return made


def _reversed(known: Mapping[str, str], name: str) -> str:
    return next((pk for pk, one in known.items() if one == name), name)


# --- What there is to be


@dataclass(slots=True)
class _Run:
    """One application: goes on after a refusal, so that all of them are said at once."""

    organization: Organization
    looked: Mapping[str, Looked]
    now: datetime
    reasons: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def teams(self, wanted: Sequence[TeamAs]) -> None:
        people = {email: user for user, email in everything(self.organization).emails.items()}
        for one in wanted:
            made = teams.keep(self.organization, one.slug, name=one.name, email=one.email, now=self.now)
            if one.members is UNSET:
                continue
            strangers = sorted(set(one.members) - set(people))
            for email in strangers:
                self.reasons.append(f"teams, {one.slug}: {email} is no member; invite them first.")
            teams.seat(made, [people[email] for email in one.members if email in people], self.now)

    def preferences(self, wanted: Sequence[DefaultAs]) -> None:
        """The whole of them: what is not named is the product's own default again."""
        named = {(one.type, one.provider): one.value for one in wanted}
        held = {(one.type, one.provider) for one in everything(self.organization).defaults}
        choices = []
        for (type_, provider), value in named.items():
            if reason := _refused_default(type_, provider, value):
                self.reasons.append(f"preferences, {type_}{provider and f' over {provider}'}: {reason}")
            else:
                choices.append(Choice(type_, provider, value))
        choices += [Choice(*place, DEFAULT) for place in sorted(held - set(named))]
        chose_defaults(self.organization.pk, choices, actor_id=None, now=self.now)

    def project(self, wanted: ProjectAs) -> None:
        row = Project.objects.filter(organization=self.organization, slug=wanted.slug)
        project = row.select_related("organization").first()
        if project is None:
            self.reasons.append(f"projects, {wanted.slug}: there is no such project; make it first.")
            return
        if wanted.teams is not UNSET:
            self._give(project, wanted.teams)
        if wanted.ownership is not UNSET:
            self._own(project, wanted.ownership)
        if wanted.rules is not UNSET:
            self.rules(project, _place(project.slug), wanted.rules)

    def _give(self, project: Project, wanted: Sequence[str]) -> None:
        known = {one.slug: one.pk for one in everything(self.organization).teams}
        for slug in sorted(set(wanted) - set(known)):
            self.reasons.append(f"projects, {project.slug}, teams: there is no team {slug!r}.")
        teams.give(project, [known[slug] for slug in wanted if slug in known], self.now)

    def _own(self, project: Project, wanted: OwnershipAs) -> None:
        found = everything(self.organization)
        if wanted.codeowners is not UNSET:
            self._own_files(project, wanted.codeowners, found.codeowners.get(project.pk, []))
        held = _ownership(project, found)
        text = held.rules if wanted.rules is UNSET else wanted.rules
        assignment = held.auto_assignment if wanted.auto_assignment is UNSET else wanted.auto_assignment
        if (held.rules, held.auto_assignment) == (text, assignment):
            return
        sent = {"raw": text, "autoAssignment": assignment}
        saved = ownership.save(project, sent, actor_id=None, now=self.now)
        if isinstance(saved, Refused):
            self.reasons += _said(f"projects, {project.slug}, ownership", saved.reasons)

    def _own_files(self, project: Project, wanted: Sequence[CodeOwnersAs], held: Sequence[CodeOwners]) -> None:
        """Files have no names: the first stays the first, as the later one is the stronger."""
        for number, one in enumerate(wanted):
            row = held[number] if number < len(held) else None
            if row is not None and _file(row) == one:
                continue
            file_id = row.pk if row is not None else None
            found = ownership.save_file(project, _sent_file(one), file_id=file_id, actor_id=None, now=self.now)
            if isinstance(found, Refused):
                place = f"projects, {project.slug}, ownership, codeowners, {one.repository or number + 1}"
                self.reasons += _said(place, found.reasons)
        for row in held[len(wanted) :]:
            ownership_writes.remove_file(project, row.pk, actor_id=None, now=self.now)

    def rules(self, home: Home, place: str, wanted: Sequence[RuleAs]) -> None:
        """The whole of a project's rules, or of those that watch all projects: one that is not named is removed."""
        found = everything(self.organization)
        names, held = _Names(found), {one.label: one for one in reversed(found.rules_of(home))}
        labels = [one.name.strip() for one in wanted]
        for label in sorted({one for one in labels if labels.count(one) > 1}):
            self.reasons.append(f"{place}: two are called {label!r}.")
        for rule in found.rules_of(home):
            if held.get(rule.label) is not rule or rule.label not in labels:
                rule_writes.remove(home, rule.pk, actor_id=None, now=self.now)
        for one in wanted:
            self._keep(home, f"{place}, {one.name}", one, held.get(one.name.strip()), names)

    def _keep(self, home: Home, place: str, wanted: RuleAs, rule: Rule | None, names: _Names) -> None:
        sent, looked = _sent(wanted, names), self.looked.get(place, Looked())
        sent |= {"actions": looked.actions} if looked.actions else {}
        self._unfit(place, looked, keeps=wanted.keep_unknown)
        found = rules.keep(home, sent, rule=rule, keeps_unknown=wanted.keep_unknown, now=self.now)
        if isinstance(found, Refusal):
            self.reasons += _said(place, found.reasons)
            return
        made, marks = found
        self.marks += [f"{place}: {mark} Kept as it is; it does not run." for mark in marks]
        if wanted.enabled is not (made.status == "active"):
            rule_writes.switch(home, made.pk, on=wanted.enabled, actor_id=None, now=self.now)

    def _unfit(self, place: str, looked: Looked, *, keeps: bool) -> None:
        """What is wrong with the rule's channels, and what nobody could tell of them."""
        reasons = _said(place, looked.refused.reasons) if looked.refused else []
        if keeps:
            self.marks += reasons
        else:
            self.reasons += reasons
        unchecked = [*(one.reason for one in looked.waits), *looked.unchecked]
        self.marks += [f"{place}: {one} Its channel was not checked." for one in unchecked]


def _sent(wanted: RuleAs, names: _Names) -> dict[str, Any]:
    """As the API takes a rule."""
    return {
        **to_builtins(wanted),
        "actionMatch": wanted.action_match,
        "filterMatch": wanted.filter_match,
        "frequency": wanted.frequency,
        "owner": names.owner_id(wanted.owner),
        "conditions": names.back(wanted.conditions),
        "filters": names.back(wanted.filters),
        "actions": names.back(wanted.actions),
    }


def _sent_file(wanted: CodeOwnersAs) -> dict[str, str]:
    """As the API takes a CODEOWNERS file."""
    return {
        "raw": wanted.raw,
        "repository": wanted.repository,
        "branch": wanted.branch,
        "sourceRoot": wanted.source_root,
        "stackRoot": wanted.stack_root,
    }


def _refused_default(type_: str, provider: str, value: str) -> str:
    if type_ not in TYPES:
        return f"there is no such type; there are {', '.join(TYPES)}."
    known = [one.slug for one in services_of_people()]
    if provider and provider not in known:
        return f"there is no such service; there are {', '.join(known)}."
    _, wrong = value_of({"value": value}, type_, provider)
    return " ".join(reason for some in wrong.values() for reason in some)


def _said(place: str, reasons: Mapping[str, Iterable[Any]]) -> list[str]:
    return [f"{place}, {key}: {reason}" for key, some in reasons.items() for reason in some]
