"""Names of those who inherit issues, and the suspects that were found before."""

from collections import defaultdict
from collections.abc import Collection

from tocsin.core.escape import one_line, without_addresses
from tocsin.core.owning import SUSPECT_COMMIT, Suggestion
from tocsin.core.suspects import SuspectCommit, commit_url
from tocsin.store.db import ids_given, in_ids, rows
from tocsin.store.models import Team, User

SUBJECT, READ_OF_MESSAGE = 120, 1_000  # characters


def suspects(issue_ids: Collection[int]) -> dict[int, list[Suggestion]]:
    """Who changed the code of issues last and by which commit, earliest found first; one query."""
    found: dict[int, dict[int, Suggestion]] = defaultdict(dict)
    # Asked with each batch of events: through the ORM it takes 1 ms longer. LEFT, so that SQLite begins with the
    # owners, who are few, and reads neither issue nor project for the rest.
    sql = (
        'SELECT owner.issue_id, owner.user_id, owner."commit", made.author_name,'  # noqa: S608 — placeholders only
        f" SUBSTR(made.message, 1, {READ_OF_MESSAGE}), host.url, host.provider FROM store_issueowner AS owner"
        " LEFT JOIN store_issue AS issue ON issue.id = owner.issue_id"
        " LEFT JOIN store_project AS project ON project.id = issue.project_id"
        " LEFT JOIN store_commit AS made"
        ' ON made.organization_id = project.organization_id AND made.key = owner."commit"'
        " LEFT JOIN store_repository AS host ON host.id = made.repository_id"
        f" WHERE owner.issue_id {in_ids()} AND owner.kind = %s ORDER BY owner.date_added, owner.id, made.id"
    )
    for issue, user, commit, *known in rows(sql, [ids_given(issue_ids), SUSPECT_COMMIT]):
        # A commit may stand in a repository and its fork: the first that was heard of is named.
        found[issue].setdefault(
            user, Suggestion(SUSPECT_COMMIT, user, None, commit=commit, made=_made(commit, *known))
        )
    return {issue: list(some.values()) for issue, some in found.items()}


def _made(
    key: str, author: str | None, message: str | None, url: str | None, provider: str | None
) -> SuspectCommit:
    """The commit without mail addresses: an alert may stand where none is to be read."""
    subject = (message or "").strip().partition("\n")[0]
    return SuspectCommit(
        key,
        without_addresses(author or ""),
        without_addresses(one_line(subject, SUBJECT)),
        commit_url(url or "", provider or "", key),
    )


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
