"""Alert rules, when they last fired for an issue, and each firing."""

from django.db import models
from django.db.models import Q


class Rule(models.Model):
    """`data` holds conditions, filters, actions, actionMatch, filterMatch and frequency as on Sentry's wire.

    A rule is a project's, or (`organization`) that of all its projects, those to come included.
    """

    project = models.ForeignKey("store.Project", models.CASCADE, related_name="rules", null=True)
    organization = models.ForeignKey("store.Organization", models.CASCADE, related_name="rules", null=True)
    label = models.CharField(max_length=256)
    environment = models.CharField(max_length=64, default="")  # "" for all
    data = models.JSONField()
    status = models.CharField(max_length=16, default="active")  # active disabled
    owner_user = models.ForeignKey("store.User", models.SET_NULL, null=True)
    owner_team = models.ForeignKey("store.Team", models.SET_NULL, null=True)
    created_by = models.ForeignKey("store.User", models.SET_NULL, null=True, related_name="+")
    date_added = models.DateTimeField()
    date_changed = models.DateTimeField(null=True)  # when it was last edited or switched on; null for never

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(project__isnull=True) ^ Q(organization__isnull=True), name="rule_of_one_place"
            )
        ]


class RuleState(models.Model):
    """When a rule last fired for an issue, and how often it was held back since."""

    rule = models.ForeignKey(Rule, models.CASCADE, db_index=False)
    issue = models.ForeignKey("store.Issue", models.CASCADE)
    last_fired = models.DateTimeField()
    held = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "issue"], name="one_state_each")]


class Firing(models.Model):
    """One time that a rule's actions ran for an issue."""

    project = models.ForeignKey("store.Project", models.CASCADE)
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="firings", db_index=False)
    issue = models.ForeignKey("store.Issue", models.CASCADE, related_name="firings")
    event_id = models.CharField(max_length=32)
    notification = models.ForeignKey("store.Notification", models.SET_NULL, null=True)
    date_added = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["rule", "date_added"], name="firings_of_rule")]


class RuleSnooze(models.Model):
    """A rule kept quiet, for one person or (without `user`) for everyone. It lasts until it is ended, by hand or
    once `until` has come, and stays then, as what it hid does; `owner` is who snoozed."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="snoozes")
    user = models.ForeignKey("store.User", models.CASCADE, null=True, related_name="+")
    owner = models.ForeignKey("store.User", models.SET_NULL, null=True, related_name="+")
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, default="")
    date_added = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "user"], condition=Q(ended_at__isnull=True), name="one_snooze_each"
            ),
            models.UniqueConstraint(
                fields=["rule"],
                condition=Q(ended_at__isnull=True, user__isnull=True),
                name="one_snooze_of_everyone",
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                name="rule_snooze_ends",
                condition=Q(ended_at__isnull=True, until__isnull=False),
            )
        ]


class RuleHidden(models.Model):
    """What a snooze for everyone hid: how often its rule would have acted for an issue, and of which event last."""

    snooze = models.ForeignKey(RuleSnooze, models.CASCADE, related_name="hidden", db_index=False)
    issue = models.ForeignKey("store.Issue", models.CASCADE)
    count = models.PositiveBigIntegerField(default=0)
    event_id = models.CharField(max_length=32, default="")
    last = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snooze", "issue"], name="hidden_once")]


class NeglectedRule(models.Model):
    """An active rule that has long not fired and is switched off on `disable_date`, of which its people were told
    once and once more; a disabled one was. `opted_out`: it is kept however long it does not fire."""

    rule = models.OneToOneField(Rule, models.CASCADE, related_name="neglected")
    disable_date = models.DateTimeField(null=True)
    opted_out = models.BooleanField(default=False)
    sent_initial_email_date = models.DateTimeField(null=True)
    sent_final_email_date = models.DateTimeField(null=True)


class RuleHour(models.Model):
    """What was held back of a rule in a project within an hour (hours since 1970): by its frequency, its limit, a
    snooze."""

    rule = models.ForeignKey(Rule, models.CASCADE, db_index=False)
    project = models.ForeignKey("store.Project", models.CASCADE, db_index=False)
    hour = models.PositiveIntegerField()
    by_frequency = models.PositiveBigIntegerField(default=0)
    by_limit = models.PositiveBigIntegerField(default=0)
    by_snooze = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "project", "hour"], name="one_hour_each")]


class RuleHealth(models.Model):
    """What a rule could not do: lines that could not answer, and firings beyond its limit for an hour."""

    rule = models.OneToOneField(Rule, models.CASCADE, related_name="health")
    errors = models.PositiveBigIntegerField(default=0)
    last_error = models.CharField(max_length=500, default="")
    last_error_at = models.DateTimeField(null=True)
    over_limit = models.PositiveBigIntegerField(default=0)  # firings, ever
    over_limit_at = models.DateTimeField(null=True)


class RulePending(models.Model):
    """A rule that matched and waits: asked again when it is `due`, about the same event (its JSON, deflated).

    `happened` are the names of what was true of the event alone: is_new, is_regression …
    """

    rule = models.ForeignKey(Rule, models.CASCADE, db_index=False)
    issue = models.ForeignKey("store.Issue", models.CASCADE)
    event_id = models.CharField(max_length=32)
    received = models.DateTimeField()
    happened = models.JSONField(default=list)
    payload = models.BinaryField()
    due = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "issue"], name="one_wait_each")]


class RuleTask(models.Model):
    """A rule that waits to be saved until its channels are known: asked for again when it is `due`, given up at
    `ends`. `rule` is the rule that it changes, then the one that was saved. `refused` has the reasons of a failed
    one, by key, and `at` by field."""

    id = models.UUIDField(primary_key=True)
    organization = models.ForeignKey("store.Organization", models.CASCADE)
    project = models.ForeignKey("store.Project", models.CASCADE, null=True)  # null for a rule of all projects
    rule = models.ForeignKey(Rule, models.CASCADE, null=True)
    actor = models.ForeignKey("store.User", models.SET_NULL, null=True)
    sent = models.JSONField()
    is_typed = models.BooleanField(default=False)
    status = models.CharField(max_length=8, default="pending")  # pending success failed, as on the wire
    why = models.CharField(max_length=500, default="")
    refused = models.JSONField(default=dict)
    at = models.JSONField(default=dict)
    due = models.DateTimeField()
    ends = models.DateTimeField()
    date_added = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["due"], condition=models.Q(status="pending"), name="rule_task_due"),
        ]
