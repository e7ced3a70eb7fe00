"""What the product tells by the calendar."""

from django.db import models


class WeeklyReport(models.Model):
    """That an organization's reports of a week were written; `week` is its Monday. Who inserts it writes them."""

    organization = models.ForeignKey("store.Organization", models.CASCADE, related_name="reports", db_index=False)
    week = models.DateField()
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "week"], name="one_report_a_week")]
