"""What people who use an application say they saw."""

from django.db import models


class Feedback(models.Model):
    """About an event, and through it about an issue, where one is known; `issue` follows once the event comes."""

    project = models.ForeignKey("store.Project", models.CASCADE, related_name="feedback", db_index=False)
    issue = models.ForeignKey("store.Issue", models.SET_NULL, null=True, related_name="feedback")
    event_id = models.CharField(max_length=32, default="")
    name = models.CharField(max_length=128, default="")
    email = models.CharField(max_length=75, default="")
    comments = models.CharField(max_length=4096)
    url = models.CharField(max_length=2000, default="")
    date_added = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["project", "-date_added"], name="feedback_of_project"),
            models.Index(fields=["project", "event_id"], name="feedback_of_event"),
            # What came before its event: each digest asks whether any waits.
            models.Index(fields=["project"], name="feedback_waiting", condition=models.Q(issue__isnull=True)),
        ]
