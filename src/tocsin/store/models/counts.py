"""What alert rules count besides the events of each minute: kept where a rule asks, forgotten once none can."""

from django.db import models


class Counted(models.Model):
    """How often something happened to an issue in one second (seconds since 1970, UTC) and environment.

    `series` says what (core.windows): events, users, the values of a tag; `member` is which user or value, 16 hex.
    """

    issue = models.ForeignKey("store.Issue", models.CASCADE, db_index=False)
    series = models.CharField(max_length=210)
    second = models.PositiveBigIntegerField()
    environment = models.CharField(max_length=64)
    member = models.CharField(max_length=16, default="")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "series", "second", "environment", "member"], name="counted_once_a_second"
            )
        ]
        indexes = [models.Index(fields=["series", "second"], name="counted_by_age")]


class SessionMinute(models.Model):
    """Sessions of a release that began in one minute (minutes since 1970, UTC) in one environment."""

    project = models.ForeignKey("store.Project", models.CASCADE, db_index=False)
    minute = models.PositiveIntegerField()
    environment = models.CharField(max_length=64)
    release = models.CharField(max_length=250, default="")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "minute", "environment", "release"], name="one_session_count_a_minute"
            )
        ]


class ReleaseEnvironment(models.Model):
    """A release that an event or a session of an environment named, and when first."""

    project = models.ForeignKey("store.Project", models.CASCADE, db_index=False)
    version = models.CharField(max_length=250)
    environment = models.CharField(max_length=64)
    first_seen = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "environment", "version"], name="release_environment_once")
        ]
        indexes = [models.Index(fields=["project", "first_seen"], name="releases_by_age")]
