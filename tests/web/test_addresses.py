"""Further addresses: proved by a link that goes there, written to by the projects that are chosen, and removed."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from tests.builders import NOW, World, a_project, a_user

from tocsin.store.models import Delivery, Integration, ProjectAddress, UserAddress

PAGE = "/settings/account/addresses/"
FURTHER = "ana@shop.example"


@pytest.fixture
def mail_server(world: World) -> None:
    Integration.objects.create(
        organization=world.organization, provider="email", name="mail.example.com", date_added=NOW, date_updated=NOW
    )


def link() -> str:
    delivery = Delivery.objects.filter(label=FURTHER, notification__kind="address_proof").latest("pk")
    return f"{PAGE}proof/{delivery.notification.facts['token']}/"


def proved(world: World, email: str = FURTHER) -> UserAddress:
    return UserAddress.objects.create(user=world.user, email=email, verified=NOW, date_added=NOW)


def send_to(client: Client, world: World, email: str):
    return client.post(f"{PAGE}projects/", {f"project:{world.project.pk}": email})


@pytest.mark.usefixtures("mail_server")
def test_an_address_counts_once_its_link_was_opened_and_confirmed(ana: Client):
    ana.post(PAGE, {"email": "Ana@Shop.example"})
    assert UserAddress.objects.get().verified is None

    assert ana.get(link()).status_code == 200
    assert UserAddress.objects.get().verified is None

    ana.post(link())
    assert UserAddress.objects.get().verified == NOW


@pytest.mark.usefixtures("mail_server")
def test_a_link_proves_nothing_for_somebody_else(ana: Client, client: Client):
    ana.post(PAGE, {"email": FURTHER})
    client.force_login(a_user("eve@example.com"))

    assert client.post(link()).status_code == 404
    assert UserAddress.objects.get().verified is None


@pytest.mark.usefixtures("mail_server")
@pytest.mark.parametrize(("hours", "status"), [(23, 200), (24, 404)])
def test_a_link_works_for_a_day(ana: Client, hours: int, status: int):
    ana.post(PAGE, {"email": FURTHER})

    with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
        assert ana.get(link()).status_code == status


@pytest.mark.usefixtures("mail_server")
def test_the_link_of_a_removed_address_proves_nothing(ana: Client):
    ana.post(PAGE, {"email": FURTHER})
    ana.post(f"{PAGE}{UserAddress.objects.get().pk}/remove/")

    assert ana.post(link()).status_code == 404
    assert not UserAddress.objects.exists()


@pytest.mark.usefixtures("mail_server")
def test_nobody_is_flooded_by_adding_and_removing(ana: Client):
    for _ in range(6):
        ana.post(PAGE, {"email": FURTHER})
        for row in UserAddress.objects.all():
            ana.post(f"{PAGE}{row.pk}/remove/")

    assert Delivery.objects.count() == 5


def test_without_a_mail_server_nothing_is_proved_and_the_page_says_why(ana: Client):
    answer = ana.post(PAGE, {"email": FURTHER})

    assert answer.status_code == 400
    assert "No mail server is connected" in answer.text
    assert not UserAddress.objects.exists()


@pytest.mark.usefixtures("mail_server")
@pytest.mark.parametrize(
    "email", ["", "x", "ana@example.com", "ana@localhost", "änä@example.com", "a@" + "b" * 300 + ".example"]
)
def test_what_is_no_further_address_is_refused(ana: Client, email: str):
    assert ana.post(PAGE, {"email": email}).status_code == 400
    assert not UserAddress.objects.exists()


def test_a_project_writes_to_a_proved_address_and_back(ana: Client, world: World):
    proved(world)

    send_to(ana, world, FURTHER)
    assert ProjectAddress.objects.get().email == FURTHER

    send_to(ana, world, "ana@example.com")
    assert not ProjectAddress.objects.exists()


def test_no_project_writes_to_an_address_that_was_not_proved(ana: Client, world: World):
    UserAddress.objects.create(user=world.user, email=FURTHER, date_added=NOW)

    send_to(ana, world, FURTHER)

    assert not ProjectAddress.objects.exists()


def test_nobody_redirects_a_project_that_is_not_theirs(ana: Client, world: World):
    proved(world)
    secret = a_project(world.organization, slug="secret")

    assert ana.post(f"{PAGE}projects/", {f"project:{secret.pk}": FURTHER}).status_code == 404


def test_with_an_address_goes_whatever_wrote_to_it(ana: Client, world: World):
    row = proved(world)
    send_to(ana, world, FURTHER)

    ana.post(f"{PAGE}{row.pk}/remove/")

    assert not ProjectAddress.objects.exists()


def test_nobody_removes_anothers_address(ana: Client, world: World):
    other = UserAddress.objects.create(user=a_user("eve@example.com"), email="eve@shop.example", date_added=NOW)

    assert ana.post(f"{PAGE}{other.pk}/remove/").status_code == 404
    assert UserAddress.objects.exists()
