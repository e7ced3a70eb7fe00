"""A project's keys over the API: what each takes, and whether it is on."""

import pytest

from tests.api.callers import a_caller
from tests.builders import a_member, a_world
from tocsin.store.models import AuditEntry, ProjectKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def address(world) -> str:
    return f"/projects/acme/shop/keys/{world.key.public_key}/"


def limit() -> tuple[int | None, int | None]:
    return ProjectKey.objects.values_list("rate_limit", "rate_window").get()


def test_a_key_is_limited_as_sentrys_clients_do_it(world, caller):
    answer = caller.put(address(world), {"rateLimit": {"count": 100, "window": 60}})

    assert (answer.status, answer.json["rateLimit"]) == (200, {"count": 100, "window": 60})
    assert limit() == (100, 60)
    assert AuditEntry.objects.filter(event="key.limit").count() == 1


@pytest.mark.parametrize("lifted", [None, {}, {"count": 0, "window": 0}])
def test_a_limit_is_lifted(world, caller, lifted):
    ProjectKey.objects.update(rate_limit=5, rate_window=60)

    assert caller.put(address(world), {"rateLimit": lifted}).json["rateLimit"] is None
    assert limit() == (None, None)


def test_what_is_left_out_stays(world, caller):
    ProjectKey.objects.update(rate_limit=5, rate_window=60)

    answer = caller.put(address(world), {"isActive": False})

    assert (answer.json["isActive"], answer.json["rateLimit"]) == (False, {"count": 5, "window": 60})


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"rateLimit": 5}, "rateLimit"),
        ({"rateLimit": {"count": -1, "window": 60}}, "rateLimit"),
        ({"rateLimit": {"count": 5}}, "rateLimit"),
        ({"isActive": "no"}, "isActive"),
        ({"rateLimit": {"count": 5, "window": 60}, "isActive": 1}, "isActive"),
    ],
)
def test_what_does_not_fit_is_400_with_its_key_and_changes_nothing(world, caller, body, key):
    answer = caller.put(address(world), body)

    assert (answer.status, list(answer.json)) == (400, [key])
    assert limit() == (None, None)


def test_a_member_may_not_change_a_key(world):
    ben = a_member(world.organization, world.team, email="ben@example.com")

    answer = a_caller(ben, world.organization).put(address(world), {"rateLimit": None})

    assert answer.status == 403


def test_a_key_of_another_project_does_not_exist_here(world, caller):
    other = a_world("other", "theirs", "eve@other.example")

    answer = caller.put(f"/projects/acme/shop/keys/{other.key.public_key}/", {"isActive": False})

    assert answer.status == 404
