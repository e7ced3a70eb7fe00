"""When an organization's weekly reports were written: once a week, whoever writes them."""


import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0015_rule_snooze'),
    ]

    operations = [
        migrations.CreateModel(
            name='WeeklyReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField()),
                ('date_added', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='store.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'week'), name='one_report_a_week')],
            },
        ),
    ]
