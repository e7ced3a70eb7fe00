"""What can be taken over from Sentry: an organization's export (relocation JSON), or rules that its API listed.

An export is a list of rows, {"model", "pk", "fields"}; the API's answer a list of rules. Nothing is left out
without a line in the report.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET

from tocsin.core.ownership_change import auto_assignment
from tocsin.core.rule import DEFAULT_FREQUENCY, FREQUENCY_MINUTES, LABEL_LENGTH
from tocsin.formats.configuration import Configuration, Match, Node, OwnershipAs, ProjectAs, RuleAs, TeamAs

MOST_ROWS = 1_000_000
CARRIED = (
    "sentry.organization",
    "sentry.team",
    "sentry.project",
    "sentry.projectteam",
    "sentry.user",
    "sentry.organizationmember",
    "sentry.organizationmemberteam",
    "sentry.environment",
    "sentry.rule",
    "sentry.projectownership",
)
MATCHES: dict[object, Match] = {"all": "all", "any": "any", "none": "none"}
# What a rule's stored data holds that is carried over.
DATA = ("conditions", "actions", "action_match", "filter_match", "frequency")
ON, OFF, CRON = 0, 1, 1  # a rule's status, and the source of one that belongs to a monitor


class NotFromSentryError(ValueError):
    """A file that is neither of the two."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The configuration, and what could not be carried over, in sentences."""

    configuration: Configuration
    report: tuple[str, ...]


@dataclass(slots=True)
class _Names:
    """What ids of the export stand for."""

    teams: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    environments: dict[str, str] = field(default_factory=dict)
    report: list[str] = field(default_factory=list)


def imported(text: str, organization: str = "") -> Imported:
    """What a file holds. `organization` is the slug to write; else the export's own.

    Raises NotFromSentryError.
    """
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotFromSentryError(f"The file is no JSON: {error}") from None
    if not isinstance(rows, list) or len(rows) > MOST_ROWS or not all(isinstance(row, dict) for row in rows):
        raise NotFromSentryError("The file is neither an organization's export nor a list of rules.")
    if rows and all("model" in row for row in rows):
        return _of_export(rows, organization)
    if all("conditions" in row or "actions" in row for row in rows):
        return _of_rules(rows, organization)
    raise NotFromSentryError("The file is neither an organization's export nor a list of rules.")


def _of_rules(rows: Sequence[Mapping[str, Any]], organization: str) -> Imported:
    names = _Names()
    by_project: dict[str, list[RuleAs]] = defaultdict(list)
    for row in rows:
        projects = row.get("projects")
        label = str(row.get("name", ""))
        if not isinstance(projects, list) or not projects:
            names.report.append(f"The rule “{label}” names no project and is left out.")
            continue
        if row.get("owner"):
            names.report.append(
                f"The rule “{label}” is owned by {row['owner']}, an id of Sentry's: it has no owner here."
            )
        for project in projects:
            known = {**row, "environment": row.get("environment") or ""}
            if row.get("snooze"):
                names.report.append(f"The rule “{label}” is snoozed there: it is not here.")
            by_project[str(project)].append(_rule(label, known, names, enabled=row.get("status") != "disabled"))
    if not organization:
        names.report.append("The file names no organization: write its slug under “organization”.")
    projects = [ProjectAs(slug, rules=_once(rules, names)) for slug, rules in by_project.items()]
    return Imported(Configuration(organization or "organization", projects=projects), tuple(names.report))


def _of_export(rows: Sequence[Mapping[str, Any]], organization: str) -> Imported:
    tables: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
    for row in rows:
        fields = row.get("fields")
        tables[str(row["model"])][str(row.get("pk"))] = fields if isinstance(fields, Mapping) else {}
    names = _Names(
        {pk: f"#{one.get('slug')}" for pk, one in tables["sentry.team"].items()},
        {pk: str(one.get("email") or one.get("username")) for pk, one in tables["sentry.user"].items()},
        {pk: str(one.get("name", "")) for pk, one in tables["sentry.environment"].items()},
    )
    own = next((str(one.get("slug")) for one in tables["sentry.organization"].values()), "")
    found = Configuration(
        organization or own or "organization",
        teams=list(_teams(tables, names)),
        projects=list(_projects(tables, names)),
    )
    if len(tables["sentry.organization"]) > 1:
        names.report.append(
            f"The file holds {len(tables['sentry.organization'])} organizations: all of them become one here."
        )
    _people(tables, names)
    for model, count in sorted(Counter(str(row["model"]) for row in rows).items()):
        if model not in CARRIED:
            names.report.append(f"{count} rows of {model}: not carried over.")
    return Imported(found, tuple(names.report))


_Tables = Mapping[str, Mapping[str, Mapping[str, Any]]]


