"""What a person chose to hear of, and over which services (behaviour §2.4)."""

from django.db import models


class Preference(models.Model):
    """`provider` empty: the type itself is always, never …; else that service is on or off for the type."""

    user = models.ForeignKey("store.User", models.CASCADE, related_name="preferences")
    scope = models.CharField(max_length=16)  # user organization project
    scope_id = models.BigIntegerField()
    type = models.CharField(max_length=40)
    provider = models.CharField(max_length=40, default="")
    value = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "scope", "scope_id", "type", "provider"], name="one_choice_each"
            )
        ]
