"""An organization as a file: exported, planned, applied; all or nothing, and twice is once."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from tests.builders import NOW, a_member, a_world
from tests.pipeline.sending import connected
from tests.pipeline.workspace import OPS, Workspace, too_many
from tocsin.core.sending import Failure
from tocsin.formats.configuration import (
    CodeOwnersAs,
    Configuration,
    DefaultAs,
    OwnershipAs,
    ProjectAs,
    RuleAs,
    TeamAs,
    read,
    write,
)
from tocsin.formats.sentry_export import imported
from tocsin.pipeline.as_code import NotAppliedError, apply, export, plan
from tocsin.store.models import (
    AuditEntry,
    CodeOwners,
    Integration,
    Organization,
    Ownership,
    PreferenceDefault,
    Project,
    ProjectTeam,
    Rule,
    Team,
    TeamMember,
)

MAIL = "sentry.mail.actions.NotifyEmailAction"
SLACK = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction"
FIRST_SEEN = {"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"}
UNKNOWN = {"id": "sentry.rules.conditions.moon.MoonCondition", "phase": "full"}


@pytest.fixture
def world(db):
    return a_world()


def a_rule(name="Tell us", **columns):
    given = {"actions": [{"id": MAIL, "targetType": "IssueOwners", "fallthroughType": "AllMembers"}], **columns}
    return RuleAs(name, **{"conditions": [FIRST_SEEN], **given})


def a_file(*rules, **columns):
    return Configuration("acme", projects=[ProjectAs("shop", rules=list(rules))], **columns)


def everything_written():
    models = (Team, TeamMember, ProjectTeam, PreferenceDefault, Ownership, CodeOwners, Rule, AuditEntry)
    versions = list(Organization.objects.values("version")), list(Project.objects.values("version"))
    return [list(model.objects.order_by("pk").values()) for model in models], versions


def test_what_is_exported_and_applied_again_changes_nothing(world):
    apply(world.organization, a_file(a_rule(owner="#acme", tests=[])), NOW)
    before = everything_written()

    found = apply(world.organization, read(write(export(world.organization))), NOW)

    assert found.diff == ""
    assert everything_written() == before


def test_a_plan_says_what_would_change_and_changes_nothing(world):
    before = everything_written()

    found = plan(world.organization, a_file(a_rule()), NOW)

    assert "+  - name: Tell us\n" in found.diff
    assert everything_written() == before
    assert apply(world.organization, a_file(a_rule()), NOW).diff == found.diff


def test_applied_twice_is_applied_once(world):
    apply(world.organization, a_file(a_rule(filters=[])), NOW)
    before = everything_written()

    assert apply(world.organization, a_file(a_rule()), NOW).diff == ""
    assert everything_written() == before


def test_rules_are_added_changed_and_removed_by_their_names(world):
    apply(world.organization, a_file(a_rule("Keep"), a_rule("Go", frequency=60)), NOW)
    kept = Rule.objects.get(label="Keep")

    apply(world.organization, a_file(a_rule("Keep", frequency=5), a_rule("New", frequency=90, enabled=False)), NOW)

    assert set(Rule.objects.values_list("label", "status")) == {("Keep", "active"), ("New", "disabled")}
    changed = Rule.objects.get(label="Keep")
    assert (changed.pk, changed.data["frequency"]) == (kept.pk, 5)
    assert changed.data["actions"] == kept.data["actions"]


def test_what_a_file_does_not_name_is_left_alone(world):
    apply(world.organization, a_file(a_rule()), NOW)
    before = everything_written()

    apply(world.organization, Configuration("acme", projects=[ProjectAs("shop")]), NOW)

    assert everything_written() == before


def test_ownership_rules_that_a_file_does_not_name_stay(world):
    def owning(**said):
        return Configuration("acme", projects=[ProjectAs("shop", ownership=OwnershipAs(**said))])

    apply(world.organization, owning(rules="path:src/* #acme"), NOW)

    apply(world.organization, owning(auto_assignment="Turn off Auto-Assignment"), NOW)

    assert Ownership.objects.get().raw == "path:src/* #acme"


def test_names_stand_for_ids(world):
    slack = Integration.objects.create(
        organization=world.organization,
        provider="slack",
        name="Acme",
        settings=b"",
        date_added=NOW,
        date_updated=NOW,
    )
    to_team = {"id": MAIL, "targetType": "Team", "targetIdentifier": "#acme"}
    to_ana = {"id": MAIL, "targetType": "Member", "targetIdentifier": "ana@example.com"}
    to_slack = {"id": SLACK, "workspace": "Acme", "channel": "#ops"}

    apply(world.organization, a_file(a_rule(actions=[to_team, to_ana, to_slack], owner="ana@example.com")), NOW)

    rule = Rule.objects.get()
    team, ana, channel = rule.data["actions"]
    assert (team["targetIdentifier"], ana["targetIdentifier"]) == (str(world.team.pk), str(world.user.pk))
    assert (channel["workspace"], rule.owner_user_id) == (str(slack.pk), world.user.pk)
    [exported] = export(world.organization).projects[0].rules
    assert (exported.actions, exported.owner) == ([to_team, to_ana, to_slack], "ana@example.com")


def test_teams_defaults_and_ownership_become_as_the_file_says(world):
    bo = a_member(world.organization, world.team, email="bo@example.com")
    wanted = Configuration(
        "acme",
        teams=[TeamAs("acme", members=["ana@example.com"]), TeamAs("ops", "Ops", members=["bo@example.com"])],
        preferences=[DefaultAs("deploy", "never")],
        projects=[ProjectAs("shop", teams=["acme", "ops"], ownership=OwnershipAs("path:src/* #ops\n"))],
    )

    apply(world.organization, wanted, NOW)

    assert list(TeamMember.objects.filter(user=bo).values_list("team__slug", flat=True)) == ["ops"]
    assert PreferenceDefault.objects.get().value == "never"
    assert set(ProjectTeam.objects.values_list("team__slug", flat=True)) == {"acme", "ops"}
    assert Ownership.objects.get().raw == "path:src/* #ops\n"
    apply(world.organization, structs.replace(wanted, preferences=[]), NOW)
    assert not PreferenceDefault.objects.exists()


def owned_by(*files, **said):
    return Configuration(
        "acme", projects=[ProjectAs("shop", ownership=OwnershipAs(codeowners=list(files), **said))]
    )


def test_rules_of_all_projects_are_added_changed_and_removed(world):
    def shared(*rules):
        return Configuration("acme", rules=list(rules))

    apply(world.organization, a_file(a_rule("The project's")), NOW)
    apply(world.organization, shared(a_rule("Keep"), a_rule("Go", frequency=60)), NOW)
    kept = Rule.objects.get(label="Keep")

    found = apply(world.organization, shared(a_rule("Keep", frequency=5, enabled=False)), NOW)

    [left] = Rule.objects.filter(organization=world.organization)
    assert (left.pk, left.data["frequency"], left.status) == (kept.pk, 5, "disabled")
    assert "-- name: Go\n" in found.diff
    assert Rule.objects.filter(project=world.project, label="The project's").exists()


def test_a_rule_of_all_projects_may_be_called_as_a_projects_own(world):
    apply(world.organization, a_file(a_rule(), rules=[a_rule(frequency=60)]), NOW)

    assert Rule.objects.filter(label="Tell us").count() == 2
    assert plan(world.organization, export(world.organization), NOW).diff == ""


def test_rules_of_all_projects_stay_where_a_file_does_not_name_them(world):
    apply(world.organization, Configuration("acme", rules=[a_rule()]), NOW)

    apply(world.organization, Configuration("acme"), NOW)

    assert Rule.objects.filter(organization=world.organization).exists()


def test_rules_of_another_organization_are_not_in_the_file(world):
    other = Organization.objects.create(slug="other", name="Other", date_added=NOW)
    apply(other, Configuration("other", rules=[a_rule("Theirs")]), NOW)

    assert export(world.organization).rules == []
    apply(world.organization, Configuration("acme", rules=[]), NOW)
    assert Rule.objects.filter(label="Theirs").exists()


def test_codeowners_files_become_as_the_file_says_in_its_order(world):
    first, second = CodeOwnersAs("*.py @ana", "acme/shop", "main", "src", "/app"), CodeOwnersAs("/docs/ @bo\n")
    apply(world.organization, owned_by(first, second), NOW)
    kept = CodeOwners.objects.order_by("pk").first()

    apply(world.organization, owned_by(structs.replace(first, raw="*.rs @ana", source_root="")), NOW)

    [row] = CodeOwners.objects.all()
    assert (row.pk, row.raw, row.repository, row.source_root) == (kept.pk, "*.rs @ana", "acme/shop", "")


def test_codeowners_files_stay_where_a_file_does_not_name_them(world):
    apply(world.organization, owned_by(CodeOwnersAs("*.py @ana")), NOW)

    apply(
        world.organization,
        Configuration("acme", projects=[ProjectAs("shop", ownership=OwnershipAs("path:src/* #acme"))]),
        NOW,
    )

    assert CodeOwners.objects.exists()


def test_codeowners_files_with_no_ownership_rules_make_none(world):
    apply(world.organization, owned_by(CodeOwnersAs("*.py @ana")), NOW)

    assert not Ownership.objects.exists()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
files = st.builds(
    CodeOwnersAs,
    raw=texts.filter(str.strip),
    repository=texts.map(str.strip),
    branch=texts.map(str.strip),
    source_root=texts.map(str.strip),
    stack_root=texts.map(str.strip),
)


def some_rules(least):
    """Rules of which none does what another does: frequencies begin at `least`."""
    one = st.builds(
        a_rule,
        st.sampled_from(["One", "Two", "Ünïcode: #3", "- four"]),
        frequency=st.integers(least, least + 1_000),
        owner=st.sampled_from(["", "#acme", "ana@example.com"]),
        enabled=st.booleans(),
        wait=st.integers(0, 30),
    )
    return st.lists(one, unique_by=(lambda rule: rule.name, lambda rule: rule.frequency), max_size=3)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(files, max_size=3), some_rules(5), some_rules(2_000))
def test_whatever_is_applied_is_exported_so_that_its_plan_is_empty(world, owners, shared, own):
    ownership = OwnershipAs("path:src/* #acme", codeowners=owners)
    wanted = Configuration("acme", rules=shared, projects=[ProjectAs("shop", ownership=ownership, rules=own)])
    apply(world.organization, wanted, NOW)

    written = read(write(export(world.organization)))

    assert written.projects[0].ownership.codeowners == owners
    assert plan(world.organization, written, NOW).diff == ""
    assert plan(world.organization, wanted, NOW).diff == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rules": [a_rule(owner="#moon")]}, "rules, Tell us, owner: "),
        ({"rules": [a_rule(), a_rule()]}, "rules: two are called 'Tell us'"),
        ({"projects": owned_by(CodeOwnersAs(" ")).projects}, "shop, ownership, codeowners, 1, raw: "),
        (
            {"projects": owned_by(CodeOwnersAs("* @a", repository="r" * 201)).projects},
            "repository: Must be text of at most 200",
        ),
        ({"teams": [TeamAs("ops", members=["eve@example.com"])]}, "teams, ops: eve@example.com is no member"),
        ({"preferences": [DefaultAs("moon", "never")]}, "preferences, moon: there is no such type"),
        ({"preferences": [DefaultAs("deploy", "odd")]}, "preferences, deploy: "),
        ({"preferences": [DefaultAs("deploy", "never", "pigeon")]}, "there is no such service"),
        ({"projects": [ProjectAs("moon")]}, "projects, moon: there is no such project"),
        ({"projects": [ProjectAs("shop", teams=["moon"])]}, "there is no team 'moon'"),
        (
            {"projects": [ProjectAs("shop", ownership=OwnershipAs("path:x #moon"))]},
            "shop, ownership, raw: ",
        ),
        ({"projects": [ProjectAs("shop", rules=[a_rule(conditions=[UNKNOWN])])]}, "rules, Tell us, conditions: "),
        ({"projects": [ProjectAs("shop", rules=[a_rule(owner="#moon")])]}, "rules, Tell us, owner: "),
        ({"projects": [ProjectAs("shop", rules=[a_rule(), a_rule()])]}, "two are called 'Tell us'"),
        (
            {"projects": [ProjectAs("shop", rules=[a_rule(tests=[{"name": "old", "fires": True}])])]},
            "rules, Tell us, tests: “old” fails",
        ),
    ],
)
def test_a_file_with_one_wrong_thing_changes_nothing(world, wrong, said):
    good = Configuration("acme", teams=[TeamAs("new")], projects=[ProjectAs("shop", rules=[a_rule("Good")])])
    before = everything_written()

    with pytest.raises(NotAppliedError) as caught:
        apply(world.organization, structs.replace(good, **wrong), NOW)

    assert any(said in reason for reason in caught.value.reasons), caught.value.reasons
    assert everything_written() == before


def test_a_file_of_another_organization_is_refused(world):
    with pytest.raises(NotAppliedError, match="for the organization 'other'"):
        apply(world.organization, Configuration("other"), NOW)


def test_lines_that_cannot_run_are_kept_marked_and_shown(world):
    strange = {"id": "sentry.actions.Moon", "phase": "full"}
    wanted = a_file(a_rule(conditions=[UNKNOWN], actions=[strange], keep_unknown=True))

    found = apply(world.organization, wanted, NOW)

    data = Rule.objects.get().data
    assert data["conditions"] == [UNKNOWN]
    assert data["actions"][0]["id"] == strange["id"]
    assert [mark.split(": ", 1)[0] for mark in found.marks] == ["projects, shop, rules, Tell us"] * 2
    assert export(world.organization).projects[0].rules[0].keep_unknown
    assert apply(world.organization, read(write(export(world.organization))), NOW).diff == ""


def test_what_comes_from_sentry_can_be_applied(world):
    rule = {
        "name": "From there",
        "conditions": [FIRST_SEEN, UNKNOWN],
        "actions": [{"id": SLACK, "workspace": "42", "channel": "#ops"}],
        "projects": ["shop"],
    }

    found = apply(world.organization, imported(json.dumps([rule]), "acme").configuration, NOW)

    assert Rule.objects.get().data["conditions"] == [FIRST_SEEN, UNKNOWN]
    assert any("MoonCondition" in mark for mark in found.marks)
    assert any("no Slack integration '42'" in mark for mark in found.marks)


def test_the_commands_export_plan_and_apply(world, tmp_path: Path, monkeypatch):
    from tocsin.ops import apply as apply_command
    from tocsin.ops import export as export_command
    from tocsin.ops import plan as plan_command

    for module in (apply_command, export_command, plan_command):
        monkeypatch.setattr(module, "django_ready", lambda data: None)
    file = tmp_path / "tocsin.yaml"
    file.write_text(write(a_file(a_rule())))

    def run(command, *arguments):
        done = CliRunner().invoke(command, arguments)
        return done.exit_code, done.output

    assert run(plan_command.command, str(file))[0] == 3
    assert run(apply_command.command, str(file))[0] == 0
    assert run(plan_command.command, str(file)) == (0, "Nothing would change: everything is as the file says.\n")
    assert "name: Tell us" in run(export_command.command)[1]
    file.write_text("organization: acme\nmoon: 1\n")
    assert run(apply_command.command, str(file))[0] == 1


# --- The channels that rules name


@pytest.fixture
def workspace(world) -> Workspace:
    connected(world)
    return Workspace()


def to_ops(**more):
    return a_file(a_rule(actions=[{"id": SLACK, "workspace": "Acme", "channel": "#ops", **more}]))


def test_a_file_names_a_channel_and_the_rule_gets_its_id(world, workspace):
    apply(world.organization, to_ops(), NOW, workspace.way)

    assert Rule.objects.get().data["actions"][0]["channel_id"] == OPS["id"]


def test_a_file_without_ids_applied_again_changes_nothing(world, workspace):
    apply(world.organization, to_ops(), NOW, workspace.way)

    assert plan(world.organization, to_ops(), NOW, workspace.way).diff == ""


def test_a_file_without_ids_changes_nothing_while_slack_does_not_answer(world, workspace):
    apply(world.organization, to_ops(), NOW, workspace.way)
    workspace.time += timedelta(hours=1)
    workspace.next.append(Failure("could not connect"))

    found = plan(world.organization, to_ops(), NOW, workspace.way)

    assert (found.diff, found.marks) == ("", ())


def test_a_channel_that_is_not_there_refuses_the_file_at_its_rule(world, workspace):
    workspace.rooms = []

    with pytest.raises(NotAppliedError, match="There is no channel #ops") as refused:
        plan(world.organization, to_ops(), NOW, workspace.way)

    assert refused.value.reasons[0].startswith("projects, shop, rules, Tell us, actions: Action 1: ")


def test_a_channel_that_is_not_known_yet_is_kept_and_marked(world, workspace):
    workspace.next.append(too_many(30))

    found = apply(world.organization, to_ops(), NOW, workspace.way)

    assert found.marks == (
        "projects, shop, rules, Tell us: Slack asks to wait (HTTP 429). Its channel was not checked.",
    )
    assert Rule.objects.get().data["actions"][0]["channel"] == "#ops"


def test_a_rule_from_elsewhere_is_kept_though_its_channel_is_not_there(world, workspace):
    workspace.rooms = []
    kept = structs.replace(
        a_rule(actions=[{"id": SLACK, "workspace": "Acme", "channel": "#ops"}]), keep_unknown=True
    )

    found = apply(world.organization, a_file(kept), NOW, workspace.way)

    assert "There is no channel #ops" in found.marks[0]
