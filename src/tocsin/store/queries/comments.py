"""Who can be spoken to in the comments of a project's issues."""

from collections.abc import Sequence

from django.db.models import QuerySet

from tocsin.store.models import Team, TeamMember, User


def who(project_id: int) -> tuple[set[int], set[int]]:
    """The people and teams of a project; two queries."""
    people = set(_people(project_id).values_list("id", flat=True))
    return people, set(_teams(project_id).values_list("id", flat=True))


def names(project_id: int) -> tuple[dict[str, int], dict[str, int]]:
    """What its people and teams are called: addresses, their first halves and names without blanks, where they name
    one person; slugs. Two queries."""
    called: dict[str, set[int]] = {}
    for user_id, email, name in _people(project_id).values_list("id", "email", "name"):
        for one in {email.lower(), email.lower().partition("@")[0], "".join(name.lower().split())}:
            called.setdefault(one, set()).add(user_id)
    people = {one: next(iter(ids)) for one, ids in called.items() if one and len(ids) == 1}
    return people, dict(_teams(project_id).values_list("slug", "id"))


def members(team_ids: Sequence[int]) -> list[int]:
    """The people of teams, each once."""
    if not team_ids:
        return []
    found = TeamMember.objects.filter(team_id__in=team_ids).order_by("user_id")
    return list(dict.fromkeys(found.values_list("user_id", flat=True)))


def _people(project_id: int) -> QuerySet[User]:
    found = User.objects.filter(team_memberships__team__project_teams__project_id=project_id, is_active=True)
    return found.distinct()


def _teams(project_id: int) -> QuerySet[Team]:
    return Team.objects.filter(project_teams__project_id=project_id)
