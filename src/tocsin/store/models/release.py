"""Releases, what went into them and where they run: repositories, commits, pull requests, deploys."""

from django.db import models
from django.db.models import Q


class Release(models.Model):
    """A version of one project. `first_seen` is when it was first heard of, by an event or by whoever built it;
    `date_released` when it was finalized. A version that several projects share has a row in each."""

    project = models.ForeignKey("store.Project", models.CASCADE, db_index=False)
    version = models.CharField(max_length=250)
    first_seen = models.DateTimeField()
    date_released = models.DateTimeField(null=True)
    date_started = models.DateTimeField(null=True)
    ref = models.CharField(max_length=250, db_default="")
    url = models.CharField(max_length=500, db_default="")
    is_archived = models.BooleanField(db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="release_once")]
        indexes = [models.Index(fields=["project", "-first_seen"], name="releases_of_project")]


class Repository(models.Model):
    """Where code is kept. `provider` is github, gitlab, or "" while only sentry-cli has named it."""

    organization = models.ForeignKey(
        "store.Organization", models.CASCADE, related_name="repositories", db_index=False
    )
    name = models.CharField(max_length=200)
    provider = models.CharField(max_length=40, default="")
    external_id = models.CharField(max_length=64, default="")
    url = models.CharField(max_length=500, default="")
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="repository_once")]


class Commit(models.Model):
    """One commit; `key` is its hash. Of one that was only named, author and message are "" until it is told."""

    organization = models.ForeignKey("store.Organization", models.CASCADE, db_index=False)
    repository = models.ForeignKey(Repository, models.CASCADE, related_name="commits", db_index=False)
    key = models.CharField(max_length=64)
    message = models.TextField(default="")
    author_name = models.CharField(max_length=200, default="")
    author_email = models.CharField(max_length=254, default="")  # in lower case
    date = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repository", "key"], name="commit_once")]
        indexes = [
            models.Index(fields=["repository", "-date"], name="commits_by_date"),
            models.Index(fields=["organization", "key"], name="commits_by_key"),
        ]


class CommitFile(models.Model):
    """A file that a commit added (A), modified (M) or deleted (D); `name` is the last part of the path in lower
    case, by which a stack trace finds it."""

    commit = models.ForeignKey(Commit, models.CASCADE, related_name="files", db_index=False)
    path = models.CharField(max_length=500)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commit", "path"], name="file_once")]


class ReleaseCommit(models.Model):
    """A commit that is new in a version; the latest has position 0."""

    organization = models.ForeignKey("store.Organization", models.CASCADE, db_index=False)
    version = models.CharField(max_length=250)
    commit = models.ForeignKey(Commit, models.CASCADE, related_name="releases")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "version", "commit"], name="commit_once_a_release")
        ]


class Deploy(models.Model):
    """A version that began to run in an environment."""

    organization = models.ForeignKey("store.Organization", models.CASCADE, db_index=False)
    version = models.CharField(max_length=250)
    environment = models.CharField(max_length=64)
    name = models.CharField(max_length=64, default="")
    url = models.CharField(max_length=500, default="")
    date_started = models.DateTimeField(null=True)
    date_finished = models.DateTimeField()
    projects = models.ManyToManyField("store.Project", related_name="deploys")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "version", "environment", "name", "date_finished"], name="deploy_once"
            )
        ]


class PullRequest(models.Model):
    """A pull or merge request; `key` is its number in the repository, `merge_commit` the hash that it became."""

    organization = models.ForeignKey("store.Organization", models.CASCADE)
    repository = models.ForeignKey(Repository, models.CASCADE, related_name="pull_requests", db_index=False)
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=500, default="")
    message = models.TextField(default="")
    author_name = models.CharField(max_length=200, default="")
    author_email = models.CharField(max_length=254, default="")
    merge_commit = models.CharField(max_length=64, default="")
    url = models.CharField(max_length=500, default="")
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["repository", "key"], name="pull_request_once")]
        indexes = [
            models.Index(
                fields=["organization", "merge_commit"], name="pull_request_merged", condition=~Q(merge_commit="")
            )
        ]


class IssueLink(models.Model):
    """A commit or a pull request that says that it resolves an issue."""

    issue = models.ForeignKey("store.Issue", models.CASCADE, related_name="links", db_index=False)
    commit = models.ForeignKey(Commit, models.CASCADE, null=True, related_name="links")
    pull_request = models.ForeignKey(PullRequest, models.CASCADE, null=True, related_name="links")
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "commit"], name="one_link_a_commit"),
            models.UniqueConstraint(fields=["issue", "pull_request"], name="one_link_a_pull_request"),
            models.CheckConstraint(
                condition=Q(commit__isnull=True) ^ Q(pull_request__isnull=True), name="a_commit_or_a_pull_request"
            ),
        ]


class CodeHost(models.Model):
    """Where pushes and pull requests are told from: github or gitlab. `secret` is what they sign or send, sealed
    (see store.secrets)."""

    organization = models.ForeignKey(
        "store.Organization", models.CASCADE, related_name="code_hosts", db_index=False
    )
    provider = models.CharField(max_length=40)
    secret = models.BinaryField()
    last_heard = models.DateTimeField(null=True)
    date_added = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "provider"], name="code_host_once")]
