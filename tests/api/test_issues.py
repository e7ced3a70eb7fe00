"""Issues over the API: read, change one or many, comment (behaviour §10.2, §10.5)."""

import pytest

from tests.api.callers import Caller, a_caller
from tests.builders import World, a_member, a_project, a_world, an_issue
from tocsin.core.issue import Status
from tocsin.store.models import Activity, Bookmark, Issue, Release, Resolution, Subscription


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def ana(world) -> Caller:
    return a_caller(world.user, world.organization)


@pytest.fixture
def issue(world) -> Issue:
    return an_issue(world.project)


def at(issue: Issue, rest: str = "") -> str:
    return f"/issues/{issue.pk}/{rest}"


def test_an_issue_is_read_by_its_id(ana, issue):
    found = ana.get(at(issue))

    assert found.status == 200
    assert (found.json["shortId"], found.json["status"], found.json["assignedTo"]) == ("SHOP-1", "unresolved", None)


def test_an_issue_is_read_through_its_organization_too(ana, issue):
    assert ana.get(f"/organizations/acme/issues/{issue.pk}/").json["id"] == str(issue.pk)


def test_reading_an_issue_takes_as_many_queries_whatever_belongs_to_it(
    world, ana, issue, django_assert_max_num_queries
):
    for number in range(20):
        Activity.objects.create(
            issue=issue, project=world.project, type="note", user=world.user, date_added=issue.first_seen
        )
        ben = a_member(world.organization, world.team, email=f"p{number}@example.com")
        Subscription.objects.create(issue=issue, project=world.project, user=ben, date_added=issue.first_seen)

    with django_assert_max_num_queries(14):
        ana.get(at(issue))


def test_an_issue_is_resolved(ana, issue):
    found = ana.put(at(issue), {"status": "resolved"})

    assert (found.status, found.json["status"]) == (200, "resolved")
    assert found.json["activity"][0]["type"] == "set_resolved"


def test_an_issue_is_resolved_in_the_release_to_come(world, ana, issue):
    Release.objects.create(project=world.project, version="shop@1.4.2", first_seen=issue.first_seen)

    found = ana.put(at(issue), {"status": "resolvedInNextRelease"})

    assert found.json["statusDetails"] == {"inNextRelease": True}
    assert Resolution.objects.get().current_release == "shop@1.4.2"


def test_the_newest_release_is_named_where_it_is_meant(world, ana, issue):
    Release.objects.create(project=world.project, version="shop@1.4.2", first_seen=issue.first_seen)

    found = ana.put(at(issue), {"status": "resolved", "statusDetails": {"inRelease": "latest"}})

    assert found.json["statusDetails"] == {"inRelease": "shop@1.4.2"}
    assert found.json["activity"][0]["data"] == {"version": "shop@1.4.2"}


def test_an_issue_is_archived_until_it_happened_so_often(ana, issue):
    found = ana.put(at(issue), {"status": "ignored", "statusDetails": {"ignoreCount": 10, "ignoreWindow": 60}})

    assert (found.json["status"], found.json["substatus"]) == ("ignored", "archived_until_condition_met")
    assert found.json["statusDetails"] == {"ignoreCount": 10, "ignoreWindow": 60}


@pytest.mark.parametrize("whom", ["user:{user}", "{user}", "ana@example.com", "team:{team}", "#acme"])
def test_an_issue_is_assigned(world, ana, issue, whom):
    found = ana.put(at(issue), {"assignedTo": whom.format(user=world.user.pk, team=world.team.pk)})

    assert (found.status, bool(found.json["assignedTo"])) == (200, True)


def test_the_assignment_is_taken_back(world, ana, issue):
    ana.put(at(issue), {"assignedTo": "#acme"})

    assert ana.put(at(issue), {"assignedTo": None}).json["assignedTo"] is None


def test_nothing_is_done_where_part_of_it_is_refused(ana, issue):
    found = ana.put(at(issue), {"status": "resolved", "assignedTo": "user:99"})

    issue.refresh_from_db()
    assert (found.status, list(found.json)) == (400, ["assignedTo"])
    assert (issue.status, Activity.objects.count()) == (Status.UNRESOLVED, 0)


def test_a_body_that_cannot_be_meant_is_refused_key_by_key(ana, issue):
    found = ana.put(at(issue), {"status": "fixed", "priority": "urgent"})

    assert (found.status, sorted(found.json)) == (400, ["priority", "status"])


