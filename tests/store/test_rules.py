"""A project's rules as their pages read them."""

import pytest

from tests.builders import NOW, World, a_delivery, a_notification, a_world, an_issue
from tocsin.store.models import Firing, Rule
from tocsin.store.queries.rules import firings


@pytest.fixture
def world(db) -> World:
    return a_world()


def a_rule(world: World, label: str) -> Rule:
    return Rule.objects.create(project=world.project, label=label, data={}, date_added=NOW)


def fired(world: World, *rules: Rule):
    """One event for which the rules fired together: they share a notification."""
    issue = an_issue(world.project)
    notification = a_notification(world.project, issue)
    for rule in rules:
        Firing.objects.create(
            project=world.project, rule=rule, issue=issue, notification=notification, date_added=NOW
        )
    return notification


def test_a_firing_counts_the_deliveries_that_its_own_rule_asked_for(world: World):
    slack, mail = a_rule(world, "Slack"), a_rule(world, "Mail")
    notification = fired(world, slack, mail)
    a_delivery(notification, state="failed", detail={"rules": [slack.pk]})
    a_delivery(notification, state="sent", detail={"rules": [slack.pk, mail.pk]})
    a_delivery(notification, state="sent", detail={"rules": [mail.pk]})

    counts = {
        rule.label: (one.sent, one.deliveries)
        for rule in (slack, mail)
        for one in firings(rule.pk, rule.project_id, NOW)
    }

    assert counts == {"Slack": (1, 2), "Mail": (2, 2)}


def test_a_firing_that_told_nobody_has_no_delivery(world: World):
    rule = a_rule(world, "Slack")
    fired(world, rule)

    assert [(one.sent, one.deliveries) for one in firings(rule.pk, rule.project_id, NOW)] == [(0, 0)]


def test_the_number_of_queries_does_not_grow_with_firings(world: World, django_assert_num_queries):
    rule = a_rule(world, "Slack")
    for _ in range(5):
        a_delivery(fired(world, rule), detail={"rules": [rule.pk]})

    with django_assert_num_queries(2):
        firings(rule.pk, rule.project_id, NOW)
