"""A message as it would look: the service's own sending, asked and never sent."""

import json
from dataclasses import asdict, replace

import pytest

from tests.builders import World, a_delivery, a_notification, a_world, an_issue
from tocsin.core.sending import Delivered, Request, Sending
from tocsin.notifications.issue_alert import EXAMPLE
from tocsin.pipeline.preview import preview, where
from tocsin.pipeline.rehearse import MOST_QUESTIONS, rehearse
from tocsin.store.queries import deliveries

HOSTILE = replace(EXAMPLE, title="<script>alert(1)</script> <!channel>")


@pytest.fixture
def world(db) -> World:
    return a_world()


def shown(world: World, facts=EXAMPLE, stored: dict | None = None, **columns):
    kind = columns.pop("kind", "issue_alert")
    stored_facts = json.loads(json.dumps(asdict(facts)))
    notification = a_notification(world.project, an_issue(world.project), kind=kind, facts=stored_facts)
    delivery = a_delivery(notification, **columns)
    found = deliveries.one(world.organization.pk, delivery.pk)
    assert found is not None
    return preview(found, stored or {})


def to_slack(world: World, **more):
    return shown(world, provider="slack", address={"channel": "#ops", "channel_id": ""}, label="#ops", **more)


def test_a_mail_is_shown_with_both_its_halves(world: World):
    mail = shown(world)

    assert mail.kind == "mail"
    assert (mail.recipient, EXAMPLE.title in mail.subject) == ("ana@example.com", True)
    assert EXAMPLE.title in mail.text
    assert EXAMPLE.title in mail.html


def test_a_mail_shows_the_sender_that_is_set(world: World):
    assert shown(world, stored={"sender": "alerts@example.org"}).sender == "alerts@example.org"


def test_hostile_text_is_no_markup_in_a_mail(world: World):
    assert "<script" not in shown(world, HOSTILE).html


def test_slack_is_shown_by_its_blocks(world: World):
    message = to_slack(world)

    assert message.kind == "blocks"
    assert EXAMPLE.title in json.dumps(message.blocks)


def test_what_the_rule_adds_for_this_destination_is_shown(world: World):
    message = to_slack(world, detail={"rules": [3], "notes": "Call Ben first", "tags": ["customer"], "reason": ""})

    assert "Call Ben first" in message.body
    assert "gold" in message.body


def test_no_secret_takes_part(world: World):
    message = to_slack(world, stored={"token": "xoxb-secret"})

    assert "xoxb-secret" not in repr(message)


def test_the_inbox_is_shown_as_text(world: World):
    message = shown(world, provider="inbox", address={"user_id": 1})

    assert (message.kind, EXAMPLE.title in message.text) == ("text", True)


def test_a_kind_that_is_gone_says_so(world: World):
    assert "can no longer be shown" in shown(world, kind="horoscope").reason


def test_a_service_that_is_gone_still_shows_the_words(world: World):
    message = shown(world, provider="carrier_pigeon")

    assert ("has been removed" in message.reason, EXAMPLE.title in message.text) == (True, True)


def test_an_address_that_no_longer_fits_still_shows_the_words(world: World):
    message = shown(world, provider="slack", address={})

    assert ("cannot show it" in message.reason, EXAMPLE.title in message.text) == (True, True)


def test_an_inbox_is_somebodys_and_a_channel_is_a_place(world: World):
    notification = a_notification(world.project)
    inbox = a_delivery(notification, provider="inbox", user=world.user, label="Ana")
    channel = a_delivery(notification, provider="slack", label="#ops")

    words = [where(row) for row in deliveries.page(world.organization.pk, deliveries.Filters()).rows]

    assert (channel.pk > inbox.pk, words) == (True, ["Slack to #ops", "Inbox of Ana"])


def test_a_sending_that_never_ends_is_left_after_five_questions():
    def endless() -> Sending:
        while True:
            yield Request("GET", "https://example.org/")
        return Delivered()

    assert len(rehearse(endless())) == MOST_QUESTIONS


def block_types(preview) -> list[str]:
    return [block["type"] for block in preview.blocks]


def test_what_can_be_pressed_is_shown_where_presses_come_back(world: World):
    assert "actions" in block_types(to_slack(world, stored={"signing_secret": "s"}))


def test_and_not_where_they_do_not(world: World):
    assert "actions" not in block_types(to_slack(world))


def test_a_secret_that_the_operator_set_is_not_shown_either(world: World, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_signing_secret": "sesame"})

    found = to_slack(world)

    assert "actions" in block_types(found)
    assert "sesame" not in found.body
