"""What cannot go, in which words, and by whose settings; no bug of a provider or a message ends the sender."""

from dataclasses import asdict

import pytest
import time_machine

from tests.builders import NOW, World, a_delivery, a_notification, a_world
from tests.pipeline.sending import a_provider, a_ready, answering, asking, connected, go, once, slack_said, to_slack
from tocsin.core.delivery import State
from tocsin.core.sending import Delivered, Gone, Refused, Reply, Request, Retry, Unknown
from tocsin.notifications.issue_alert import EXAMPLE
from tocsin.pipeline import deliver
from tocsin.pipeline.message import message_of
from tocsin.store.models import Delivery, Integration


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db) -> World:
    return a_world()


def reason_of(delivery: Delivery) -> str:
    """Why it failed, once it was tried without an answer being asked for."""
    transport = answering(AssertionError("nothing may be asked"))
    deliver.record(go(deliver.turn([], 10, NOW), transport), NOW)
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    return delivery.reason


def test_a_removed_integration_ends_the_delivery_with_what_to_do(world):
    delivery = to_slack(world)
    Integration.objects.get().delete()

    assert "Connect it under Integrations, then replay" in reason_of(delivery)


def test_a_secret_that_does_not_open_ends_the_delivery_with_what_to_do(world):
    delivery = to_slack(world)
    Integration.objects.update(settings=b"sealed with another key")

    assert "does not open" in reason_of(delivery)


def test_a_service_that_this_product_no_longer_has_is_named(world):
    assert "'fax'" in reason_of(to_slack(world, provider="fax"))


def test_a_kind_of_notification_that_nobody_knows_ends_one_delivery(world):
    delivery = to_slack(world)
    delivery.notification.kind = "gone"
    delivery.notification.save()

    assert "could not be written" in reason_of(delivery)


@pytest.mark.parametrize(
    "facts", [{}, {"title": 7}, {"rules": [{}]}], ids=["none", "of another shape", "rules without an id"]
)
def test_facts_that_do_not_fit_end_one_delivery(world, facts):
    delivery = to_slack(world)
    delivery.notification.facts = facts
    delivery.notification.save()

    assert "could not be written" in reason_of(delivery)


def test_an_address_that_does_not_fit_ends_one_delivery(world):
    assert "could not be written" in reason_of(to_slack(world, address={}))


def test_a_delivery_that_cannot_go_hinders_no_other(world):
    integration = connected(world)
    to_slack(world, integration_id=integration, address={})
    good = to_slack(world, integration_id=integration)

    once(slack_said())

    assert list(Delivery.objects.filter(state="sent")) == [good]


# Settings


def test_a_field_left_empty_is_taken_from_the_environment(world, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_api_url": "http://127.0.0.1:9/api/"})
    to_slack(world)
    transport = answering(slack_said())

    go(deliver.turn([], 10, NOW), transport)

    assert transport.http.asked[0].url.startswith("http://127.0.0.1:9/api/")


def test_a_mail_without_an_integration_goes_by_the_operators_server(world, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"email_url": "smtp://mail.example.com:25"})
    a_delivery(a_notification(world.project), due=NOW, detail={"rules": [3], "reason": "it is yours"})
    transport = answering(Reply(250, {"stage": "data"}, b"2.0.0 queued"))

    go(deliver.turn([], 10, NOW), transport)

    (mail,) = transport.smtp.asked
    assert (mail.server, mail.recipient) == ("smtp://mail.example.com:25", "ana@example.com")
    assert b"List-Id: <shop.acme." in mail.raw


def test_without_any_mail_server_the_ledger_says_what_to_do(world):
    mail = a_delivery(a_notification(world.project), due=NOW)

    assert "is not set up" in reason_of(mail)


# A provider's bugs


def raising(settings, parcel):
    raise RuntimeError("hush-hush is wrong")


def raising_later(settings, parcel):
    yield Request("POST", "https://example.com/")
    raise RuntimeError("hush-hush is wrong")


def returning_nothing(settings, parcel):
    yield Request("POST", "https://example.com/")


def asking_for_ever(settings, parcel):
    while True:
        yield Request("POST", "https://example.com/")


@pytest.mark.parametrize("send", [raising, raising_later, returning_nothing, asking_for_ever])
def test_a_providers_bug_ends_one_delivery_and_tells_no_secret(send):
    (tried,) = go([a_ready(a_provider(send))], answering(Reply(200)))

    assert (tried.state, tried.outcome) == (State.FAILED, "refused")
    assert tried.reason
    assert "hush-hush" not in tried.reason


def test_a_way_out_that_raises_ends_one_delivery():
    provider = a_provider(lambda settings, parcel: asking())

    (tried,) = go([a_ready(provider)], answering(RuntimeError("a bug")))

    assert tried.state == State.FAILED


# One destination's own words


FACTS = {
    **asdict(EXAMPLE),
    "rules": [{"id": 3, "label": "Mine", "url": "u3"}, {"id": 4, "label": "Theirs", "url": "u4"}],
    "tags": [["till", "4"], ["browser", "Firefox"]],
}


def read_by(**detail):
    return message_of("issue_alert", FACTS, {"rules": [3], "reason": "", "notes": "", "tags": [], **detail})


def test_a_destination_reads_of_its_own_rules_alone():
    message = read_by()

    assert "u3" in {link.url for link in message.footer}
    assert "u4" not in {link.url for link in message.footer}


def test_a_destination_reads_its_own_reason():
    assert read_by(reason="you own this part of the code").reason == (
        "You are told because you own this part of the code."
    )


def test_a_destination_reads_its_own_notes():
    assert "Call Ana" in read_by(notes="Call Ana").plain()
    assert "Call Ana" not in read_by().plain()


def test_a_destination_reads_the_tags_that_its_rule_names():
    assert "till: 4" in read_by(tags=["till"]).plain()
    assert "till: 4" not in read_by().plain()


def test_without_details_the_message_is_as_its_facts_say():
    message = message_of("issue_alert", FACTS, {})

    assert {"u3", "u4"} <= {link.url for link in message.footer}


@pytest.mark.parametrize("outcome", [Delivered(), Retry("r"), Refused("r"), Gone("r"), Unknown("r")])
def test_every_outcome_has_its_word_in_the_ledger(outcome):
    assert deliver._name(outcome) == type(outcome).__name__.lower()
