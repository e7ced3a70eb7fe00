"""Organizations, their teams and members, and the projects that report."""

from django.db import models
from django.db.models import Q


class Organization(models.Model):
    """`version` grows with every change that a decision may depend on: caches are keyed by it.

    Of the threads of alerts (core.threads): `later_alerts` is how an alert is said where one about the same issue
    stands; `threads_activity` says what happens to an issue there, `threads_comments` what people comment;
    `takes_comments` makes comments of what people write there. `takes_requests`: strangers may ask to join.
    """

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=64)
    later_alerts = models.CharField(max_length=12, default="broadcast", db_default="broadcast")
    threads_activity = models.BooleanField(default=True)
    threads_comments = models.BooleanField(default=True, db_default=True)
    takes_comments = models.BooleanField(default=False, db_default=False)
    takes_requests = models.BooleanField(default=True)
    version = models.PositiveBigIntegerField(default=1)
    date_added = models.DateTimeField()


class Membership(models.Model):
    """A person in an organization. A pending one was invited and has not accepted: no data, no mail."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey("store.User", models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, default="member")  # owner manager admin member billing
    pending = models.BooleanField(default=False)
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "user"], name="one_membership_each")]


class Team(models.Model):
    """`email` is a mailing list of its own, or empty."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="teams", db_index=False)
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=64)
    email = models.EmailField(default="", blank=True)
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "slug"], name="team_slug_once")]


class TeamMember(models.Model):
    team = models.ForeignKey(Team, models.CASCADE, related_name="team_members", db_index=False)
    user = models.ForeignKey("store.User", models.CASCADE, related_name="team_memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="one_seat_per_team")]


class Project(models.Model):
    """`issue_count` numbers the short ids (SHOP-12); `version` is as an organization's. Issues that were not seen
    for `resolve_age` hours are resolved, 0 for never."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="projects", db_index=False)
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=64)
    platform = models.CharField(max_length=32, default="other")
    issue_count = models.PositiveBigIntegerField(default=0)
    first_event = models.DateTimeField(null=True)
    resolve_age = models.PositiveIntegerField(default=0)
    version = models.PositiveBigIntegerField(default=1)
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "slug"], name="project_slug_once")]


class ProjectTeam(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="project_teams", db_index=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="project_teams")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "team"], name="team_once")]


class ProjectKey(models.Model):
    """A DSN's public key (32 lower-case hex). `rate_limit` is events per `rate_window` seconds, null for none."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="keys")
    public_key = models.CharField(max_length=32, unique=True)
    label = models.CharField(max_length=64, default="Default")
    is_active = models.BooleanField(default=True)
    rate_limit = models.PositiveIntegerField(null=True)
    rate_window = models.PositiveIntegerField(null=True)
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rate_limit__isnull=True, rate_window__isnull=True)
                | Q(rate_limit__gt=0, rate_window__gt=0),
                name="rate_limit_has_a_window",
            )
        ]
