"""Which tags an issue was ever counted with, whether or not its events were kept: what a search by tag asks."""

from django.db import models


class Tag(models.Model):
    """A key with a value, as it occurs in a project."""

    project = models.ForeignKey("store.Project", models.CASCADE, db_index=False)
    key = models.CharField(max_length=200)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key", "value"], name="tag_once")]


class IssueTag(models.Model):
    """An issue has had this tag; at most 100 values of a key, those that came first (core.tags)."""

    issue = models.ForeignKey("store.Issue", models.CASCADE, db_index=False)
    tag = models.ForeignKey(Tag, models.CASCADE, db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "tag"], name="issue_tag_once")]
        indexes = [models.Index(fields=["tag", "issue"], name="issues_of_tag")]
