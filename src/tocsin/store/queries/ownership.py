"""The ownership of projects: as it was written, who may own in them, and compiled for decisions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import F, QuerySet

from tocsin.core.codeowners import Roots, convert, read
from tocsin.core.codeowners_check import Associations
from tocsin.core.ownership import NOTHING, Compiled, compile_ownership
from tocsin.core.ownership_check import Resolvable, pruned
from tocsin.core.ownership_rule import TEAM, USER, Owner, OwnershipRule, from_schema
from tocsin.store.models import CodeOwners, ExternalActor, Ownership, ProjectTeam
from tocsin.store.queries.projects import ProjectFacts

# One a project, by the versions of the project and its organization: 1,000 rules take 25 ms to make ready.
_cached: dict[int, tuple[int, int, Compiled]] = {}


def of(projects: Iterable[ProjectFacts]) -> dict[int, Compiled]:
    """The projects' rules, compiled, by project; six queries for all whose version is new, none for the others."""
    asked = {project.id: project for project in projects}
    stale = {
        project.id: project.organization_id
        for project in asked.values()
        if _cached.get(project.id, (0, 0))[:2] != (project.version, project.organization_version)
    }
    for project_id, compiled in _compiled(stale).items():
        project = asked[project_id]
        _cached[project_id] = (project.version, project.organization_version, compiled)
    return {project_id: _cached[project_id][2] for project_id in asked}


def written(project_id: int) -> Ownership | None:
    """The project's rules as they were written, or None when nobody wrote any."""
    return Ownership.objects.filter(project_id=project_id).first()


def files(project_id: int) -> list[CodeOwners]:
    """The project's CODEOWNERS files, oldest first: the later beat the earlier."""
    return list(CodeOwners.objects.filter(project_id=project_id).order_by("pk"))


def file(project_id: int, file_id: int) -> CodeOwners | None:
    return CodeOwners.objects.filter(project_id=project_id, pk=file_id).first()


def resolvable(project_ids: Collection[int]) -> dict[int, Resolvable]:
    """Who may own in each of the projects: their teams, and the active members of these; three queries."""
    links = ProjectTeam.objects.filter(project_id__in=project_ids)
    teams: dict[int, dict[str, int]] = defaultdict(dict)
    for project_id, team_id, slug in links.values_list("project_id", "team_id", "team__slug"):
        teams[project_id][slug] = team_id
    people: dict[int, dict[str, int]] = defaultdict(dict)
    for project_id, user_id, email in (*_other_addresses(project_ids), *_members(project_ids)):
        people[project_id][email.lower()] = user_id  # who signs in with an address comes before who adds it
    return {one: Resolvable(people.get(one, {}), teams.get(one, {})) for one in project_ids}


_MEMBER = "team__team_members__user"


def _members(project_ids: Collection[int]) -> Iterable[tuple[int, int, str]]:
    """Project, person and the address that they sign in with."""
    return _active(project_ids).values_list("project_id", f"{_MEMBER}_id", f"{_MEMBER}__email").distinct()


def _other_addresses(project_ids: Collection[int]) -> Iterable[tuple[int, int, str]]:
    """The same with the further addresses that were shown to be theirs."""
    found = _active(project_ids, **{f"{_MEMBER}__addresses__verified__isnull": False})
    return found.values_list("project_id", f"{_MEMBER}_id", f"{_MEMBER}__addresses__email").distinct()


def _active(project_ids: Collection[int], **more: Any) -> QuerySet[ProjectTeam]:
    """In one filter, so that all of it is asked of the same person."""
    wanted = {
        "project_id__in": project_ids,
        f"{_MEMBER}__is_active": True,
        f"{_MEMBER}__memberships__pending": False,
        f"{_MEMBER}__memberships__organization": F("team__organization"),
        **more,
    }
    return ProjectTeam.objects.filter(**wanted)


def associations(organization_ids: Collection[int]) -> dict[int, Associations]:
    """What the organizations' people and teams are called elsewhere; one query."""
    found: dict[int, dict[str, Owner]] = defaultdict(dict)
    rows = ExternalActor.objects.filter(organization_id__in=organization_ids).order_by("pk")
    fields = ("organization_id", "external_name", "user_id", "user__email", "team_id", "team__slug")
    for organization_id, name, user_id, email, team_id, slug in rows.values_list(*fields):
        owner = Owner(USER, email, user_id) if user_id else Owner(TEAM, slug, team_id)
        found[organization_id][name.lower()] = owner
    return {one: Associations(found.get(one, {})) for one in organization_ids}


def rules_of_file(row: CodeOwners, known: Mapping[str, Owner]) -> tuple[OwnershipRule, ...]:
    """A CODEOWNERS file's rules, as far as its names are known."""
    return convert(read(row.raw), known, Roots(row.source_root, row.stack_root)).rules


def _compiled(projects: Mapping[int, int]) -> dict[int, Compiled]:
    """The compiled rules of projects, each given with its organization."""
    if not projects:
        return {}
    own = {row.project_id: row for row in Ownership.objects.filter(project_id__in=projects)}
    repositories: dict[int, list[CodeOwners]] = defaultdict(list)
    for row in CodeOwners.objects.filter(project_id__in=projects).order_by("pk"):
        repositories[row.project_id].append(row)
    some = set(own) | set(repositories)
    if not some:
        return dict.fromkeys(projects, NOTHING)
    who = resolvable(some)
    names = associations({projects[one] for one in some})
    made = {
        one: _one(own.get(one), repositories[one], who[one], names[projects[one]].known(who[one])) for one in some
    }
    return {**dict.fromkeys(projects, NOTHING), **made}


def _one(
    own: Ownership | None, repositories: list[CodeOwners], who: Resolvable, known: Mapping[str, Owner]
) -> Compiled:
    if own is not None and not own.is_active:
        return NOTHING
    return compile_ownership(
        pruned(from_schema(own.schema), who) if own else (),
        [rule for row in repositories for rule in rules_of_file(row, known)],
        auto_assignment=own.auto_assignment if own else True,
        suspect_commits=own.suspect_committer_auto_assignment if own else False,
    )
