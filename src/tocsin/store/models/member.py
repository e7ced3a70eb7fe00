"""How people come into an organization: invited by who may, or asking whoever may decide."""

from django.db import models


class Invitation(models.Model):
    """A link that makes whoever has it a member, once, until it expires; only its SHA-256 is kept.

    `is_mailed` is false where no mail could go, and whoever invites handed the link on.
    """

    organization = models.ForeignKey(
        "store.Organization", models.CASCADE, related_name="invitations", db_index=False
    )
    email = models.EmailField()
    is_mailed = models.BooleanField(default=True, db_default=True)
    role = models.CharField(max_length=16, default="member")
    teams = models.JSONField(default=list)  # ids
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey("store.User", models.SET_NULL, null=True, related_name="+")
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)
    date_added = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "email"], name="invitations_of_address")]


class MemberRequest(models.Model):
    """Somebody asks to join (`kind` join), or a member asks that somebody be invited (invite).

    `state` is waiting, approved or rejected.
    """

    organization = models.ForeignKey("store.Organization", models.CASCADE, related_name="member_requests")
    kind = models.CharField(max_length=8)
    email = models.EmailField()
    name = models.CharField(max_length=200, default="")
    role = models.CharField(max_length=16, default="member")
    teams = models.JSONField(default=list)  # ids
    asked_by = models.ForeignKey("store.User", models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=12, default="waiting")
    decided_by = models.ForeignKey("store.User", models.SET_NULL, null=True, related_name="+")
    date_decided = models.DateTimeField(null=True)
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                name="one_waiting_request_each",
                condition=models.Q(state="waiting"),
            )
        ]
