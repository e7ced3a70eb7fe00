"""Searches that were kept under a name."""

from django.db import models
from django.db.models import Q


class SavedSearch(models.Model):
    """Everyone's in the organization (`user` null) or one person's. The pinned one is what a person's stream opens
    with: a personal row without a name."""

    organization = models.ForeignKey("store.Organization", models.CASCADE, related_name="saved_searches")
    user = models.ForeignKey("store.User", models.CASCADE, null=True, related_name="saved_searches")
    name = models.CharField(max_length=128, default="")
    query = models.CharField(max_length=2000)
    sort = models.CharField(max_length=16, default="date")
    is_pinned = models.BooleanField(default=False)
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"], name="one_pinned_search_each", condition=Q(is_pinned=True)
            )
        ]
