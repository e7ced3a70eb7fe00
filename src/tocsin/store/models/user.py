"""People who sign in, what their programs sign in with, and what they did."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address; addresses are kept in lower case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person. There is no default password: `password` is unusable until they choose one.

    `is_email_proved` is false where they only said that the address is theirs, and no mail could ask there.
    """

    email = models.EmailField(unique=True)
    is_email_proved = models.BooleanField(default=True, db_default=True)
    name = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    date_joined = models.DateTimeField()
    last_active = models.DateTimeField(null=True)
    hears_own_activity = models.BooleanField(default=False)
    assigns_self_on_resolve = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    @property
    def display_name(self) -> str:
        return self.name or self.email


class ApiToken(models.Model):
    """A bearer token of the API; only its SHA-256 is kept, the last four letters to recognise it by."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    organization = models.ForeignKey("store.Organization", models.CASCADE)
    name = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    last_four = models.CharField(max_length=4)
    date_added = models.DateTimeField()
    last_used = models.DateTimeField(null=True)


class SignInLink(models.Model):
    """A link that signs one person in, once, until it expires; only its SHA-256 is kept."""

    user = models.ForeignKey(User, models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)


class UserAddress(models.Model):
    """Another address of a person; it is used once they have shown that it is theirs."""

    user = models.ForeignKey(User, models.CASCADE, related_name="addresses", db_index=False)
    email = models.EmailField()
    verified = models.DateTimeField(null=True)
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "email"], name="one_address_each")]


class ProjectAddress(models.Model):
    """Where a person's mail of one project goes: one of their verified addresses."""

    user = models.ForeignKey(User, models.CASCADE, related_name="project_addresses", db_index=False)
    project = models.ForeignKey("store.Project", models.CASCADE)
    email = models.EmailField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "project"], name="one_address_a_project")]


class AddressChange(models.Model):
    """An address that a person wants to be known by, until the link that was sent there is used; as SignInLink."""

    user = models.ForeignKey(User, models.CASCADE)
    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)


class AuditEntry(models.Model):
    """Who changed what. `event` is a slug such as rule.add; `data` never holds a secret."""

    organization = models.ForeignKey("store.Organization", models.CASCADE, db_index=False)
    actor = models.ForeignKey(User, models.SET_NULL, null=True)
    event = models.CharField(max_length=64)
    target = models.CharField(max_length=128, default="")
    data = models.JSONField(default=dict)
    date_added = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "date_added"], name="audit_by_time")]
