"""Whose issues the events of a batch belong to (behaviour §3.3, §3.9)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, a_member
from tests.pipeline.spooling import a_frame, a_payload, an_exception, digested
from tocsin.pipeline import ownership
from tocsin.pipeline.assignment import NOBODY, Assignee, By, assign
from tocsin.pipeline.whatif import if_alerted
from tocsin.store.models import (
    Activity,
    Delivery,
    Issue,
    IssueOwner,
    Notification,
    Ownership,
    Project,
    Rule,
    Subscription,
    Team,
    User,
)
from tocsin.store.writes.founding import Founded, found

DAY = timedelta(hours=24)


@pytest.fixture
def shop(db) -> Founded:
    return found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)


@pytest.fixture
def ben(shop) -> User:
    return a_member(shop.organization, Team.objects.get(), email="ben@example.com", name="Ben Ode")


def owned(shop: Founded, raw: str, **sent) -> None:
    project = Project.objects.select_related("organization").get(pk=shop.project.pk)
    made = ownership.save(project, {"raw": raw, **sent}, actor_id=shop.user.pk, now=NOW)
    assert isinstance(made, Ownership)


def failing(shop: Founded, number: int = 1, module: str = "shop.cart", now=NOW, **fields) -> Issue:
    frame = {**a_frame("total"), "module": module, "filename": module.replace(".", "/") + ".py"}
    payload = a_payload(number, exception={"values": [an_exception(frame)]}, **fields)
    digested(shop.project.pk, payload, first=number, now=now)
    return Issue.objects.latest("pk")


def told(provider: str = "inbox") -> set[str]:
    return set(Delivery.objects.filter(provider=provider, state="queued").values_list("user__email", flat=True))


def test_who_owns_the_code_is_told_of_the_alert(shop, ben):
    owned(shop, "path:shop/cart.py ben@example.com")

    failing(shop)

    assert told() == {"ben@example.com"}


def test_the_alert_says_who_may_take_it_by_name_and_no_address(shop, ben):
    owned(shop, "path:shop/cart.py #acme ben@example.com ana@example.com")

    failing(shop)

    assert Notification.objects.get(kind="issue_alert").facts["suggested"] == ["Ben Ode", "#acme"]


def test_all_whom_the_strongest_rule_names_are_told(shop, ben):
    owned(shop, "path:shop/* ana@example.com\nmodule:shop.cart ben@example.com ana@example.com")

    failing(shop)

    assert told() == {"ben@example.com", "ana@example.com"}


def test_where_no_rule_fits_it_falls_through(shop, ben):
    owned(shop, "path:till/* ben@example.com")

    failing(shop)

    assert told() == {"ana@example.com", "ben@example.com"}


def test_who_owns_a_new_issue_gets_it_and_follows_it(shop, ben):
    owned(shop, "path:shop/* ana@example.com ben@example.com")

    issue = failing(shop)

    assert issue.assignee_user == ben
    assert Subscription.objects.get().user == ben


def test_the_timeline_names_the_rule(shop, ben):
    owned(shop, "path:shop/* ben@example.com")

    failing(shop)

    row = Activity.objects.get(type="assigned")
    assert (row.user, row.data["integration"], row.data["rule"]) == (
        None,
        "projectOwnership",
        "path:shop/* ben@example.com",
    )


def test_a_team_that_owns_gets_it_as_a_team(shop):
    team = Team.objects.get()
    owned(shop, f"path:shop/* #{team.slug}")

    assert failing(shop).assignee_team == team


def test_owners_are_suggested_with_the_rule(shop, ben):
    owned(shop, "path:shop/* ana@example.com\nmodule:shop.cart ben@example.com")

    failing(shop)

    assert list(IssueOwner.objects.order_by("pk").values_list("user__email", "kind", "rule")) == [
        ("ben@example.com", "ownership_rule", "module:shop.cart ben@example.com"),
        ("ana@example.com", "ownership_rule", "path:shop/* ana@example.com"),
    ]


def test_a_project_may_leave_assigning_to_people(shop, ben):
    owned(shop, "path:shop/* ben@example.com", autoAssignment="Turn off Auto-Assignment")

    assert failing(shop).assignee_user is None
    assert IssueOwner.objects.exists()


def test_what_somebody_has_stays_theirs(shop, ben):
    issue = failing(shop)
    Issue.objects.update(assignee_user=shop.user)
    owned(shop, "path:shop/* ben@example.com")

    failing(shop, 2)

    issue.refresh_from_db()
    assert issue.assignee_user == shop.user


def test_what_a_person_took_back_is_not_given_away_again(shop, ben):
    issue = failing(shop)
    whose = {"organization_id": shop.organization.pk, "issue_ids": [issue.pk], "by": By(shop.user.pk), "now": NOW}
    assign(to=Assignee(user_id=shop.user.pk), **whose)
    assign(to=NOBODY, **whose)
    owned(shop, "path:shop/* ben@example.com")

    failing(shop, 2)

    issue.refresh_from_db()
    assert issue.assignee_user is None


def test_an_issue_is_asked_about_once_a_day(shop, ben):
    owned(shop, "path:shop/* ben@example.com", autoAssignment="Turn off Auto-Assignment")
    failing(shop)
    IssueOwner.objects.all().delete()

    failing(shop, 2, now=NOW + DAY - timedelta(seconds=1))
    assert not IssueOwner.objects.exists()

    failing(shop, 3, now=NOW + DAY)
    assert IssueOwner.objects.exists()


def test_who_hears_of_it_by_an_alert_is_not_told_of_the_assignment_too(shop, ben):
    owned(shop, "path:shop/* ben@example.com")

    failing(shop)

    assert set(Delivery.objects.values_list("notification__kind", flat=True)) == {"issue_alert"}


def test_without_an_alert_the_assignment_is_told(shop, ben):
    Rule.objects.all().delete()
    owned(shop, "path:shop/* ben@example.com")

    failing(shop)

    assert set(Delivery.objects.values_list("notification__kind", flat=True)) == {"assigned"}


def test_an_owner_who_left_the_project_owns_nothing(shop, ben):
    owned(shop, "path:shop/* ben@example.com")
    ben.team_memberships.all().delete()
    Project.objects.update(version=99)

    assert failing(shop).assignee_user is None


def test_a_project_without_ownership_is_asked_for_free(shop, ben):
    def statements(number: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            failing(shop, number)
        return len([one for one in captured if "ownership" in one["sql"] or "issueowner" in one["sql"]])

    failing(shop)

    assert statements(2) == 0


def test_who_would_hear_of_an_alert_about_an_issue_is_its_owner(shop, ben):
    owned(shop, "path:shop/* ben@example.com", autoAssignment="Turn off Auto-Assignment")
    issue = failing(shop)

    (supposed,) = if_alerted(organization_id=shop.organization.pk, project_id=shop.project.pk, issue_id=issue.pk)

    people = {one.destination.user_id for one in supposed.routed.planned}
    assert people == {ben.pk}
