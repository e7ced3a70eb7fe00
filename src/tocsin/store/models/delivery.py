"""The ledger: what was worth saying, where it goes, and each try."""

from django.db import models
from django.db.models import Q


class Notification(models.Model):
    """One thing worth saying. `facts` is the snapshot that it is rendered from, `trace` the decision trace."""

    organization = models.ForeignKey("store.Organization", models.CASCADE, db_index=False)
    project = models.ForeignKey("store.Project", models.CASCADE, null=True)
    issue = models.ForeignKey(
        "store.Issue", models.CASCADE, null=True, related_name="notifications", db_index=False
    )
    uuid = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=40)
    category = models.CharField(max_length=40)
    event_id = models.CharField(max_length=32, default="")
    facts = models.JSONField()
    trace = models.JSONField(default=list)
    intents = models.PositiveIntegerField(default=0)  # how many deliveries were decided: what the books must find
    date_added = models.DateTimeField()

    class Meta:
        indexes = [
            # With the intents in it, so that the books read no row: 1,000,000 in 0.1 s instead of 0.8.
            models.Index(fields=["organization", "-date_added", "intents"], name="notifications_by_time"),
            models.Index(fields=["issue", "-date_added"], name="notifications_of_issue"),
        ]


class Delivery(models.Model):
    """A notification on its way to one destination: the outbox and the ledger in one row.

    `key` is the idempotency key, stable across retries. `address` are the provider's declared address fields,
    `detail` what this destination's rules add (rule ids, notes, tags, reason). `due` is when it may be sent
    next, `lease_until` until when a sender holds it. States are those of core.delivery.
    """

    organization = models.ForeignKey("store.Organization", models.CASCADE, db_index=False)
    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    provider = models.CharField(max_length=40)
    integration = models.ForeignKey("store.Integration", models.SET_NULL, null=True)
    user = models.ForeignKey("store.User", models.SET_NULL, null=True, related_name="deliveries", db_index=False)
    address = models.JSONField(default=dict)
    label = models.CharField(max_length=320, default="")  # the address in a few words
    detail = models.JSONField(default=dict)
    conversation = models.CharField(max_length=80, default="")
    lane = models.ForeignKey("store.Lane", models.SET_NULL, null=True, related_name="deliveries")
    key = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=12, default="queued")
    reason = models.CharField(max_length=500, default="")
    due = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=32, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    doubtful = models.PositiveSmallIntegerField(default=0)  # tries that may have arrived without an answer
    reference = models.JSONField(default=dict)
    date_added = models.DateTimeField()
    date_done = models.DateTimeField(null=True)
    read = models.DateTimeField(null=True)  # the inbox only: when its owner looked

    class Meta:
        indexes = [
            # The claim takes the head of a lane: an index of what waits, however much has been sent.
            models.Index(
                fields=["lane", "due", "id"],
                name="delivery_waiting",
                condition=Q(state__in=["queued", "retrying", "unknown"]),
            ),
            # A new message waits for an earlier one of its conversation that is being retried.
            models.Index(
                fields=["lane", "conversation"],
                name="delivery_retrying",
                condition=Q(state__in=["retrying", "unknown"]),
            ),
            # The books ask what is oldest.
            models.Index(
                fields=["due"], name="delivery_due", condition=Q(state__in=["queued", "retrying", "unknown"])
            ),
            models.Index(fields=["lease_until"], name="delivery_leased", condition=Q(state="sending")),
            models.Index(fields=["organization", "-date_added"], name="delivery_by_time"),
            # What the books count: each state of each service is one stretch of it.
            models.Index(fields=["organization", "state", "provider", "date_added"], name="delivery_by_state"),
            models.Index(
                fields=["organization", "date_added"], name="delivery_doubtful", condition=Q(doubtful__gt=0)
            ),
            models.Index(fields=["user", "provider", "-date_added"], name="delivery_inbox"),
        ]


class Attempt(models.Model):
    """One try, or a replay between tries (its number is 0). `status` is the HTTP or SMTP code, 0 without a reply;
    `excerpt` is short, escaped of control characters and masked of secrets."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=12)  # delivered retry refused gone unknown, replayed
    status = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=500, default="")
    excerpt = models.CharField(max_length=300, default="")
    started = models.DateTimeField()
    milliseconds = models.PositiveIntegerField(default=0)
