"""Where issues are fixed, as releases and events change it; mostly one statement each."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from tocsin.core.follow import Because
from tocsin.core.resolution import Kind
from tocsin.store.models import Resolution, Subscription


def fixed_in(version: str, issues: Mapping[int, int | None], now: datetime) -> None:
    """Issues, each with the member who fixed it (or None), are fixed in a version."""
    Resolution.objects.bulk_create(
        Resolution(issue_id=issue, kind=Kind.IN_RELEASE.value, release=version, actor_id=actor, date_added=now)
        for issue, actor in issues.items()
    )


def landed(issue_ids: Collection[int], version: str) -> None:
    """The commit that resolved issues wait for is in a version; nothing where they wait for none."""
    waiting = Resolution.objects.filter(issue_id__in=issue_ids, kind=Kind.IN_COMMIT.value, is_pending=True)
    waiting.update(kind=Kind.IN_RELEASE.value, release=version, is_pending=False)


def came(versions: Mapping[int, str]) -> None:
    """What was resolved in the release to come is fixed in the version that came, by issue; a statement each
    version."""
    for version in set(versions.values()):
        issue_ids = [issue for issue, one in versions.items() if one == version]
        waiting = Resolution.objects.filter(issue_id__in=issue_ids, kind=Kind.IN_NEXT_RELEASE.value)
        waiting.update(kind=Kind.IN_RELEASE.value, release=version, current_release="", is_pending=False)


def follow(fixes: Iterable[tuple[int, int, int]], now: datetime) -> None:
    """Who fixed an issue follows it: (issue, project, member). Who ended it before stays out (§3.7)."""
    Subscription.objects.bulk_create(
        [
            Subscription(
                issue_id=issue, project_id=project, user_id=user, reason=Because.STATUS_CHANGE.value, date_added=now
            )
            for issue, project, user in fixes
        ],
        ignore_conflicts=True,
    )


def forget(issue_ids: Collection[int]) -> None:
    """They came back: where they were fixed holds no longer; nothing for none."""
    if issue_ids:
        Resolution.objects.filter(issue_id__in=issue_ids).delete()
