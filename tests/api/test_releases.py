"""Releases over the API, in the shapes that sentry-cli sends and reads."""

import pytest

from tests.api.callers import a_caller
from tests.builders import a_member, a_project, a_world, an_issue
from tocsin.core.issue import Status
from tocsin.store.models import Activity, Commit, Deploy, Issue, Release, ReleaseCommit, Resolution

pytestmark = pytest.mark.django_db

RELEASES = "/organizations/acme/releases/"


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def made(caller, version: str = "shop@1.0.0", **body):
    return caller.post(RELEASES, {"version": version, "projects": ["shop"], **body})


def a_commit(key: str = "7e2d1fa", message: str = "Round the total", **fields):
    return {"id": key, "message": message, "repository": "acme/shop", "author_email": "Ana@example.com", **fields}


def test_a_release_is_made_once_and_then_known(world, caller):
    first, again = made(caller), made(caller)

    assert (first.status, again.status) == (201, 208)
    assert first.json["version"] == "shop@1.0.0"
    assert first.json["shortVersion"] == "1.0.0"
    assert first.json["versionInfo"]["version"]["major"] == 1
    assert [one["slug"] for one in first.json["projects"]] == ["shop"]
    assert Release.objects.count() == 1


def test_a_version_that_several_projects_share_is_one_release(world, caller):
    a_project(world.organization, world.team, slug="api")

    made(caller)
    found = made(caller, projects=["api"], url="https://ci.example/7")

    assert [one["slug"] for one in found.json["projects"]] == ["api", "shop"]
    assert [one["version"] for one in caller.get(RELEASES).json] == ["shop@1.0.0"]
    assert set(Release.objects.values_list("url", flat=True)) == {"https://ci.example/7"}


