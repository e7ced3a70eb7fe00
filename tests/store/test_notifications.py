"""What was decided is written in the transaction that decided it, by a few statements."""

import json
from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_world, an_issue
from tocsin.store.models import Delivery, Firing, Notification, Rule
from tocsin.store.writes import notifications as ledger
from tocsin.store.writes.notifications import DeliveryRow, NotificationRow


@pytest.fixture
def world(db) -> World:
    return a_world()


def a_row(world: World, uuid: str = "a" * 32, **columns) -> NotificationRow:
    row = NotificationRow(
        world.organization.pk,
        world.project.pk,
        None,
        uuid,
        "issue_alert",
        "alerts",
        "e" * 32,
        '{"title": "Ünïcode 🚨 \\u0000"}',
        '[{"subject": "user:7"}]',
        NOW,
    )
    return row._replace(**columns)


def a_delivery_row(world: World, key: str = "k" * 32, **columns) -> DeliveryRow:
    row = DeliveryRow(
        organization_id=world.organization.pk,
        provider="email",
        integration_id=None,
        user_id=world.user.pk,
        address='{"email": "ana@example.com"}',
        label="ana@example.com",
        detail='{"rules": [1]}',
        conversation="issue:1",
        key=key,
        state="queued",
        reason="",
        due=NOW,
        date_added=NOW,
        lane=f"email:0:{key}",
    )
    return row._replace(**columns)


def test_notifications_are_written_with_their_facts_and_trace(world):
    ids = ledger.record([a_row(world), a_row(world, "b" * 32)], {"a" * 32: 3})

    row = Notification.objects.get(pk=ids["a" * 32])
    assert set(ids) == {"a" * 32, "b" * 32}
    assert row.intents == 3
    assert row.facts["title"].startswith("Ünïcode 🚨")
    assert row.trace == [{"subject": "user:7"}]
    assert (row.date_added, row.organization_id, row.project_id) == (NOW, world.organization.pk, world.project.pk)


def test_deliveries_wait_for_their_sender(world):
    ids = ledger.record([a_row(world)], {})

    ledger.queue([(ids["a" * 32], a_delivery_row(world))])

    row = Delivery.objects.get()
    assert (row.state, row.due, row.attempts, row.lease_by, row.lease_until) == ("queued", NOW, 0, "", None)
    assert (row.address, row.detail, row.reference) == ({"email": "ana@example.com"}, {"rules": [1]}, {})
    assert row.user == world.user


def test_a_suppressed_delivery_is_never_due(world):
    ids = ledger.record([a_row(world)], {})

    ledger.queue([(ids["a" * 32], a_delivery_row(world, state="suppressed", reason="said never", due=None))])

    row = Delivery.objects.get()
    assert (row.state, row.reason, row.due) == ("suppressed", "said never", None)


def test_each_firing_names_rule_issue_event_and_notification(world):
    rule = Rule.objects.create(project=world.project, label="Tell us", data={}, date_added=NOW)
    issue = an_issue(world.project)
    ids = ledger.record([a_row(world)], {})
    later = NOW + timedelta(microseconds=1)

    ledger.fired([(world.project.pk, rule.pk, issue.pk, "e" * 32, ids["a" * 32], later)])

    row = Firing.objects.get()
    assert (row.rule, row.issue, row.event_id, row.notification_id, row.date_added) == (
        rule,
        issue,
        "e" * 32,
        ids["a" * 32],
        later,
    )


def test_the_number_of_statements_does_not_grow_with_what_was_decided(world, django_assert_num_queries):
    rows = [a_row(world, f"{number:032x}") for number in range(100)]
    deliveries = [a_delivery_row(world, f"{number:032x}") for number in range(300)]

    with django_assert_num_queries(4):
        ids = ledger.record(rows, {})
        ledger.queue([(next(iter(ids.values())), row) for row in deliveries])

    assert Delivery.objects.count() == 300


def test_nothing_decided_writes_nothing(world, django_assert_num_queries):
    with django_assert_num_queries(0):
        ledger.record([], {})
        ledger.queue([])
        ledger.fired([])


def test_text_from_outside_stays_text(world):
    ids = ledger.record([a_row(world, facts=json.dumps({"title": "'); DROP TABLE store_issue; -- %s ?"}))], {})

    assert Notification.objects.get(pk=ids["a" * 32]).facts["title"].endswith("%s ?")
