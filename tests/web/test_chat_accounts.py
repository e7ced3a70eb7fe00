"""A person's chat accounts: linked ones and offers, theirs alone."""

import pytest
from django.test import Client
from tests.builders import NOW, World, a_member
from tests.chat.pressing import a_workspace, known

from tocsin.core.people import Scope
from tocsin.store.models import AuditEntry, Delivery, ExternalActor, LinkOffer, Preference
from tocsin.store.writes.preferences import Choice, Owner, chose

PAGE = "/settings/account/chat/"


@pytest.fixture
def workspace(world: World) -> int:
    return a_workspace(world, "Acme HQ")


@pytest.fixture
def linked(world: World, workspace: int) -> ExternalActor:
    known(world, workspace)
    return ExternalActor.objects.get()


def offered(world: World, workspace: int, account: str = "U1") -> LinkOffer:
    return LinkOffer.objects.create(
        integration_id=workspace,
        user=world.user,
        external_id=account,
        name="ana",
        email=world.user.email,
        date_added=NOW,
    )


def test_the_page_names_each_account_its_workspace_and_organization(ana: Client, linked):
    page = ana.get(PAGE).text

    for words in (linked.external_name, "Acme HQ", "you in Acme"):
        assert words in page


def test_without_any_it_says_how_to_link_one(ana: Client):
    assert "/tocsin link" in ana.get(PAGE).text


def test_it_names_the_command_as_the_operator_does(ana: Client, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_command": "/staging"})

    page = ana.get(PAGE).text

    assert "/staging link" in page
    assert "/tocsin link" not in page


def test_who_is_signed_out_signs_in_first(client: Client, db):
    assert client.get(PAGE).status_code == 302


def test_an_account_is_unlinked_with_an_audit_entry_and_a_notice_to_both_sides(ana: Client, world: World, linked):
    page = ana.post(f"{PAGE}{linked.pk}/unlink/", follow=True).text

    assert "is not you any more" in page
    assert not ExternalActor.objects.exists()
    assert AuditEntry.objects.get(event="identity.unlink").actor == world.user
    told = Delivery.objects.filter(notification__kind="account_linked").values_list("provider", flat=True)
    assert set(told) == {"slack", "inbox"}


def test_nobody_unlinks_anothers(ana: Client, world: World, linked):
    ExternalActor.objects.update(user=a_member(world.organization, email="ben@example.com"))

    assert ana.post(f"{PAGE}{linked.pk}/unlink/").status_code == 404
    assert ExternalActor.objects.exists()


@pytest.mark.parametrize("columns", [{"provider": "github"}, {"integration": None}, {"external_id": ""}])
def test_what_is_no_chat_account_is_left_alone(ana: Client, linked, columns):
    ExternalActor.objects.update(**columns)

    assert "Unlink" not in ana.get(PAGE).text
    assert ana.post(f"{PAGE}{linked.pk}/unlink/").status_code == 404


def test_looking_at_a_page_that_unlinks_does_nothing(ana: Client, linked):
    assert ana.get(f"{PAGE}{linked.pk}/unlink/").status_code == 405


@pytest.mark.parametrize("place", [PAGE, "/inbox/", "/settings/notifications/"])
def test_an_offer_stands_where_its_person_looks(ana: Client, world: World, workspace, place):
    offered(world, workspace)

    assert "has your address. Is it you?" in ana.get(place).text


@pytest.mark.parametrize("place", ["/inbox/", "/settings/notifications/"])
def test_where_nothing_is_offered_nothing_is_asked(ana: Client, workspace, place):
    assert "Is it you?" not in ana.get(place).text


def test_who_says_no_is_not_asked_any_more(ana: Client, world: World, workspace):
    offer = offered(world, workspace)

    ana.post(f"{PAGE}offers/{offer.pk}/", {"answer": "no"})

    assert "Is it you?" not in ana.get("/inbox/").text
    assert ana.post(f"{PAGE}offers/{offer.pk}/", {"answer": "no"}).status_code == 404


def test_a_yes_that_cannot_be_is_explained(ana: Client, world: World, workspace):
    offer = offered(world, workspace)  # of a workspace that was connected by hand

    page = ana.post(f"{PAGE}offers/{offer.pk}/", {"answer": "yes"}, follow=True).text

    assert "cannot be asked whose account this is" in page
    assert not ExternalActor.objects.exists()


def test_nobody_answers_anothers_offer(ana: Client, world: World, workspace):
    offer = offered(world, workspace)
    LinkOffer.objects.update(user=a_member(world.organization, email="ben@example.com"))

    assert ana.post(f"{PAGE}offers/{offer.pk}/", {"answer": "no"}).status_code == 404
    ana.post(f"{PAGE}offers/{offer.pk}/", {"answer": "yes"})
    assert not ExternalActor.objects.exists()


def test_slack_is_turned_on_for_everything_where_it_is_off(ana: Client, world: World, linked):
    assert "Turn on Slack" not in ana.get(PAGE).text
    chose(Owner(world.user.pk), Scope.USER, world.user.pk, [Choice("alerts", "slack", "never")])
    assert "Turn on Slack for all my notifications" in ana.get(PAGE).text

    ana.post(f"{PAGE}slack/everything/")

    assert set(Preference.objects.values_list("value", flat=True)) == {"always"}
    assert "Turn on Slack" not in ana.get(PAGE).text


@pytest.mark.parametrize("service", ["email", "nothing"])
def test_what_is_no_chat_service_is_not_turned_on(ana: Client, service):
    assert ana.post(f"{PAGE}{service}/everything/").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_accounts(
    ana: Client, world: World, workspace, django_assert_max_num_queries
):
    for number in range(10):
        other = a_workspace(world, f"W{number}", team=f"T{number}")
        known(world, other, f"U{number}")
        ExternalActor.objects.filter(external_name="@ana").update(external_name=f"@ana{number}")
        offered(world, workspace, f"V{number}")

    with django_assert_max_num_queries(11):
        page = ana.get(PAGE).text
    assert page.count("Unlink<") == page.count("Link it<") == 10
