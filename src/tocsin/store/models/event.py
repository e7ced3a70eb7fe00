"""Events: a sample is kept whole, all are counted, and each id is taken once."""

from django.db import models


class Event(models.Model):
    """A kept event. `payload` is its JSON as the SDK sent it, deflated (zlib)."""

    project = models.ForeignKey("store.Project", models.CASCADE, db_index=False)
    issue = models.ForeignKey("store.Issue", models.CASCADE, related_name="events", db_index=False)
    event_id = models.CharField(max_length=32)
    timestamp = models.DateTimeField()
    received = models.DateTimeField()
    level = models.CharField(max_length=16)
    environment = models.CharField(max_length=64)
    release = models.CharField(max_length=250, default="")
    title = models.CharField(max_length=255)
    tags = models.JSONField(default=list)  # pairs
    payload = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "event_id"], name="event_once")]
        indexes = [
            models.Index(fields=["issue", "-timestamp"], name="events_of_issue"),
            models.Index(fields=["received"], name="events_by_age"),
        ]


class EventSeen(models.Model):
    """Event ids taken lately (`day` is days since 1970), so that a repeat is not counted again; with the issue, so
    that feedback finds it though the event was only counted. What is no event, or was refused, has none."""

    project_id = models.BigIntegerField()
    event_id = models.CharField(max_length=32)
    day = models.PositiveIntegerField(db_index=True)
    issue_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project_id", "event_id"], name="seen_once")]


class RejectedBody(models.Model):
    """A body that was accepted and then could not be digested: kept, with the reason, for its owner to see."""

    project_id = models.BigIntegerField(db_index=True)
    received = models.DateTimeField()
    reason = models.CharField(max_length=500)
    body = models.BinaryField()
    encoding = models.CharField(max_length=16, default="")


class SpoolPosition(models.Model):
    """How far a spool file has been digested, written in the transaction that digested it."""

    spool = models.CharField(max_length=32, unique=True)
    position = models.BigIntegerField()
