"""Names of those who inherit issues, and the suspects that were found before."""

from collections import defaultdict
from collections.abc import Collection

from tocsin.core.owning import SUSPECT_COMMIT, Suggestion
from tocsin.store.models import IssueOwner, Team, User


def suspects(issue_ids: Collection[int]) -> dict[int, list[Suggestion]]:
    """Who changed the code of issues last, earliest found first; one query."""
    found: dict[int, list[Suggestion]] = defaultdict(list)
    rows = IssueOwner.objects.filter(issue_id__in=issue_ids, kind=SUSPECT_COMMIT).order_by("date_added", "pk")
    for issue, user, commit in rows.values_list("issue_id", "user_id", "commit"):
        found[issue].append(Suggestion(SUSPECT_COMMIT, user, None, commit=commit))
    return found


def names(found: Collection[Suggestion]) -> dict[tuple[int | None, int | None], tuple[str, str | None]]:
    """What people and teams are called, with an address for people; two queries."""
    users = {one.user_id for one in found if one.user_id is not None}
    teams = {one.team_id for one in found if one.team_id is not None}
    called: dict[tuple[int | None, int | None], tuple[str, str | None]] = {}
    for user_id, name, email in User.objects.filter(pk__in=users).values_list("id", "name", "email"):
        called[user_id, None] = (name or email, email)
    for team_id, slug in Team.objects.filter(pk__in=teams).values_list("id", "slug"):
        called[None, team_id] = (slug, None)
    return called
