"""All tables as they are after 0013, made at once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    # For new folders: taken one by one, these steps cost 9 s of computing, this one under 1.
    replaces = [
        ('store', '0001_initial'),
        ('store', '0002_lanes'),
        ('store', '0003_operations'),
        ('store', '0004_address_change'),
        ('store', '0005_workflow'),
        ('store', '0006_search'),
        ('store', '0007_members'),
        ('store', '0008_ownership'),
        ('store', '0009_rule_counts'),
        ('store', '0010_releases'),
        ('store', '0011_feedback'),
        ('store', '0012_search_orders'),
        ('store', '0013_lean_indexes'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='EventSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('project_id', models.BigIntegerField()),
                ('event_id', models.CharField(max_length=32)),
                ('day', models.PositiveIntegerField(db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project_id', 'event_id'), name='seen_once')],
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('loop', models.CharField(max_length=20, unique=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Organization',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=64, unique=True)),
                ('name', models.CharField(max_length=64)),
                ('version', models.PositiveBigIntegerField(default=1)),
                ('date_added', models.DateTimeField()),
                ('threads_activity', models.BooleanField(default=True)),
                ('takes_requests', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='RejectedBody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('project_id', models.BigIntegerField(db_index=True)),
                ('received', models.DateTimeField()),
                ('reason', models.CharField(max_length=500)),
                ('body', models.BinaryField()),
                ('encoding', models.CharField(default='', max_length=16)),
            ],
        ),
        migrations.CreateModel(
            name='SpoolPosition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('spool', models.CharField(max_length=32, unique=True)),
                ('position', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=16)),
                ('kind', models.CharField(default='', max_length=40)),
                ('provider', models.CharField(default='', max_length=40)),
                ('outcome', models.CharField(default='', max_length=16)),
                ('bucket', models.PositiveSmallIntegerField(default=0)),
                ('shard', models.PositiveSmallIntegerField(default=0)),
                ('count', models.PositiveBigIntegerField(default=0)),
                ('seconds', models.FloatField(default=0.0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('name', 'kind', 'provider', 'outcome', 'bucket', 'shard'), name='tally_once')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('date_joined', models.DateTimeField()),
                ('last_active', models.DateTimeField(null=True)),
                ('assigns_self_on_resolve', models.BooleanField(default=False)),
                ('hears_own_activity', models.BooleanField(default=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('expires', models.DateTimeField()),
                ('used', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('last_four', models.CharField(max_length=4)),
                ('date_added', models.DateTimeField()),
                ('last_used', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='store.organization')),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=64)),
                ('target', models.CharField(default='', max_length=128)),
                ('data', models.JSONField(default=dict)),
                ('date_added', models.DateTimeField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'date_added'], name='audit_by_time')],
            },
        ),
        migrations.CreateModel(
            name='CodeHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=40)),
                ('secret', models.BinaryField()),
                ('last_heard', models.DateTimeField(null=True)),
                ('date_added', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='code_hosts', to='store.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'provider'), name='code_host_once')],
            },
        ),
        migrations.CreateModel(
            name='Integration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('external_id', models.CharField(default='', max_length=200)),
                ('settings', models.BinaryField()),
                ('broken', models.CharField(default='', max_length=500)),
                ('date_added', models.DateTimeField()),
                ('date_updated', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='integrations', to='store.organization')),
                ('at_most_once', models.BooleanField(default=False)),
                ('breaker', models.CharField(default='closed', max_length=12)),
                ('breaker_failures', models.PositiveIntegerField(default=0)),
                ('breaker_opened', models.PositiveSmallIntegerField(default=0)),
                ('breaker_until', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'provider', 'name'), name='integration_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('role', models.CharField(default='member', max_length=16)),
                ('teams', models.JSONField(default=list)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('expires', models.DateTimeField()),
                ('used', models.DateTimeField(null=True)),
                ('date_added', models.DateTimeField()),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='store.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'email'], name='invitations_of_address')],
            },
        ),
        migrations.CreateModel(
            name='MemberRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(default='', max_length=200)),
                ('role', models.CharField(default='member', max_length=16)),
                ('teams', models.JSONField(default=list)),
                ('state', models.CharField(default='waiting', max_length=12)),
                ('date_decided', models.DateTimeField(null=True)),
                ('date_added', models.DateTimeField()),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='member_requests', to='store.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('organization', 'email'), name='one_waiting_request_each')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(default='member', max_length=16)),
                ('pending', models.BooleanField(default=False)),
                ('date_added', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='store.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'user'), name='one_membership_each')],
            },
        ),
        migrations.CreateModel(
            name='PreferenceDefault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=40)),
                ('provider', models.CharField(default='', max_length=40)),
                ('value', models.CharField(max_length=16)),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='preference_defaults', to='store.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'type', 'provider'), name='one_default_each')],
            },
        ),
        migrations.CreateModel(
            name='Project',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=64)),
                ('name', models.CharField(max_length=64)),
                ('platform', models.CharField(default='other', max_length=32)),
                ('issue_count', models.PositiveBigIntegerField(default=0)),
                ('first_event', models.DateTimeField(null=True)),
                ('version', models.PositiveBigIntegerField(default=1)),
                ('date_added', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='projects', to='store.organization')),
                ('resolve_age', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'slug'), name='project_slug_once')],
            },
        ),
        migrations.CreateModel(
            name='Repository',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('provider', models.CharField(default='', max_length=40)),
                ('external_id', models.CharField(default='', max_length=64)),
                ('url', models.CharField(default='', max_length=500)),
                ('date_added', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='repositories', to='store.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'name'), name='repository_once')],
            },
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(default='', max_length=128)),
                ('query', models.CharField(max_length=2000)),
                ('sort', models.CharField(default='date', max_length=16)),
                ('is_pinned', models.BooleanField(default=False)),
                ('date_added', models.DateTimeField()),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to='store.organization')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_pinned', True)), fields=('organization', 'user'), name='one_pinned_search_each')],
            },
        ),
        migrations.CreateModel(
            name='SignInLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('expires', models.DateTimeField()),
                ('used', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=64)),
                ('name', models.CharField(max_length=64)),
                ('date_added', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='teams', to='store.organization')),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'slug'), name='team_slug_once')],
            },
        ),
        migrations.CreateModel(
            name='UserAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('verified', models.DateTimeField(null=True)),
                ('date_added', models.DateTimeField()),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'email'), name='one_address_each')],
            },
        ),
        migrations.CreateModel(
            name='CodeOwners',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('raw', models.TextField()),
                ('repository', models.CharField(default='', max_length=200)),
                ('branch', models.CharField(default='', max_length=200)),
                ('source_root', models.CharField(default='', max_length=500)),
                ('stack_root', models.CharField(default='', max_length=500)),
                ('date_created', models.DateTimeField()),
                ('date_updated', models.DateTimeField()),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='codeowners', to='store.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'id'], name='codeowners_of_project')],
            },
        ),
        migrations.CreateModel(
            name='Commit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('message', models.TextField(default='')),
                ('author_name', models.CharField(default='', max_length=200)),
                ('author_email', models.CharField(default='', max_length=254)),
                ('date', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization')),
                ('repository', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='commits', to='store.repository')),
            ],
            options={
                'indexes': [models.Index(fields=['repository', '-date'], name='commits_by_date'), models.Index(fields=['organization', 'key'], name='commits_by_key')],
                'constraints': [models.UniqueConstraint(fields=('repository', 'key'), name='commit_once')],
            },
        ),
        migrations.CreateModel(
            name='Deploy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=250)),
                ('environment', models.CharField(max_length=64)),
                ('name', models.CharField(default='', max_length=64)),
                ('url', models.CharField(default='', max_length=500)),
                ('date_started', models.DateTimeField(null=True)),
                ('date_finished', models.DateTimeField()),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization')),
                ('projects', models.ManyToManyField(related_name='deploys', to='store.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'version', 'environment', 'name', 'date_finished'), name='deploy_once')],
            },
        ),
        migrations.CreateModel(
            name='Environment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=64)),
                ('first_seen', models.DateTimeField()),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'name'), name='environment_once')],
            },
        ),
        migrations.CreateModel(
            name='ExternalActor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=40)),
                ('external_name', models.CharField(max_length=200)),
                ('external_id', models.CharField(default='', max_length=200)),
                ('date_added', models.DateTimeField()),
                ('integration', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='store.integration')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='external_actors', to='store.organization')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='store.team')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('team__isnull', False), ('user__isnull', True)), models.Q(('team__isnull', True), ('user__isnull', False)), _connector='OR'), name='external_actor_is_one'), models.UniqueConstraint(fields=('organization', 'provider', 'external_name'), name='external_name_once')],
            },
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField()),
                ('title', models.CharField(max_length=255)),
                ('culprit', models.CharField(default='', max_length=200)),
                ('level', models.CharField(default='error', max_length=16)),
                ('platform', models.CharField(default='other', max_length=32)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('substatus', models.PositiveSmallIntegerField(default=7)),
                ('priority', models.PositiveSmallIntegerField(default=75)),
                ('first_seen', models.DateTimeField()),
                ('last_seen', models.DateTimeField()),
                ('active_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(null=True)),
                ('times_seen', models.PositiveBigIntegerField(default=0)),
                ('users_seen', models.PositiveBigIntegerField(default=0)),
                ('first_release', models.CharField(default='', max_length=250)),
                ('last_release', models.CharField(default='', max_length=250)),
                ('assignee_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='issues', to='store.project')),
                ('assignee_team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='store.team')),
                ('owners_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'status', '-last_seen'], name='issue_stream'), models.Index(fields=['status', '-last_seen'], name='issue_stream_all'), models.Index(fields=['project', 'first_release'], name='issues_new_in_release'), models.Index(fields=['-last_seen', '-id'], name='issue_by_last_seen'), models.Index(fields=['-first_seen', '-id'], name='issue_by_first_seen'), models.Index(fields=['-times_seen', '-id'], name='issue_by_times_seen'), models.Index(fields=['-users_seen', '-id'], name='issue_by_users_seen'), models.Index(fields=['-priority', '-id'], name='issue_by_priority')],
                'constraints': [models.UniqueConstraint(fields=('project', 'number'), name='issue_number_once')],
            },
        ),
        migrations.CreateModel(
            name='Lane',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True)),
                ('ready_at', models.DateTimeField(null=True)),
                ('not_before', models.DateTimeField(null=True)),
                ('paced', models.DateTimeField(null=True)),
                ('busy_until', models.DateTimeField(null=True)),
                ('busy_by', models.CharField(default='', max_length=32)),
                ('broken', models.CharField(default='', max_length=500)),
                ('integration', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='lanes', to='store.integration')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ready_at__isnull', False)), fields=['ready_at'], name='lane_ready')],
            },
        ),
        migrations.CreateModel(
            name='Ownership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('raw', models.TextField(default='')),
                ('schema', models.JSONField(default=dict)),
                ('fallthrough', models.BooleanField(default=True)),
                ('auto_assignment', models.BooleanField(default=True)),
                ('suspect_committer_auto_assignment', models.BooleanField(default=False)),
                ('codeowners_auto_sync', models.BooleanField(default=True)),
                ('is_active', models.BooleanField(default=True)),
                ('version', models.PositiveBigIntegerField(default=1)),
                ('date_created', models.DateTimeField()),
                ('last_updated', models.DateTimeField()),
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='ownership', to='store.project')),
            ],
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(max_length=16)),
                ('scope_id', models.BigIntegerField()),
                ('type', models.CharField(max_length=40)),
                ('provider', models.CharField(default='', max_length=40)),
                ('value', models.CharField(max_length=16)),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='preferences', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='preferences', to='store.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'scope', 'scope_id', 'type', 'provider'), name='one_choice_each'), models.UniqueConstraint(fields=('team', 'scope', 'scope_id', 'type', 'provider'), name='one_choice_a_team'), models.CheckConstraint(condition=models.Q(('user__isnull', True), ('team__isnull', True), _connector='XOR'), name='a_person_or_a_team_chooses')],
            },
        ),
        migrations.CreateModel(
            name='ProjectAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='store.project')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='project_addresses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'project'), name='one_address_a_project')],
            },
        ),
        migrations.CreateModel(
            name='ProjectKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_key', models.CharField(max_length=32, unique=True)),
                ('label', models.CharField(default='Default', max_length=64)),
                ('is_active', models.BooleanField(default=True)),
                ('rate_limit', models.PositiveIntegerField(null=True)),
                ('rate_window', models.PositiveIntegerField(null=True)),
                ('date_added', models.DateTimeField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='store.project')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('rate_limit__isnull', True), ('rate_window__isnull', True)), models.Q(('rate_limit__gt', 0), ('rate_window__gt', 0)), _connector='OR'), name='rate_limit_has_a_window')],
            },
        ),
        migrations.CreateModel(
            name='ProjectTeam',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='project_teams', to='store.project')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='project_teams', to='store.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'team'), name='team_once')],
            },
        ),
        migrations.CreateModel(
            name='PullRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('title', models.CharField(default='', max_length=500)),
                ('message', models.TextField(default='')),
                ('author_name', models.CharField(default='', max_length=200)),
                ('author_email', models.CharField(default='', max_length=254)),
                ('merge_commit', models.CharField(default='', max_length=64)),
                ('url', models.CharField(default='', max_length=500)),
                ('date_added', models.DateTimeField()),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='store.organization')),
                ('repository', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='pull_requests', to='store.repository')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('merge_commit', ''), _negated=True), fields=['organization', 'merge_commit'], name='pull_request_merged')],
                'constraints': [models.UniqueConstraint(fields=('repository', 'key'), name='pull_request_once')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=250)),
                ('first_seen', models.DateTimeField()),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project')),
                ('date_released', models.DateTimeField(null=True)),
                ('date_started', models.DateTimeField(null=True)),
                ('is_archived', models.BooleanField(db_default=False)),
                ('ref', models.CharField(db_default='', max_length=250)),
                ('url', models.CharField(db_default='', max_length=500)),
            ],
            options={
                'indexes': [models.Index(fields=['project', '-first_seen'], name='releases_of_project')],
                'constraints': [models.UniqueConstraint(fields=('project', 'version'), name='release_once')],
            },
        ),
        migrations.CreateModel(
            name='ReleaseEnvironment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=250)),
                ('environment', models.CharField(max_length=64)),
                ('first_seen', models.DateTimeField()),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', 'first_seen'], name='releases_by_age')],
                'constraints': [models.UniqueConstraint(fields=('project', 'environment', 'version'), name='release_environment_once')],
            },
        ),
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=256)),
                ('environment', models.CharField(default='', max_length=64)),
                ('data', models.JSONField()),
                ('status', models.CharField(default='active', max_length=16)),
                ('date_added', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='store.project')),
                ('owner_team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='store.team')),
                ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='store.organization')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('project__isnull', True), ('organization__isnull', True), _connector='XOR'), name='rule_of_one_place')],
            },
        ),
        migrations.CreateModel(
            name='SessionMinute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minute', models.PositiveIntegerField()),
                ('environment', models.CharField(max_length=64)),
                ('release', models.CharField(default='', max_length=250)),
                ('count', models.PositiveIntegerField()),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'minute', 'environment', 'release'), name='one_session_count_a_minute')],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200)),
                ('value', models.CharField(max_length=200)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'key', 'value'), name='tag_once')],
            },
        ),
        migrations.CreateModel(
            name='TeamMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='team_members', to='store.team')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='team_memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('team', 'user'), name='one_seat_per_team')],
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=40)),
                ('data', models.JSONField(default=dict)),
                ('date_added', models.DateTimeField()),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('issue', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='activities', to='store.issue')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='store.project')),
            ],
            options={
                'indexes': [models.Index(fields=['issue', 'date_added'], name='activity_of_issue')],
            },
        ),
        migrations.CreateModel(
            name='Bookmark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date_added', models.DateTimeField()),
                ('issue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='bookmarks', to='store.issue')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bookmarks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('issue', 'user'), name='one_bookmark_each')],
            },
        ),
        migrations.CreateModel(
            name='CommitFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=500)),
                ('name', models.CharField(max_length=255)),
                ('kind', models.CharField(max_length=1)),
                ('commit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='store.commit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('commit', 'path'), name='file_once')],
            },
        ),
        migrations.CreateModel(
            name='Counted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(max_length=210)),
                ('second', models.PositiveBigIntegerField()),
                ('environment', models.CharField(max_length=64)),
                ('member', models.CharField(default='', max_length=16)),
                ('count', models.PositiveIntegerField()),
                ('issue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.issue')),
            ],
            options={
                'indexes': [models.Index(fields=['series', 'second'], name='counted_by_age')],
                'constraints': [models.UniqueConstraint(fields=('issue', 'series', 'second', 'environment', 'member'), name='counted_once_a_second')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.CharField(max_length=32)),
                ('timestamp', models.DateTimeField()),
                ('received', models.DateTimeField()),
                ('level', models.CharField(max_length=16)),
                ('environment', models.CharField(max_length=64)),
                ('release', models.CharField(default='', max_length=250)),
                ('title', models.CharField(max_length=255)),
                ('tags', models.JSONField(default=list)),
                ('payload', models.BinaryField()),
                ('issue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='store.issue')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project')),
            ],
            options={
                'indexes': [models.Index(fields=['issue', '-timestamp'], name='events_of_issue'), models.Index(fields=['received'], name='events_by_age')],
                'constraints': [models.UniqueConstraint(fields=('project', 'event_id'), name='event_once')],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.CharField(default='', max_length=32)),
                ('name', models.CharField(default='', max_length=128)),
                ('email', models.CharField(default='', max_length=75)),
                ('comments', models.CharField(max_length=4096)),
                ('url', models.CharField(default='', max_length=2000)),
                ('date_added', models.DateTimeField()),
                ('issue', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='feedback', to='store.issue')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='store.project')),
            ],
            options={
                'indexes': [models.Index(fields=['project', '-date_added'], name='feedback_of_project'), models.Index(fields=['project', 'event_id'], name='feedback_of_event'), models.Index(condition=models.Q(('issue__isnull', True)), fields=['project'], name='feedback_waiting')],
            },
        ),
        migrations.CreateModel(
            name='Fingerprint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.CharField(max_length=32)),
                ('version', models.CharField(max_length=32)),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fingerprints', to='store.issue')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('project', 'hash'), name='hash_once')],
            },
        ),
        migrations.CreateModel(
            name='IssueEnvironment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('environment', models.CharField(max_length=64)),
                ('first_seen', models.DateTimeField()),
                ('issue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.issue')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('issue', 'environment'), name='issue_environment_once')],
                'indexes': [models.Index(fields=['environment', 'issue'], name='issues_of_environment')],
            },
        ),
        migrations.CreateModel(
            name='IssueLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date_added', models.DateTimeField()),
                ('commit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='store.commit')),
                ('issue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='store.issue')),
                ('pull_request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='links', to='store.pullrequest')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('issue', 'commit'), name='one_link_a_commit'), models.UniqueConstraint(fields=('issue', 'pull_request'), name='one_link_a_pull_request'), models.CheckConstraint(condition=models.Q(('commit__isnull', True), ('pull_request__isnull', True), _connector='XOR'), name='a_commit_or_a_pull_request')],
            },
        ),
        migrations.CreateModel(
            name='IssueMinute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minute', models.PositiveIntegerField()),
                ('environment', models.CharField(default='', max_length=64)),
                ('count', models.PositiveIntegerField()),
                ('issue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='minutes', to='store.issue')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('issue', 'minute', 'environment'), name='one_count_a_minute')],
            },
        ),
        migrations.CreateModel(
            name='IssueOwner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('rule', models.CharField(default='', max_length=500)),
                ('commit', models.CharField(default='', max_length=64)),
                ('date_added', models.DateTimeField()),
                ('issue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='owners', to='store.issue')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.team')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('issue', 'kind', 'user'), name='one_owner_each'), models.UniqueConstraint(fields=('issue', 'kind', 'team'), name='one_owning_team_each')],
            },
        ),
        migrations.CreateModel(
            name='IssueTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('issue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.issue')),
                ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.tag')),
            ],
            options={
                'indexes': [models.Index(fields=['tag', 'issue'], name='issues_of_tag')],
                'constraints': [models.UniqueConstraint(fields=('issue', 'tag'), name='issue_tag_once')],
            },
        ),
        migrations.CreateModel(
            name='IssueUser',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.CharField(max_length=16)),
                ('last_seen', models.DateTimeField()),
                ('issue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.issue')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('issue', 'user'), name='issue_user_once')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.CharField(max_length=32, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('category', models.CharField(max_length=40)),
                ('event_id', models.CharField(default='', max_length=32)),
                ('facts', models.JSONField()),
                ('trace', models.JSONField(default=list)),
                ('date_added', models.DateTimeField()),
                ('issue', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='store.issue')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization')),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='store.project')),
                ('intents', models.PositiveIntegerField(default=0)),
            ],
            options={
                'indexes': [models.Index(fields=['issue', '-date_added'], name='notifications_of_issue'), models.Index(fields=['organization', '-date_added', 'intents'], name='notifications_by_time')],
            },
        ),
        migrations.CreateModel(
            name='ReleaseCommit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=250)),
                ('position', models.PositiveIntegerField()),
                ('commit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='releases', to='store.commit')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization', 'version', 'commit'), name='commit_once_a_release')],
            },
        ),
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('is_pending', models.BooleanField(default=False)),
                ('release', models.CharField(default='', max_length=250)),
                ('current_release', models.CharField(default='', max_length=250)),
                ('commit', models.CharField(default='', max_length=64)),
                ('date_added', models.DateTimeField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('issue', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='resolution', to='store.issue')),
            ],
        ),
        migrations.CreateModel(
            name='RuleHealth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('errors', models.PositiveBigIntegerField(default=0)),
                ('last_error', models.CharField(default='', max_length=500)),
                ('last_error_at', models.DateTimeField(null=True)),
                ('over_limit', models.PositiveBigIntegerField(default=0)),
                ('over_limit_at', models.DateTimeField(null=True)),
                ('rule', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='health', to='store.rule')),
            ],
        ),
        migrations.CreateModel(
            name='RulePending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.CharField(max_length=32)),
                ('received', models.DateTimeField()),
                ('happened', models.JSONField(default=list)),
                ('payload', models.BinaryField()),
                ('due', models.DateTimeField(db_index=True)),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='store.issue')),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.rule')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rule', 'issue'), name='one_wait_each')],
            },
        ),
        migrations.CreateModel(
            name='RuleState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_fired', models.DateTimeField()),
                ('held', models.PositiveIntegerField(default=0)),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='store.issue')),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.rule')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('rule', 'issue'), name='one_state_each')],
            },
        ),
        migrations.CreateModel(
            name='Snooze',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField(null=True)),
                ('count', models.PositiveIntegerField(null=True)),
                ('window', models.PositiveIntegerField(null=True)),
                ('user_count', models.PositiveIntegerField(null=True)),
                ('user_window', models.PositiveIntegerField(null=True)),
                ('forecast', models.PositiveIntegerField(null=True)),
                ('seen_before', models.PositiveBigIntegerField(default=0)),
                ('users_before', models.PositiveBigIntegerField(default=0)),
                ('date_added', models.DateTimeField()),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('issue', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='snooze', to='store.issue')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('until__isnull', False)), fields=['until'], name='snooze_ends')],
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_active', models.BooleanField(default=True)),
                ('reason', models.CharField(default='unknown', max_length=24)),
                ('date_added', models.DateTimeField()),
                ('issue', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='store.issue')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='store.project')),
                ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='store.team')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('issue', 'user'), name='one_subscription_a_person'), models.UniqueConstraint(fields=('issue', 'team'), name='one_subscription_a_team'), models.CheckConstraint(condition=models.Q(('user__isnull', True), ('team__isnull', True), _connector='XOR'), name='a_person_or_a_team_subscribes')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=40)),
                ('address', models.JSONField(default=dict)),
                ('label', models.CharField(default='', max_length=320)),
                ('detail', models.JSONField(default=dict)),
                ('conversation', models.CharField(default='', max_length=80)),
                ('key', models.CharField(max_length=32, unique=True)),
                ('state', models.CharField(default='queued', max_length=12)),
                ('reason', models.CharField(default='', max_length=500)),
                ('due', models.DateTimeField(null=True)),
                ('lease_until', models.DateTimeField(null=True)),
                ('lease_by', models.CharField(default='', max_length=32)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('reference', models.JSONField(default=dict)),
                ('date_added', models.DateTimeField()),
                ('date_done', models.DateTimeField(null=True)),
                ('read', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deliveries', to=settings.AUTH_USER_MODEL)),
                ('integration', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='store.integration')),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='store.notification')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='store.organization')),
                ('doubtful', models.PositiveSmallIntegerField(default=0)),
                ('lane', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='deliveries', to='store.lane')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'retrying', 'unknown'])), fields=['due'], name='delivery_due'), models.Index(condition=models.Q(('state', 'sending')), fields=['lease_until'], name='delivery_leased'), models.Index(fields=['organization', '-date_added'], name='delivery_by_time'), models.Index(fields=['user', 'provider', '-date_added'], name='delivery_inbox'), models.Index(condition=models.Q(('state__in', ['queued', 'retrying', 'unknown'])), fields=['lane', 'due', 'id'], name='delivery_waiting'), models.Index(condition=models.Q(('state__in', ['retrying', 'unknown'])), fields=['lane', 'conversation'], name='delivery_retrying'), models.Index(fields=['organization', 'state', 'provider', 'date_added'], name='delivery_by_state'), models.Index(condition=models.Q(('doubtful__gt', 0)), fields=['organization', 'date_added'], name='delivery_doubtful')],
            },
        ),
        migrations.CreateModel(
            name='Firing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.CharField(max_length=32)),
                ('date_added', models.DateTimeField()),
                ('issue', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='firings', to='store.issue')),
                ('notification', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='store.notification')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='store.project')),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='firings', to='store.rule')),
            ],
            options={
                'indexes': [models.Index(fields=['rule', 'date_added'], name='firings_of_rule')],
            },
        ),
        migrations.CreateModel(
            name='Untold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(max_length=12)),
                ('reason', models.CharField(max_length=40)),
                ('cause', models.CharField(default='', max_length=64)),
                ('date_added', models.DateTimeField()),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='untold', to='store.notification')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='untold', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-date_added'], name='untold_of_person')],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('outcome', models.CharField(max_length=12)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('reason', models.CharField(default='', max_length=500)),
                ('excerpt', models.CharField(default='', max_length=300)),
                ('started', models.DateTimeField()),
                ('milliseconds', models.PositiveIntegerField(default=0)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tries', to='store.delivery')),
            ],
        ),
        migrations.CreateModel(
            name='Reference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conversation', models.CharField(max_length=80)),
                ('reference', models.JSONField()),
                ('date_added', models.DateTimeField()),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='store.delivery')),
                ('lane', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='store.lane')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('conversation', 'lane'), name='one_parent_a_place')],
            },
        ),
    ]

