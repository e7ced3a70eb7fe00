"""What people do on an issue's page: resolve, archive, assign, follow, comment."""

import pytest
from django.test import Client
from tests.builders import NOW, World, a_member, an_issue

from tocsin.core.issue import Priority, Status, Substatus
from tocsin.store.models import Activity, Issue, Release, Snooze, Subscription
from tocsin.web.issue_actions import ACTIONS, PRIORITIES


@pytest.fixture
def issue(world: World) -> Issue:
    return an_issue(world.project)


def press(client: Client, issue: Issue, **form: str):
    return client.post(f"/acme/issues/{issue.pk}/change/", form, follow=True)


def say(client: Client, issue: Issue, **form: str):
    return client.post(f"/acme/issues/{issue.pk}/comment/", form, follow=True)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_each_button_does_what_it_says(ana: Client, world: World, issue: Issue, action: str):
    Release.objects.create(project=world.project, version="shop@1.0.0", first_seen=NOW)

    page = press(ana, issue, do=action)

    assert ACTIONS[action].done in page.text.replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("action", "substatus"),
    [
        ("escalating", Substatus.UNTIL_ESCALATING),
        ("hour", Substatus.UNTIL_CONDITION_MET),
        ("times_100", Substatus.UNTIL_CONDITION_MET),
        ("users_10", Substatus.UNTIL_CONDITION_MET),
        ("ignored", Substatus.FOREVER),
    ],
)
def test_an_issue_is_archived_until_what_the_menu_says(ana: Client, issue: Issue, action, substatus):
    press(ana, issue, do=action)

    issue.refresh_from_db()
    assert (issue.status, issue.substatus) == (Status.IGNORED, substatus)
    assert Snooze.objects.exists() is (substatus is not Substatus.FOREVER)


def test_without_a_release_none_is_offered(ana: Client, issue: Issue):
    assert "In the next release" not in ana.get(f"/acme/issues/{issue.pk}/").text


def test_with_releases_they_are_offered(ana: Client, world: World, issue: Issue):
    Release.objects.create(project=world.project, version="shop@1.0.0", first_seen=NOW)

    assert "In the next release" in ana.get(f"/acme/issues/{issue.pk}/").text


def test_an_issue_is_given_to_a_team_and_taken_back(ana: Client, world: World, issue: Issue):
    press(ana, issue, assigned_to=f"team:{world.team.pk}")
    issue.refresh_from_db()
    assert issue.assignee_team == world.team

    press(ana, issue, assigned_to="")
    issue.refresh_from_db()
    assert issue.assignee_team is None


def test_who_cannot_have_it_is_said(ana: Client, world: World, issue: Issue):
    cleo = a_member(world.organization, email="cleo@example.com")

    assert "on no team of the issue" in press(ana, issue, assigned_to=f"user:{cleo.pk}").text


@pytest.mark.parametrize("priority", PRIORITIES)
def test_an_issue_has_another_priority(ana: Client, issue: Issue, priority: str):
    press(ana, issue, priority=priority)

    issue.refresh_from_db()
    assert issue.priority == Priority[priority.upper()]


@pytest.mark.parametrize("form", [{}, {"do": "explode"}, {"priority": "urgent"}])
def test_what_no_button_sends_is_refused(ana: Client, issue: Issue, form):
    assert "Press one of the buttons" in press(ana, issue, **form).text
    assert not Activity.objects.exists()


def test_a_comment_stands_on_the_page(ana: Client, issue: Issue):
    page = say(ana, issue, text="I have a <b>fix</b>.")

    assert "Ana commented on SHOP-1" in page.text
    assert "I have a &lt;b&gt;fix&lt;/b&gt;." in page.text


def test_ones_own_comment_is_changed_and_taken_back(ana: Client, issue: Issue):
    say(ana, issue, text="I have a fix.")
    comment = Activity.objects.get()

    assert "edited" in say(ana, issue, comment=str(comment.pk), text="I had a fix.").text
    say(ana, issue, comment=str(comment.pk), remove="1")

    assert not Activity.objects.exists()


def test_a_comment_that_says_nothing_is_said(ana: Client, issue: Issue):
    assert "a comment needs a text" in say(ana, issue, text="  ").text


def test_followers_are_named(ana: Client, world: World, issue: Issue):
    ben = a_member(world.organization, world.team, email="ben@example.com", name="Ben Ode")
    Subscription.objects.create(issue=issue, project=world.project, user=ben, date_added=NOW)

    assert "Ben Ode" in ana.get(f"/acme/issues/{issue.pk}/").text


def test_another_organizations_issue_is_not_there(ana: Client, issue: Issue):
    assert ana.post(f"/other/issues/{issue.pk}/comment/", {"text": "x"}).status_code == 404
