"""The pages about delivering: members only, and nothing of another organization's by its id."""

import pytest
from django.test import Client
from tests.builders import NOW, World, a_delivery, a_member, a_notification, a_world

from tocsin.store.models import Integration, ProjectKey, Rule

PLACES = [
    "projects/{project}/",
    "projects/{project}/rules/",
    "projects/{project}/rules/{rule}/",
    "projects/{project}/walk/{event}/",
    "deliveries/",
    "deliveries/{delivery}/",
    "deliveries/{delivery}/mail/",
    "outbox/",
    "outbox/{delivery}/",
    "integrations/",
    "integrations/slack/new/",
    "integrations/{integration}/",
    "integrations/{integration}/remove/",
]
ACTIONS = [
    "projects/{project}/keys/",
    "projects/{project}/keys/{key}/",
    "projects/{project}/test-error/",
    "integrations/{integration}/",
    "integrations/{integration}/test/",
    "integrations/{integration}/remove/",
]
MANAGED = ["integrations/slack/new/", "projects/{project}/keys/", "projects/{project}/keys/{key}/", *ACTIONS[3:]]


def ids_of(world: World) -> dict:
    delivery = a_delivery(a_notification(world.project), state="failed")
    rule = Rule.objects.create(project=world.project, label="r", data={}, date_added=NOW)
    integration = an_integration(world)
    return {
        "project": world.project.slug,
        "rule": rule.pk,
        "event": f"{int(NOW.timestamp() * 1000):012x}" + "0" * 20,
        "delivery": delivery.pk,
        "integration": integration.pk,
        "key": world.key.pk,
    }


def an_integration(world: World) -> Integration:
    return Integration.objects.create(
        organization=world.organization,
        provider="slack",
        name="Acme",
        settings=b"",
        date_added=NOW,
        date_updated=NOW,
    )


@pytest.fixture
def foreign(world: World) -> dict:
    """Ids of another organization; its project has a name of its own."""
    del world
    return ids_of(a_world("globex", "warehouse", "eve@example.com"))


@pytest.mark.parametrize("place", [*PLACES, "/inbox/", "/settings/notifications/"])
def test_a_stranger_is_asked_to_sign_in(world: World, client: Client, place: str):
    address = place if place.startswith("/") else "/acme/" + place.format(**ids_of(world))

    assert client.get(address)["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("place", PLACES)
def test_anothers_organization_is_not_found(ana: Client, foreign: dict, place: str):
    assert ana.get("/globex/" + place.format(**foreign)).status_code == 404


@pytest.mark.parametrize("place", [place for place in PLACES if "{" in place])
def test_anothers_ids_are_not_found_under_ones_own_organization(ana: Client, foreign: dict, place: str):
    assert ana.get("/acme/" + place.format(**foreign)).status_code == 404


@pytest.mark.parametrize("place", ACTIONS)
def test_nothing_is_done_to_anothers_things(ana: Client, foreign: dict, place: str):
    before = (Integration.objects.count(), ProjectKey.objects.filter(is_active=True).count())

    assert ana.post("/acme/" + place.format(**foreign)).status_code == 404
    assert (Integration.objects.count(), ProjectKey.objects.filter(is_active=True).count()) == before


def test_anothers_rule_is_not_found_in_ones_own_project(ana: Client, foreign: dict):
    assert ana.get(f"/acme/projects/shop/rules/{foreign['rule']}/").status_code == 404


def test_anothers_key_is_not_switched_in_ones_own_project(ana: Client, foreign: dict):
    assert ana.post(f"/acme/projects/shop/keys/{foreign['key']}/").status_code == 404


def test_anothers_delivery_is_not_replayed(ana: Client, foreign: dict):
    answer = ana.post("/acme/deliveries/replay/", {"delivery": foreign["delivery"]}, follow=True)

    assert answer.status_code == 404


@pytest.mark.parametrize("place", [place for place in PLACES if "new" not in place and "remove" not in place])
def test_a_member_may_look_at_everything(world: World, client: Client, place: str):
    client.force_login(a_member(world.organization, email="ben@example.com"))

    assert client.get("/acme/" + place.format(**ids_of(world))).status_code == 200


@pytest.mark.parametrize("place", MANAGED)
def test_a_member_may_not_change_keys_and_integrations(world: World, client: Client, place: str):
    client.force_login(a_member(world.organization, email="ben@example.com"))

    assert client.post("/acme/" + place.format(**ids_of(world))).status_code == 403


def test_who_may_not_is_told_who_may(world: World, client: Client):
    client.force_login(a_member(world.organization, email="ben@example.com"))

    answer = client.get("/acme/integrations/slack/new/")

    assert "Owners, managers and admins may change this; ask one of them." in answer.text


@pytest.mark.parametrize("role", ["owner", "manager", "admin"])
def test_these_roles_may_make_keys(world: World, client: Client, role: str):
    client.force_login(a_member(world.organization, email="ben@example.com", role=role))

    client.post("/acme/projects/shop/keys/", {"label": "web"})

    assert ProjectKey.objects.filter(project=world.project, label="web").exists()


@pytest.mark.parametrize("place", PLACES)
def test_the_pages_load_nothing_from_elsewhere_and_run_nothing_inline(ana: Client, world: World, place: str):
    policy = ana.get("/acme/" + place.format(**ids_of(world)))["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'")
    assert "script-src 'unsafe" not in policy
