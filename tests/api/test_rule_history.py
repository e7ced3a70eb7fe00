"""When a rule fired, over the API (behaviour §5.8)."""

from datetime import timedelta

import pytest
import time_machine

from tests.api.callers import a_caller
from tests.builders import NOW, a_project, a_world, an_issue
from tocsin.store.models import Firing, Rule, RuleHour

HOUR = int(NOW.timestamp()) // 3600


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db):
    return a_world()


@pytest.fixture
def rule(world):
    return Rule.objects.create(project=world.project, label="Tell us", data={}, date_added=NOW)


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def fired(rule, issue, hours=1.0, event_id="e"):
    at = NOW - timedelta(hours=hours)
    Firing.objects.create(rule=rule, project=issue.project, issue=issue, event_id=event_id, date_added=at)


def address(rule, what):
    return f"/projects/acme/shop/rules/{rule.pk}/{what}/"


def test_each_hour_has_its_count_and_what_was_held_back(world, caller, rule):
    issue = an_issue(world.project)
    for hours in (2.5, 2.1, 1.0):
        fired(rule, issue, hours)
    RuleHour.objects.create(rule=rule, project=rule.project, hour=HOUR - 1, by_frequency=4, by_limit=1)

    found = caller.get(address(rule, "stats") + "?statsPeriod=3h").json

    assert [(one["date"], one["count"]) for one in found] == [
        ("2026-11-21T06:00:00Z", 2),
        ("2026-11-21T07:00:00Z", 0),
        ("2026-11-21T08:00:00Z", 1),
    ]
    assert found[2]["heldBack"] == {"frequency": 4, "limit": 1, "snooze": 0}


def test_without_a_period_it_is_two_weeks(caller, rule):
    assert len(caller.get(address(rule, "stats")).json) == 14 * 24


def test_the_issues_come_most_often_first_with_their_last_event(world, caller, rule):
    rare, often = an_issue(world.project), an_issue(world.project)
    fired(rule, rare, 1, "rare")
    fired(rule, often, 3, "first")
    fired(rule, often, 2, "last")

    found = caller.get(address(rule, "group-history")).json

    assert [(one["group"]["id"], one["count"], one["eventId"]) for one in found] == [
        (str(often.pk), 2, "last"),
        (str(rare.pk), 1, "rare"),
    ]
    assert found[0]["lastTriggered"] == "2026-11-21T07:00:00Z"


def test_the_history_is_paged_as_clients_page_through_lists(world, caller, rule):
    for _ in range(3):
        fired(rule, an_issue(world.project))

    first = caller.get(address(rule, "group-history") + "?per_page=2")
    second = caller.get(address(rule, "group-history") + "?per_page=2&cursor=0:2:0")

    assert (len(first.json), len(second.json)) == (2, 1)
    assert 'rel="next"; results="true"; cursor="0:2:0"' in first.headers["Link"]
    assert 'rel="next"; results="false"' in second.headers["Link"]


def test_of_a_rule_of_all_projects_each_shows_its_own(world, caller, rule):
    rule.project, rule.organization = None, world.organization
    rule.save()
    till = a_project(world.organization, world.team, "till")
    fired(rule, an_issue(world.project))
    fired(rule, an_issue(till))
    RuleHour.objects.create(rule=rule, project=world.project, hour=HOUR - 1, by_limit=3)
    RuleHour.objects.create(rule=rule, project=till, hour=HOUR - 1, by_limit=40)

    hours = caller.get(address(rule, "stats")).json
    assert sum(one["count"] for one in hours) == 1
    assert sum(one["heldBack"]["limit"] for one in hours) == 3
    assert len(caller.get(address(rule, "group-history")).json) == 1


@pytest.mark.parametrize("what", ["stats", "group-history"])
@pytest.mark.parametrize("asked", ["statsPeriod=soon", "statsPeriod=1y", "start=2026-11-20", "statsPeriod=91d"])
def test_a_period_that_makes_no_sense_is_400(caller, rule, what, asked):
    assert caller.get(f"{address(rule, what)}?{asked}").status == 400


@pytest.mark.parametrize("asked", ["per_page=0", "per_page=101", "cursor=x", "cursor=0:-1:0", "cursor=0:9999999:0"])
def test_a_page_that_makes_no_sense_is_400(caller, rule, asked):
    assert caller.get(f"{address(rule, 'group-history')}?{asked}").status == 400


@pytest.mark.parametrize("what", ["stats", "group-history"])
@pytest.mark.parametrize("rule_id", ["0", "x"])
def test_an_unknown_rule_is_404(world, caller, what, rule_id):
    assert caller.get(f"/projects/acme/shop/rules/{rule_id}/{what}/").status == 404


def test_the_number_of_queries_does_not_grow_with_the_history(world, caller, rule, django_assert_max_num_queries):
    for _ in range(20):
        fired(rule, an_issue(world.project))

    with django_assert_max_num_queries(14):
        assert len(caller.get(address(rule, "group-history")).json) == 20
