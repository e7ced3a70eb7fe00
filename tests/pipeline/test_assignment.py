"""Giving an issue to a person or a team, or taking it back (behaviour §3.8)."""

import pytest

from tests.builders import NOW, World, a_member, a_world, an_issue
from tocsin.core.commands import InvalidCommandError
from tocsin.pipeline.assignment import NOBODY, Assignee, By, assign, parse_assignee
from tocsin.store.models import Activity, Delivery, Issue, Subscription, Team, User


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def ben(world) -> User:
    return a_member(world.organization, world.team, email="ben@example.com", name="Ben Ode")


def give(world: World, to: Assignee, *issues: Issue, by: By | None = None) -> int:
    return assign(
        organization_id=world.organization.pk,
        issue_ids=[issue.pk for issue in issues],
        to=to,
        by=by or By(world.user.pk),
        now=NOW,
    )


def followers(issue: Issue) -> set[tuple[int | None, int | None, str]]:
    return set(Subscription.objects.filter(issue=issue).values_list("user_id", "team_id", "reason"))


def test_an_issue_is_given_to_a_person_who_follows_it_from_now_on(world, ben):
    issue = an_issue(world.project)

    assert give(world, Assignee(user_id=ben.pk), issue) == 1

    issue.refresh_from_db()
    assert (issue.assignee_user, issue.assignee_team) == (ben, None)
    assert followers(issue) == {(ben.pk, None, "assigned")}


def test_the_timeline_says_who_has_it(world, ben):
    give(world, Assignee(user_id=ben.pk), an_issue(world.project))

    row = Activity.objects.get()
    assert (row.type, row.user) == ("assigned", world.user)
    assert row.data == {
        "assignee": str(ben.pk),
        "assigneeType": "user",
        "assigneeName": "Ben Ode",
        "assigneeEmail": "ben@example.com",
    }


def test_the_assignee_is_told(world, ben):
    give(world, Assignee(user_id=ben.pk), an_issue(world.project))

    told = Delivery.objects.filter(notification__kind="assigned", provider="inbox")
    assert [one.user for one in told] == [ben]


def test_who_gives_it_to_themselves_is_not_told(world):
    give(world, Assignee(user_id=world.user.pk), an_issue(world.project))

    assert not Delivery.objects.exists()


def test_of_many_at_once_the_timelines_tell_and_no_message(world, ben):
    assert give(world, Assignee(user_id=ben.pk), an_issue(world.project), an_issue(world.project)) == 2

    assert Activity.objects.count() == 2
    assert not Delivery.objects.exists()


def test_a_team_that_gets_it_follows_as_a_team(world):
    issue = an_issue(world.project)

    give(world, Assignee(team_id=world.team.pk), issue)

    issue.refresh_from_db()
    assert (issue.assignee_user, issue.assignee_team) == (None, world.team)
    assert followers(issue) == {(None, world.team.pk, "assigned")}
    assert Activity.objects.get().data["assigneeName"] == world.team.slug


def test_who_had_it_before_does_not_follow_it_any_more(world, ben):
    issue = an_issue(world.project)
    give(world, Assignee(user_id=ben.pk), issue)

    give(world, Assignee(user_id=world.user.pk), issue)

    assert followers(issue) == {(world.user.pk, None, "assigned")}


def test_who_had_it_before_goes_on_following_when_their_team_gets_it(world, ben):
    issue = an_issue(world.project)
    give(world, Assignee(user_id=ben.pk), issue)

    give(world, Assignee(team_id=world.team.pk), issue)

    assert (ben.pk, None, "assigned") in followers(issue)


def test_who_follows_for_another_reason_goes_on(world, ben):
    issue = an_issue(world.project)
    Subscription.objects.create(issue=issue, project=world.project, user=ben, reason="comment", date_added=NOW)
    give(world, Assignee(user_id=ben.pk), issue)

    give(world, NOBODY, issue)

    assert followers(issue) == {(ben.pk, None, "comment")}


def test_taking_it_back_stands_on_the_timeline(world, ben):
    issue = an_issue(world.project)
    give(world, Assignee(user_id=ben.pk), issue)

    give(world, NOBODY, issue)

    issue.refresh_from_db()
    assert issue.assignee_user is None
    assert Activity.objects.latest("pk").type == "unassigned"


def test_who_has_it_already_keeps_it_without_a_word(world, ben):
    issue = an_issue(world.project)
    give(world, Assignee(user_id=ben.pk), issue)

    assert give(world, Assignee(user_id=ben.pk), issue) == 0

    assert Activity.objects.count() == 1


def outsider(world: World) -> Assignee:
    return Assignee(user_id=a_member(world.organization, email="cleo@example.com").pk)


def switched_off(world: World) -> Assignee:
    return Assignee(user_id=a_member(world.organization, world.team, email="d@example.com", is_active=False).pk)


def another_team(world: World) -> Assignee:
    made = Team.objects.create(organization=world.organization, slug="ops", name="Ops", date_added=NOW)
    return Assignee(team_id=made.pk)


def another_organizations(world: World) -> Assignee:
    return Assignee(team_id=a_world("other", email="eve@example.com").team.pk)


@pytest.mark.parametrize(
    "whom", [outsider, switched_off, another_team, another_organizations, lambda _: Assignee(user_id=99)]
)
def test_nobody_who_does_not_belong_to_the_project_gets_it(world, whom):
    issue = an_issue(world.project)

    with pytest.raises(InvalidCommandError) as refused:
        give(world, whom(world), issue)

    issue.refresh_from_db()
    assert refused.value.field == "assignedTo"
    assert (issue.assignee_user, issue.assignee_team, Activity.objects.count()) == (None, None, 0)


def test_another_organizations_issue_is_left_alone(world, ben):
    theirs = an_issue(a_world("other", email="eve@example.com").project)

    assert give(world, Assignee(user_id=ben.pk), theirs) == 0


def test_what_assigned_it_by_itself_is_named(world, ben):
    by = By(integration="projectOwnership", rule="path:src/* ben@example.com")

    give(world, Assignee(user_id=ben.pk), an_issue(world.project), by=by)

    row = Activity.objects.get()
    assert (row.user, row.data["integration"], row.data["rule"]) == (
        None,
        "projectOwnership",
        "path:src/* ben@example.com",
    )


@pytest.mark.parametrize(
    ("text", "assignee"),
    [
        ("user:7", Assignee(user_id=7)),
        ("team:7", Assignee(team_id=7)),
        ("7", Assignee(user_id=7)),
        ("", NOBODY),
        (" ", NOBODY),
    ],
)
def test_what_api_clients_send_names_somebody(text, assignee):
    assert parse_assignee(text) == assignee


@pytest.mark.parametrize("text", ["ana", "user:", "robot:7", "user:-7", "user:7.0", "9" * 30])
def test_what_names_nobody_is_refused(text):
    with pytest.raises(InvalidCommandError):
        parse_assignee(text)
