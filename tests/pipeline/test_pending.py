"""A rule with a wait fires if it is still so when the wait is over, else not."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError

from tests.builders import NOW, a_user
from tests.pipeline.conftest import EVERY_EVENT, MAIL
from tests.pipeline.spooling import SPOOL, a_batch, a_payload, an_exception, an_id
from tests.refusing import refuse
from tocsin.pipeline import pending
from tocsin.pipeline.command import set_status
from tocsin.pipeline.digest import digest
from tocsin.store.models import Event, Firing, Issue, Notification, RejectedBody, Rule, RuleHealth, RulePending
from tocsin.store.writes.founding import Founded, found

FIRST_SEEN = {"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"}
UNASSIGNED = {"id": "sentry.rules.filters.assigned_to.AssignedToFilter", "targetType": "Unassigned"}
OFTEN = {"id": "sentry.rules.conditions.event_frequency.EventFrequencyCondition", "value": 2, "interval": "5m"}


@pytest.fixture
def shop(db) -> Founded:
    made = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    Rule.objects.all().delete()
    return made


def a_rule(shop: Founded, *conditions: dict, wait: int = 10, **data) -> Rule:
    data = {"conditions": list(conditions), "actions": [MAIL], "frequency": 30, "wait": wait, **data}
    return Rule.objects.create(project=shop.project, label="Tell us", data=data, date_added=NOW)


def fail(shop: Founded, *numbers: int, minutes: float = 0, kind: str = "CartError") -> None:
    at = NOW + timedelta(minutes=minutes)
    failure = {"values": [an_exception(type=kind)]}
    payloads = [a_payload(number, timestamp=at.timestamp(), exception=failure) for number in numbers]
    digest(a_batch(shop.project.pk, *payloads, first=numbers[0], received=at.timestamp()), SPOOL, at)


def fired(minutes: float) -> list[str]:
    """The events that rules have fired for, once the clock stands so many minutes later and the job has run."""
    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
        pending.ask_again()
    return list(Firing.objects.order_by("pk").values_list("event_id", flat=True))


def test_it_fires_when_the_wait_is_over_and_not_before(shop):
    a_rule(shop, FIRST_SEEN)
    fail(shop, 1)

    assert fired(9.9) == []
    assert fired(10) == [an_id(1)]
    assert not RulePending.objects.exists()


def test_it_does_not_fire_once_the_issue_is_resolved(shop):
    a_rule(shop, FIRST_SEEN)
    fail(shop, 1)
    issue = Issue.objects.get()
    set_status(
        organization_id=shop.organization.pk, issue_ids=[issue.pk], status="resolved", actor_id=None, now=NOW
    )

    assert fired(10) == []
    assert not RulePending.objects.exists()


def test_it_does_not_fire_once_somebody_has_the_issue(shop):
    a_rule(shop, FIRST_SEEN, filters=[UNASSIGNED])
    fail(shop, 1)
    Issue.objects.update(assignee_user=a_user("ben@example.com"))

    assert fired(10) == []


@pytest.mark.parametrize(("again", "found"), [((), []), ((4, 5, 6), [an_id(3)])])
def test_a_frequency_must_still_be_as_high(shop, again, found):
    a_rule(shop, OFTEN)
    fail(shop, 1, 2, 3)
    if again:
        fail(shop, *again, minutes=8)

    assert fired(10) == found


def test_the_first_event_of_an_issue_begins_the_wait_and_later_ones_do_not_prolong_it(shop):
    a_rule(shop, EVERY_EVENT)
    fail(shop, 1)
    fail(shop, 2, minutes=8)

    assert fired(10) == [an_id(1)]


def test_each_issue_waits_by_itself(shop):
    a_rule(shop, FIRST_SEEN)
    fail(shop, 1)
    fail(shop, 2, minutes=5, kind="TillError")

    assert fired(10) == [an_id(1)]
    assert fired(15) == [an_id(1), an_id(2)]


def test_its_frequency_holds_as_for_any_rule(shop):
    a_rule(shop, EVERY_EVENT)
    fail(shop, 1)
    fired(10)
    fail(shop, 2, minutes=11)

    assert fired(21) == [an_id(1)]


def test_a_rule_that_was_switched_off_meanwhile_does_not_fire(shop):
    rule = a_rule(shop, FIRST_SEEN)
    fail(shop, 1)
    rule.status = "disabled"
    rule.save()

    assert fired(10) == []


def test_other_rules_of_the_project_are_not_asked_again(shop):
    a_rule(shop, EVERY_EVENT, wait=0, frequency=5)
    a_rule(shop, FIRST_SEEN)
    fail(shop, 1)

    assert fired(10) == [an_id(1), an_id(1)]
    assert Notification.objects.count() == 2


def test_the_event_that_it_fires_for_is_kept_and_the_sender_woken(shop, rung):
    a_rule(shop, FIRST_SEEN)
    fail(shop, 1)
    Event.objects.all().delete()
    rung()

    fired(10)

    assert Event.objects.get().event_id == an_id(1)
    assert rung() == {"deliver"}


def test_what_could_not_be_written_waits_on(shop):
    a_rule(shop, FIRST_SEEN)
    fail(shop, 1)

    refuse("store_firing", "the disk is full")

    with pytest.raises(DatabaseError, match="the disk is full"):
        fired(10)

    assert RulePending.objects.count() == 1


def test_an_event_that_can_no_longer_be_read_is_set_aside_with_a_reason_and_costs_no_other(shop):
    rule = a_rule(shop, FIRST_SEEN)
    fail(shop, 1)
    fail(shop, 2, kind="TillError")
    RulePending.objects.filter(event_id=an_id(1)).update(payload=b"torn")

    assert fired(10) == [an_id(2)]
    assert not RulePending.objects.exists()
    (aside,) = RejectedBody.objects.all()
    assert aside.reason.startswith("An alert rule waited with this event, which can no longer be read")
    assert RuleHealth.objects.get(rule=rule).errors == 1
