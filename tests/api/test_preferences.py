"""A person's choices over the API (behaviour §2.7)."""

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_member, a_world, an_organization
from tocsin.core.choices import TYPES
from tocsin.store.models import Membership, Organization, Preference

pytestmark = pytest.mark.django_db

OPTIONS = "/users/me/notification-options/"
PROVIDERS = "/users/me/notification-providers/"


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def a_choice(world, scope="project", value="never", **changes):
    ids = {"user": world.user.pk, "organization": world.organization.pk, "project": world.project.pk}
    return {
        "scopeType": scope,
        "scopeIdentifier": str(ids[scope]),
        "type": "alerts",
        "value": value,
        **changes,
    }


@pytest.mark.parametrize("scope", ["user", "organization", "project"])
def test_a_choice_is_kept_and_listed_as_clients_read_it(world, caller, scope):
    made = caller.put(OPTIONS, a_choice(world, scope))

    assert made.status == 201
    assert made.json == {
        "id": str(Preference.objects.get().pk),
        **a_choice(world, scope),
        "user_id": str(world.user.pk),
        "team_id": None,
    }
    assert caller.get(OPTIONS).json == [made.json]
    assert caller.get(OPTIONS + "?type=alerts").json == [made.json]


def test_a_person_may_be_named_by_their_own_id(world, caller):
    assert caller.put(f"/users/{world.user.pk}/notification-options/", a_choice(world)).status == 201


def test_ones_own_scope_may_be_called_me(world, caller):
    made = caller.put(OPTIONS, a_choice(world, "user", scopeIdentifier="me"))

    assert made.json["scopeIdentifier"] == str(world.user.pk)


def test_choosing_again_changes_the_row_instead_of_adding_one(world, caller):
    first = caller.put(OPTIONS, a_choice(world, value="never")).json
    second = caller.put(OPTIONS, a_choice(world, value="always")).json

    assert (first["id"], second["value"]) == (second["id"], "always")
    assert Preference.objects.count() == 1


def test_choosing_the_default_deletes_the_row(world, caller):
    caller.put(OPTIONS, a_choice(world))

    assert caller.put(OPTIONS, a_choice(world, value="default")).status == 204
    assert not Preference.objects.exists()


def test_a_row_is_deleted_once_and_only_by_its_owner(world, caller):
    made = caller.put(OPTIONS, a_choice(world)).json
    other = a_caller(a_member(world.organization, world.team, email="bo@example.com"), world.organization)

    assert other.delete(f"{OPTIONS}{made['id']}/").status == 404
    assert caller.delete(f"{OPTIONS}{made['id']}/").status == 204
    assert caller.delete(f"{OPTIONS}{made['id']}/").status == 404


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"scopeType": "galaxy"}, {"scopeType": ["Invalid scope type"]}),
        ({"scopeType": ["user"]}, {"scopeType": ["Invalid scope type"]}),
        ({"type": "gossip"}, {"type": ["Invalid type"]}),
        ({"type": {}}, {"type": ["Invalid type"]}),
        ({"value": "sometimes"}, {"value": ["Invalid value"]}),
        ({"value": None}, {"value": ["Invalid value"]}),
        ({"value": "subscribe_only"}, {"nonFieldErrors": ["Invalid type for value"]}),
        ({"scopeIdentifier": "me"}, {"scopeIdentifier": ["You belong to no such project."]}),
        ({"scopeIdentifier": None}, {"scopeIdentifier": ["You belong to no such project."]}),
    ],
)
def test_a_choice_that_does_not_fit_is_400_with_its_key(world, caller, changes, answer):
    found = caller.put(OPTIONS, a_choice(world, **changes))

    assert (found.status, found.json) == (400, answer)


def test_an_unknown_type_cannot_be_listed(caller):
    found = caller.get(OPTIONS + "?type=gossip")

    assert (found.status, found.json) == (400, {"type": ["Invalid type"]})


@pytest.mark.parametrize("scope", ["user", "organization", "project"])
def test_nobody_chooses_for_a_scope_of_others(world, caller, scope):
    other = a_world("other", "theirs", "eve@other.example")

    found = caller.put(OPTIONS, a_choice(other, scope))

    assert found.status == 400
    assert list(found.json) == ["scopeIdentifier"]
    assert not Preference.objects.exists()


