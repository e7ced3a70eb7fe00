"""GitLab tells of pushes and merge requests."""

import pytest

from tests.api.hooks.telling import a_secret, github_commit, gitlab_merge, gitlab_push, to_gitlab
from tests.builders import a_world, an_issue
from tocsin.store.models import Activity, Commit, IssueLink, PullRequest, Repository

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def secret(world):
    return a_secret(world, "gitlab")


def test_a_pushed_commit_stands_on_the_timeline_of_what_it_fixes(world, secret):
    an_issue(world.project)

    assert to_gitlab(secret, "Push Hook", gitlab_push(github_commit())).status_code == 200

    assert Activity.objects.get().type == "set_resolved_in_commit"
    assert Repository.objects.get().url == "https://gitlab.example/acme/shop"


def test_a_merge_request_stands_on_the_timeline_with_its_author(world, secret):
    an_issue(world.project)

    for _ in range(2):
        assert to_gitlab(secret, "Merge Request Hook", gitlab_merge()).status_code == 200

    activity = Activity.objects.get()
    assert (activity.type, activity.user) == ("set_resolved_in_pull_request", world.user)


def test_who_merges_is_not_taken_for_the_author(world, secret):
    to_gitlab(secret, "Merge Request Hook", gitlab_merge())
    merged = gitlab_merge("merged", merge_commit_sha="f" * 40)
    merged["user"] = {"name": "Ben", "email": "ben@example.com"}

    to_gitlab(secret, "Merge Request Hook", merged)

    row = PullRequest.objects.get()
    assert (row.author_email, row.merge_commit) == ("ana@example.com", "f" * 40)


def test_a_closed_merge_request_resolves_nothing(world, secret):
    an_issue(world.project)
    to_gitlab(secret, "Merge Request Hook", gitlab_merge())

    to_gitlab(secret, "Merge Request Hook", gitlab_merge("closed"))

    assert not IssueLink.objects.exists()


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_wrong_token_is_refused(world, secret, token):
    assert to_gitlab(token, "Push Hook", gitlab_push(github_commit())).status_code == 401
    assert not Commit.objects.exists()


def test_an_empty_token_opens_nothing_where_no_secret_is_set(world):
    assert to_gitlab("", "Push Hook", gitlab_push(github_commit())).status_code == 401


def test_other_events_are_left_aside(world, secret):
    assert to_gitlab(secret, "Pipeline Hook", {"object_kind": "pipeline"}).status_code == 204


def test_a_body_that_is_no_push_is_refused_with_what_is_wrong(world, secret):
    assert to_gitlab(secret, "Push Hook", {"ref": 7}).status_code == 400
