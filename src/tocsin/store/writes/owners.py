"""Who may own issues, and who got one by itself; each function is a constant number of statements."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.core.follow import Because
from tocsin.core.owning import SUSPECT_COMMIT, Suggestion
from tocsin.store.db import execute_many, moment
from tocsin.store.models import Activity, IssueOwner, Subscription


def suggest(found: Mapping[int, Sequence[Suggestion]], now: datetime) -> None:
    """The owners that rules suggest for issues (by id), in the place of those that rules suggested before."""
    IssueOwner.objects.filter(issue_id__in=found).exclude(kind=SUSPECT_COMMIT).delete()
    IssueOwner.objects.bulk_create(
        [
            IssueOwner(
                issue_id=issue,
                kind=one.kind,
                user_id=one.user_id,
                team_id=one.team_id,
                rule=one.rule,
                commit=one.commit,
                date_added=now,
            )
            for issue, suggested in found.items()
            for one in suggested
        ],
        ignore_conflicts=True,
    )


def looked_at(issue_ids: Sequence[int], now: datetime) -> None:
    """When the ownership of issues was last asked."""
    execute_many(
        "UPDATE store_issue SET owners_at = %s WHERE id = %s", [(moment(now), issue) for issue in issue_ids]
    )


def inherit(found: Sequence[tuple[int, int, Suggestion]], now: datetime) -> None:
    """Gives (issue, project) pairs to who inherits them; they follow from now on."""
    execute_many(
        "UPDATE store_issue SET assignee_user_id = %s, assignee_team_id = %s WHERE id = %s",
        [(heir.user_id, heir.team_id, issue) for issue, _, heir in found],
    )
    Subscription.objects.bulk_create(
        [
            Subscription(
                issue_id=issue,
                project_id=project,
                user_id=heir.user_id,
                team_id=heir.team_id,
                reason=Because.ASSIGNED.value,
                date_added=now,
            )
            for issue, project, heir in found
        ],
        ignore_conflicts=True,
    )


def assigned_by_hand(issue_ids: Sequence[int]) -> set[int]:
    """Issues whose latest assignment a person made: what they took back is not given away again."""
    latest: dict[int, bool] = {}
    rows = Activity.objects.filter(issue_id__in=issue_ids, type="assigned").order_by("date_added", "pk")
    for issue, data in rows.values_list("issue_id", "data"):
        latest[issue or 0] = not data.get("integration")
    return {issue for issue, by_hand in latest.items() if by_hand}