def test_a_project_without_ones_own_team_is_no_scope_of_ones_own(world):
    outsider = a_caller(a_member(world.organization, email="bo@example.com"), world.organization)

    assert outsider.put(OPTIONS, a_choice(world)).status == 400


def test_a_token_neither_sees_nor_changes_choices_of_its_persons_other_organizations(world, caller):
    other = an_organization("other")
    Membership.objects.create(organization=other, user=world.user, date_added=NOW)
    Preference.objects.create(
        user=world.user, scope="organization", scope_id=other.pk, type="alerts", value="never"
    )

    body = a_choice(world, "organization", scopeIdentifier=str(other.pk))
    assert caller.get(OPTIONS).json == []
    assert caller.put(OPTIONS, body).status == 400


def test_choosing_services_switches_the_listed_ones_on_and_the_others_off(world, caller):
    body = {key: value for key, value in a_choice(world, "user").items() if key != "value"}

    made = caller.put(PROVIDERS, {**body, "providers": ["email"]})

    assert made.status == 201
    values = {row["provider"]: row["value"] for row in made.json}
    assert values.pop("email") == "always"
    assert set(values.values()) == {"never"}
    assert caller.get(PROVIDERS).json == made.json
    assert caller.get(OPTIONS).json == []


@pytest.mark.parametrize("providers", [None, "email", ["pigeon"], [7], [["email"]]])
def test_services_that_do_not_exist_cannot_be_chosen(world, caller, providers):
    found = caller.put(PROVIDERS, {**a_choice(world, "user"), "providers": providers})

    assert (found.status, list(found.json)) == (400, ["providers"])
    assert not Preference.objects.exists()


def test_a_row_about_a_service_is_no_option_that_could_be_deleted(world, caller):
    (first, *_) = caller.put(PROVIDERS, {**a_choice(world, "user"), "providers": []}).json

    assert caller.delete(f"{OPTIONS}{first['id']}/").status == 404


def test_a_choice_makes_a_new_version_of_the_organization(world, caller):
    before = Organization.objects.get().version

    caller.put(OPTIONS, a_choice(world))

    assert Organization.objects.get().version > before


def test_other_peoples_choices_are_as_if_they_did_not_exist(world, caller):
    other = a_member(world.organization, world.team, email="bo@example.com")

    assert caller.get(f"/users/{other.pk}/notification-options/").status == 404
    assert caller.put(f"/users/{other.pk}/notification-options/", a_choice(world)).status == 404
    assert caller.put(f"/users/{other.pk}/notification-providers/", a_choice(world)).status == 404


# — all types, each with its own values and scopes


@pytest.mark.parametrize("type_", TYPES.values(), ids=lambda one: one.slug)
def test_each_type_takes_each_of_its_values_and_no_other(world, caller, type_):
    for value in ("always", "never", "subscribe_only", "committed_only"):
        found = caller.put(OPTIONS, a_choice(world, "organization", value, type=type_.slug))

        assert found.status == (201 if value in type_.values else 400), (type_.slug, value)
        assert found.status == 201 or found.json == {"nonFieldErrors": ["Invalid type for value"]}


@pytest.mark.parametrize("type_", TYPES.values(), ids=lambda one: one.slug)
def test_only_what_happens_in_projects_is_chosen_for_one(world, caller, type_):
    found = caller.put(OPTIONS, a_choice(world, "project", type=type_.slug))

    assert found.status == (201 if type_.by_project else 400)
    assert type_.by_project or list(found.json) == ["scopeType"]


def test_a_persons_scopes_do_not_include_their_team(world, caller):
    body = a_choice(world, "user", scopeType="team", scopeIdentifier=str(world.team.pk))

    assert caller.put(OPTIONS, body).json == {"scopeType": ["Invalid scope type"]}


def test_the_products_defaults_are_listed_for_whoever_draws_a_form(caller):
    found = caller.get("/notification-defaults/").json

    assert found["typeDefaults"]["workflow"] == "subscribe_only"
    assert set(found["typeDefaults"]) == set(TYPES)
    assert "email" in found["providerDefaults"]
