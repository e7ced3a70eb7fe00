"""What the worker leaves for whoever watches over it: signs of life, and running counts."""

from django.db import models


class Heartbeat(models.Model):
    """When a loop of a worker last completed a turn."""

    loop = models.CharField(max_length=20, unique=True)
    at = models.DateTimeField()


class Tally(models.Model):
    """A running count, written in the transaction of what it counts, so that it neither misses nor repeats.

    `bucket` is the number of a histogram's bucket (core.measures), `seconds` the sum of what was measured. Two
    processes count in rows of their own (`shard`): PostgreSQL would let one wait for the other.
    """

    name = models.CharField(max_length=16)
    kind = models.CharField(max_length=40, default="")
    provider = models.CharField(max_length=40, default="")
    outcome = models.CharField(max_length=16, default="")
    bucket = models.PositiveSmallIntegerField(default=0)
    shard = models.PositiveSmallIntegerField(default=0)
    count = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0.0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "kind", "provider", "outcome", "bucket", "shard"], name="tally_once"
            )
        ]
