"""What an organization chose for the threads of its alerts, and threads found by what their service calls them."""

from typing import Any

from django.db import migrations, models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat, Left


def name_threads(apps: Any, schema_editor: Any) -> None:
    """What stands in channels already can be answered there too.

    Each row is written once: to PostgreSQL a second time is one of which a foreign key is still to be checked, and
    no index can be made until then. A name that is longer than any of Slack's is cut and found by nobody.
    """
    del schema_editor
    slacks = apps.get_model("store", "Delivery").objects.filter(pk=OuterRef("delivery_id"), provider="slack")
    channel, at = KeyTextTransform("channel", "reference"), KeyTextTransform("ts", "reference")
    name = Left(Concat(channel, Value(":"), at, output_field=models.TextField()), 120)
    has_name = Exists(slacks) & Q(reference__has_keys=["channel", "ts"])
    apps.get_model("store", "Reference").objects.update(
        about=F("conversation"), thread=Case(When(has_name, then=name), default=None)
    )


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0024_link_offers'),
    ]

    # The organizations come last: whatever is asked of them waits from then on until all is done.
    operations = [
        migrations.AddField(
            model_name='reference',
            name='about',
            field=models.CharField(db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='reference',
            name='thread',
            field=models.CharField(max_length=120, null=True),
        ),
        migrations.RunPython(name_threads, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name='reference',
            index=models.Index(fields=['about'], name='references_about'),
        ),
        migrations.AddIndex(
            model_name='reference',
            index=models.Index(condition=models.Q(('thread__isnull', False)), fields=['thread'], name='references_of_thread'),
        ),
        migrations.AddField(
            model_name='organization',
            name='later_alerts',
            field=models.CharField(db_default='broadcast', default='broadcast', max_length=12),
        ),
        migrations.AddField(
            model_name='organization',
            name='takes_comments',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='organization',
            name='threads_comments',
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
