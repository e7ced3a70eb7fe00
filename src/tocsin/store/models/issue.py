"""Issues, what makes events belong to them, and their counts."""

from django.db import models


class Environment(models.Model):
    project = models.ForeignKey("store.Project", models.CASCADE, db_index=False)
    name = models.CharField(max_length=64)
    first_seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="environment_once")]


class Issue(models.Model):
    """The group of events that are the same failure. `number` makes the short id with the project's slug.

    `users_seen` counts rows of IssueUser. Status, substatus and priority are the numbers of core.issue.
    """

    project = models.ForeignKey("store.Project", models.CASCADE, related_name="issues", db_index=False)
    number = models.PositiveBigIntegerField()
    title = models.CharField(max_length=255)
    culprit = models.CharField(max_length=200, default="")
    level = models.CharField(max_length=16, default="error")
    platform = models.CharField(max_length=32, default="other")
    status = models.PositiveSmallIntegerField(default=0)
    substatus = models.PositiveSmallIntegerField(default=7)
    priority = models.PositiveSmallIntegerField(default=75)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    active_at = models.DateTimeField()  # when it last became unresolved
    resolved_at = models.DateTimeField(null=True)
    times_seen = models.PositiveBigIntegerField(default=0)
    users_seen = models.PositiveBigIntegerField(default=0)
    first_release = models.CharField(max_length=250, default="")
    last_release = models.CharField(max_length=250, default="")
    assignee_user = models.ForeignKey("store.User", models.SET_NULL, null=True)
    assignee_team = models.ForeignKey("store.Team", models.SET_NULL, null=True)
    owners_at = models.DateTimeField(null=True)  # when its ownership was last looked at

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="issue_number_once")]
        indexes = [
            models.Index(fields=["project", "status", "-last_seen"], name="issue_stream"),
            models.Index(fields=["status", "-last_seen"], name="issue_stream_all"),
            # One for each order of the stream (queries/issues.py).
            models.Index(fields=["-last_seen", "-id"], name="issue_by_last_seen"),
            models.Index(fields=["-first_seen", "-id"], name="issue_by_first_seen"),
            models.Index(fields=["-times_seen", "-id"], name="issue_by_times_seen"),
            models.Index(fields=["-users_seen", "-id"], name="issue_by_users_seen"),
            models.Index(fields=["-priority", "-id"], name="issue_by_priority"),
            models.Index(fields=["project", "first_release"], name="issues_new_in_release"),
        ]


class Fingerprint(models.Model):
    """A grouping hash (32 hex) and the issue it leads to. `version` names the algorithm that made it."""

    project = models.ForeignKey("store.Project", models.CASCADE, db_index=False)
    hash = models.CharField(max_length=32)
    version = models.CharField(max_length=32)
    issue = models.ForeignKey(Issue, models.CASCADE, related_name="fingerprints")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "hash"], name="hash_once")]


class IssueMinute(models.Model):
    """How often an issue occurred in one minute (`minute` is minutes since 1970, UTC) in one environment."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="minutes", db_index=False)
    minute = models.PositiveIntegerField()
    environment = models.CharField(max_length=64, default="")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "minute", "environment"], name="one_count_a_minute")
        ]


class IssueUser(models.Model):
    """One distinct user of an issue: `user` is the first 16 hex of a SHA-256 of who the SDK said it was."""

    issue = models.ForeignKey(Issue, models.CASCADE, db_index=False)
    user = models.CharField(max_length=16)
    last_seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "user"], name="issue_user_once")]


class IssueEnvironment(models.Model):
    issue = models.ForeignKey(Issue, models.CASCADE, db_index=False)
    environment = models.CharField(max_length=64)
    first_seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "environment"], name="issue_environment_once")]
        indexes = [models.Index(fields=["environment", "issue"], name="issues_of_environment")]


class Activity(models.Model):
    """A happening on an issue's timeline. `type` is Sentry's lower-case name (set_regression, first_seen …)."""

    project = models.ForeignKey("store.Project", models.CASCADE)
    issue = models.ForeignKey(Issue, models.CASCADE, null=True, related_name="activities", db_index=False)
    type = models.CharField(max_length=40)
    user = models.ForeignKey("store.User", models.SET_NULL, null=True)
    data = models.JSONField(default=dict)
    date_added = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["issue", "date_added"], name="activity_of_issue")]