def _people(tables: _Tables, names: _Names) -> None:
    """Nobody is invited by a file, and nobody's role is given."""
    if count := len(tables["sentry.organizationmember"]):
        names.report.append(
            f"{count} members are named as they are in teams: whoever is no member here is to be invited first,"
            " and roles are not carried over."
        )


def _teams(tables: _Tables, names: _Names) -> Iterable[TeamAs]:
    people = tables["sentry.organizationmember"]
    members: dict[str, list[str]] = defaultdict(list)
    for seat in tables["sentry.organizationmemberteam"].values():
        if str(seat.get("team")) not in tables["sentry.team"]:
            names.report.append(f"A member of the team {seat.get('team')}, which is not there, is left out.")
            continue
        member = people.get(str(seat.get("organizationmember")), {})
        email = names.users.get(str(member.get("user_id"))) or str(member.get("email") or "")
        if email:
            members[str(seat.get("team"))].append(email)
        else:
            names.report.append(f"A member of {names.teams.get(str(seat.get('team')), 'a team')} has no address.")
    for pk, one in tables["sentry.team"].items():
        if one.get("status"):
            names.report.append(f"The team {names.teams[pk]} is being deleted there: it is carried over as it is.")
        yield TeamAs(str(one.get("slug", "")), str(one.get("name", ""))[:64], members=sorted(set(members[pk])))


def _projects(tables: _Tables, names: _Names) -> Iterable[ProjectAs]:
    teams: dict[str, list[str]] = defaultdict(list)
    for one in tables["sentry.projectteam"].values():
        project, team = str(one.get("project")), str(one.get("team"))
        if project not in tables["sentry.project"] or team not in names.teams:
            names.report.append(f"That the team {team} holds the project {project} is left out: one is not there.")
            continue
        teams[project].append(names.teams[team].removeprefix("#"))
    rules: dict[str, list[RuleAs]] = defaultdict(list)
    for one in tables["sentry.rule"].values():
        rules[str(one.get("project"))].append(_exported(one, names))
    ownership = {
        str(one.get("project")): _ownership(one, tables["sentry.project"], names)
        for one in tables["sentry.projectownership"].values()
    }
    for pk, one in tables["sentry.project"].items():
        held = sorted(filter(None, teams[pk]))
        if one.get("status"):
            names.report.append(f"The project {one.get('slug')} is not active there: it is carried over as it is.")
        yield ProjectAs(str(one.get("slug", "")), held, ownership.get(pk, UNSET), _once(rules[pk], names))
    for pk in sorted(set(rules) - set(tables["sentry.project"])):
        names.report.append(f"{len(rules[pk])} rules of the project {pk}, which is not there, are left out.")


def _ownership(row: Mapping[str, Any], projects: Mapping[str, Mapping[str, Any]], names: _Names) -> OwnershipAs:
    """A project's ownership; what is not as it is there is said."""
    project = projects.get(str(row.get("project")))
    if project is None:
        names.report.append(f"Ownership of the project {row.get('project')}, which is not there, is left out.")
    place = f"Ownership of {(project or {}).get('slug')}"
    auto, suspect = (
        _flag(row, key, default, place, names)
        for key, default in (("auto_assignment", True), ("suspect_committer_auto_assignment", False))
    )
    if project is not None and suspect and not auto:
        names.report.append(f"{place} assigns to suspect commits alone: auto-assignment is off here.")
    if project is not None and not auto:
        names.report.append(f"{place} has auto-assignment turned off: it is off here too.")
    if project is not None and row.get("is_active") is False:
        names.report.append(f"{place} is switched off there: its rules hold here.")
    if project is not None and row.get("fallthrough") is False:
        names.report.append(f"{place} tells nobody of what nobody owns: here each alert rule says that.")
    return OwnershipAs(str(row.get("raw") or ""), auto_assignment(auto, suspect))


def _flag(row: Mapping[str, Any], key: str, default: bool, place: str, names: _Names) -> bool:
    value = row.get(key, default)
    if isinstance(value, bool):
        return value
    if value is not None:
        names.report.append(
            f"{place} has {value!r:.40} as {key}, which is neither on nor off: it is left as usual."
        )
    return default


def _exported(row: Mapping[str, Any], names: _Names) -> RuleAs:
    """A rule's row: its data is JSON in a text, with its keys in their stored spelling."""
    label, data = str(row.get("label", "")), row.get("data")
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            names.report.append(f"What the rule “{label}” does cannot be read: it is left empty.")
    if not isinstance(data, str | Mapping) and data is not None:
        names.report.append(f"What the rule “{label}” does is no set of keys: it is left empty.")
    data = data if isinstance(data, Mapping) else {}
    _unsaid(row, label, data, names)
    environment = row.get("environment_id")
    environment_is_known = environment is None or str(environment) in names.environments
    if not environment_is_known:
        names.report.append(
            f"The rule “{label}” is for the environment {environment}, which is not in the file: it is off, as it"
            " would be for all of them."
        )
    sent = {
        "conditions": data.get("conditions"),
        "actions": data.get("actions"),
        "actionMatch": data.get("action_match"),
        "filterMatch": data.get("filter_match"),
        "frequency": data.get("frequency"),
        "environment": names.environments.get(str(environment), ""),
        "owner": names.teams.get(str(row.get("owner_team"))) or names.users.get(str(row.get("owner_user_id")), ""),
    }
    return _rule(label, sent, names, enabled=row.get("status", ON) == ON and environment_is_known)


