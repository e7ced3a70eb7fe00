"""What a person, a team or an organization chose to hear of, and over which services (behaviour §2.4)."""

from django.db import models
from django.db.models import Q


class Preference(models.Model):
    """`provider` empty: the type itself is always, never …; else that service is on or off for the type.

    A person's or a team's; a team's scope is "team".
    """

    user = models.ForeignKey("store.User", models.CASCADE, null=True, related_name="preferences", db_index=False)
    team = models.ForeignKey("store.Team", models.CASCADE, null=True, related_name="preferences", db_index=False)
    scope = models.CharField(max_length=16)  # user organization project team
    scope_id = models.BigIntegerField()
    type = models.CharField(max_length=40)
    provider = models.CharField(max_length=40, default="")
    value = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "scope", "scope_id", "type", "provider"], name="one_choice_each"
            ),
            models.UniqueConstraint(
                fields=["team", "scope", "scope_id", "type", "provider"], name="one_choice_a_team"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) ^ Q(team__isnull=True), name="a_person_or_a_team_chooses"
            ),
        ]


class PreferenceDefault(models.Model):
    """What holds in an organization for whoever made no choice."""

    organization = models.ForeignKey(
        "store.Organization", models.CASCADE, related_name="preference_defaults", db_index=False
    )
    type = models.CharField(max_length=40)
    provider = models.CharField(max_length=40, default="")
    value = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "type", "provider"], name="one_default_each")
        ]
