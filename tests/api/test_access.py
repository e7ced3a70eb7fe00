"""Who gets in, by token and by session, and what those who do not are told."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.api.callers import Caller, a_caller
from tests.builders import NOW, a_member, a_user, a_world, an_organization
from tocsin.api.access import NOTICED_EVERY, _notice
from tocsin.store.models import ApiToken, Membership

pytestmark = pytest.mark.django_db

RULES = "/projects/acme/shop/rules/"


def test_a_member_with_a_token_gets_in():
    world = a_world()

    assert a_caller(world.user, world.organization).get(RULES).status == 200


@pytest.mark.parametrize("token", ["", "tocsin_wrong"], ids=["no token", "an unknown token"])
def test_a_stranger_is_answered_401_and_how_to_get_in(token):
    a_world()

    answer = Caller(token).get(RULES)

    assert answer.status == 401
    assert "Bearer" in answer.json["detail"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_another_scheme_than_bearer_is_no_way_in():
    a_world()

    answer = Client().get("/api/0" + RULES, headers={"Authorization": "Basic YTpi"})

    assert answer.status_code == 401


def test_only_the_hash_of_a_token_is_kept():
    world = a_world()

    caller = a_caller(world.user, world.organization)

    row = ApiToken.objects.get()
    assert caller.token not in (row.digest, row.last_four)
    assert caller.token.endswith(row.last_four)


def test_the_token_of_a_switched_off_account_is_refused():
    world = a_world()
    caller = a_caller(world.user, world.organization)

    world.user.is_active = False
    world.user.save()

    assert caller.get(RULES).status == 401


@pytest.mark.parametrize("change", [{"pending": True}, None], ids=["not yet accepted", "removed"])
def test_a_token_ends_with_the_membership(change):
    world = a_world()
    caller = a_caller(world.user, world.organization)
    membership = Membership.objects.filter(user=world.user)

    membership.update(**change) if change else membership.delete()

    assert caller.get(RULES).status == 401


def test_a_token_opens_no_other_organization_of_its_person():
    world = a_world()
    other = an_organization("other")
    Membership.objects.create(organization=other, user=world.user, role="owner", date_added=NOW)

    caller = a_caller(world.user, world.organization)

    assert caller.get("/organizations/other/projects/").status == 404
    assert [one["slug"] for one in caller.get("/organizations/").json] == ["acme"]


def test_a_used_token_is_noticed_at_most_once_a_minute():
    world = a_world()
    a_caller(world.user, world.organization)

    seen = []
    for later in (timedelta(0), NOTICED_EVERY - timedelta(seconds=1), NOTICED_EVERY):
        _notice(ApiToken.objects.get(), NOW + later)
        seen.append(ApiToken.objects.get().last_used)

    assert seen == [NOW, NOW, NOW + NOTICED_EVERY]


def test_a_session_gets_in_without_a_token():
    world = a_world()
    client = Client()
    client.force_login(world.user)

    assert client.get("/api/0" + RULES).status_code == 200


def test_a_session_may_change_nothing_without_the_csrf_token():
    world = a_world()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user)

    answer = client.post("/api/0" + RULES, "{}", content_type="application/json")

    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_a_pending_member_with_a_session_sees_no_organization():
    world = a_world()
    guest = a_user("guest@example.com")
    Membership.objects.create(organization=world.organization, user=guest, pending=True, date_added=NOW)
    client = Client()
    client.force_login(guest)

    assert client.get("/api/0/organizations/").json() == []
    assert client.get("/api/0" + RULES).status_code == 404


def test_the_billing_role_sees_the_organization_and_no_project():
    world = a_world()
    clerk = a_member(world.organization, email="clerk@example.com", role="billing")
    caller = a_caller(clerk, world.organization)

    assert caller.get("/organizations/").status == 200
    assert caller.get("/organizations/acme/projects/").status == 403
    assert caller.get(RULES).status == 403


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_address_without_its_last_slash_is_named_and_never_redirected(method):
    world = a_world()

    answer = a_caller(world.user, world.organization).call(method, RULES.rstrip("/"), {"name": "x"})

    assert answer.status == 404
    assert "/api/0/projects/acme/shop/rules/" in answer.json["detail"]


def test_a_method_that_an_address_does_not_know_is_405():
    world = a_world()

    assert a_caller(world.user, world.organization).delete(RULES).status == 405
