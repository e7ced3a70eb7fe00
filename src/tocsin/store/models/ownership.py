"""Who owns a project's code: its own rules, and the CODEOWNERS files of its repositories."""

from django.db import models


class Ownership(models.Model):
    """A project's rules as they were written (`raw`) and as they were read, with their owners' ids (`schema`).

    `version` counts the changes of the text. `fallthrough` is kept for clients that send it: who hears of what
    nobody owns is said by the alert rule.
    """

    project = models.OneToOneField("store.Project", models.CASCADE, related_name="ownership")
    raw = models.TextField(default="")
    schema = models.JSONField(default=dict)
    fallthrough = models.BooleanField(default=True)
    auto_assignment = models.BooleanField(default=True)
    suspect_committer_auto_assignment = models.BooleanField(default=False)
    codeowners_auto_sync = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveBigIntegerField(default=1)
    date_created = models.DateTimeField()
    last_updated = models.DateTimeField()


class CodeOwners(models.Model):
    """A CODEOWNERS file. What lies under `source_root` in the repository is under `stack_root` in stack traces.

    Its rules are read from `raw` when they are asked for: whom a name in it stands for changes without it.
    """

    project = models.ForeignKey("store.Project", models.CASCADE, related_name="codeowners", db_index=False)
    raw = models.TextField()
    repository = models.CharField(max_length=200, default="")
    branch = models.CharField(max_length=200, default="")
    source_root = models.CharField(max_length=500, default="")
    stack_root = models.CharField(max_length=500, default="")
    date_created = models.DateTimeField()
    date_updated = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="codeowners_of_project")]
