"""What GitLab tells of."""

import json

import pytest
from tests.api.hooks.telling import github_commit, gitlab_merge, gitlab_push

from tocsin.core.code import Host
from tocsin.formats.gitlab import read
from tocsin.formats.release_hooks import UnreadableHookError


def told(event: str, payload):
    return read(event, json.dumps(payload).encode())


def test_a_push_names_its_project_by_its_path():
    found = told("Push Hook", gitlab_push(github_commit()))

    assert found.host == Host("gitlab", "acme/shop", "9", "https://gitlab.example/acme/shop")
    assert found.commits[0].repository == "acme/shop"


@pytest.mark.parametrize(
    ("fields", "commit"),
    [
        ({"state": "opened"}, ""),
        ({"state": "merged", "merge_commit_sha": "a1"}, "a1"),
        ({"state": "merged", "squash_commit_sha": "b2"}, "b2"),
        ({"state": "merged"}, ""),
    ],
)
def test_a_merge_request_becomes_a_commit_when_it_is_merged(fields, commit):
    assert told("Merge Request Hook", gitlab_merge(**fields)).pull_request.merge_commit == commit


def test_what_is_no_merge_request_is_refused():
    with pytest.raises(UnreadableHookError, match="no Merge Request Hook of GitLab"):
        told("Merge Request Hook", {"object_attributes": {}})
