"""What is taken over from Sentry, and what is said of the rest."""

import json

import pytest
from msgspec import UNSET

from tocsin.formats.sentry_export import NotFromSentryError, imported

FIRST_SEEN = {"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition", "name": "A new issue"}
UNKNOWN = {"id": "sentry.rules.conditions.moon.MoonCondition", "phase": "full"}


def row(model, pk, **fields):
    return {"model": f"sentry.{model}", "pk": pk, "fields": fields}


EXPORT = [
    row("organization", 1, slug="acme", name="Acme"),
    row("user", 7, username="ana", email="ana@example.com"),
    row("team", 2, slug="payments", name="Payments", organization=1),
    row("organizationmember", 3, user_id=7, organization=1, role="owner"),
    row("organizationmemberteam", 1, team=2, organizationmember=3),
    row("project", 4, slug="shop", name="Shop", organization=1),
    row("projectteam", 1, project=4, team=2),
    row("environment", 5, name="production", organization_id=1),
    row("projectownership", 1, project=4, raw="path:src/* #payments"),
    row("monitor", 1, name="cron"),
]


def a_rule(number=1, **data):
    whole = {
        "conditions": [FIRST_SEEN],
        "actions": [{"id": "mail", "targetType": "Team", "targetIdentifier": 2}],
        "action_match": "any",
        "filter_match": "all",
        "frequency": 60,
        **data,
    }
    return row(
        "rule",
        number,
        label="Payments",
        project=4,
        environment_id=5,
        owner_team=2,
        status=0,
        data=json.dumps(whole),
    )


def taken(*rows):
    return imported(json.dumps([*EXPORT, *rows]))


def test_teams_projects_ownership_and_rules_are_carried_over():
    found = taken(a_rule()).configuration

    [team], [project] = found.teams, found.projects
    assert (found.organization, team.slug, team.members) == ("acme", "payments", ["ana@example.com"])
    assert (project.slug, project.teams, project.ownership.rules) == ("shop", ["payments"], "path:src/* #payments")
    [rule] = project.rules
    assert (rule.name, rule.environment, rule.owner, rule.action_match, rule.frequency, rule.enabled) == (
        "Payments",
        "production",
        "#payments",
        "any",
        60,
        True,
    )
    assert rule.conditions == [{"id": FIRST_SEEN["id"]}]
    assert rule.actions == [{"id": "mail", "targetType": "Team", "targetIdentifier": "#payments"}]


def test_what_nobody_here_knows_is_kept_as_it_is():
    [rule] = taken(a_rule(conditions=[UNKNOWN])).configuration.projects[0].rules

    assert (rule.conditions, rule.keep_unknown) == ([UNKNOWN], True)


