"""What services told of their channels: looked at before a rule names one, and while somebody types its name."""

from django.db import models


class Channel(models.Model):
    """A place of a service that has a name and an id (core.channels). `key` and `also` are its names as they are
    looked up; `seen_at` is when the service last told of it."""

    integration = models.ForeignKey("store.Integration", models.CASCADE, db_index=False)
    external_id = models.CharField(max_length=64)
    listing = models.CharField(max_length=1)
    name = models.CharField(max_length=200)
    also_name = models.CharField(max_length=200, default="")
    key = models.CharField(max_length=600)  # folding makes of one letter up to three
    also = models.CharField(max_length=600, default="")
    is_archived = models.BooleanField(default=False)
    is_private = models.BooleanField(default=False)
    is_open = models.BooleanField(default=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "external_id"], name="channel_once")]
        indexes = [
            models.Index(fields=["integration", "listing", "key"], name="channel_by_name"),
            models.Index(
                fields=["integration", "listing", "also"],
                condition=~models.Q(also=""),
                name="channel_by_other_name",
            ),
        ]


class ChannelListing(models.Model):
    """How far one of an integration's listings was read. `cursor` asks for the next page of the round that began at
    `begun_at`; `tried_at` is when it was last gone on with, `complete_at` when a round last came to its end.
    `wanted` asks the worker for a new one; before `not_before` the service wants no question, and until
    `busy_until` somebody is at it."""

    integration = models.ForeignKey("store.Integration", models.CASCADE, db_index=False)
    listing = models.CharField(max_length=1)
    cursor = models.CharField(max_length=2000, default="")
    pages = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    complete_at = models.DateTimeField(null=True)
    wanted = models.BooleanField(default=False)
    not_before = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "listing"], name="channel_listing_once")]
