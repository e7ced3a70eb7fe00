"""An organization as a file: exported, planned, applied; all or nothing, and twice is once."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec import structs

from tests.builders import NOW, a_member, a_world
from tocsin.formats.configuration import (
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
    models = (Team, TeamMember, ProjectTeam, PreferenceDefault, Ownership, Rule, AuditEntry)
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


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
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
    assert run(apply_command.command, str(file))[0] == 2
