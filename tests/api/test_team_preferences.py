"""A team's choices over the API: read by all members, changed by the team and by admins."""

import pytest

from tests.api.callers import a_caller
from tests.builders import a_member, a_world
from tocsin.store.models import Organization, Preference

pytestmark = pytest.mark.django_db

OPTIONS = "/teams/acme/acme/notification-options/"
PROVIDERS = "/teams/acme/acme/notification-providers/"


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def test_a_teams_choice_is_kept_and_listed(world, caller):
    made = caller.put(OPTIONS, {"type": "alerts", "value": "never"})

    assert made.status == 201
    assert made.json == {
        "id": str(Preference.objects.get().pk),
        "scopeType": "team",
        "scopeIdentifier": str(world.team.pk),
        "type": "alerts",
        "value": "never",
        "user_id": None,
        "team_id": str(world.team.pk),
    }
    assert caller.get(OPTIONS).json == [made.json]


def test_a_teams_services_are_on_or_off(caller):
    made = caller.put(PROVIDERS, {"type": "alerts", "providers": ["slack"]})

    assert {row["provider"]: row["value"] for row in made.json} == {"email": "never", "slack": "always"}
    assert caller.get(PROVIDERS).json == made.json


def test_a_service_where_no_team_has_a_place_cannot_be_chosen(caller):
    assert list(caller.put(PROVIDERS, {"type": "alerts", "providers": ["inbox"]}).json) == ["providers"]


def test_the_default_deletes_the_row(caller):
    caller.put(OPTIONS, {"type": "alerts", "value": "never"})

    assert caller.put(OPTIONS, {"type": "alerts", "value": "default"}).status == 204
    assert not Preference.objects.exists()


def test_a_row_is_deleted_once(caller):
    made = caller.put(OPTIONS, {"type": "alerts", "value": "never"}).json

    assert caller.delete(f"{OPTIONS}{made['id']}/").status == 204
    assert caller.delete(f"{OPTIONS}{made['id']}/").status == 404


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"type": "gossip", "value": "never"}, {"type": ["Invalid type"]}),
        ({"type": "alerts", "value": "sometimes"}, {"value": ["Invalid value"]}),
        ({"type": "alerts", "value": "subscribe_only"}, {"nonFieldErrors": ["Invalid type for value"]}),
        ({"type": "alerts", "value": "never", "scopeType": "user"}, {"scopeType": ["Invalid scope type"]}),
        (
            {"type": "alerts", "value": "never", "scopeIdentifier": "999999"},
            {"scopeIdentifier": ["You belong to no such team."]},
        ),
    ],
)
def test_a_choice_that_does_not_fit_is_400_with_its_key(caller, body, answer):
    found = caller.put(OPTIONS, body)

    assert (found.status, found.json) == (400, answer)
    assert not Preference.objects.exists()


def test_a_type_that_never_comes_to_a_team_is_refused_by_name(caller):
    assert list(caller.put(OPTIONS, {"type": "reports", "value": "never"}).json) == ["scopeType"]


def test_a_member_of_another_team_reads_and_does_not_change(world):
    other = a_caller(a_member(world.organization, email="bo@example.com"), world.organization)

    assert other.get(OPTIONS).status == 200
    assert other.put(OPTIONS, {"type": "alerts", "value": "never"}).status == 403


def test_an_organization_admin_chooses_for_any_team(world):
    admin = a_caller(a_member(world.organization, email="bo@example.com", role="admin"), world.organization)

    assert admin.put(OPTIONS, {"type": "alerts", "value": "never"}).status == 201


def test_billing_sees_no_team(world):
    billing = a_caller(a_member(world.organization, email="bo@example.com", role="billing"), world.organization)

    assert billing.get(OPTIONS).status == 403


def test_another_organizations_team_does_not_exist_here(world, caller):
    other = a_world("other", "theirs", "eve@other.example")

    assert caller.put(f"/teams/acme/{other.team.pk}/notification-options/", {"type": "alerts"}).status == 404


def test_a_teams_choice_makes_a_new_version_of_the_organization(caller):
    before = Organization.objects.get().version

    caller.put(OPTIONS, {"type": "alerts", "value": "never"})

    assert Organization.objects.get().version > before
