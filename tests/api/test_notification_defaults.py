"""What holds in an organization for whoever chose nothing."""

import pytest

from tests.api.callers import a_caller
from tests.builders import a_member, a_world
from tocsin.store.models import AuditEntry, Organization, PreferenceDefault

pytestmark = pytest.mark.django_db

DEFAULTS = "/organizations/acme/notification-defaults/"


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def test_a_default_is_kept_and_listed(caller):
    made = caller.put(DEFAULTS, {"type": "deploy", "value": "never"})

    assert made.status == 201
    assert made.json == {
        "id": str(PreferenceDefault.objects.get().pk),
        "type": "deploy",
        "provider": None,
        "value": "never",
    }
    assert caller.get(DEFAULTS).json == [made.json]


def test_a_service_can_be_off_by_default(caller):
    made = caller.put(DEFAULTS, {"type": "deploy", "provider": "email", "value": "never"})

    assert (made.json["provider"], made.json["value"]) == ("email", "never")


def test_default_forgets_it(caller):
    caller.put(DEFAULTS, {"type": "deploy", "value": "never"})

    assert caller.put(DEFAULTS, {"type": "deploy", "value": "default"}).status == 204
    assert caller.get(DEFAULTS).json == []


def test_each_change_leaves_an_audit_entry_and_a_repeat_none(world, caller):
    for _ in range(2):
        caller.put(DEFAULTS, {"type": "deploy", "value": "never"})

    entry = AuditEntry.objects.get(event="preference_default.edit")
    assert (entry.target, entry.actor, entry.data) == ("deploy", world.user, {"from": "default", "to": "never"})


def test_decisions_learn_of_a_default_that_is_set_and_of_one_that_is_forgotten(caller):
    versions = [Organization.objects.get().version]
    for value in ("never", "default"):
        caller.put(DEFAULTS, {"type": "deploy", "value": value})
        versions.append(Organization.objects.get().version)

    assert versions == sorted(set(versions))


def test_members_read_defaults_and_do_not_set_them(world):
    member = a_caller(a_member(world.organization, world.team, email="bo@example.com"), world.organization)

    assert member.get(DEFAULTS).status == 200
    assert member.put(DEFAULTS, {"type": "deploy", "value": "never"}).status == 403


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"type": "gossip", "value": "never"}, "type"),
        ({"type": ["deploy"], "value": "never"}, "type"),
        ({"type": "deploy", "value": "sometimes"}, "value"),
        ({"type": "deploy", "value": "subscribe_only"}, "nonFieldErrors"),
        ({"type": "deploy", "value": "committed_only", "provider": "email"}, "nonFieldErrors"),
        ({"type": "deploy", "value": "never", "provider": "pigeon"}, "provider"),
        ({"type": "deploy", "value": "never", "provider": {}}, None),
        ({"type": "deploy", "value": "never", "provider": ["email"]}, "provider"),
    ],
)
def test_what_does_not_fit_is_400_with_its_key(caller, body, key):
    found = caller.put(DEFAULTS, body)

    assert (found.status, list(found.json)) == ((400, [key]) if key else (201, list(found.json)))
