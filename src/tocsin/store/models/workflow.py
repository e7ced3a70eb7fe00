"""What people have to do with an issue: who follows it, who owns it, until when it is quiet, where it is fixed."""

from django.db import models
from django.db.models import Q


class Subscription(models.Model):
    """A person (or a team) that follows an issue. `is_active` false is an explicit unsubscribe, and is never undone
    by the product. `reason` is the slug of core.follow.Because."""

    project = models.ForeignKey("store.Project", models.CASCADE)
    issue = models.ForeignKey("store.Issue", models.CASCADE, related_name="subscriptions", db_index=False)
    user = models.ForeignKey("store.User", models.CASCADE, null=True, related_name="subscriptions")
    team = models.ForeignKey("store.Team", models.CASCADE, null=True, related_name="subscriptions")
    is_active = models.BooleanField(default=True)
    reason = models.CharField(max_length=24, default="unknown")
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "user"], name="one_subscription_a_person"),
            models.UniqueConstraint(fields=["issue", "team"], name="one_subscription_a_team"),
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(team__isnull=True), name="a_person_or_a_team_subscribes"
            ),
        ]


class Bookmark(models.Model):
    issue = models.ForeignKey("store.Issue", models.CASCADE, related_name="bookmarks", db_index=False)
    user = models.ForeignKey("store.User", models.CASCADE, related_name="bookmarks")
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "user"], name="one_bookmark_each")]


class Snooze(models.Model):
    """Until when an archived issue stays quiet: a time, so many more events or users (within `window` or
    `user_window` minutes), or more an hour than `forecast`. `seen_before` and `users_before` are the counts when
    it was archived."""

    issue = models.OneToOneField("store.Issue", models.CASCADE, related_name="snooze")
    until = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(null=True)
    window = models.PositiveIntegerField(null=True)
    user_count = models.PositiveIntegerField(null=True)
    user_window = models.PositiveIntegerField(null=True)
    forecast = models.PositiveIntegerField(null=True)
    seen_before = models.PositiveBigIntegerField(default=0)
    users_before = models.PositiveBigIntegerField(default=0)
    actor = models.ForeignKey("store.User", models.SET_NULL, null=True)
    date_added = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["until"], name="snooze_ends", condition=Q(until__isnull=False))]


class Resolution(models.Model):
    """Where a resolved issue is fixed (behaviour §10.4). `kind` is in_release, in_next_release or in_commit;
    `release` the version it is fixed in, `current_release` the newest one that still had it. A pending one waits
    for its release to come, and becomes in_release."""

    issue = models.OneToOneField("store.Issue", models.CASCADE, related_name="resolution")
    kind = models.CharField(max_length=20)
    is_pending = models.BooleanField(default=False)
    release = models.CharField(max_length=250, default="")
    current_release = models.CharField(max_length=250, default="")
    commit = models.CharField(max_length=64, default="")
    actor = models.ForeignKey("store.User", models.SET_NULL, null=True)
    date_added = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["issue"], name="resolutions_waiting", condition=Q(is_pending=True))]


class IssueOwner(models.Model):
    """Who may own an issue, and what says so. `kind` is suspect_commit, ownership_rule or codeowners (in this
    order of priority); `rule` the text of the rule, `commit` the suspect commit's key."""

    issue = models.ForeignKey("store.Issue", models.CASCADE, related_name="owners", db_index=False)
    kind = models.CharField(max_length=20)
    user = models.ForeignKey("store.User", models.CASCADE, null=True, related_name="+")
    team = models.ForeignKey("store.Team", models.CASCADE, null=True, related_name="+")
    rule = models.CharField(max_length=500, default="")
    commit = models.CharField(max_length=64, default="")
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "kind", "user"], name="one_owner_each"),
            models.UniqueConstraint(fields=["issue", "kind", "team"], name="one_owning_team_each"),
        ]


class Untold(models.Model):
    """A person whom a notification did not reach, and why: a line of its trace, found by the person."""

    notification = models.ForeignKey("store.Notification", models.CASCADE, related_name="untold")
    user = models.ForeignKey("store.User", models.CASCADE, related_name="untold", db_index=False)
    verdict = models.CharField(max_length=12)
    reason = models.CharField(max_length=40)
    cause = models.CharField(max_length=64, default="")
    date_added = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-date_added"], name="untold_of_person")]
