"""Who would hear, before it happens: the same as who then does."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.builders import NOW, World, a_member, a_world, an_issue
from tests.examples import examples
from tests.pipeline.spooling import a_payload, digested
from tests.pipeline.test_happen import an_alert_in
from tocsin.core.commands import InvalidCommandError
from tocsin.pipeline.assignment import NOBODY, Assignee, By, assign
from tocsin.pipeline.whatif import NothingThereError, if_alerted, if_assigned
from tocsin.store.models import (
    Activity,
    Delivery,
    Issue,
    Notification,
    Organization,
    Preference,
    Rule,
    Subscription,
    Team,
    TeamMember,
)
from tocsin.store.writes.founding import found


@pytest.fixture
def world(db) -> World:
    return a_world()


def destinations(routed) -> set[tuple[str, str, bool]]:
    return {(one.destination.provider, one.destination.label, one.suppressed is not None) for one in routed.planned}


def delivered() -> set[tuple[str, str, bool]]:
    found = Delivery.objects.exclude(notification__kind="issue_alert")
    return {(one.provider, one.label, one.state == "suppressed") for one in found}


EVERY = "sentry.rules.conditions.every_event.EveryEventCondition"
ALERTS = st.sampled_from(["always", "never", None])
CHOICES = st.sampled_from(["always", "never", "subscribe_only", None])
FOLLOWS = st.sampled_from([(True, "comment"), (False, "unknown"), (True, "assigned"), None])
PEOPLE = st.lists(st.tuples(CHOICES, FOLLOWS, st.booleans()), min_size=1, max_size=4)


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(people=PEOPLE, to=st.integers(-1, 3), actor=st.integers(0, 3))
def test_who_would_hear_of_an_assignment_is_who_then_does(world, people, to, actor):
    """Dry and live, over any organization: one body of code decides both."""
    Issue.objects.all().delete()
    Notification.objects.all().delete()
    TeamMember.objects.exclude(user=world.user).delete()
    issue = an_issue(world.project)
    team = Team.objects.create(
        organization=world.organization, slug=f"t{Team.objects.count()}", name="T", date_added=NOW
    )
    world.project.project_teams.create(team=team)
    members = []
    for number, (choice, follows, on_team) in enumerate(people):
        email = f"p{issue.pk}-{number}@example.com"
        one = a_member(world.organization, world.team, email=email)
        members.append(one)
        if on_team:
            TeamMember.objects.create(team=team, user=one)
        if choice:
            Preference.objects.create(user=one, scope="user", scope_id=one.pk, type="workflow", value=choice)
        if follows:
            Subscription.objects.create(
                issue=issue,
                project=world.project,
                user=one,
                is_active=follows[0],
                reason=follows[1],
                date_added=NOW,
            )
    an_alert_in(issue, "#ops")
    whom = Assignee(team_id=team.pk) if to < 0 else Assignee(user_id=members[to % len(members)].pk)
    who = members[actor % len(members)].pk

    supposed = if_assigned(organization_id=world.organization.pk, issue_id=issue.pk, to=whom, actor_id=who)
    assign(organization_id=world.organization.pk, issue_ids=[issue.pk], to=whom, by=By(who), now=NOW)

    assert destinations(supposed.routed) == delivered()


def test_who_would_hear_of_an_alert_is_who_then_does(db):
    shop = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)

    (supposed,) = if_alerted(organization_id=shop.organization.pk, project_id=shop.project.pk)
    digested(shop.project.pk, a_payload(1), now=NOW + timedelta(seconds=1))

    live = {(one.provider, one.label, one.state == "suppressed") for one in Delivery.objects.all()}
    assert destinations(supposed.routed) == live
    assert supposed.what == "Send a notification for high priority issues"


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(people=st.lists(st.tuples(ALERTS, FOLLOWS), min_size=1, max_size=4))
@example(people=[(None, (False, "unknown")), (None, None)])
def test_who_would_hear_of_an_alert_about_an_issue_is_who_then_does(db, people):
    """Dry and live, over any choices, and with people who ended the issue."""
    number = Organization.objects.count()
    shop = found(organization=f"Acme {number}", project="Shop", email=f"ana{number}@example.com", now=NOW)
    rule = shop.project.rules.get()
    Rule.objects.filter(pk=rule.pk).update(
        data=rule.data | {"conditions": [{"id": EVERY}], "filters": [], "frequency": 5}
    )
    digested(shop.project.pk, a_payload(2 * number + 1), first=2 * number + 1)
    issue = shop.project.issues.get()
    for place, (choice, follows) in enumerate(people):
        one = a_member(shop.organization, shop.team, email=f"p{number}-{place}@example.com")
        if choice:
            Preference.objects.create(user=one, scope="user", scope_id=one.pk, type="alerts", value=choice)
        if follows:
            Subscription.objects.create(
                issue=issue,
                project=shop.project,
                user=one,
                is_active=follows[0],
                reason=follows[1],
                date_added=NOW,
            )

    (supposed,) = if_alerted(organization_id=shop.organization.pk, project_id=shop.project.pk, issue_id=issue.pk)
    digested(shop.project.pk, a_payload(2 * number + 2), first=2 * number + 2, now=NOW + timedelta(hours=1))

    live = Notification.objects.filter(issue=issue).latest("id")
    assert destinations(supposed.routed) == {
        (one.provider, one.label, one.state == "suppressed") for one in live.deliveries.all()
    }
    assert [step.as_json() for step in supposed.routed.trace] == live.trace


def test_nothing_is_written(world):
    issue = an_issue(world.project)

    if_assigned(
        organization_id=world.organization.pk,
        issue_id=issue.pk,
        to=Assignee(team_id=world.team.pk),
        actor_id=None,
    )

    issue.refresh_from_db()
    assert (issue.assignee_team, Activity.objects.count(), Notification.objects.count()) == (None, 0, 0)


def test_each_step_has_its_reason(world):
    issue = an_issue(world.project)
    ben = a_member(world.organization, world.team, email="ben@example.com")

    supposed = if_assigned(
        organization_id=world.organization.pk, issue_id=issue.pk, to=Assignee(user_id=ben.pk), actor_id=None
    )

    assert "subscribed" in {step.reason.value for step in supposed.routed.trace}


def test_nobody_who_cannot_have_it_is_supposed_to(world):
    cleo = a_member(world.organization, email="cleo@example.com")

    with pytest.raises(InvalidCommandError):
        if_assigned(
            organization_id=world.organization.pk,
            issue_id=an_issue(world.project).pk,
            to=Assignee(user_id=cleo.pk),
            actor_id=None,
        )


def test_another_organizations_issue_and_project_are_not_there(world):
    other = a_world("other", email="eve@example.com")
    theirs = an_issue(other.project)

    with pytest.raises(NothingThereError):
        if_assigned(organization_id=world.organization.pk, issue_id=theirs.pk, to=NOBODY, actor_id=None)
    with pytest.raises(NothingThereError):
        if_alerted(organization_id=world.organization.pk, project_id=other.project.pk)
