"""What services call the messages that they took, so that later ones can reply to them or rewrite them."""

from django.db import models
from django.db.models import Q


class Reference(models.Model):
    """The first message of a conversation at one place: a Slack ts, a Message-Id, an activity id.

    `about` is what the conversation is about: an issue may have several. `thread` is what the service calls the
    message when somebody answers it there, null where nobody can.
    """

    conversation = models.CharField(max_length=80)
    about = models.CharField(max_length=80, default="", db_default="")
    thread = models.CharField(max_length=120, null=True)  # noqa: DJ001 — its index leaves out those without one
    lane = models.ForeignKey("store.Lane", models.CASCADE)
    delivery = models.ForeignKey("store.Delivery", models.CASCADE, related_name="+")
    reference = models.JSONField()
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "lane"], name="one_parent_a_place"),
        ]
        indexes = [
            models.Index(fields=["about"], name="references_about"),
            # Asked for each message that somebody writes in a thread of a connected workspace.
            models.Index(fields=["thread"], name="references_of_thread", condition=Q(thread__isnull=False)),
        ]
