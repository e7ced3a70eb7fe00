"""Installed connections to outside services."""

from django.db import models


class Integration(models.Model):
    """`settings` are the provider's declared fields, encrypted as one JSON text (see store.secrets).

    `broken` says why it cannot deliver until somebody mends it, or is empty. `external_id` is the service's own id
    of the account. The breaker's columns are those of core.breaker. With `at_most_once` a try that may have arrived
    is not repeated. `renew_at` is when its token is exchanged for a new one, null for one that holds.
    """

    organization = models.ForeignKey(
        "store.Organization", models.CASCADE, related_name="integrations", db_index=False
    )
    provider = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200, default="")
    settings = models.BinaryField()
    broken = models.CharField(max_length=500, default="")
    at_most_once = models.BooleanField(default=False)
    breaker = models.CharField(max_length=12, default="closed")
    breaker_failures = models.PositiveIntegerField(default=0)
    breaker_opened = models.PositiveSmallIntegerField(default=0)
    breaker_until = models.DateTimeField(null=True)
    renew_at = models.DateTimeField(null=True)
    date_added = models.DateTimeField()
    date_updated = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "provider", "name"], name="integration_name_once")
        ]
        indexes = [
            models.Index(
                fields=["renew_at"], condition=models.Q(renew_at__isnull=False), name="integration_to_renew"
            )
        ]
