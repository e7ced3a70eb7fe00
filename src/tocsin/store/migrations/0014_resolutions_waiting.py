"""Finds what was resolved in the release to come when that comes, among all that is resolved somewhere."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0013_lean_indexes'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='resolution',
            index=models.Index(condition=models.Q(('is_pending', True)), fields=['issue'], name='resolutions_waiting'),
        ),
    ]