@pytest.mark.parametrize("version", ["shop@1.4.2+7", "feature/x", "a b", "é", "x" * 250, "1.0/beta/2"])
def test_a_release_is_read_by_any_version_that_it_may_have(world, caller, version):
    from urllib.parse import quote

    made(caller, version)

    assert caller.get(f"{RELEASES}{quote(version, safe='')}/").json["version"] == version


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "version"),
        ({"version": "x" * 10_000}, "version"),
        ({"version": "1\n2"}, "version"),
        ({"version": ".."}, "version"),
        ({"version": 7}, "version"),
        ({"version": "1", "projects": []}, "projects"),
        ({"version": "1", "projects": ["nowhere"]}, "projects"),
        ({"version": "1", "projects": ["shop", 10**30]}, "projects"),
        ({"version": "1", "projects": "shop"}, "projects"),
        ({"version": "1", "projects": ["shop"], "dateReleased": "yesterday"}, "dateReleased"),
        ({"version": "1", "projects": ["shop"], "url": "javascript:alert(1)"}, "url"),
        ({"version": "1", "projects": ["shop"], "ref": "a\x00b"}, "ref"),
        ({"version": "1", "projects": ["shop"], "status": "gone"}, "status"),
        ({"version": "1", "projects": ["shop"], "commits": [{"id": "a"}, {"message": "b"}]}, "commits"),
        ({"version": "1", "projects": ["shop"], "commits": [{"id": "a"}] * 1_001}, "commits"),
        ({"version": "1", "projects": ["shop"], "refs": [{"commit": "a"}]}, "refs"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field_and_nothing_is_written(world, caller, body, field):
    found = caller.post(RELEASES, body)

    assert found.status == 400
    assert list(found.json) == [field]
    assert not Release.objects.exists()
    assert not Commit.objects.exists()


def test_a_thousand_commits_take_as_many_statements_as_one(world, caller, django_assert_max_num_queries):
    commits = [
        a_commit(f"{number:040x}", patch_set=[{"path": f"{number}.py", "type": "M"}]) for number in range(1_000)
    ]

    with django_assert_max_num_queries(60):  # rows go in five hundreds
        assert made(caller, commits=commits).status == 201

    assert ReleaseCommit.objects.count() == 1_000


def test_commits_stand_in_a_release_with_their_author_and_the_latest_first(world, caller):
    made(caller, commits=[a_commit("bbb", "Second"), a_commit("aaa", "First")])

    listed = caller.get(f"{RELEASES}shop@1.0.0/commits/").json
    shown = caller.get(f"{RELEASES}shop@1.0.0/").json
    assert [one["message"] for one in listed] == ["Second", "First"]
    assert (shown["commitCount"], shown["lastCommit"]) == (2, {"id": "bbb"})
    assert shown["authors"] == [{"name": "ana@example.com", "email": "ana@example.com"}]


def test_commits_replace_those_that_were_there(world, caller):
    made(caller, commits=[a_commit("aaa")])

    caller.put(f"{RELEASES}shop@1.0.0/", {"commits": [a_commit("bbb")]})

    assert list(ReleaseCommit.objects.values_list("commit__key", flat=True)) == ["bbb"]


def test_what_is_said_later_completes_a_release_and_forgets_nothing(world, caller):
    made(caller, ref="main", commits=[a_commit()])

    found = caller.put(f"{RELEASES}shop@1.0.0/", {"dateReleased": "2026-11-21T10:00:00.123456789Z"})

    assert found.status == 200
    assert found.json["dateReleased"].startswith("2026-11-21T10:00:00")
    assert (found.json["ref"], found.json["commitCount"]) == ("main", 1)


def test_a_release_that_nobody_made_cannot_be_completed(world, caller):
    assert caller.put(f"{RELEASES}shop@9/", {"ref": "main"}).status == 404


def test_the_release_before_is_the_last_one_whose_commits_are_known(world, caller):
    made(caller, "a", commits=[a_commit("aaa")])
    made(caller, "b")
    made(caller, "c")

    found = caller.get(f"{RELEASES}c/previous-with-commits/").json
    assert (found["version"], found["lastCommit"]) == ("a", {"id": "aaa"})
    assert caller.get(f"{RELEASES}a/previous-with-commits/").json == {}


def test_an_archived_release_is_listed_apart(world, caller):
    made(caller)
    made(caller, projects=[], status="archived")

    assert caller.get(RELEASES).json == []
    assert len(caller.get(RELEASES + "?status=archived").json) == 1


def test_a_forgotten_release_leaves_its_issues(world, caller):
    an_issue(world.project, first_release="shop@1.0.0")
    made(caller, commits=[a_commit()])

    assert caller.delete(f"{RELEASES}shop@1.0.0/").status == 204

    assert caller.get(f"{RELEASES}shop@1.0.0/").status == 404
    assert Issue.objects.count() == 1
    assert not ReleaseCommit.objects.exists()


def test_listing_takes_the_same_number_of_queries_however_many_there_are(
    world, caller, django_assert_max_num_queries
):
    for number in range(30):
        made(caller, f"shop@1.0.{number}", commits=[a_commit(f"{number:07x}")])

    with django_assert_max_num_queries(14):
        assert len(caller.get(RELEASES).json) == 30


def test_a_page_says_where_the_next_one_begins(world, caller):
    Release.objects.bulk_create(
        Release(project=world.project, version=f"v{number:03}", first_seen=world.project.date_added)
        for number in range(101)
    )

    first = caller.get(RELEASES)
    rest = caller.get(RELEASES + "?cursor=0:100:0")

    assert 'rel="next"; results="true"; cursor="0:100:0"' in first.headers["Link"]
    assert [one["version"] for one in rest.json] == ["v000"]
    assert 'rel="next"; results="false"' in rest.headers["Link"]


def test_new_issues_are_counted_in_the_release_that_had_them_first(world, caller):
    an_issue(world.project, first_release="shop@1.0.0")
    an_issue(world.project, first_release="shop@0.9.0")
    made(caller)

    assert caller.get(f"{RELEASES}shop@1.0.0/").json["newGroups"] == 1


# What a commit resolves


def test_an_issue_that_a_commit_fixes_is_resolved_in_the_release(world, caller):
    issue = an_issue(world.project)

    made(caller, commits=[a_commit("abc", "Fixes SHOP-1")])

    issue.refresh_from_db()
    row = Resolution.objects.get()
    assert issue.status == Status.RESOLVED
    assert (row.kind, row.release, row.actor) == ("in_release", "shop@1.0.0", world.user)
    activity = Activity.objects.get()
    assert (activity.type, activity.user) == ("set_resolved_in_commit", world.user)
    assert activity.data == {"commit": "abc", "repository": "acme/shop", "version": "shop@1.0.0"}


def test_who_fixed_an_issue_follows_it(world, caller):
    issue = an_issue(world.project)

    made(caller, commits=[a_commit("abc", "Fixes SHOP-1")])

    assert list(issue.subscriptions.values_list("user_id", "reason")) == [(world.user.pk, "status_change")]


def test_the_same_commits_in_a_later_release_resolve_nothing_again(world, caller):
    issue = an_issue(world.project)
    made(caller, "shop@1.0.0", commits=[a_commit("abc", "Fixes SHOP-1")])
    Issue.objects.update(status=Status.UNRESOLVED)

    made(caller, "shop@1.1.0", commits=[a_commit("abc", "Fixes SHOP-1")])
    made(caller, "shop@1.0.0", commits=[a_commit("abc", "Fixes SHOP-1")])

    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED


def test_an_issue_of_a_project_without_the_release_is_linked_and_stays_open(world, caller):
    issue = an_issue(a_project(world.organization, world.team, slug="api"))

    made(caller, commits=[a_commit("abc", "Fixes API-1")])

    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED
    assert Activity.objects.get().type == "set_resolved_in_commit"


def test_another_organizations_issue_is_never_resolved(world, caller):
    other = a_world("other", project="till", email="ben@example.com")
    an_issue(other.project)

    made(caller, commits=[a_commit("abc", "Fixes TILL-1")])

    assert not Activity.objects.exists()


# Deploys


def deployed(caller, **body):
    return caller.post(f"{RELEASES}shop@1.0.0/deploys/", {"environment": "production", **body})


def test_a_deploy_is_kept_and_stands_on_the_projects_timeline(world, caller):
    made(caller)

    found = deployed(caller, name="night", dateFinished="2026-11-21T10:00:00Z")

    assert found.status == 201
    assert caller.get(f"{RELEASES}shop@1.0.0/deploys/").json == [found.json]
    activity = Activity.objects.get()
    assert (activity.type, activity.issue, activity.data["version"]) == ("deploy", None, "shop@1.0.0")
    assert caller.get(f"{RELEASES}shop@1.0.0/").json["lastDeploy"]["name"] == "night"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"environment": ""}, "environment"),
        ({"environment": "a/b"}, "environment"),
        ({"environment": "x" * 65}, "environment"),
        ({"dateStarted": "2026-11-21T10:00:00Z", "dateFinished": "2026-11-21T09:00:00Z"}, "dateFinished"),
        ({"projects": ["nowhere"]}, "projects"),
        ({"projects": ["api"]}, "projects"),
        ({"name": "x" * 65}, "name"),
    ],
)
def test_a_deploy_that_does_not_fit_is_refused_by_its_field(world, caller, body, field):
    a_project(world.organization, world.team, slug="api")
    made(caller)

    found = deployed(caller, **body)

    assert (found.status, list(found.json)) == (400, [field])
    assert not Deploy.objects.exists()


