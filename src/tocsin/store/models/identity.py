"""Who people and teams are in other services."""

from django.db import models
from django.db.models import Q


class ChatToken(models.Model):
    """A request or a link that counts once: `name` is its kind, a colon, and its signature or digest."""

    name = models.CharField(max_length=200, unique=True)
    date_added = models.DateTimeField(db_index=True)


class ExternalActor(models.Model):
    """A person or team as another service calls them: `@ana`, `@acme/web`. Compared without regard to case.

    `integration` is the connection that the name was learnt from; null for one that was written by hand.
    """

    organization = models.ForeignKey(
        "store.Organization", models.CASCADE, related_name="external_actors", db_index=False
    )
    integration = models.ForeignKey("store.Integration", models.CASCADE, null=True)
    provider = models.CharField(max_length=40)
    external_name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200, default="")
    user = models.ForeignKey("store.User", models.CASCADE, null=True)
    team = models.ForeignKey("store.Team", models.CASCADE, null=True)
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, team__isnull=False) | Q(user__isnull=False, team__isnull=True),
                name="external_actor_is_one",
            ),
            models.UniqueConstraint(
                fields=["organization", "provider", "external_name"], name="external_name_once"
            ),
        ]


class ChatAction(models.Model):
    """Something that was pressed in a chat service and acknowledged, and is still to be done; gone once it is.

    `account` and `external_id` say who pressed it, `integrations` through which connections it may be believed,
    `answer_to` where that person alone is answered, `trigger` what lets us open a dialog before them.
    """

    provider = models.CharField(max_length=40)
    account = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    answer_to = models.CharField(max_length=2000)
    integrations = models.JSONField()
    about = models.CharField(max_length=20)
    about_id = models.BigIntegerField()
    does = models.CharField(max_length=2000)
    trigger = models.CharField(max_length=200, default="")
    date_added = models.DateTimeField()


class RollCall(models.Model):
    """The people of a connected account are asked for, page by page, to find those who can be offered a link.

    `cursor` is where the next page begins, "" for the first; `pages` how many came, `failures` how often none did;
    `due` when the next is asked for. There is a row only while one goes on.
    """

    integration = models.OneToOneField("store.Integration", models.CASCADE, primary_key=True)
    cursor = models.CharField(max_length=500, default="")
    pages = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField(db_index=True)


class LinkOffer(models.Model):
    """An account of a service that has a person's own address: whether it is theirs is asked once.

    `answered` is when they said yes or no, or it was linked otherwise; null while it is asked.
    """

    integration = models.ForeignKey("store.Integration", models.CASCADE, db_index=False)
    user = models.ForeignKey("store.User", models.CASCADE, related_name="link_offers")
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    email = models.EmailField()
    answered = models.DateTimeField(null=True)
    date_added = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "external_id", "user"], name="one_offer_each")
        ]
