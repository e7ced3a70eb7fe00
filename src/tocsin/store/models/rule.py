"""Alert rules, when they last fired for an issue, and each firing."""

from django.db import models


class Rule(models.Model):
    """`data` holds conditions, filters, actions, actionMatch, filterMatch and frequency as on Sentry's wire."""

    project = models.ForeignKey("store.Project", models.CASCADE, related_name="rules")
    label = models.CharField(max_length=256)
    environment = models.CharField(max_length=64, default="")  # "" for all
    data = models.JSONField()
    status = models.CharField(max_length=16, default="active")  # active disabled
    owner_user = models.ForeignKey("store.User", models.SET_NULL, null=True)
    owner_team = models.ForeignKey("store.Team", models.SET_NULL, null=True)
    created_by = models.ForeignKey("store.User", models.SET_NULL, null=True, related_name="+")
    date_added = models.DateTimeField()


class RuleState(models.Model):
    """When a rule last fired for an issue, and how often it was held back since."""

    rule = models.ForeignKey(Rule, models.CASCADE)
    issue = models.ForeignKey("store.Issue", models.CASCADE)
    last_fired = models.DateTimeField()
    held = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "issue"], name="one_state_each")]


class Firing(models.Model):
    """One time that a rule's actions ran for an issue."""

    project = models.ForeignKey("store.Project", models.CASCADE)
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="firings")
    issue = models.ForeignKey("store.Issue", models.CASCADE, related_name="firings")
    event_id = models.CharField(max_length=32)
    notification = models.ForeignKey("store.Notification", models.SET_NULL, null=True)
    date_added = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["rule", "date_added"], name="firings_of_rule")]
