"""A test notification: the real path, the true answer, and no more than a few a minute."""

from collections import deque
from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_world
from tests.pipeline.sending import connected
from tests.pipeline.workspace import OPS, Workspace, a_room, refused
from tocsin.core.fields import InvalidFieldsError
from tocsin.core.people import Person
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.deliver import send_now
from tocsin.pipeline.send_test import MOST_A_MINUTE, Asked, TooManyTestsError, send_test, takes_an_address
from tocsin.store.models import Delivery, Integration, Notification


@pytest.fixture
def world(db) -> World:
    return a_world()


def asked(world: World, provider: str, integration_id: int | None = None) -> Asked:
    person = Person(world.user.pk, "Ana", world.user.email)
    found = catalogue().providers[provider]
    return Asked(world.organization.pk, world.organization.slug, found, integration_id, person)


def unsent(organization_id: int, delivery_id: int) -> None:
    """A sender that is never quick enough."""


def test_a_mail_is_tested_on_oneself_and_nobody_else(world: World):
    send_test(asked(world, "email"), {"email": "victim@example.org"}, NOW, unsent)

    delivery = Delivery.objects.get()
    assert (delivery.address, delivery.user_id) == ({"email": "ana@example.com"}, world.user.pk)


def test_a_channel_is_tested_where_one_says(world: World):
    send_test(asked(world, "slack", _slack(world)), {"channel": "#ops"}, NOW, unsent)

    assert Delivery.objects.get().label == "#ops"


def test_a_channel_is_looked_up_as_for_a_rule_and_tested_by_its_id(world: World):
    workspace = Workspace()

    send_test(asked(world, "slack", connected(world)), {"channel": "ops"}, NOW, unsent, workspace.way)

    assert Delivery.objects.get().address["channel_id"] == OPS["id"]


def test_a_channel_that_is_not_there_is_said_at_its_field_and_nothing_is_sent(world: World):
    archived = Workspace(rooms=[a_room("C0000OLD1", "old", is_archived=True)])

    with pytest.raises(InvalidFieldsError) as found:
        send_test(asked(world, "slack", connected(world)), {"channel": "#old"}, NOW, unsent, archived.way)

    assert found.value.reasons == {"channel": "#old is archived in Slack: unarchive it or choose another channel."}
    assert not Delivery.objects.exists()


def test_where_the_service_does_not_tell_it_is_tried_as_it_was_typed(world: World):
    silent = Workspace(next=deque([refused("missing_scope", needed="channels:read")] * 9))

    send_test(
        asked(world, "slack", connected(world)),
        {"channel": "#ops", "channel_id": "C0000OPS1"},
        NOW,
        unsent,
        silent.way,
    )

    assert Delivery.objects.get().label == "#ops"


def test_only_services_that_reach_no_person_ask_where_to():
    providers = catalogue().providers

    assert (takes_an_address(providers["slack"]), takes_an_address(providers["email"])) == (True, False)


def test_a_missing_channel_is_named_and_nothing_is_written(world: World):
    with pytest.raises(InvalidFieldsError):
        send_test(asked(world, "slack"), {"channel": ""}, NOW, unsent)

    assert not Notification.objects.exists()


def test_the_trace_says_who_asked(world: World):
    send_test(asked(world, "email"), {}, NOW, unsent)

    [step] = Notification.objects.get().trace
    assert (step["label"], step["sentence"]) == ("Ana", "asked for it")


def test_the_sixth_test_within_a_minute_is_refused(world: World):
    for _ in range(MOST_A_MINUTE):
        send_test(asked(world, "email"), {}, NOW, unsent)

    with pytest.raises(TooManyTestsError):
        send_test(asked(world, "email"), {}, NOW + timedelta(seconds=59), unsent)


def test_a_minute_later_there_may_be_another(world: World):
    for _ in range(MOST_A_MINUTE):
        send_test(asked(world, "email"), {}, NOW, unsent)

    send_test(asked(world, "email"), {}, NOW + timedelta(minutes=1), unsent)

    assert Delivery.objects.count() == MOST_A_MINUTE + 1


def test_without_a_mail_server_the_answer_says_that_it_is_not_set_up(world: World):
    answer = send_test(asked(world, "email"), {}, NOW, send_now)

    assert (answer.is_good, answer.outcome, "not set up" in answer.reason) == (False, "refused", True)
    assert Delivery.objects.get().state == "failed"


def _slack(world: World) -> int:
    return Integration.objects.create(
        organization=world.organization,
        provider="slack",
        name="Acme",
        settings=b"",
        date_added=NOW,
        date_updated=NOW,
    ).pk
