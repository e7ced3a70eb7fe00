"""The books as people and programs see them: green while they hold, red with the reason when they do not."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.builders import NOW, World, a_delivery, a_member, a_notification, a_world

from tocsin.core.delivery import State
from tocsin.store.models import Delivery, Membership
from tocsin.store.writes import api_tokens

PAGE = "/-/books"
LONG_AGO = NOW - timedelta(minutes=10)


def told(world: World, state: str = "sent", provider: str = "email", when=NOW, **columns) -> Delivery:
    decided = a_notification(world.project, intents=1, date_added=when)
    return a_delivery(decided, state=state, provider=provider, **columns)


def by_token(world: World, query: str = "", user=None):
    token = api_tokens.issue(
        user_id=(user or world.user).pk, organization_id=world.organization.pk, name="test", now=NOW
    )
    return Client().get(PAGE + query, headers={"Authorization": f"Bearer {token}", "Accept": "application/json"})


def test_books_that_hold_are_green(ana: Client, world: World):
    told(world)

    page = ana.get(PAGE).content.decode()

    assert "The books balance: each of 1 intended deliveries is accounted for." in page
    assert "flash bad" not in page


def test_empty_books_hold(ana: Client):
    assert "nothing was to be told" in ana.get(PAGE).content.decode()


def test_a_delivery_that_vanished_turns_them_red_with_the_number(ana: Client, world: World):
    told(world).delete()

    page = ana.get(PAGE).content.decode()

    assert "1 deliveries were decided and 0 are accounted for: 1 are missing." in page
    assert "The books balance" not in page


def test_what_nobody_takes_up_turns_them_red(ana: Client, world: World):
    told(world, "queued", due=LONG_AGO)

    assert "due for 10 minutes and nobody has taken it up" in ana.get(PAGE).content.decode()


def test_each_service_has_a_line(ana: Client, world: World):
    for state in State:
        told(world, state.value)
    told(world, provider="slack")

    lines = {line.provider: line for line in ana.get(PAGE).context["lines"]}

    assert lines["slack"].total == 1
    assert (lines["email"].sent, lines["email"].pending, lines["email"].total) == (1, 4, len(State))


@pytest.mark.parametrize(("span", "found"), [("1h", 1), ("24h", 2), ("7d", 3), ("nonsense", 2)])
def test_the_time_may_be_chosen(ana: Client, world: World, span, found):
    for age in (timedelta(minutes=1), timedelta(hours=2), timedelta(days=2)):
        told(world, when=NOW - age)

    assert ana.get(PAGE, {"range": span}).context["books"].intents == found


def test_what_may_have_arrived_twice_is_said(ana: Client, world: World):
    told(world, doubtful=1)

    assert "1 of what was sent may have arrived twice" in ana.get(PAGE).content.decode()


def test_another_organizations_deliveries_are_not_in_them(ana: Client, world: World):
    told(a_world("beta", "till", "bo@example.com"))

    assert ana.get(PAGE).context["books"].intents == 0


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("admin", 403), ("member", 403)])
def test_owners_and_managers_see_them(client: Client, world: World, role, status):
    client.force_login(a_member(world.organization, email="bo@example.com", role=role))

    assert client.get(PAGE).status_code == status


def test_who_is_not_signed_in_is_asked_to(client: Client, world: World):
    assert client.get(PAGE).headers["Location"] == "/sign-in/?next=/-/books"


def test_a_program_reads_the_same_as_json(world: World):
    told(world)
    told(world, "failed", "slack")

    said = by_token(world).json()

    assert said["balance"] is True
    assert (said["intents"], said["sent"], said["failed"], said["pending"]) == (2, 1, 1, 0)
    assert said["providers"]["slack"]["failed"] == 1
    assert said["organizations"] == ["acme"]


def test_a_browser_that_asks_for_json_gets_it(ana: Client, world: World):
    assert ana.get(PAGE, headers={"Accept": "application/json"}).json()["problems"] == []


def test_an_unknown_token_is_refused(db):
    said = Client().get(PAGE, headers={"Authorization": "Bearer nonsense"})

    assert said.status_code == 401


def test_a_token_opens_its_own_organization_alone(world: World):
    other = a_world("beta", "till", "bo@example.com")
    Membership.objects.create(organization=other.organization, user=world.user, role="owner", date_added=NOW)
    told(other)

    assert by_token(world).json()["intents"] == 0


def test_a_members_token_is_refused(world: World):
    user = a_member(world.organization, email="bo@example.com")

    assert by_token(world, user=user).status_code == 403


def test_the_number_of_queries_does_not_grow_with_deliveries(
    ana: Client, world: World, django_assert_max_num_queries
):
    for _ in range(5):
        told(world)

    with django_assert_max_num_queries(8):
        ana.get(PAGE)
