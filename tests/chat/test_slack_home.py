"""What somebody sees who opens the app's home in Slack."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, a_member, a_world, an_issue
from tests.chat.pressing import SECRET, TEAM, USER, a_workspace, signature
from tests.pipeline.sending import once
from tocsin.core.issue import Status
from tocsin.core.sending import Reply
from tocsin.pipeline import links
from tocsin.pipeline.preview import preview, said
from tocsin.store.models import Delivery, Membership, Notification
from tocsin.store.queries import deliveries

pytestmark = pytest.mark.django_db


def visit(event_id: str = "Ev1", **more: Any):
    event = {"type": "app_home_opened", "user": USER, "channel": "D1", "tab": "home", "event_ts": "1.2", **more}
    body = json.dumps({"type": "event_callback", "team_id": TEAM, "event_id": event_id, "event": event}).encode()
    headers = signature(body, NOW, SECRET)
    answer = Client().post("/extensions/slack/event/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200


def seen() -> dict[str, Any]:
    """What the last home says."""
    return Notification.objects.filter(kind="chat_home").order_by("pk").last().facts


def titles() -> list[str]:
    return [item["link"]["label"] for listing in seen()["here"] for item in listing["items"]]


def test_my_open_issues_are_listed_newest_seen_first(world, workspace):
    an_issue(world.project, title="Old", assignee_user=world.user, last_seen=NOW - timedelta(days=2))
    an_issue(world.project, title="New", assignee_user=world.user)

    visit()

    assert titles() == ["New", "Old"]


def test_so_are_those_of_my_teams_each_once(world, workspace):
    an_issue(world.project, title="The team's", assignee_team=world.team)

    visit()

    assert titles() == ["The team's"]


def test_nobody_elses_are_and_none_that_is_done(world, workspace):
    other = a_member(world.organization, world.team, email="bo@example.com")
    an_issue(world.project, title="Bo's", assignee_user=other)
    an_issue(world.project, title="Nobody's")
    an_issue(world.project, title="Done", assignee_user=world.user, status=Status.RESOLVED)

    visit()

    assert titles() == []
    assert seen()["here"][0]["about"] == "Open: 2 in shop. None of them is yours."


def test_an_issue_says_where_it_is_and_how_old(world, workspace):
    issue = an_issue(
        world.project,
        assignee_user=world.user,
        level="warning",
        last_seen=NOW - timedelta(minutes=3),
        first_seen=NOW - timedelta(days=2),
    )

    visit()

    [item] = seen()["here"][0]["items"]
    assert (item["name"], item["link"]["url"]) == ("SHOP-1", links.issue("acme", issue.pk))
    assert item["figure"] == "warning in shop, new · seen 3 min ago, first 2 d ago"


def test_at_most_15_are_listed_and_that_is_said(world, workspace):
    for _ in range(17):
        an_issue(world.project, assignee_user=world.user)

    visit()

    assert len(titles()) == 15
    assert seen()["here"][0]["about"] == "Open: 17 in shop. The 15 of yours that were seen last:"


def test_without_any_issue_it_says_so(workspace):
    visit()

    assert seen()["here"][0]["about"] == "No issue is open."


def test_it_goes_to_the_person_through_the_connected_workspace(workspace):
    visit()

    row = Delivery.objects.get()
    assert (row.integration_id, row.address["place"], row.address["channel_id"]) == (workspace, "home", USER)


def test_who_never_said_who_they_are_sees_how_to_and_no_issue(world, stranger):
    an_issue(world.project, title="Secret", assignee_user=world.user)

    visit()

    assert seen()["here"] == []
    [link] = seen()["links"]
    assert (link["label"], "/extensions/slack/link-identity/" in link["url"]) == ("Link your account", True)


@pytest.mark.parametrize(("role", "words"), [("billing", "does not include issues"), (None, "has no access to")])
def test_who_may_not_read_issues_is_told_so_and_sees_none(world, workspace, role, words):
    an_issue(world.project, title="Secret", assignee_user=world.user)
    memberships = Membership.objects.filter(user=world.user)
    memberships.update(role=role) if role else memberships.delete()

    visit()

    assert titles() == []
    assert words in seen()["here"][0]["about"]


# — again and again


def test_many_visits_at_once_cost_one_delivery_that_says_the_latest(world, workspace):
    for number in range(50):
        visit(f"Ev{number}")
    an_issue(world.project, title="Latest", assignee_user=world.user)
    visit("Ev99")

    assert Delivery.objects.count() == Notification.objects.count() == 1
    assert titles() == ["Latest"]


@pytest.mark.parametrize("columns", [{"attempts": 1}, {"state": "sending"}, {"state": "sent"}])
def test_one_that_was_tried_stays_as_it_was_sent(workspace, columns):
    visit()
    Delivery.objects.update(**columns)

    visit("Ev2")

    assert Delivery.objects.count() == 2


def test_a_storm_of_429_leaves_two_at_most_for_somebody_who_visits_again_and_again(workspace):
    for number in range(20):
        visit(f"Ev{number}")
        once(Reply(429, {"retry-after": "30"}))

    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["queued", "retrying"]


def test_another_persons_home_is_another(world, workspace):
    visit()
    visit("Ev2", user="U0OTHER")

    assert sorted(one.address["channel_id"] for one in Delivery.objects.all()) == sorted([USER, "U0OTHER"])


def test_what_slack_tells_again_is_heard_once(workspace):
    visit()
    Delivery.objects.update(state="sent")
    visit(event_ts="1.3")

    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "more", [{"tab": "messages"}, {"tab": None}, {"user": ""}, {"user": 7}, {"user": "<!here>"}]
)
def test_other_visits_are_taken_and_left(workspace, more):
    visit(**more)

    assert not Notification.objects.exists()


def test_more_issues_cost_no_more_queries(world, workspace):
    an_issue(world.project, assignee_user=world.user)
    with CaptureQueriesContext(connection) as one:
        visit()
    Delivery.objects.update(state="sent")
    for _ in range(20):
        an_issue(world.project, assignee_user=world.user)
    with CaptureQueriesContext(connection) as many:
        visit("Ev2")

    assert len(many) <= len(one)


# — several organizations


@pytest.fixture
def umbra(db):
    return a_world("umbra", "door", "eve@example.com")


def test_an_organization_in_which_they_are_not_known_is_one_button(world, umbra, workspace):
    a_workspace(umbra)
    an_issue(umbra.project, title="Theirs", assignee_user=umbra.user)

    visit()

    assert [listing["title"]["label"] for listing in seen()["here"]] == ["Acme"]
    assert [link["label"] for link in seen()["links"]] == ["Link your account in Umbra"]
    assert "Theirs" not in json.dumps(seen())


def test_the_ledger_shows_that_it_was_written_and_not_what(world, workspace):
    an_issue(world.project, title="Of nobody else's business", assignee_user=world.user)
    visit()

    row = Delivery.objects.get()
    found = deliveries.one(world.organization.pk, row.pk)

    shown = preview(found, {})
    assert shown.kind == "blocks"
    assert "business" not in json.dumps([shown.body, *shown.blocks])
    assert said("chat_home", row.notification.facts, {}).title == "Your open issues"


def test_nor_does_it_show_the_link_by_which_somebody_says_who_they_are(world, stranger):
    visit()

    found = deliveries.one(world.organization.pk, Delivery.objects.get().pk)

    assert "link-identity" not in preview(found, {}).body