def _unsaid(row: Mapping[str, Any], label: str, data: Mapping[str, Any], names: _Names) -> None:
    """What a rule's row holds beside what is carried over."""
    if row.get("status", ON) not in (ON, OFF):
        names.report.append(f"The rule “{label}” is being deleted there: it is carried over and off.")
    if row.get("source") == CRON:
        names.report.append(f"The rule “{label}” belongs to a monitor, which is not carried over.")
    for key in sorted(set(map(str, data)) - set(DATA)):
        names.report.append(f"The rule “{label}” has {key}: {data.get(key)!r:.60}, which is not carried over.")
    owners = (names.teams.get(str(row.get("owner_team"))), names.users.get(str(row.get("owner_user_id"))))
    if not any(owners) and (row.get("owner_team") or row.get("owner_user_id")):
        names.report.append(
            f"The rule “{label}” is owned by somebody who is not in the file: it has no owner here."
        )


def _rule(label: str, sent: Mapping[str, Any], names: _Names, *, enabled: bool) -> RuleAs:
    """Lines that cannot run here are kept, and marked when the file is applied."""
    least, most = FREQUENCY_MINUTES
    given = sent.get("frequency")
    text, owner = str(given), str(sent.get("owner") or "")
    minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else DEFAULT_FREQUENCY
    if given is not None and not text.isdigit():
        names.report.append(
            f"The rule “{label}” has the frequency {given!r:.40}, which is no number of minutes: it has {minutes}."
        )
    for key in ("actionMatch", "filterMatch"):
        if sent.get(key) is not None and sent[key] not in MATCHES:
            names.report.append(f"The rule “{label}” has {sent[key]!r:.40} as {key}, which is none: it is “all”.")
    if len(label.strip()) > LABEL_LENGTH:
        names.report.append(f"The rule “{label.strip()[:LABEL_LENGTH]}” had a longer name.")
    if given is not None and minutes != min(max(minutes, least), most):
        names.report.append(f"The rule “{label}” has a frequency of {minutes} minutes, beyond what there is.")
    return RuleAs(
        name=label.strip()[:LABEL_LENGTH] or "Unnamed",
        conditions=_nodes(sent.get("conditions"), label, names),
        filters=_nodes(sent.get("filters"), label, names),
        actions=_nodes(sent.get("actions"), label, names),
        action_match=MATCHES.get(sent.get("actionMatch"), "all"),
        filter_match=MATCHES.get(sent.get("filterMatch"), "all"),
        frequency=min(max(minutes, least), most),
        environment=str(sent.get("environment") or ""),
        owner=owner if owner.startswith("#") or "@" in owner else "",
        enabled=enabled,
        keep_unknown=True,
    )


def _nodes(sent: object, label: str, names: _Names) -> list[Node]:
    if not isinstance(sent, list):
        if sent is not None:
            names.report.append(f"The rule “{label}” has lines that are no list: {sent!r:.80}.")
        return []
    found = []
    for node in sent:
        if not isinstance(node, Mapping):
            names.report.append(f"The rule “{label}” has a line that is none: {node!r:.80}.")
            continue
        found.append(
            _named({key: value for key, value in node.items() if key not in ("name", "uuid")}, label, names)
        )
    return found


def _named(node: dict[str, Any], label: str, names: _Names) -> Node:
    """A line whose team or member goes by name."""
    kind, number = node.get("targetType"), str(node.get("targetIdentifier", ""))
    if kind in ("Team", "Member") and number:
        known = (names.teams if kind == "Team" else names.users).get(number)
        if known:
            node["targetIdentifier"] = known
        else:
            names.report.append(f"The rule “{label}” names the {kind.lower()} {number} of Sentry's, unknown here.")
    for key in ("workspace", "account", "integration", "server"):
        if node.get(key):
            names.report.append(
                f"The rule “{label}” names the {key} {node[key]} of Sentry's: write the name of the one that is"
                " connected here."
            )
    return node


def _once(rules: Sequence[RuleAs], names: _Names) -> list[RuleAs]:
    """A project's rules with names that differ."""
    taken: Counter[str] = Counter()
    for rule in rules:
        taken[rule.name] += 1
        if taken[rule.name] > 1:
            names.report.append(f"Two rules are called “{rule.name}”: one is numbered now.")
            rule.name = f"{rule.name[: LABEL_LENGTH - 6]} ({taken[rule.name]})"
    return list(rules)