@pytest.mark.parametrize(
    ("row_", "said"),
    [
        (row("projectoption", 1), "1 rows of sentry.projectoption: not carried over."),
        (a_rule(actions=[{"id": "slack", "workspace": 42}]), "names the workspace 42 of Sentry's"),
        (a_rule(actions=[{"id": "m", "targetType": "Member", "targetIdentifier": 9}]), "the member 9 of Sentry's"),
        (a_rule(frequency=1), "has a frequency of 1 minutes"),
        (row("rule", 1, label="Odd", project=4, data="{"), "What the rule “Odd” does cannot be read"),
        (row("rule", 1, label="Far", project=99, data="{}"), "1 rules of the project 99, which is not there"),
        (a_rule(conditions=["x"]), "has a line that is none"),
        (
            row("projectownership", 1, project=4, auto_assignment=False),
            "Ownership of shop has auto-assignment turned off",
        ),
        (row("projectownership", 1, project=4, is_active=False), "Ownership of shop is switched off there"),
        (row("projectownership", 1, project=4, fallthrough=False), "Ownership of shop tells nobody"),
        (row("projectownership", 1, project=4, auto_assignment="no"), "has 'no' as auto_assignment"),
        (
            row("projectownership", 1, project=4, auto_assignment=False, suspect_committer_auto_assignment=True),
            "assigns to suspect commits alone",
        ),
        (row("projectownership", 9, project=99, raw="* #x"), "Ownership of the project 99, which is not there"),
        (row("projectteam", 9, project=4, team=99), "That the team 99 holds the project 4 is left out"),
        (row("organizationmemberteam", 9, team=99, organizationmember=3), "A member of the team 99"),
        (row("organization", 9, slug="other"), "The file holds 2 organizations"),
        (row("organizationmember", 9, email="bo@example.com"), "2 members are named as they are in teams"),
        (row("team", 9, slug="gone", status=1), "The team #gone is being deleted there"),
        (row("project", 9, slug="gone", status=1), "The project gone is not active there"),
        (a_rule(frequency="often"), "has the frequency 'often'"),
        (a_rule(action_match="most"), "has 'most' as actionMatch"),
        (a_rule(moon="full"), "has moon: 'full', which is not carried over"),
        (a_rule(conditions={"id": "x"}), "has lines that are no list"),
        (row("rule", 1, label="Odd", project=4, data="{}", status=2), "“Odd” is being deleted there"),
        (row("rule", 1, label="Odd", project=4, data="{}", source=1), "“Odd” belongs to a monitor"),
        (row("rule", 1, label="Odd", project=4, data="[]"), "What the rule “Odd” does is no set of keys"),
        (row("rule", 1, label="Odd", project=4, data=[7]), "What the rule “Odd” does is no set of keys"),
        (
            row("rule", 1, label="Odd", project=4, data="{}", owner_team=99),
            "owned by somebody who is not in the file",
        ),
        (row("rule", 1, label="Odd", project=4, data="{}", environment_id=99), "for the environment 99"),
        (row("rule", 1, label="x" * 300, project=4, data="{}"), "had a longer name"),
        (row("organizationmemberteam", 9, team=2, organizationmember=99), "A member of #payments has no address."),
    ],
)
def test_what_is_not_carried_over_is_said(row_, said):
    assert any(said in line for line in taken(row_).report)


@pytest.mark.parametrize(
    ("auto", "suspect", "is_"),
    [
        (True, False, "Auto Assign to Issue Owner"),
        (True, True, "Auto Assign to Suspect Commits"),
        (False, False, "Turn off Auto-Assignment"),
    ],
)
def test_auto_assignment_is_carried_over(auto, suspect, is_):
    flags = {"auto_assignment": auto, "suspect_committer_auto_assignment": suspect}

    found = taken(row("projectownership", 1, project=4, **flags)).configuration

    assert found.projects[0].ownership.auto_assignment == is_


def test_a_rule_for_an_environment_that_is_not_in_the_file_is_off():
    found = taken(row("rule", 1, label="Odd", project=4, data="{}", environment_id=99)).configuration

    assert not found.projects[0].rules[0].enabled


def test_a_snooze_of_a_listed_rule_is_said():
    rule = {"name": "Payments", "conditions": [], "actions": [], "projects": ["shop"], "snooze": True}

    assert any("“Payments” is snoozed there" in line for line in imported(json.dumps([rule]), "acme").report)


def test_rules_of_one_name_are_numbered():
    found = taken(a_rule(1), a_rule(2, frequency=30))

    assert [one.name for one in found.configuration.projects[0].rules] == ["Payments", "Payments (2)"]


def test_rules_as_the_api_lists_them_are_taken_by_their_projects():
    rule = {
        "id": "1",
        "name": "Payments",
        "conditions": [FIRST_SEEN],
        "filters": [],
        "actions": [{"id": "mail"}],
        "actionMatch": "any",
        "filterMatch": "all",
        "frequency": 30,
        "environment": None,
        "owner": "team:5",
        "projects": ["shop"],
        "status": "disabled",
    }

    found = imported(json.dumps([rule]), "acme")

    [project] = found.configuration.projects
    assert (found.configuration.organization, project.slug, project.teams) == ("acme", "shop", UNSET)
    assert (project.rules[0].name, project.rules[0].enabled) == ("Payments", False)
    assert "team:5" in found.report[0]


@pytest.mark.parametrize("text", ["{", "{}", "7", '["x"]', '[{"a": 1}]', '[{"model": "x"}, {}]'])
def test_another_file_is_refused(text):
    with pytest.raises(NotFromSentryError):
        imported(text)