def test_the_very_same_deploy_is_refused(world, caller):
    made(caller)
    deployed(caller, dateFinished="2026-11-21T10:00:00Z")

    found = deployed(caller, dateFinished="2026-11-21T10:00:00Z")

    assert (found.status, list(found.json)) == (400, ["dateFinished"])
    assert Activity.objects.count() == 1


def test_what_nobody_released_cannot_be_deployed(world, caller):
    assert deployed(caller).status == 404


# Who may


def test_another_organizations_releases_are_not_there(world, caller):
    a_world("other", email="ben@example.com")

    assert caller.get("/organizations/other/releases/").status == 404


def test_the_billing_role_reads_no_releases(world):
    member = a_member(world.organization, email="bill@example.com", role="billing")

    assert a_caller(member, world.organization).get(RELEASES).status == 403


# By project


def test_a_projects_releases_are_its_own(world, caller):
    a_project(world.organization, world.team, slug="api")
    made(caller, "shop@1")
    made(caller, "api@1", projects=["api"])

    assert [one["version"] for one in caller.get("/projects/acme/shop/releases/").json] == ["shop@1"]
    assert caller.get("/projects/acme/shop/releases/shop@1/").status == 200
    assert caller.get("/projects/acme/shop/releases/api@1/").status == 404
    assert caller.get("/projects/acme/shop/releases/shop@1/commits/").json == []


def test_a_release_is_made_changed_and_forgotten_by_its_projects_address(world, caller):
    place = "/projects/acme/shop/releases/"

    assert caller.post(place, {"version": "v1"}).status == 201
    assert caller.put(f"{place}v1/", {"ref": "main"}).json["ref"] == "main"
    assert caller.delete(f"{place}v1/").status == 204
    assert not Release.objects.exists()


# Repositories


def test_a_repository_is_named_once_and_listed(world, caller):
    first = caller.post("/organizations/acme/repos/", {"name": "acme/shop", "url": "https://git.example/acme/shop"})
    again = caller.post("/organizations/acme/repos/", {"name": "acme/shop"})

    assert (first.status, again.json) == (201, first.json)
    assert caller.get("/organizations/acme/repos/").json == [first.json]


def test_a_repository_without_a_name_is_refused(world, caller):
    assert list(caller.post("/organizations/acme/repos/", {"name": ""}).json) == ["name"]
