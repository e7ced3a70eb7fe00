"""Names of those who inherit issues, and the suspects that were found before."""

from collections import defaultdict
from collections.abc import Collection

from tocsin.core.owning import SUSPECT_COMMIT, Suggestion
from tocsin.store.db import ids_given, in_ids, rows
from tocsin.store.models import Team, User


def suspects(issue_ids: Collection[int]) -> dict[int, list[Suggestion]]:
    """Who changed the code of issues last, earliest found first; one query."""
    found: dict[int, list[Suggestion]] = defaultdict(list)
    # Asked with each batch of events: through the ORM it takes 1 ms longer.
    sql = (
        f'SELECT issue_id, user_id, "commit" FROM store_issueowner WHERE issue_id {in_ids()} AND kind = %s'  # noqa: S608
        " ORDER BY date_added, id"
    )
    for issue, user, commit in rows(sql, [ids_given(issue_ids), SUSPECT_COMMIT]):
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
