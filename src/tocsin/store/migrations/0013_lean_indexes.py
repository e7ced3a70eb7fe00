"""Drops the indexes of single columns that another index begins with: each was written with each row for nothing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

REPEATED = (
    ("activity", "issue"),
    ("auditentry", "organization"),
    ("bookmark", "issue"),
    ("codehost", "organization"),
    ("codeowners", "project"),
    ("commit", "organization"),
    ("commit", "repository"),
    ("commitfile", "commit"),
    ("counted", "issue"),
    ("delivery", "organization"),
    ("delivery", "user"),
    ("deploy", "organization"),
    ("environment", "project"),
    ("event", "issue"),
    ("event", "project"),
    ("externalactor", "organization"),
    ("feedback", "project"),
    ("fingerprint", "project"),
    ("firing", "rule"),
    ("integration", "organization"),
    ("invitation", "organization"),
    ("issue", "project"),
    ("issueenvironment", "issue"),
    ("issuelink", "issue"),
    ("issueminute", "issue"),
    ("issueowner", "issue"),
    ("issueuser", "issue"),
    ("membership", "organization"),
    ("notification", "issue"),
    ("notification", "organization"),
    ("preference", "team"),
    ("preference", "user"),
    ("preferencedefault", "organization"),
    ("project", "organization"),
    ("projectaddress", "user"),
    ("projectteam", "project"),
    ("pullrequest", "repository"),
    ("release", "project"),
    ("releasecommit", "organization"),
    ("releaseenvironment", "project"),
    ("repository", "organization"),
    ("rulepending", "rule"),
    ("rulestate", "rule"),
    ("sessionminute", "project"),
    ("subscription", "issue"),
    ("team", "organization"),
    ("teammember", "team"),
    ("untold", "user"),
    ("useraddress", "user"),
)


def drop(apps, editor):
    """By hand: SQLite would copy whole tables for it, and lose the search's triggers with the old ones."""
    for model_name, field_name in REPEATED:
        model = apps.get_model("store", model_name)
        column = model._meta.get_field(field_name).column
        kept = {index.name for index in model._meta.indexes}
        for name in set(editor._constraint_names(model, [column], index=True, unique=False)) - kept:
            editor.execute(editor._delete_index_sql(model, name))


def create(apps, editor):
    for model_name, field_name in REPEATED:
        model = apps.get_model("store", model_name)
        editor.execute(editor._create_index_sql(model, fields=[model._meta.get_field(field_name)]))


class Migration(migrations.Migration):
    dependencies = [("store", "0012_search_orders")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, create)],
            state_operations=[
        migrations.AlterField(
            model_name='activity',
            name='issue',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='activities', to='store.issue'),
        ),
        migrations.AlterField(
            model_name='auditentry',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization'),
        ),
        migrations.AlterField(
            model_name='bookmark',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='bookmarks', to='store.issue'),
        ),
        migrations.AlterField(
            model_name='codehost',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='code_hosts', to='store.organization'),
        ),
        migrations.AlterField(
            model_name='codeowners',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='codeowners', to='store.project'),
        ),
        migrations.AlterField(
            model_name='commit',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization'),
        ),
        migrations.AlterField(
            model_name='commit',
            name='repository',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='commits', to='store.repository'),
        ),
        migrations.AlterField(
            model_name='commitfile',
            name='commit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='store.commit'),
        ),
        migrations.AlterField(
            model_name='counted',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.issue'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='user',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deliveries', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='deploy',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization'),
        ),
        migrations.AlterField(
            model_name='environment',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project'),
        ),
        migrations.AlterField(
            model_name='event',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='store.issue'),
        ),
        migrations.AlterField(
            model_name='event',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project'),
        ),
        migrations.AlterField(
            model_name='externalactor',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='external_actors', to='store.organization'),
        ),
        migrations.AlterField(
            model_name='feedback',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='store.project'),
        ),
        migrations.AlterField(
            model_name='fingerprint',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project'),
        ),
        migrations.AlterField(
            model_name='firing',
            name='rule',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='firings', to='store.rule'),
        ),
        migrations.AlterField(
            model_name='integration',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='integrations', to='store.organization'),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='store.organization'),
        ),
        migrations.AlterField(
            model_name='issue',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='issues', to='store.project'),
        ),
        migrations.AlterField(
            model_name='issueenvironment',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.issue'),
        ),
        migrations.AlterField(
            model_name='issuelink',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='store.issue'),
        ),
        migrations.AlterField(
            model_name='issueminute',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='minutes', to='store.issue'),
        ),
        migrations.AlterField(
            model_name='issueowner',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='owners', to='store.issue'),
        ),
        migrations.AlterField(
            model_name='issueuser',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.issue'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='store.organization'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='issue',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='store.issue'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization'),
        ),
        migrations.AlterField(
            model_name='preference',
            name='team',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='preferences', to='store.team'),
        ),
        migrations.AlterField(
            model_name='preference',
            name='user',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='preferences', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='preferencedefault',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='preference_defaults', to='store.organization'),
        ),
        migrations.AlterField(
            model_name='project',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='projects', to='store.organization'),
        ),
        migrations.AlterField(
            model_name='projectaddress',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='project_addresses', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='projectteam',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='project_teams', to='store.project'),
        ),
        migrations.AlterField(
            model_name='pullrequest',
            name='repository',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pull_requests', to='store.repository'),
        ),
        migrations.AlterField(
            model_name='release',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project'),
        ),
        migrations.AlterField(
            model_name='releasecommit',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization'),
        ),
        migrations.AlterField(
            model_name='releaseenvironment',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project'),
        ),
        migrations.AlterField(
            model_name='repository',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='repositories', to='store.organization'),
        ),
        migrations.AlterField(
            model_name='rulepending',
            name='rule',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.rule'),
        ),
        migrations.AlterField(
            model_name='rulestate',
            name='rule',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.rule'),
        ),
        migrations.AlterField(
            model_name='sessionminute',
            name='project',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project'),
        ),
        migrations.AlterField(
            model_name='subscription',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='store.issue'),
        ),
        migrations.AlterField(
            model_name='team',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='teams', to='store.organization'),
        ),
        migrations.AlterField(
            model_name='teammember',
            name='team',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='team_members', to='store.team'),
        ),
        migrations.AlterField(
            model_name='untold',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='untold', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='useraddress',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to=settings.AUTH_USER_MODEL),
        ),
            ],
        ),
    ]