def test_an_issue_has_another_priority(ana, issue):
    found = ana.put(at(issue), {"priority": "low"})

    assert (found.json["priority"], found.json["activity"][0]["data"]) == ("low", {"priority": "low"})


def test_who_bookmarks_an_issue_follows_it_until_the_bookmark_goes(ana, issue):
    found = ana.put(at(issue), {"isBookmarked": True})
    assert (found.json["isBookmarked"], found.json["subscriptionDetails"]) == (True, {"reason": "bookmarked"})

    found = ana.put(at(issue), {"isBookmarked": False})
    assert (found.json["isBookmarked"], found.json["isSubscribed"]) == (False, False)
    assert not Bookmark.objects.exists()


def test_who_unsubscribes_is_not_subscribed_again_by_what_they_do(ana, issue):
    ana.put(at(issue), {"isSubscribed": True})
    ana.put(at(issue), {"isSubscribed": False})

    found = ana.put(at(issue), {"status": "resolved"})

    assert (found.json["isSubscribed"], found.json["subscriptionDetails"]) == (False, {"disabled": True})


def test_many_issues_are_changed_at_once(world, ana, issue):
    other = an_issue(world.project)

    found = ana.put(f"/organizations/acme/issues/?id={issue.pk}&id={other.pk}", {"status": "resolved"})

    assert (found.status, found.json) == (200, {"status": "resolved"})
    assert set(Issue.objects.values_list("status", flat=True)) == {Status.RESOLVED}


def test_a_projects_address_changes_only_its_own(world, ana, issue):
    elsewhere = an_issue(a_project(world.organization, world.team, "till"))

    ana.put(f"/projects/acme/shop/issues/?id={issue.pk}&id={elsewhere.pk}", {"status": "resolved"})

    elsewhere.refresh_from_db()
    assert elsewhere.status == Status.UNRESOLVED


def test_issues_of_two_projects_are_not_resolved_in_one_release(world, ana, issue):
    elsewhere = an_issue(a_project(world.organization, world.team, "till"))

    found = ana.put(
        f"/organizations/acme/issues/?id={issue.pk}&id={elsewhere.pk}", {"status": "resolvedInNextRelease"}
    )

    assert (found.status, list(found.json)) == (400, ["statusDetails"])


@pytest.mark.parametrize("query", ["", "?id=" + "&id=".join(map(str, range(501)))])
def test_none_and_too_many_are_refused(ana, issue, query):
    assert list(ana.put(f"/organizations/acme/issues/{query}", {"status": "resolved"}).json) == ["id"]


@pytest.mark.parametrize("text", ["0", "x", "9" * 40, "-1"])
def test_an_issue_that_is_not_there_is_missing(ana, issue, text):
    assert ana.get(f"/issues/{text}/").status == 404


def test_the_billing_role_reads_no_issues(world, issue):
    bill = a_member(world.organization, email="bill@example.com", role="billing")

    assert a_caller(bill, world.organization).get(at(issue)).status == 404


# Comments


def test_a_comment_is_made_changed_and_taken_back(ana, issue):
    made = ana.post(at(issue, "comments/"), {"text": "I have a fix."})
    assert (made.status, made.json["data"]["text"]) == (201, "I have a fix.")

    changed = ana.put(at(issue, f"comments/{made.json['id']}/"), {"text": "I had a fix."})
    assert changed.json["data"]["text"] == "I had a fix."

    assert ana.delete(at(issue, f"comments/{made.json['id']}/")).status == 204
    assert ana.get(at(issue, "comments/")).json == []


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": 7}, "text"),
        ({"text": "x", "mentions": "ana"}, "mentions"),
        ({"text": "x", "mentions": ["user:99"]}, "mentions"),
    ],
)
def test_a_comment_that_does_not_fit_is_refused(ana, issue, body, key):
    found = ana.post(at(issue, "comments/"), body)

    assert (found.status, list(found.json), Activity.objects.count()) == (400, [key], 0)


def test_another_persons_comment_is_as_if_it_did_not_exist(world, ana, issue):
    made = ana.post(at(issue, "comments/"), {"text": "Mine."})
    ben = a_caller(a_member(world.organization, world.team, email="ben@example.com"), world.organization)

    assert ben.put(at(issue, f"comments/{made.json['id']}/"), {"text": "Yours."}).status == 404
    assert ben.delete(at(issue, f"comments/{made.json['id']}/")).status == 404


def test_the_timeline_is_listed(ana, issue):
    ana.put(at(issue), {"status": "resolved"})

    assert [one["type"] for one in ana.get(at(issue, "activities/")).json["activity"]] == ["set_resolved"]
