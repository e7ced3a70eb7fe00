"""What the product tells by the calendar."""

from django.db import models


class WeeklyReport(models.Model):
    """That an organization's reports of a week were written; `week` is its Monday. Who inserts it writes them."""

    organization = models.ForeignKey("store.Organization", models.CASCADE, related_name="reports", db_index=False)
    week = models.DateField()
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "week"], name="one_report_a_week")]


class Refused(models.Model):
    """How many events of a key were refused on a day (UTC), as it had reached its limit."""

    key = models.ForeignKey("store.ProjectKey", models.CASCADE, related_name="refused", db_index=False)
    day = models.DateField(db_index=True)
    count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="one_refused_count_a_day")]


class QuotaNotice(models.Model):
    """That a project's refused events of a day were told. Who inserts it tells them."""

    project = models.ForeignKey("store.Project", models.CASCADE, related_name="quota_notices", db_index=False)
    day = models.DateField()
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="one_quota_notice_a_day")]
