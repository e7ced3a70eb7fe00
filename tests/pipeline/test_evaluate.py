"""Rules are asked about each event of a batch; each fires once per issue and frequency."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW
from tests.pipeline.conftest import EVERY_EVENT, MAIL
from tests.pipeline.spooling import a_batch, a_payload, an_id, digested
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.command import set_status
from tocsin.pipeline.digest import digest
from tocsin.store.models import Firing, Issue, Notification, Project, Rule, RuleState
from tocsin.store.writes.founding import Founded, found

REGRESSION = {"id": "sentry.rules.conditions.regression_event.RegressionEventCondition"}
LEVEL = {"id": "sentry.rules.filters.level.LevelFilter", "match": "gte", "level": "50"}


@pytest.fixture
def shop(db) -> Founded:
    return founded()


def founded() -> Founded:
    """The shop without its default rule: a test makes the rules that it is about."""
    made = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    Rule.objects.all().delete()
    return made


def a_rule(shop: Founded, *conditions: dict, label: str = "Tell us", environment: str = "", **data) -> Rule:
    data = {"conditions": list(conditions) or [EVERY_EVENT], "actions": [MAIL], "frequency": 30, **data}
    return Rule.objects.create(
        project=shop.project, label=label, environment=environment, data=data, date_added=NOW
    )


def happens(shop: Founded, number: int, after: timedelta = timedelta(0), **fields) -> list[str]:
    """Event `number` arrives; the labels of the rules that fired for it."""
    at = NOW + after
    digested(
        shop.project.pk,
        a_payload(number, **{"timestamp": at.timestamp(), **fields}),
        first=number,
        received=at.timestamp(),
        now=at,
    )
    return fired_for(number)


def fired_for(number: int) -> list[str]:
    return list(Firing.objects.filter(event_id=an_id(number)).order_by("id").values_list("rule__label", flat=True))


def test_a_rule_fires_once_within_its_frequency(shop):
    a_rule(shop)

    assert happens(shop, 1) == ["Tell us"]
    assert happens(shop, 2, timedelta(minutes=29)) == []
    assert happens(shop, 3, timedelta(minutes=30)) == ["Tell us"]


def test_a_rule_fires_once_in_a_batch_for_the_first_event_that_it_fits(shop):
    a_rule(shop, filters=[LEVEL])

    digested(
        shop.project.pk,
        a_payload(1, level="error"),
        a_payload(2, level="fatal"),
        a_payload(3, level="fatal"),
    )

    assert list(Firing.objects.values_list("event_id", flat=True)) == [an_id(2)]


def test_each_issue_has_its_own_frequency(shop):
    a_rule(shop)

    digested(shop.project.pk, *[a_payload(number, fingerprint=[f"{number % 3}"]) for number in range(1, 10)])

    assert Firing.objects.count() == 3


def test_what_was_held_back_is_counted_and_forgotten_when_it_fires_again(shop):
    a_rule(shop)
    digested(shop.project.pk, *[a_payload(number) for number in range(1, 6)])
    assert RuleState.objects.get().held == 4
    happens(shop, 6, timedelta(minutes=1))
    assert RuleState.objects.get().held == 5

    happens(shop, 7, timedelta(minutes=40))

    assert RuleState.objects.get().held == 0


def test_the_frequency_that_a_rule_has_after_an_edit_counts(shop):
    rule = a_rule(shop, frequency=60)
    happens(shop, 1)
    rule.data = {**rule.data, "frequency": 5}
    rule.save()

    assert happens(shop, 2, timedelta(minutes=6)) == ["Tell us"]


def test_rules_that_fire_for_one_event_share_one_notification(shop):
    a_rule(shop, label="One")
    a_rule(shop, label="Two")

    assert happens(shop, 1) == ["One", "Two"]
    notification = Notification.objects.get()
    assert [rule["label"] for rule in notification.facts["rules"]] == ["One", "Two"]
    assert set(Firing.objects.values_list("notification_id", flat=True)) == {notification.pk}


def test_a_rule_that_was_changed_is_read_again(shop):
    rule = a_rule(shop, frequency=5)
    happens(shop, 1)
    rule.data = {**rule.data, "filters": [LEVEL]}
    rule.save()

    assert happens(shop, 2, timedelta(hours=1)) == []


@pytest.mark.parametrize("end", ["deleted", "disabled"])
def test_a_rule_that_is_gone_fires_no_more(shop, end):
    rule = a_rule(shop, frequency=5)
    happens(shop, 1)
    if end == "deleted":
        rule.delete()
    else:
        rule.status = "disabled"
        rule.save()

    assert happens(shop, 2, timedelta(hours=1)) == []


def test_rules_are_compiled_once_and_not_for_each_batch(shop):
    a_rule(shop)
    happens(shop, 1)

    with CaptureQueriesContext(connection) as captured:
        happens(shop, 2)

    assert not any('store_rule"' in query["sql"] and "SELECT" in query["sql"][:8] for query in captured[:-1])


def test_a_rule_of_an_environment_fires_for_its_events_alone(shop):
    a_rule(shop, environment="staging")

    assert happens(shop, 1, environment="production") == []
    assert happens(shop, 2, environment="staging") == ["Tell us"]


def test_a_rule_whose_condition_nobody_knows_does_not_fire(shop):
    a_rule(shop, {"id": "acme.Gone"}, EVERY_EVENT)

    assert happens(shop, 1) == []


def test_a_regression_fires_for_the_event_that_was_one(shop):
    a_rule(shop, REGRESSION)
    happens(shop, 1)
    resolve(shop, NOW + timedelta(minutes=1))

    assert happens(shop, 2, timedelta(minutes=2)) == ["Tell us"]
    assert Notification.objects.get().facts["substatus"] == "regressed"


def test_an_event_that_came_before_the_resolution_fires_nothing_though_its_batch_holds_the_regression(shop):
    happens(shop, 1)
    a_rule(shop)
    resolve(shop, NOW + timedelta(minutes=1))
    received = {2: NOW + timedelta(seconds=30), 3: NOW + timedelta(minutes=2)}
    batch = [
        body._replace(received=received[number].timestamp())
        for number, body in zip((2, 3), a_batch(shop.project.pk, a_payload(2), a_payload(3), first=2), strict=True)
    ]

    digest(batch, "5" * 32, NOW + timedelta(minutes=2))

    assert (fired_for(2), fired_for(3)) == ([], ["Tell us"])


def resolve(shop: Founded, at) -> None:
    issue = Issue.objects.get()
    set_status(organization_id=shop.organization.pk, issue_ids=[issue.pk], status="resolved", actor_id=None, now=at)


def test_the_facts_are_those_of_the_event_and_not_of_its_batchs_end(shop):
    a_rule(shop)

    digested(shop.project.pk, *[a_payload(number) for number in range(1, 6)])

    assert Notification.objects.get().facts["times_seen"] == 1


def test_of_two_digests_at_once_one_fires(database_file):
    """Two workers by mistake, or a web process that digests a test event beside the worker."""
    shop = founded()
    a_rule(shop)
    happens(shop, 1)
    later = NOW + timedelta(hours=1)
    start = threading.Barrier(2)

    def worker(number: int) -> None:
        start.wait()
        batch = a_batch(shop.project.pk, a_payload(number), first=number, received=later.timestamp())
        digest(batch, f"spool {number}", later)
        connection.close()

    threads = [threading.Thread(target=worker, args=(number,)) for number in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert Firing.objects.filter(date_added=later).count() == 1
    assert Issue.objects.get().times_seen == 3


def a_condition_that_raises(monkeypatch) -> None:
    known = catalogue().condition(EVERY_EVENT["id"])

    def holds(options, facts):
        raise ZeroDivisionError("no moon")

    monkeypatch.setitem(catalogue()._conditions_by_id, EVERY_EVENT["id"], replace(known, holds=holds))


def test_a_line_that_cannot_answer_is_logged_once_for_each_rule_and_version(shop, monkeypatch, caplog):
    a_condition_that_raises(monkeypatch)
    a_rule(shop)

    happens(shop, 1)
    happens(shop, 2)

    (told,) = [one.getMessage() for one in caplog.records if one.name == "tocsin.rules"]
    assert "Tell us" in told
    assert "ZeroDivisionError: no moon" in told


def test_a_rule_that_was_changed_is_told_of_again(shop, monkeypatch, caplog):
    a_condition_that_raises(monkeypatch)
    a_rule(shop)
    happens(shop, 1)
    Project.objects.update(version=F("version") + 1)

    happens(shop, 2)

    assert len([one for one in caplog.records if one.name == "tocsin.rules"]) == 2
