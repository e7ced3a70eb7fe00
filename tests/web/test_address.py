"""Changing one's own address: who may, and when it counts."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from tests.builders import NOW, World, a_member, a_user

from tocsin.store.models import AuditEntry, Delivery, Integration, SignInLink
from tocsin.store.writes.accounts import chose_password, new_sign_in_link

PASSWORD = "three unrelated words"
PAGE = "/settings/account/"


def ask(client: Client, email: str = "ana@example.org", present: str = ""):
    return client.post(PAGE, {"address": "1", "address-email": email, "address-present": present})


def address(world: World) -> str:
    world.user.refresh_from_db()
    return world.user.email


@pytest.fixture
def mail_server(world: World) -> None:
    Integration.objects.create(
        organization=world.organization, provider="email", name="mail.example.com", date_added=NOW, date_updated=NOW
    )


def link() -> str:
    """The link that the new address gets."""
    token = Delivery.objects.get(label="ana@example.org", notification__kind="address_change")
    return f"{PAGE}address/{token.notification.facts['token']}/"


def test_without_a_mail_server_a_new_address_counts_at_once(ana: Client, world: World):
    ask(ana, "Ana@Example.org")

    assert address(world) == "ana@example.org"
    assert not Delivery.objects.exists()


def test_such_an_address_is_not_known_to_be_theirs(ana: Client, world: World):
    ask(ana)

    world.user.refresh_from_db()
    assert not world.user.is_email_proved


@pytest.mark.usefixtures("mail_server")
def test_one_whose_link_was_opened_is(ana: Client, world: World):
    type(world.user).objects.update(is_email_proved=False)
    ask(ana)

    ana.post(link())

    world.user.refresh_from_db()
    assert (world.user.email, world.user.is_email_proved) == ("ana@example.org", True)


def test_an_address_can_be_changed_again(ana: Client, world: World):
    ask(ana, "ana@exmaple.org")
    ask(ana, "ana@example.org")

    assert address(world) == "ana@example.org"


def test_an_address_of_somebody_else_is_refused(ana: Client, world: World):
    a_user("ben@example.com")

    answer = ask(ana, "Ben@example.com")

    assert answer.status_code == 400
    assert "Somebody signs in with that address already." in answer.text


@pytest.mark.parametrize("unusable", ["ana", "ana@localhost", "ana@example.com"])
def test_an_address_that_is_none_or_reaches_nobody_or_is_the_present_one_is_refused(
    ana: Client, world: World, unusable: str
):
    assert ask(ana, unusable).status_code == 400
    assert address(world) == "ana@example.com"


def test_the_present_password_is_asked_for(ana: Client, world: World):
    chose_password(world.user, PASSWORD, NOW)
    ana.force_login(world.user)

    refused = ask(ana, present="a guess")
    assert "That is not your present password." in refused.text
    assert address(world) == "ana@example.com"

    ask(ana, present=PASSWORD)
    assert address(world) == "ana@example.org"


@pytest.mark.parametrize(("minutes", "becomes"), [(14, "ana@example.org"), (15, "ana@example.com")])
def test_a_sign_in_link_stands_in_for_the_password_for_a_quarter_of_an_hour(
    client: Client, world: World, minutes: int, becomes: str
):
    chose_password(world.user, PASSWORD, NOW)
    client.post(f"/sign-in/link/{new_sign_in_link(world.user.pk, NOW, timedelta(hours=1))}/")

    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
        ask(client)

    assert address(world) == becomes


def test_a_change_is_in_the_audit_log_and_ends_sign_in_links(ana: Client, world: World):
    new_sign_in_link(world.user.pk, NOW, timedelta(hours=1))

    ask(ana)

    entry = AuditEntry.objects.get()
    assert (entry.event, entry.actor, entry.data["to"]) == ("member.address", world.user, "ana@example.org")
    assert not SignInLink.objects.exists()


def test_with_a_mail_server_the_new_address_is_asked_and_the_old_one_told(
    ana: Client, world: World, mail_server: None
):
    ask(ana)

    assert address(world) == "ana@example.com"
    assert "awaits its confirmation" in ana.get(PAGE).text
    told = {row.label: row.notification.facts["token"] for row in Delivery.objects.select_related("notification")}
    assert told["ana@example.org"]
    assert told["ana@example.com"] == ""


def test_opening_the_link_changes_nothing_and_its_button_does(ana: Client, world: World, mail_server: None):
    ask(ana)

    assert "Yes, use it" in ana.get(link()).text
    assert address(world) == "ana@example.com"

    ana.post(link())
    assert address(world) == "ana@example.org"


def test_the_link_works_once(ana: Client, world: World, mail_server: None):
    ask(ana)
    ana.post(link())
    world.user.email = "ana@example.net"
    world.user.save()

    assert ana.post(link()).status_code == 410
    assert address(world) == "ana@example.net"


@pytest.mark.parametrize(("later", "status"), [(timedelta(hours=24, seconds=-1), 302), (timedelta(hours=24), 410)])
def test_the_link_ends_after_24_hours(ana: Client, world: World, mail_server: None, later: timedelta, status: int):
    ask(ana)

    with time_machine.travel(NOW + later, tick=False):
        assert ana.post(link()).status_code == status


def test_the_link_is_of_no_use_to_anybody_else(ana: Client, world: World, mail_server: None):
    ask(ana)
    other = Client()
    other.force_login(a_member(world.organization, email="eve@example.com"))

    assert other.post(link()).status_code == 404
    assert Client().post(link()).status_code == 302
    assert address(world) == "ana@example.com"


def test_asking_again_ends_the_first_link(ana: Client, world: World, mail_server: None):
    ask(ana)
    first = link()
    ask(ana, "ana@example.net")

    assert ana.post(first).status_code == 410


def test_a_new_password_ends_the_link(ana: Client, world: World, mail_server: None):
    ask(ana)
    chose_password(world.user, PASSWORD, NOW)
    ana.force_login(world.user)

    assert ana.post(link()).status_code == 410


def test_an_address_that_somebody_took_in_between_stays_theirs(ana: Client, world: World, mail_server: None):
    ask(ana)
    a_user("ana@example.org")

    assert ana.post(link()).status_code == 409
    assert address(world) == "ana@example.com"


def test_the_sixth_question_within_an_hour_is_refused(ana: Client, world: World, mail_server: None):
    for number in range(5):
        ask(ana, f"ana{number}@example.org")

    assert ask(ana).status_code == 400
    assert not Delivery.objects.filter(label="ana@example.org").exists()


def test_the_address_that_reaches_nobody_is_not_written_to(ana: Client, world: World, mail_server: None):
    world.user.email = "admin@localhost"
    world.user.save()

    ask(ana)

    assert [row.label for row in Delivery.objects.all()] == ["ana@example.org"]


def test_no_page_shows_the_link_that_only_the_new_address_may_read(ana: Client, world: World, mail_server: None):
    ask(ana)
    delivery = Delivery.objects.get(label="ana@example.org")
    token = delivery.notification.facts["token"]

    pages = [ana.get(f"/acme/deliveries/{delivery.pk}/{part}").text for part in ("", "mail/")]

    assert all(re.search(r"Is ana@example\.org your address", page) for page in pages)
    assert not any(token in page for page in pages)
