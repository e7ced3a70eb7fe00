"""Who touched which file, in the commits of releases; one query each."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import F

from tocsin.core.suspects import Touched
from tocsin.store.db import aware, rows, values
from tocsin.store.models import ProjectTeam, User

MOST = 5_000  # rows of one batch: a release that touched more says little


def with_commits(places: Collection[tuple[int, str]]) -> set[tuple[int, str]]:
    """Of (organization, version) releases those that list commits."""
    organizations, versions = {place[0] for place in places}, {place[1] for place in places}
    found = rows(
        "SELECT DISTINCT organization_id, version FROM store_releasecommit"  # noqa: S608 — placeholders only
        f" WHERE organization_id IN {values(len(organizations), 1)} AND version IN {values(len(versions), 1)}",
        [*organizations, *versions],
    )
    return {(organization, version) for organization, version in found}


def touched(places: Collection[tuple[int, str]], names: Sequence[str]) -> dict[tuple[int, str], list[Touched]]:
    """The commits of (organization, version) releases that changed files of these names and have an author."""
    organizations, versions = {place[0] for place in places}, {place[1] for place in places}
    found = rows(
        "SELECT listed.organization_id, listed.version, made.key, file.path, made.author_email, made.date"  # noqa: S608
        " FROM store_releasecommit AS listed JOIN store_commit AS made ON made.id = listed.commit_id"
        " JOIN store_commitfile AS file ON file.commit_id = made.id"
        f" WHERE listed.organization_id IN {values(len(organizations), 1)}"
        f" AND listed.version IN {values(len(versions), 1)}"
        f" AND file.name IN {values(len(names), 1)} AND file.kind <> 'D' AND made.author_email <> ''"
        f" ORDER BY made.date DESC LIMIT {MOST}",
        [*organizations, *versions, *names],
    )
    by_place: dict[tuple[int, str], list[Touched]] = defaultdict(list)
    for organization, version, key, path, author, date in found:
        by_place[organization, version].append(Touched(key, path, author, aware(date)))
    return by_place


def members(wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """(project, address) → the active member of a team of the project whose address it is: the one they sign in
    with, or one that they verified. Three queries; none for none."""
    if not wanted:
        return {}
    emails = {email for _, email in wanted}
    mine = User.objects.filter(is_active=True)
    verified = mine.filter(addresses__email__in=emails, addresses__verified__isnull=False)
    people = dict(verified.values_list("addresses__email", "id")) | dict(
        mine.filter(email__in=emails).values_list("email", "id")
    )
    on = ProjectTeam.objects.filter(
        project_id__in={project for project, _ in wanted},
        team__team_members__user_id__in=people.values(),
        project__organization__memberships__user_id=F("team__team_members__user_id"),
        project__organization__memberships__pending=False,
    )
    seats = set(on.values_list("project_id", "team__team_members__user_id"))
    return {
        (project, email): people[email]
        for project, email in wanted
        if email in people and (project, people[email]) in seats
    }
