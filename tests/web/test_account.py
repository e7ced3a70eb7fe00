"""A person's own account."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from tests.builders import NOW, World

from tocsin.store.writes.accounts import new_sign_in_link

OLD, NEW = "three unrelated words", "four more unrelated words"


@pytest.fixture
def owner(world: World, client: Client) -> Client:
    world.user.set_password(OLD)
    world.user.save()
    client.force_login(world.user)
    return client


def test_a_name_and_a_time_zone_are_kept(ana: Client, world: World):
    ana.post("/settings/account/", {"profile": "1", "name": "Ana Moreira", "time_zone": "Europe/Lisbon"})

    world.user.refresh_from_db()
    assert (world.user.name, world.user.time_zone) == ("Ana Moreira", "Europe/Lisbon")


def test_a_time_zone_that_does_not_exist_is_refused_with_words(ana: Client, world: World):
    answer = ana.post("/settings/account/", {"profile": "1", "name": "Ana", "time_zone": "Middle/Earth"})

    assert answer.status_code == 400
    assert "There is no time zone called &#x27;Middle/Earth&#x27;" in answer.text


def test_times_are_shown_in_the_persons_own_zone(ana: Client, world: World):
    world.user.time_zone = "Asia/Tokyo"
    world.user.save()

    assert "21 Nov 2026, 17:56:50 JST" in ana.get("/-/design").text


def test_a_new_password_ends_every_other_session_and_keeps_this_one(owner: Client, world: World):
    elsewhere = Client()
    elsewhere.force_login(world.user)

    owner.post("/settings/account/", {"password": "1", "present": OLD, "chosen": NEW})

    assert owner.get("/settings/account/").status_code == 200
    assert elsewhere.get("/settings/account/").status_code == 302


def test_the_present_password_is_asked_for(owner: Client, world: World):
    answer = owner.post("/settings/account/", {"password": "1", "present": "a guess", "chosen": NEW})

    world.user.refresh_from_db()
    assert world.user.check_password(OLD)
    assert "That is not your present password." in answer.text


def test_who_came_by_a_link_and_has_no_password_may_choose_one(ana: Client, world: World):
    ana.post("/settings/account/", {"password": "1", "chosen": NEW})

    world.user.refresh_from_db()
    assert world.user.check_password(NEW)


@pytest.fixture
def forgetful(world: World) -> Client:
    """Has a password, and came by a one-time link at NOW."""
    world.user.set_password(OLD)
    world.user.save()
    client = Client()
    client.post(f"/sign-in/link/{new_sign_in_link(world.user.pk, NOW, timedelta(hours=1))}/")
    return client


def test_who_forgot_their_password_and_came_by_a_link_may_choose_a_new_one(forgetful: Client, world: World):
    assert "Present password" not in forgetful.get("/settings/account/").text

    forgetful.post("/settings/account/", {"password": "1", "chosen": NEW})

    world.user.refresh_from_db()
    assert world.user.check_password(NEW)


def test_a_link_stands_in_for_the_present_password_for_a_quarter_of_an_hour(forgetful: Client, world: World):
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        forgetful.post("/settings/account/", {"password": "1", "chosen": NEW})

    world.user.refresh_from_db()
    assert world.user.check_password(OLD)


@pytest.mark.parametrize("weak", ["short", "password123"])
def test_a_weak_password_is_refused(ana: Client, world: World, weak: str):
    answer = ana.post("/settings/account/", {"password": "1", "chosen": weak})

    world.user.refresh_from_db()
    assert answer.status_code == 400
    assert not world.user.has_usable_password()


def test_a_password_is_never_sent_back(owner: Client):
    answer = owner.post("/settings/account/", {"password": "1", "present": "a guess", "chosen": NEW})

    assert NEW not in answer.text


PROFILE = {"profile": "1", "name": "Ana", "time_zone": "UTC"}


def test_what_a_person_changes_is_seen_by_the_next_decision(ana: Client, world: World):
    before = world.organization.version

    ana.post("/settings/account/", PROFILE)

    world.organization.refresh_from_db()
    assert world.organization.version > before
