"""What people have to do with issues; each function is a constant number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tocsin.core.commands import Archive, Resolve
from tocsin.core.follow import Because
from tocsin.store.models import Bookmark, Issue, Resolution, Snooze, Subscription
from tocsin.store.queries.commands import Changing


def subscribe(
    issues: Iterable[tuple[int, int]],
    *,
    users: Mapping[int, Because] | None = None,
    teams: Mapping[int, Because] | None = None,
    now: datetime,
) -> None:
    """People and teams follow (issue, project) pairs from now on; who ended it before stays out (§3.7)."""
    followers = [(user, None, because) for user, because in (users or {}).items()]
    rows = [*followers, *((None, team, because) for team, because in (teams or {}).items())]
    Subscription.objects.bulk_create(
        [
            Subscription(
                issue_id=issue,
                project_id=project,
                user_id=user,
                team_id=team,
                reason=because.value,
                date_added=now,
            )
            for issue, project in issues
            for user, team, because in rows
        ],
        ignore_conflicts=True,
    )


def set_subscription(issue: tuple[int, int], user_id: int, *, is_active: bool, now: datetime) -> None:
    """The button: follows, or never again unless they say so. The earlier reason is forgotten on purpose (§3.7)."""
    Subscription.objects.update_or_create(
        issue_id=issue[0],
        user_id=user_id,
        defaults={"is_active": is_active, "reason": Because.UNKNOWN.value},
        create_defaults={
            "project_id": issue[1],
            "is_active": is_active,
            "reason": Because.UNKNOWN.value,
            "date_added": now,
        },
    )


def unfollow_assigned(
    issue_ids: Sequence[int], *, but_user: int | None = None, but_team: int | None = None
) -> None:
    """Who followed only because they were assigned does so no more, but for whom it is assigned to now."""
    old = Subscription.objects.filter(issue_id__in=issue_ids, reason=Because.ASSIGNED.value, is_active=True)
    if but_user is not None:
        old = old.exclude(user_id=but_user)
    if but_team is not None:
        old = old.exclude(team_id=but_team).exclude(user__team_memberships__team_id=but_team)
    Subscription.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()


def assign(issue_ids: Sequence[int], user_id: int | None, team_id: int | None) -> None:
    Issue.objects.filter(pk__in=issue_ids).update(assignee_user_id=user_id, assignee_team_id=team_id)


def bookmark(issue: tuple[int, int], user_id: int, now: datetime) -> None:
    Bookmark.objects.bulk_create(
        [Bookmark(issue_id=issue[0], user_id=user_id, date_added=now)], ignore_conflicts=True
    )
    subscribe([issue], users={user_id: Because.BOOKMARK}, now=now)


def unbookmark(issue_id: int, user_id: int) -> None:
    """The bookmark goes, and the subscription that came of it (§3.7)."""
    Bookmark.objects.filter(issue_id=issue_id, user_id=user_id).delete()
    Subscription.objects.filter(
        issue_id=issue_id, user_id=user_id, reason=Because.BOOKMARK.value, is_active=True
    ).delete()


def forget_ends(issue_ids: Sequence[int]) -> None:
    """What issues were archived until, and where they were resolved, holds no longer."""
    Snooze.objects.filter(issue_id__in=issue_ids).delete()
    Resolution.objects.filter(issue_id__in=issue_ids).delete()


def snooze(
    issues: Sequence[Changing],
    command: Archive,
    forecasts: Mapping[int, int],
    actor_id: int | None,
    now: datetime,
) -> None:
    """Until when archived issues stay quiet; `forecasts` by issue where they wait until they escalate."""
    Snooze.objects.bulk_create(
        Snooze(
            issue_id=one.id,
            until=command.until,
            count=command.count or None,
            window=command.window or None,
            user_count=command.user_count or None,
            user_window=command.user_window or None,
            forecast=forecasts.get(one.id),
            seen_before=one.times_seen,
            users_before=one.users_seen,
            actor_id=actor_id,
            date_added=now,
        )
        for one in issues
    )


def resolve_in(
    issues: Sequence[Changing], command: Resolve, current: Mapping[int, str], actor_id: int | None, now: datetime
) -> None:
    """Where issues are fixed; `current` is each project's newest release."""
    kind = "in_next_release" if command.next_release else "in_release" if command.release else "in_commit"
    Resolution.objects.bulk_create(
        Resolution(
            issue_id=one.id,
            kind=kind,
            is_pending=kind != "in_release",
            release=command.release,
            current_release=current.get(one.project_id, "") if command.next_release else "",
            commit=command.commit,
            actor_id=actor_id,
            date_added=now,
        )
        for one in issues
    )
