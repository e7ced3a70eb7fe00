"""GitHub tells of pushes and pull requests."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest

from tests.api.hooks.telling import a_secret, github_commit, github_pull, github_push, to_github
from tests.builders import NOW, a_world, an_issue
from tocsin.core import code
from tocsin.core.issue import Status
from tocsin.pipeline import releases
from tocsin.store.models import Activity, CodeHost, Commit, IssueLink, PullRequest, Repository

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def secret(world):
    return a_secret(world, "github")


def types() -> list[str]:
    return list(Activity.objects.order_by("id").values_list("type", flat=True))


def test_a_pushed_commit_stands_on_the_timeline_of_what_it_fixes(world, secret):
    issue = an_issue(world.project)

    assert to_github(secret, "push", github_push(github_commit())).status_code == 200

    activity = Activity.objects.get()
    assert (activity.issue, activity.type, activity.user) == (issue, "set_resolved_in_commit", world.user)
    assert activity.data == {"commit": "a" * 40, "repository": "acme/shop"}
    assert Repository.objects.get().provider == "github"
    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED


def test_what_a_pushed_commit_fixes_is_resolved_by_the_release_that_has_it(world, secret):
    issue = an_issue(world.project)
    to_github(secret, "push", github_push(github_commit()))

    releases.save(
        world.organization.pk, code.Release("shop@1", ("shop",), refs=(code.Ref("acme/shop", "a" * 40),)), now=NOW
    )

    issue.refresh_from_db()
    assert issue.status == Status.RESOLVED
    assert types() == ["set_resolved_in_commit", "set_resolved_in_release"]


def test_a_push_that_is_told_again_changes_nothing(world, secret):
    an_issue(world.project)

    for _ in range(3):
        assert to_github(secret, "push", github_push(github_commit())).status_code == 200

    assert len(types()) == 1
    assert Commit.objects.count() == 1


def test_a_pull_request_stands_on_the_timeline_once_and_lets_go_of_what_it_no_longer_names(world, secret):
    an_issue(world.project)

    to_github(secret, "pull_request", github_pull())
    to_github(secret, "pull_request", github_pull(action="synchronize"))
    assert types() == ["set_resolved_in_pull_request"]
    assert Activity.objects.get().data["pull_request"]["externalUrl"] == "https://github.com/acme/shop/pull/31"

    to_github(secret, "pull_request", github_pull(None, action="edited"))
    assert not IssueLink.objects.exists()


def test_a_pull_request_that_was_closed_resolves_nothing(world, secret):
    an_issue(world.project)
    to_github(secret, "pull_request", github_pull())

    to_github(secret, "pull_request", github_pull(action="closed", state="closed"))

    assert not IssueLink.objects.exists()
    assert PullRequest.objects.get().merge_commit == ""


def test_what_a_merged_pull_request_names_is_resolved_by_the_release_that_has_the_merge(world, secret):
    issue = an_issue(world.project)
    to_github(secret, "pull_request", github_pull(action="closed", state="closed", merged=True))

    releases.save(
        world.organization.pk,
        code.Release("shop@1", ("shop",), commits=(code.Commit("f" * 40, "acme/shop", "Merge"),)),
        now=NOW,
    )

    issue.refresh_from_db()
    assert issue.status == Status.RESOLVED


def test_a_form_is_read_like_json(world, secret):
    body = urlencode({"payload": json.dumps(github_push(github_commit()))}).encode()

    found = to_github(secret, "push", body, content_type="application/x-www-form-urlencoded")

    assert found.status_code == 200
    assert Commit.objects.count() == 1


def test_what_we_have_no_use_for_is_taken_and_left_aside(world, secret):
    assert to_github(secret, "ping", {"zen": "Keep it"}).status_code == 204
    assert to_github(secret, "push", github_push(github_commit(), ref="refs/tags/v1")).status_code == 204
    assert CodeHost.objects.get().last_heard is not None


@pytest.mark.parametrize("proof", ["", "sha256=", "sha256=" + "0" * 64, "sha1=" + "0" * 40, "é"])
def test_a_forged_message_is_refused_and_nothing_is_written(world, secret, proof):
    assert to_github(secret, "push", github_push(github_commit()), proof=proof).status_code == 401

    assert not Commit.objects.exists()
    assert CodeHost.objects.get().last_heard is None


def test_githubs_own_example_of_a_signature_is_the_same_as_ours():
    proof = hmac.new(b"It's a Secret to Everybody", b"Hello, World!", hashlib.sha256).hexdigest()

    assert proof == "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


@pytest.mark.parametrize("payload", [b"", b"[]", b"{", b'{"ref": 1}', b'{"ref": "refs/heads/main"}', b"\xff"])
def test_a_body_that_is_no_push_is_refused_with_what_is_wrong(world, secret, payload):
    found = to_github(secret, "push", payload)

    assert found.status_code == 400
    assert "no push event of GitHub" in found.json()["detail"]


def test_another_organizations_secret_proves_nothing(world, secret):
    other = a_world("other", email="ben@example.com")
    theirs = a_secret(other, "github")

    assert to_github(theirs, "push", github_push(github_commit())).status_code == 401


def test_an_organization_that_is_not_there_is_refused_like_a_forgery(world, secret):
    found = to_github(secret, "push", github_push(), place="nowhere/")

    assert (found.status_code, found.json()) == (401, to_github(secret, "push", github_push(), proof="").json())


def test_where_one_organization_is_told_the_address_need_not_name_it(world, secret):
    assert to_github(secret, "push", github_push(github_commit()), place="").status_code == 200

    a_secret(a_world("other", email="ben@example.com"), "github")
    assert to_github(secret, "push", github_push(github_commit()), place="").status_code == 401


def test_a_renewed_secret_ends_the_one_before(world, secret):
    a_secret(world, "github")

    assert to_github(secret, "push", github_push()).status_code == 401


def test_a_giant_body_is_refused(world, secret):
    assert to_github(secret, "push", b" " * 3_000_000).status_code == 413


def test_a_thousand_commits_of_one_push_are_kept(world, secret):
    commits = [github_commit("Work", f"{number:040x}") for number in range(1_000)]

    assert to_github(secret, "push", github_push(*commits)).status_code == 200
    assert Commit.objects.count() == 1_000
