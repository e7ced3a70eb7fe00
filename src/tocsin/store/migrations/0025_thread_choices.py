"""What an organization chose for the threads of its alerts, and threads found by what their service calls them."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat


def name_threads(apps: Any, schema_editor: Any) -> None:
    """What stands in channels already can be answered there too."""
    del schema_editor
    references = apps.get_model("store", "Reference").objects
    references.update(about=F("conversation"))
    named = references.filter(delivery__provider="slack", reference__has_keys=["channel", "ts"])
    channel, at = KeyTextTransform("channel", "reference"), KeyTextTransform("ts", "reference")
    named.update(thread=Concat(channel, Value(":"), at, output_field=models.TextField()))


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0024_link_offers'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='later_alerts',
            field=models.CharField(default='broadcast', max_length=12),
        ),
        migrations.AddField(
            model_name='organization',
            name='takes_comments',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='organization',
            name='threads_comments',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='reference',
            name='about',
            field=models.CharField(default='', max_length=80),
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
    ]
