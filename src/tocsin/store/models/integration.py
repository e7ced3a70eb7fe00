"""Installed connections to outside services."""

from django.db import models


class Integration(models.Model):
    """`settings` are the provider's declared fields, encrypted as one JSON text (see store.secrets).

    `broken` says why it cannot deliver, or is empty. `external_id` is the service's own id of the account.
    """

    organization = models.ForeignKey("store.Organization", models.CASCADE, related_name="integrations")
    provider = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200, default="")
    settings = models.BinaryField()
    broken = models.CharField(max_length=500, default="")
    date_added = models.DateTimeField()
    date_updated = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "provider", "name"], name="integration_name_once")
        ]
