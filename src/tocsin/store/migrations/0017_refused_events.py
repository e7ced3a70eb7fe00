"""How many events were refused each day, as a key reached its limit, and of which days that was told."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0016_weekly_reports'),
    ]

    operations = [
        migrations.CreateModel(
            name='QuotaNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('date_added', models.DateTimeField()),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='quota_notices', to='store.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'day'), name='one_quota_notice_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Refused',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(db_index=True)),
                ('count', models.PositiveBigIntegerField()),
                ('key', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='refused', to='store.projectkey')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'day'), name='one_refused_count_a_day')],
            },
        ),
    ]
