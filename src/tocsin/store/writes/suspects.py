"""Who is suspected of an issue."""

from collections.abc import Sequence
from datetime import datetime

from tocsin.store.models import IssueOwner

KIND = "suspect_commit"


def suspect(found: Sequence[tuple[int, int, str]], now: datetime) -> None:
    """(issue, member, hash of the commit); one statement, none for none."""
    IssueOwner.objects.bulk_create(
        [
            IssueOwner(issue_id=issue, kind=KIND, user_id=user, commit=commit, date_added=now)
            for issue, user, commit in found
        ],
        ignore_conflicts=True,
    )
