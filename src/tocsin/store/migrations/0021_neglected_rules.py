"""Rules that have long not fired, and when rules were last changed, as far as the audit says."""

import django.db.models.deletion
from django.db import migrations, models

EDITED = ("rule.edit", "rule.enable")


def _when_changed(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the table cannot be altered after this
    rules = apps.get_model("store", "Rule").objects
    entries = apps.get_model("store", "AuditEntry").objects.filter(event__in=EDITED, target__startswith="rule:")
    found = entries.order_by().values_list("target").annotate(models.Max("date_added"))
    for target, changed in found.iterator():
        rules.filter(pk=int(target.removeprefix("rule:"))).update(date_changed=changed)


class Migration(migrations.Migration):
    dependencies = [("store", "0020_chat_tokens")]

    operations = [
        migrations.AddField("rule", "date_changed", models.DateTimeField(null=True)),
        migrations.CreateModel(
            "NeglectedRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("disable_date", models.DateTimeField(null=True)),
                ("opted_out", models.BooleanField(default=False)),
                ("sent_initial_email_date", models.DateTimeField(null=True)),
                ("sent_final_email_date", models.DateTimeField(null=True)),
                (
                    "rule",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="neglected", to="store.rule"
                    ),
                ),
            ],
        ),
        migrations.RunPython(_when_changed, migrations.RunPython.noop, elidable=True),
    ]
