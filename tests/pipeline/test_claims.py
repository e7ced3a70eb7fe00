"""A rule with a limit for an hour; what held it back is counted."""

from datetime import timedelta

import pytest

from tests.builders import NOW, a_project
from tests.pipeline.conftest import EVERY_EVENT, MAIL
from tests.pipeline.spooling import SPOOL, a_batch, a_payload, an_exception
from tocsin.pipeline.digest import digest
from tocsin.store.models import Firing, Rule, RuleHealth, RuleHour, RuleState
from tocsin.store.writes.founding import Founded, found


@pytest.fixture
def shop(db) -> Founded:
    made = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    Rule.objects.all().delete()
    return made


def a_rule(shop: Founded, label: str = "Tell us", **data) -> Rule:
    data = {"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 5, **data}
    return Rule.objects.create(project=shop.project, label=label, data=data, date_added=NOW)


def fail(shop: Founded, first: int, kinds: str, minutes: float = 0) -> int:
    """Each letter is an event of another issue; how often rules have fired, ever."""
    at = NOW + timedelta(minutes=minutes)
    payloads = [
        a_payload(number, timestamp=at.timestamp(), exception={"values": [an_exception(type=kind)]})
        for number, kind in enumerate(kinds, first)
    ]
    digest(a_batch(shop.project.pk, *payloads, first=first, received=at.timestamp()), SPOOL, at)
    return Firing.objects.count()


def test_a_rule_fires_for_so_many_issues_in_an_hour_and_no_more(shop):
    a_rule(shop, hourlyLimit=2)

    assert fail(shop, 1, "abcd") == 2
    assert fail(shop, 5, "e", minutes=59) == 2
    assert fail(shop, 6, "e", minutes=61) == 3


def test_what_the_limit_holds_back_is_counted_on_the_rule(shop):
    rule = a_rule(shop, hourlyLimit=2)
    fail(shop, 1, "abcd")
    fail(shop, 5, "e", minutes=10)

    health = RuleHealth.objects.get()

    assert (health.rule_id, health.over_limit, health.over_limit_at) == (rule.pk, 3, NOW + timedelta(minutes=10))


def test_what_held_a_rule_back_is_counted_once_under_its_name(shop):
    a_rule(shop, hourlyLimit=1)
    fail(shop, 1, "abba")

    hour = RuleHour.objects.get()

    assert (hour.by_limit, hour.by_frequency, hour.by_snooze) == (2, 1, 0)


def test_of_a_rule_of_all_projects_each_has_its_own_counts(shop):
    till = a_project(shop.organization, shop.team, "till")
    rule = a_rule(shop)
    Rule.objects.filter(pk=rule.pk).update(project=None, organization=shop.organization)
    fail(shop, 1, "aaa")
    digest(a_batch(till.pk, a_payload(9), a_payload(10), first=9), SPOOL, NOW)

    found = RuleHour.objects.values_list("project_id", "by_frequency")

    assert dict(found) == {shop.project.pk: 2, till.pk: 1}


def test_an_issue_that_was_held_back_may_fire_as_soon_as_there_is_room(shop):
    a_rule(shop, hourlyLimit=1, frequency=1440)
    fail(shop, 1, "ab")

    assert fail(shop, 3, "b", minutes=61) == 2


def test_what_its_frequency_holds_back_anyway_takes_no_room_and_is_not_counted(shop):
    a_rule(shop, hourlyLimit=1, frequency=60)
    fail(shop, 1, "aaa")
    fail(shop, 4, "a", minutes=1)

    assert not RuleHealth.objects.exists()
    assert RuleState.objects.get().held == 3


def test_a_rule_without_a_limit_is_not_held_back_by_anothers(shop):
    a_rule(shop, hourlyLimit=1)
    a_rule(shop, label="Free")

    assert fail(shop, 1, "abc") == 4
