"""One thing said to destinations that are already chosen, by the same outbox as everything else."""

import pytest

from tests.builders import NOW, World, a_world, an_issue
from tocsin.core.plan import Destination
from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.notifications.issue_alert import EXAMPLE
from tocsin.pipeline.announce import announce
from tocsin.pipeline.message import message_of
from tocsin.providers.inbox import Address
from tocsin.store.models import Delivery, Notification


@pytest.fixture
def world(db) -> World:
    return a_world()


def to(user_id: int) -> Destination:
    return Destination("inbox", Address(user_id), f"inbox of user {user_id}", user_id=None)


def announced(world: World, *user_ids: int, **columns) -> list[int]:
    return announce(
        organization_id=world.organization.pk,
        kind="issue_alert",
        facts=EXAMPLE,
        destinations=[to(user_id) for user_id in user_ids],
        now=NOW,
        **columns,
    )


def test_each_destination_has_one_queued_delivery_in_the_order_given(world):
    ids = announced(world, 5, 3, 4)

    rows = Delivery.objects.in_bulk(ids)
    assert [rows[pk].address["user_id"] for pk in ids] == [5, 3, 4]
    assert {row.state for row in rows.values()} == {"queued"}
    assert {row.due for row in rows.values()} == {NOW}


def test_all_share_one_notification_with_its_facts_and_its_category(world):
    announced(world, 1, 2)

    row = Notification.objects.get()
    assert (row.kind, row.category, row.facts["short_id"]) == ("issue_alert", "alerts", "SHOP-12")
    assert row.deliveries.count() == 2


def test_what_was_announced_can_be_read_as_it_was_meant(world):
    announced(world, 1)

    delivery = Delivery.objects.get()

    assert message_of("issue_alert", delivery.notification.facts, delivery.detail).title == EXAMPLE.title


def test_the_reason_is_in_the_trace(world):
    announced(world, 1, trace=[Step("user:1", "Ana", Verdict.ADDED, Reason.ASKED_FOR)])

    assert [step["reason"] for step in Notification.objects.get().trace] == ["asked_for"]


def test_what_is_about_an_issue_joins_its_conversation(world):
    issue = an_issue(world.project)

    announced(world, 1, project_id=world.project.pk, issue_id=issue.pk)

    assert Delivery.objects.get().conversation == f"issue:{issue.pk}"


def test_what_is_about_no_issue_is_a_conversation_of_its_own(world):
    announced(world, 1)
    announced(world, 1)

    assert len(set(Delivery.objects.values_list("conversation", flat=True))) == 2


def test_the_sender_is_woken_once_it_is_written(world, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        announced(world, 1)
        assert rung() == frozenset()

    assert rung() == {"deliver"}


def test_who_sends_it_themselves_wakes_nobody(world, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        announced(world, 1, wake=False)

    assert rung() == frozenset()


def test_a_kind_that_nobody_knows_is_refused(world):
    with pytest.raises(KeyError):
        announce(organization_id=world.organization.pk, kind="gone", facts=EXAMPLE, destinations=[], now=NOW)
