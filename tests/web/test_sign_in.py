"""Signing in: passwords, links that work once, and what strangers learn (nothing)."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.builders import NOW, World, a_user

from tocsin.store.writes.accounts import new_sign_in_link
from tocsin.web import throttle

PASSWORD = "three unrelated words"


@pytest.fixture
def person(world: World) -> World:
    world.user.set_password(PASSWORD)
    world.user.save()
    return world


def sign_in(client: Client, email: str = "ana@example.com", password: str = PASSWORD, **more):
    return client.post("/sign-in/", {"email": email, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_signs_in_and_leads_home(person: World, client: Client):
    answer = sign_in(client)

    assert is_signed_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_an_address_is_found_however_its_letters_are_cased(person: World, client: Client):
    sign_in(client, email="Ana@Example.com")

    assert is_signed_in(client)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(person: World, client: Client):
    known = sign_in(client, password="wrong")
    unknown = sign_in(client, email="nobody@example.com", password="wrong")

    assert known.status_code == unknown.status_code == 400
    assert known.context["problem"] == unknown.context["problem"]


def test_an_account_without_a_password_cannot_be_signed_in_to_with_one(world: World, client: Client):
    sign_in(client, password="!")

    assert not is_signed_in(client)


def test_a_switched_off_account_gets_the_answer_of_an_unknown_one(person: World, client: Client):
    person.user.is_active = False
    person.user.save()

    answer = sign_in(client)

    assert answer.status_code == 400
    assert not is_signed_in(client)


def test_after_ten_failures_even_the_right_password_has_to_wait(person: World, client: Client):
    for _ in range(throttle.PER_ADDRESS):
        sign_in(client, password="wrong")

    answer = sign_in(client)

    assert answer.status_code == 429
    assert not is_signed_in(client)


def test_failures_of_an_unknown_address_are_counted_like_those_of_a_known_one(person: World, client: Client):
    for _ in range(throttle.PER_ADDRESS):
        sign_in(client, email="nobody@example.com")

    assert sign_in(client, email="nobody@example.com").status_code == 429


def test_failures_with_many_addresses_from_one_place_make_that_place_wait(person: World, client: Client):
    for number in range(throttle.PER_PLACE):
        throttle.failed(f"{number}@example.com", "127.0.0.1")

    assert sign_in(client).status_code == 429


def test_one_persons_failures_do_not_lock_out_another(person: World, client: Client):
    for _ in range(throttle.PER_ADDRESS):
        sign_in(client, email="nobody@example.com")

    sign_in(client)

    assert is_signed_in(client)


def test_signing_in_leads_back_to_the_page_that_was_asked_for(person: World, client: Client):
    asked = client.get("/acme/issues/?query=level:fatal")
    page = client.get(asked["Location"])
    answer = sign_in(client, next=page.context["next"])

    assert answer["Location"] == "/acme/issues/?query=level:fatal"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_site(person: World, client: Client, elsewhere: str):
    assert sign_in(client, next=elsewhere)["Location"] == "/"


def test_opening_a_link_does_not_use_it_up_as_mail_scanners_open_links(world: World, client: Client):
    token = new_sign_in_link(world.user.pk, NOW, timedelta(hours=1))

    page = client.get(f"/sign-in/link/{token}/")

    assert not is_signed_in(client)
    assert "This link signs in <strong>ana@example.com</strong>, once." in page.text


def test_pressing_the_button_of_a_link_signs_in(world: World, client: Client):
    token = new_sign_in_link(world.user.pk, NOW, timedelta(hours=1))

    client.post(f"/sign-in/link/{token}/")

    assert is_signed_in(client)


def test_a_link_works_once_and_then_says_so(world: World, client: Client):
    token = new_sign_in_link(world.user.pk, NOW, timedelta(hours=1))
    client.post(f"/sign-in/link/{token}/")
    stranger = Client()

    answer = stranger.post(f"/sign-in/link/{token}/")

    assert not is_signed_in(stranger)
    assert answer.status_code == 410
    assert "This link has been used" in answer.text


def test_a_link_past_its_time_says_so(world: World, client: Client):
    token = new_sign_in_link(world.user.pk, NOW - timedelta(hours=2), timedelta(hours=1))

    answer = client.post(f"/sign-in/link/{token}/")

    assert not is_signed_in(client)
    assert "This link has run out" in answer.text


def test_a_link_of_a_switched_off_account_signs_nobody_in(client: Client, db):
    token = new_sign_in_link(a_user(is_active=False).pk, NOW, timedelta(hours=1))

    answer = client.post(f"/sign-in/link/{token}/")

    assert not is_signed_in(client)
    assert answer.status_code == 410


def test_a_link_that_was_never_made_is_not_one_of_ours(client: Client, db):
    answer = client.get("/sign-in/link/made-up/")

    assert answer.status_code == 404
    assert "This link is not one of ours" in answer.text


def test_signing_out_takes_a_press_and_not_a_link(ana: Client):
    assert ana.get("/sign-out/").status_code == 405
    assert is_signed_in(ana)


def test_signing_out_ends_the_session(ana: Client):
    ana.post("/sign-out/")

    assert not is_signed_in(ana)
