"""Somebody says yes or no to a chat account that has their own address."""

import json

import pytest

from tests.builders import NOW, World, a_member, a_world
from tests.chat.pressing import known
from tests.pipeline.installing import an_app, answering
from tocsin.core.roster import Listed, Somebody
from tocsin.core.sending import Outcome, Refused, Reply, Sending
from tocsin.pipeline import chat_offers
from tocsin.store.models import (
    AuditEntry,
    Delivery,
    ExternalActor,
    Integration,
    LinkOffer,
    Membership,
    User,
    UserAddress,
)
from tocsin.store.queries import link_offers
from tocsin.store.writes.integrations import Columns, saved

HERS = Listed(people=(Somebody("U1", "ana", "ana@example.com"),))


@pytest.fixture(autouse=True)
def _an_app(settings):
    an_app(settings)


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def workspace(world) -> int:
    settings = {"token": "xoxb-1", "scopes": "users:read.email"}
    columns = Columns("slack", "Acme HQ", "T1", settings)
    return saved(world.organization.pk, columns, integration_id=None, actor_id=None, now=NOW).id


@pytest.fixture
def offer(world, workspace) -> LinkOffer:
    return LinkOffer.objects.create(
        integration_id=workspace,
        user=world.user,
        external_id="U1",
        name="ana",
        email="ana@example.com",
        date_added=NOW,
    )


def accepted(world: World, offer: LinkOffer, outcome: Outcome = HERS) -> str:
    return chat_offers.accept(world.user.pk, offer.pk, NOW, answering(outcome))


# — yes


def test_who_says_yes_is_linked_by_one_press(world, workspace, offer):
    assert accepted(world, offer) == ""

    actor = ExternalActor.objects.get()
    assert (actor.user, actor.integration_id, actor.external_id, actor.external_name) == (
        world.user,
        workspace,
        "U1",
        "@ana",
    )


def test_it_stands_in_the_audit_log_and_both_sides_are_told(world, offer):
    accepted(world, offer)

    assert AuditEntry.objects.get(event="identity.link").actor == world.user
    told = Delivery.objects.filter(notification__kind="account_linked")
    assert set(told.values_list("provider", flat=True)) == {"slack", "inbox"}


def test_the_service_is_asked_at_that_moment_whose_the_account_is(world, offer):
    asked = []

    def slack(sending: Sending) -> Outcome:
        asked.append(next(sending))
        said = {"ok": True, "user": {"id": "U1", "name": "ana", "profile": {"email": "ana@example.com"}}}
        try:
            sending.send(Reply(200, {}, json.dumps(said).encode()))
        except StopIteration as stop:
            return stop.value
        raise AssertionError("It asked twice.")

    assert chat_offers.accept(world.user.pk, offer.pk, NOW, slack) == ""
    assert (asked[0].url, asked[0].form) == ("https://slack.com/api/users.info", {"user": "U1"})


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        pytest.param(
            Listed(people=(Somebody("U1", "ana", "eve@example.com"),)), "does not say any more", id="moved"
        ),
        pytest.param(Listed(people=(Somebody("U1", "ana", ""),)), "does not say any more", id="a guest by now"),
        pytest.param(
            Listed(people=(Somebody("U2", "ana", "ana@example.com"),)),
            "does not say any more",
            id="another account",
        ),
        pytest.param(Listed(), "does not say any more", id="nobody"),
        pytest.param(Refused("user_not_found"), "user_not_found", id="it does not say"),
    ],
)
def test_without_the_services_word_nothing_is_linked(world, offer, outcome, why):
    assert why in accepted(world, offer, outcome)
    assert not ExternalActor.objects.exists()


def test_a_workspace_that_is_asked_elsewhere_than_slack_is_not_believed(world, workspace, offer, settings):
    an_app(settings, slack_command="/staging")
    elsewhere = {"token": "xoxb-1", "scopes": "users:read.email", "api_url": "https://evil.example/api"}
    columns = Columns("slack", "Acme HQ", "T1", elsewhere)
    saved(world.organization.pk, columns, integration_id=workspace, actor_id=None, now=NOW)

    assert "/staging link" in accepted(world, offer)
    assert not ExternalActor.objects.exists()


def test_what_was_linked_while_the_service_was_asked_stays(world, workspace, offer):
    ben = a_member(world.organization, email="ben@example.com")

    def meanwhile(sending):
        known(world, workspace, "U1")
        ExternalActor.objects.update(user=ben)
        return answering(HERS)(sending)

    assert chat_offers.accept(world.user.pk, offer.pk, NOW, meanwhile) == chat_offers.OVER
    assert ExternalActor.objects.get().user == ben


# — no


def test_who_says_no_is_not_asked_again(world, offer):
    assert chat_offers.decline(world.user.pk, offer.pk, NOW)

    assert link_offers.open_to(world.user.pk) == []
    assert accepted(world, offer) == chat_offers.OVER


def test_what_was_unlinked_is_not_offered_again(world, offer):
    accepted(world, offer)
    ExternalActor.objects.all().delete()

    assert link_offers.open_to(world.user.pk) == []


# — whom it is offered


def leaves(world: World) -> None:
    Membership.objects.filter(user=world.user).delete()


def was_only_invited(world: World) -> None:
    Membership.objects.filter(user=world.user).update(pending=True)


def has_another_address(world: World) -> None:
    User.objects.filter(pk=world.user.pk).update(email="ana@example.org")


def has_not_shown_it(world: World) -> None:
    User.objects.filter(pk=world.user.pk).update(is_email_proved=False)


def removed_the_app(world: World) -> None:
    Integration.objects.update(broken="app_uninstalled")


def has_another_account_there(world: World) -> None:
    known(world, Integration.objects.get().pk, "U-other")


@pytest.mark.parametrize(
    "change",
    [leaves, was_only_invited, has_another_address, has_not_shown_it, removed_the_app, has_another_account_there],
)
def test_an_offer_ends_when_what_it_rests_on_does(world, offer, change):
    assert [one.name for one in link_offers.open_to(world.user.pk)] == ["ana"]

    change(world)

    assert link_offers.open_to(world.user.pk) == []
    assert accepted(world, offer) == chat_offers.OVER


def test_a_further_address_that_was_shown_to_be_theirs_counts(world, offer):
    has_another_address(world)
    UserAddress.objects.create(user=world.user, email="ana@example.com", verified=NOW, date_added=NOW)

    assert accepted(world, offer) == ""


def test_nobody_answers_anothers(world, offer):
    ben = a_member(world.organization, email="ben@example.com")

    assert chat_offers.accept(ben.pk, offer.pk, NOW, answering(HERS)) == chat_offers.OVER
    assert not chat_offers.decline(ben.pk, offer.pk, NOW)
    assert link_offers.open_to(ben.pk) == []
