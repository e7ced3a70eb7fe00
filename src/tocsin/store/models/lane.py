"""Lanes: what keeps order and pace towards one place, so that a slow or dead one delays no other."""

from django.db import models


class Lane(models.Model):
    """One channel, one address, one share of conversations of a service: one delivery at a time goes through.

    `ready_at` is when its next delivery may go, null while nothing waits. `not_before` keeps the pace and what the
    service asked for; `paced` is the theoretical arrival time of its rate limit (GCRA). `busy_until` is set while
    a delivery is on its way. `broken` says why the place is gone, or is empty.
    """

    name = models.CharField(max_length=200, unique=True)
    integration = models.ForeignKey("store.Integration", models.SET_NULL, null=True, related_name="lanes")
    ready_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    paced = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)
    busy_by = models.CharField(max_length=32, default="")
    broken = models.CharField(max_length=500, default="")

    class Meta:
        indexes = [
            models.Index(fields=["ready_at"], name="lane_ready", condition=models.Q(ready_at__isnull=False)),
        ]
