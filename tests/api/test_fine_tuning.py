"""The older API of habits and fine tuning, which existing scripts speak."""

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_member, a_project, a_world
from tocsin.store.models import Preference, ProjectAddress, UserAddress

pytestmark = pytest.mark.django_db

HABITS = "/users/me/notifications/"


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def test_habits_are_off_until_they_are_chosen(caller):
    assert caller.get(HABITS).json == {"personalActivityNotifications": False, "selfAssignOnResolve": False}


def test_a_habit_is_changed_alone(world, caller):
    assert caller.put(HABITS, {"selfAssignOnResolve": True}).json["selfAssignOnResolve"]

    world.user.refresh_from_db()
    assert (world.user.hears_own_activity, world.user.assigns_self_on_resolve) == (False, True)


def test_a_habit_that_is_no_yes_or_no_is_refused_by_its_key(caller):
    found = caller.put(HABITS, {"selfAssignOnResolve": "yes"})

    assert (found.status, list(found.json)) == (400, ["selfAssignOnResolve"])


@pytest.mark.parametrize("key", ["approval", "deploy", "quota", "reports", "spikeProtection"])
def test_these_are_tuned_by_organization(world, caller, key):
    place = str(world.organization.pk)

    assert caller.put(f"{HABITS}{key}/", {place: "never"}).status == 204
    assert caller.get(f"{HABITS}{key}/").json == {place: "never"}
    assert Preference.objects.get().scope == "organization"


@pytest.mark.parametrize("key", ["alerts", "workflow"])
def test_these_are_tuned_by_project(world, caller, key):
    place = str(world.project.pk)

    assert caller.put(f"{HABITS}{key}/", {place: "always"}).status == 204
    assert caller.get(f"{HABITS}{key}/").json == {place: "always"}
    assert Preference.objects.get().scope == "project"


@pytest.mark.parametrize(("number", "word"), [(10, "never"), ("20", "always"), (40, "committed_only")])
def test_older_clients_send_numbers(world, caller, number, word):
    caller.put(f"{HABITS}deploy/", {str(world.organization.pk): number})

    assert Preference.objects.get().value == word


@pytest.mark.parametrize("value", ["sometimes", "subscribe_only", 30, True, None, {}, "9" * 5000])
def test_a_value_that_does_not_fit_is_refused_by_its_place(world, caller, value):
    place = str(world.organization.pk)

    assert list(caller.put(f"{HABITS}deploy/", {place: value}).json) == [place]
    assert not Preference.objects.exists()


def test_mail_of_a_project_goes_to_an_address_that_was_proved(world, caller):
    UserAddress.objects.create(user=world.user, email="ana@shop.example", verified=NOW, date_added=NOW)
    place = str(world.project.pk)

    assert caller.put(f"{HABITS}email/", {place: "Ana@Shop.example"}).status == 204
    assert caller.get(f"{HABITS}email/").json == {place: "ana@shop.example"}

    caller.put(f"{HABITS}email/", {place: ""})
    assert caller.get(f"{HABITS}email/").json == {}


@pytest.mark.parametrize("email", ["nobody@example.com", "unproved@example.com", 7, ["ana@example.com"]])
def test_mail_goes_to_no_address_that_was_not_proved(world, caller, email):
    UserAddress.objects.create(user=world.user, email="unproved@example.com", date_added=NOW)

    assert caller.put(f"{HABITS}email/", {str(world.project.pk): email}).status == 400
    assert not ProjectAddress.objects.exists()


def test_one_wrong_place_and_nothing_is_written(world, caller):
    secret = a_project(world.organization, slug="secret")

    found = caller.put(f"{HABITS}alerts/", {str(world.project.pk): "never", str(secret.pk): "never"})

    assert (found.status, list(found.json)) == (400, [str(secret.pk)])
    assert not Preference.objects.exists()


def test_what_cannot_be_tuned_is_404_and_says_what_can(caller):
    found = caller.get(f"{HABITS}gossip/")

    assert found.status == 404
    assert "deploy" in found.json["detail"]


def test_others_habits_are_as_if_they_did_not_exist(world, caller):
    other = a_member(world.organization, world.team, email="bo@example.com")

    assert caller.get(f"/users/{other.pk}/notifications/").status == 404
    assert caller.put(f"/users/{other.pk}/notifications/deploy/", {}).status == 404
