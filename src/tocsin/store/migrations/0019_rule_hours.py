"""What is held back of a rule is counted for each project that it watches."""

import django.db.models.deletion
from django.db import migrations, models


def _of_which_project(apps, schema_editor):
    """A rule of all projects counted for all together: of whom that was nobody can say, so it is let go."""
    hours = apps.get_model("store", "RuleHour").objects
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the table cannot be altered after this
    hours.filter(rule__project__isnull=True).delete()
    rule = apps.get_model("store", "Rule").objects.filter(pk=models.OuterRef("rule_id"))
    hours.update(project_id=models.Subquery(rule.values("project_id")[:1]))


class Migration(migrations.Migration):
    dependencies = [("store", "0018_event_issues")]

    operations = [
        migrations.RemoveConstraint("rulehour", "one_hour_each"),
        migrations.AddField(
            "rulehour",
            "project",
            models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, to="store.project"
            ),
        ),
        migrations.RunPython(_of_which_project, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "rulehour",
            "project",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="store.project"),
        ),
        migrations.AddConstraint(
            "rulehour",
            models.UniqueConstraint(fields=("rule", "project", "hour"), name="one_hour_each"),
        ),
    ]
