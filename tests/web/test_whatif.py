"""Who would hear, and what a person was not told."""

from datetime import timedelta

import time_machine
from django.test import Client
from tests.builders import NOW, World, a_member, a_notification, an_issue

from tocsin.store.models import Rule, Untold

MAIL = {"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners", "fallthroughType": "AllMembers"}


def a_rule(world: World) -> Rule:
    data = {"conditions": [], "filters": [], "actions": [MAIL], "actionMatch": "all", "filterMatch": "all"}
    return Rule.objects.create(project=world.project, label="Tell the owners", data=data, date_added=NOW)


def test_each_rule_shows_who_would_hear(ana: Client, world: World):
    a_rule(world)

    page = ana.get("/acme/what-if/?project=shop").text

    assert "Tell the owners" in page
    assert "nobody owns this issue, so every member of the project is told" in page


def test_without_a_rule_nobody_would_and_it_says_so(ana: Client):
    assert "No alert rule of Shop is active" in ana.get("/acme/what-if/").text


def test_an_assignment_shows_who_would_hear(ana: Client, world: World):
    issue = an_issue(world.project)
    ben = a_member(world.organization, world.team, email="ben@example.com", name="Ben Ode")

    page = ana.get(f"/acme/what-if/?issue={issue.pk}&assigned_to=user:{ben.pk}").text

    assert "you were assigned to this issue" in page


def test_who_cannot_have_it_is_said(ana: Client, world: World):
    issue = an_issue(world.project)

    assert "on no team" in ana.get(f"/acme/what-if/?issue={issue.pk}&assigned_to=user:99").text


def test_an_issue_that_is_not_there_is_said(ana: Client):
    assert "no such issue" in ana.get("/acme/what-if/?issue=99").text


def test_what_a_person_was_not_told_is_listed_with_the_reason(ana: Client, world: World):
    issue = an_issue(world.project, title="KeyError: 'total'")
    Untold.objects.create(
        notification=a_notification(world.project, issue, kind="resolved"),
        user=world.user,
        verdict="removed",
        reason="unsubscribed",
        cause="subscription:1",
        date_added=NOW,
    )

    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        page = ana.get("/inbox/not-told/").text

    assert "KeyError" in page
    assert "unsubscribed from this issue" in page


def test_nothing_missed_says_so(ana: Client):
    assert "Nothing passed you by" in ana.get("/inbox/not-told/").text
