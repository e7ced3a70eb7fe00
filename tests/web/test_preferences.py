"""Preferences: one table for a place, each choice with its effect and whose word it is, changed and undone."""

import pytest
from django.test import Client
from tests.builders import World, a_member, a_project, a_world

from tocsin.core.choices import TYPES
from tocsin.store.models import AuditEntry, Organization, Preference, PreferenceDefault, ProjectTeam, Team

PAGE = "/settings/notifications/"
TEAM = "/acme/teams/acme/notifications/"
DEFAULTS = "/acme/settings/notifications/"
HTMX = {"HX-Request": "true"}


def in_shop(world: World) -> str:
    return f"{PAGE}?at=project:{world.project.pk}"


def in_acme(world: World) -> str:
    return f"{PAGE}?at=organization:{world.organization.pk}"


def cell(client: Client, key: str, page: str = PAGE) -> tuple[str, str, str]:
    """What was chosen there, what holds, and whose word that is."""
    lines = client.get(page).context["matrix"].lines
    found = next(one for line in lines for one in line.choices if one.key == key)
    return found.own, found.value, found.source


def test_without_choices_everything_stands_at_its_default(ana: Client):
    assert cell(ana, "alerts:") == ("default", "always", "default")
    assert cell(ana, "workflow:") == ("default", "subscribe_only", "default")
    assert cell(ana, "deploy:email") == ("default", "always", "default")


def test_reports_come_by_mail_and_no_other_service_is_offered(ana: Client):
    reports = next(line for line in ana.get(PAGE).context["matrix"].lines if line.type == "reports")

    assert [one.provider for one in reports.choices] == ["", "email"]


def test_all_types_are_there_everywhere_and_those_of_projects_in_one(ana: Client, world: World):
    assert [line.type for line in ana.get(PAGE).context["matrix"].lines] == list(TYPES)
    assert [line.type for line in ana.get(in_shop(world)).context["matrix"].lines] == ["alerts", "workflow"]


def test_a_choice_for_everywhere_shows_in_each_place_with_its_origin(ana: Client, world: World):
    ana.post(PAGE, {"alerts:email": "never"})

    assert cell(ana, "alerts:email") == ("never", "never", "everywhere")
    assert cell(ana, "alerts:email", in_acme(world)) == ("default", "never", "everywhere")
    assert cell(ana, "alerts:email", in_shop(world)) == ("default", "never", "everywhere")


def test_an_organizations_choice_shows_in_its_projects(ana: Client, world: World):
    ana.post(in_acme(world), {"alerts:": "never"})

    assert cell(ana, "alerts:", in_shop(world)) == ("default", "never", "organization")
    assert cell(ana, "alerts:") == ("default", "always", "default")


def test_a_choice_for_a_project_wins_there(ana: Client, world: World):
    ana.post(PAGE, {"alerts:": "never"})
    ana.post(in_shop(world), {"alerts:": "always"})

    assert cell(ana, "alerts:", in_shop(world)) == ("always", "always", "project")


def test_an_organizations_default_shows_where_nobody_chose(ana: Client, world: World):
    PreferenceDefault.objects.create(organization=world.organization, type="deploy", value="never")

    assert cell(ana, "deploy:") == ("default", "never", "organization default")


def test_a_choice_can_be_put_back_by_its_button(ana: Client):
    ana.post(PAGE, {"alerts:": "never"})
    ana.post(PAGE, {"reset": "alerts:", "alerts:": "never"})

    assert not Preference.objects.exists()


def test_a_form_without_changes_writes_nothing(ana: Client):
    ana.post(PAGE, {"alerts:": "default", "workflow:": "default"})

    assert not Preference.objects.exists()


def test_the_last_change_can_be_undone_once(ana: Client):
    ana.post(PAGE, {"alerts:": "always"})
    ana.post(PAGE, {"alerts:": "never"})
    assert "Alerts: never" in ana.get(PAGE).text

    ana.post(PAGE, {"undo": "1"})
    assert Preference.objects.get().value == "always"

    ana.post(PAGE, {"undo": "1"})
    assert Preference.objects.get().value == "always"


def test_several_changes_of_one_form_are_undone_together(ana: Client):
    ana.post(PAGE, {"alerts:": "never", "workflow:": "always"})
    ana.post(PAGE, {"undo": "1"})

    assert not Preference.objects.exists()


def test_undo_stays_with_the_place_that_was_changed(ana: Client, world: World):
    ana.post(PAGE, {"alerts:": "never"})

    assert ana.get(in_shop(world)).context["undo"] is None


def test_htmx_gets_the_table_alone_and_a_browser_without_it_the_page(ana: Client):
    table = ana.post(PAGE, {"alerts:": "never"}, headers=HTMX)
    assert table.status_code == 200
    assert table.text.lstrip().startswith('<div id="matrix">')
    assert "Undo" in table.text

    assert ana.post(PAGE, {"alerts:": "always"}).status_code == 302


def test_without_javascript_one_button_saves_all(ana: Client):
    assert (
        '<noscript><div class="buttons matrix-save"><button class="button primary">Save</button>'
        in ana.get(PAGE).text
    )


