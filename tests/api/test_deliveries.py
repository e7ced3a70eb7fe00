"""The API of the ledger: list and filter, read one with its tries, send again what ended badly."""

import pytest

from tests.api.callers import Caller, a_caller
from tests.builders import World, a_delivery, a_notification, a_world, an_attempt
from tocsin.store.models import Membership

pytestmark = pytest.mark.django_db
PATH = "/organizations/acme/deliveries/"


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def ana(world) -> Caller:
    return a_caller(world.user, world.organization)


def test_deliveries_are_listed_newest_first(ana, world):
    message = a_notification(world.project)
    first, second = a_delivery(message), a_delivery(message)

    answer = ana.get(PATH)

    assert [one["id"] for one in answer.json["deliveries"]] == [str(second.pk), str(first.pk)]
    assert answer.json["next"] is None


def test_a_page_leads_to_the_next(ana, world):
    message = a_notification(world.project)
    oldest, *_ = [a_delivery(message) for _ in range(51)]

    after = ana.get(PATH).json["next"]

    assert [one["id"] for one in ana.get(f"{PATH}?before={after}").json["deliveries"]] == [str(oldest.pk)]


def test_deliveries_are_filtered(ana, world):
    message = a_notification(world.project)
    a_delivery(message, state="sent")
    dead = a_delivery(message, state="dead", provider="slack")

    found = ana.get(f"{PATH}?state=failed&provider=slack&since=7d").json["deliveries"]

    assert [one["id"] for one in found] == [str(dead.pk)]


@pytest.mark.parametrize("key", ["state", "kind", "since", "until", "integration", "before"])
def test_what_is_no_filter_is_refused_by_its_key(ana, key):
    answer = ana.get(f"{PATH}?{key}=no-such-thing")

    assert (answer.status, list(answer.json)) == (400, [key])


def test_one_is_read_with_its_tries(ana, world):
    delivery = a_delivery(a_notification(world.project), state="failed", reason="refused")
    an_attempt(delivery, "refused", status=550, excerpt="no such user")

    found = ana.get(f"{PATH}{delivery.pk}/").json

    assert (found["state"], found["tries"][0]["status"]) == ("failed", 550)


@pytest.mark.parametrize("number", ["999999", "x", "9" * 30])
def test_one_that_is_not_there_is_missing(ana, number):
    assert ana.get(f"{PATH}{number}/").status == 404


def test_named_ones_are_replayed(ana, world):
    message = a_notification(world.project)
    dead, sent = a_delivery(message, state="dead"), a_delivery(message, state="sent")

    answer = ana.post(PATH + "replay/", {"deliveries": [str(dead.pk), str(sent.pk)]})

    dead.refresh_from_db()
    assert (answer.json, dead.state) == ({"replayed": 1}, "queued")


def test_all_that_match_are_replayed(ana, world):
    message = a_notification(world.project)
    slack, mail = a_delivery(message, state="dead", provider="slack"), a_delivery(message, state="dead")

    answer = ana.post(PATH + "replay/", {"filter": {"provider": "slack"}})

    slack.refresh_from_db()
    mail.refresh_from_db()
    assert (answer.json, slack.state, mail.state) == ({"replayed": 1}, "queued", "dead")


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "deliveries"),
        ({"deliveries": [1], "filter": {}}, "deliveries"),
        ({"deliveries": ["x"]}, "deliveries"),
        ({"deliveries": 7}, "deliveries"),
        ({"filter": "all"}, "filter"),
        ({"filter": {"sate": "dead"}}, "filter"),
        ({"filter": {"since": "soon"}}, "since"),
    ],
    ids=str,
)
def test_a_wrong_body_replays_nothing_and_names_the_key(ana, world, body, key):
    dead = a_delivery(a_notification(world.project), state="dead")

    answer = ana.post(PATH + "replay/", body)

    dead.refresh_from_db()
    assert (answer.status, list(answer.json), dead.state) == (400, [key], "dead")


def test_billing_sees_no_deliveries(ana):
    Membership.objects.update(role="billing")

    assert ana.get(PATH).status == 403
