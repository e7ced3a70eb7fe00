"""What services call the messages that they took, so that later ones can reply to them or rewrite them."""

from django.db import models


class Reference(models.Model):
    """The first message of a conversation at one place: a Slack ts, a Message-Id, an activity id."""

    conversation = models.CharField(max_length=80)
    lane = models.ForeignKey("store.Lane", models.CASCADE)
    delivery = models.ForeignKey("store.Delivery", models.CASCADE, related_name="+")
    reference = models.JSONField()
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "lane"], name="one_parent_a_place"),
        ]