def test_with_a_type_off_its_services_are_marked_as_moot(ana: Client):
    ana.post(PAGE, {"alerts:": "never"})

    alerts = ana.get(PAGE).context["matrix"].lines[0]
    assert [one.is_moot for one in alerts.cells] == [False, *[True] * (len(alerts.cells) - 1)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"alerts:": "sometimes"},
        {"alerts:": "subscribe_only"},
        {"deploy:email": "committed_only"},
        {"gossip:": "never"},
        {"alerts:pigeon": "never"},
        {"reset": "gossip:"},
    ],
    ids=str,
)
def test_what_is_no_choice_is_refused_by_name_and_nothing_is_written(ana: Client, wrong: dict):
    answer = ana.post(PAGE, {"workflow:": "never", **wrong})

    assert answer.status_code == 400
    assert (wrong.get("reset") or next(iter(wrong))) in answer.text
    assert not Preference.objects.exists()


@pytest.mark.parametrize("at", ["galaxy", "project:x", "project:999999", "organization:999999", "user:1", "team:1"])
def test_what_is_no_place_is_not_found(ana: Client, at: str):
    assert ana.get(f"{PAGE}?at={at}").status_code == 404
    assert ana.post(f"{PAGE}?at={at}", {"alerts:": "never"}).status_code == 404


def test_nobody_chooses_for_anothers_project(ana: Client):
    foreign = a_world("globex", "other", "eve@example.com")

    assert ana.post(in_shop(foreign), {"alerts:": "never"}).status_code == 404


def test_a_project_that_tells_none_of_ones_teams_is_not_listed(ana: Client, world: World):
    a_project(world.organization, slug="secret")

    assert [one.name for one in ana.get(PAGE).context["places"]] == ["Everywhere", "All of Acme", "Shop"]


def test_the_number_of_queries_does_not_grow_with_the_projects(
    ana: Client, world: World, django_assert_max_num_queries
):
    for number in range(20):
        a_project(world.organization, world.team, slug=f"p{number}")

    with django_assert_max_num_queries(13):
        ana.get(PAGE)


def test_decisions_learn_of_a_choice_and_of_its_end(ana: Client):
    versions = [Organization.objects.get().version]
    for value in ("never", "default"):
        ana.post(PAGE, {"alerts:": value})
        versions.append(Organization.objects.get().version)

    assert versions == sorted(set(versions))


def test_habits_are_two_ticks(ana: Client, world: World):
    ana.post("/settings/notifications/habits/", {"take": "1"})

    world.user.refresh_from_db()
    assert (world.user.hears_own_activity, world.user.assigns_self_on_resolve) == (False, True)


# — a team's own places


def test_a_team_member_chooses_for_the_team(ana: Client, world: World):
    ana.post(TEAM, {"alerts:slack": "never"})

    row = Preference.objects.get()
    assert (row.team, row.user, row.scope, row.value) == (world.team, None, "team", "never")
    assert cell(ana, "alerts:slack", TEAM) == ("never", "never", "team")


def test_a_member_of_another_team_looks_and_does_not_choose(world: World, client: Client):
    client.force_login(a_member(world.organization, email="bo@example.com"))

    page = client.get(TEAM)
    assert page.status_code == 200
    assert "<select" not in page.text
    assert client.post(TEAM, {"alerts:": "never"}).status_code == 403
    assert not Preference.objects.exists()


def test_ones_teams_are_linked_from_ones_preferences(ana: Client, world: World):
    ProjectTeam.objects.all().delete()
    Team.objects.create(
        organization=world.organization, slug="theirs", name="Theirs", date_added=world.team.date_added
    )

    page = ana.get(PAGE).text
    assert TEAM in page
    assert "/acme/teams/theirs/" not in page


# — an organization's defaults


def test_an_owner_sets_what_holds_for_whoever_chose_nothing(ana: Client, world: World):
    ana.post(DEFAULTS, {"deploy:": "never"})

    assert cell(ana, "deploy:", DEFAULTS) == ("never", "never", "organization default")
    assert AuditEntry.objects.get(event="preference_default.edit").actor == world.user


def test_a_default_can_be_undone(ana: Client):
    ana.post(DEFAULTS, {"deploy:": "never"})
    ana.post(DEFAULTS, {"undo": "1"})

    assert not PreferenceDefault.objects.exists()


def test_a_member_sees_the_defaults_and_does_not_set_them(world: World, client: Client):
    client.force_login(a_member(world.organization, world.team, email="bo@example.com"))

    assert "<select" not in client.get(DEFAULTS).text
    assert client.post(DEFAULTS, {"deploy:": "never"}).status_code == 403
    assert not PreferenceDefault.objects.exists()


@pytest.mark.parametrize(
    ("page", "words"),
    [(PAGE, "Only what I follow"), (TEAM, "Only what the team follows"), (DEFAULTS, "Only what they follow")],
)
def test_a_page_speaks_of_whoever_it_is_for(ana: Client, page: str, words: str):
    lines = ana.get(page).context["matrix"].lines
    (of_issues,) = [one for line in lines for one in line.choices if one.key == "workflow:"]

    assert words in [option.words for option in of_issues.options]


def test_what_was_changed_is_said_in_the_words_that_were_chosen(ana: Client):
    assert "only what the team follows" in ana.post(TEAM, {"workflow:": "subscribe_only"}, follow=True).text
