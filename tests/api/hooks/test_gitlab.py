"""GitLab tells of pushes and merge requests."""

from base64 import b64encode
from datetime import timedelta

import pytest
import time_machine

from tests.api.hooks.telling import A_TOKEN, a_secret, github_commit, gitlab_merge, gitlab_push, signed, to_gitlab
from tests.builders import NOW, a_world, an_issue
from tocsin.store.models import Activity, Commit, IssueLink, PullRequest, Repository
from tocsin.store.writes import code_hosts

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


@pytest.fixture
def signs(world, secret):
    """GitLab's own token is known, and its clock is ours."""
    assert code_hosts.sign(world.organization.pk, "gitlab", A_TOKEN, actor_id=None, now=NOW)
    with time_machine.travel(NOW, tick=False):
        yield


PUSH = gitlab_push(github_commit())


def test_what_gitlab_signed_needs_no_secret_token(world, signs):
    assert to_gitlab("", "Push Hook", PUSH, **signed(PUSH)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        signed(PUSH, at=NOW - timedelta(minutes=6)),
        signed({"object_kind": "push"}),
        signed(PUSH, token="whsec_" + b64encode(b"o" * 32).decode()),
        {**signed(PUSH), "webhook-signature": "v1,"},
    ],
    ids=["old", "of another body", "by another", "empty"],
)
def test_a_signature_that_does_not_hold_is_refused_whatever_else_is_sent(world, secret, signs, headers):
    assert to_gitlab(secret, "Push Hook", PUSH, **headers).status_code == 401
    assert not Commit.objects.exists()


def test_a_signed_message_that_is_told_again_changes_nothing(world, signs):
    an_issue(world.project)

    for _ in range(2):
        assert to_gitlab("", "Push Hook", PUSH, **signed(PUSH)).status_code == 200

    assert Activity.objects.count() == 1


def test_a_hook_that_does_not_sign_yet_goes_by_the_secret_token(world, secret, signs):
    assert to_gitlab(secret, "Push Hook", PUSH).status_code == 200


def test_where_no_signing_token_is_known_the_secret_token_counts(world, secret):
    assert to_gitlab(secret, "Push Hook", PUSH, **signed(PUSH)).status_code == 200


def test_a_new_secret_leaves_the_signing_tokens(world, signs):
    a_secret(world, "gitlab")

    assert to_gitlab("", "Push Hook", PUSH, **signed(PUSH)).status_code == 200


def test_a_signing_token_that_is_forgotten_proves_nothing(world, signs):
    code_hosts.unsign(world.organization.pk, "gitlab", actor_id=None, now=NOW)

    assert to_gitlab("", "Push Hook", PUSH, **signed(PUSH)).status_code == 401


def test_other_events_are_left_aside(world, secret):
    assert to_gitlab(secret, "Pipeline Hook", {"object_kind": "pipeline"}).status_code == 204


def test_a_body_that_is_no_push_is_refused_with_what_is_wrong(world, secret):
    assert to_gitlab(secret, "Push Hook", {"ref": 7}).status_code == 400
