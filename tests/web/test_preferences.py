"""Preferences: each choice with its effect and where it comes from, changed and undone."""

import pytest
from django.test import Client
from tests.builders import World, a_project, a_world

from tocsin.store.models import Organization, Preference

PAGE = "/settings/notifications/"


def choose(client: Client, **more):
    return client.post(PAGE, {"provider": "", "value": "never", **more})


def everywhere(world: World) -> dict:
    return {"scope": "user", "scope_id": world.user.pk}


def in_shop(world: World) -> dict:
    return {"scope": "project", "scope_id": world.project.pk}


def cells(client: Client, line: int) -> list[tuple[str, str, str, str]]:
    found = client.get(PAGE).context["lines"][line].cells
    return [(cell.name, cell.own, cell.value, cell.source) for cell in found]


def test_without_choices_everything_is_told_by_default(ana: Client):
    assert cells(ana, 0) == [
        ("Alerts", "default", "always", "by default"),
        ("E-mail", "default", "always", "by default"),
        ("Inbox", "default", "always", "by default"),
    ]


def test_a_choice_for_everywhere_shows_in_each_project_with_its_origin(ana: Client, world: World):
    choose(ana, **everywhere(world), provider="email")

    assert cells(ana, 0)[1] == ("E-mail", "never", "never", "chosen here")
    assert cells(ana, 1)[1] == ("E-mail", "default", "never", "from everywhere")


def test_a_choice_for_a_project_wins_there(ana: Client, world: World):
    choose(ana, **everywhere(world))
    choose(ana, **in_shop(world), value="always")

    assert cells(ana, 1)[0] == ("Alerts", "always", "always", "chosen here")


def test_with_alerts_off_no_service_tells_any(ana: Client, world: World):
    choose(ana, **everywhere(world))

    assert {value for _, _, value, _ in cells(ana, 0)} == {"never"}


def test_the_default_leaves_no_row(ana: Client, world: World):
    choose(ana, **everywhere(world))
    choose(ana, **everywhere(world), value="default")

    assert not Preference.objects.exists()


def test_a_choice_made_twice_is_one_row(ana: Client, world: World):
    choose(ana, **everywhere(world))
    choose(ana, **everywhere(world), value="always")

    assert Preference.objects.get().value == "always"


def test_the_last_change_can_be_undone(ana: Client, world: World):
    choose(ana, **everywhere(world), value="always")
    choose(ana, **everywhere(world), value="never")

    undo = ana.session["undo_preference"]
    ana.post(PAGE, {**undo, "undo": "1"})

    assert Preference.objects.get().value == "always"
    assert "Undo the last change" not in ana.get(PAGE).text


def test_decisions_learn_of_a_choice(ana: Client, world: World):
    before = Organization.objects.get().version

    choose(ana, **everywhere(world))

    assert Organization.objects.get().version > before


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": "sometimes"},
        {"provider": "pigeon"},
        {"provider": "slack"},
        {"scope": "galaxy"},
        {"scope_id": "x"},
        {"scope_id": "999"},
    ],
    ids=str,
)
def test_what_is_no_preference_is_not_found(ana: Client, world: World, wrong: dict):
    assert choose(ana, **{**everywhere(world), **wrong}).status_code == 404
    assert not Preference.objects.exists()


def test_nobody_chooses_for_anothers_project(ana: Client):
    foreign = a_world("globex", "other", "eve@example.com").project

    assert choose(ana, scope="project", scope_id=foreign.pk).status_code == 404


def test_a_project_that_tells_none_of_ones_teams_is_not_listed(ana: Client, world: World):
    a_project(world.organization, slug="secret")

    assert [line.name for line in ana.get(PAGE).context["lines"]] == ["Everywhere", "Shop"]


def test_the_number_of_queries_does_not_grow_with_the_projects(
    ana: Client, world: World, django_assert_max_num_queries
):
    for number in range(20):
        a_project(world.organization, world.team, slug=f"p{number}")

    with django_assert_max_num_queries(9):
        ana.get(PAGE)


def test_without_javascript_each_choice_has_its_button(ana: Client):
    assert '<noscript><button class="button small" type="submit">Save</button></noscript>' in ana.get(PAGE).text


def test_a_choice_that_says_it_all_has_nothing_beneath_it(ana: Client, world: World):
    choose(ana, **everywhere(world), provider="email")

    lines = ana.get(PAGE).context["lines"]
    assert [cell.note for cell in lines[0].cells] == ["", "", ""]
    assert [cell.note for cell in lines[1].cells] == ["", "Never, from everywhere", ""]
