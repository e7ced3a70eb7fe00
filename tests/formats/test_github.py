"""What GitHub tells of."""

import json

import pytest
from tests.api.hooks.telling import github_commit, github_pull, github_push

from tocsin.core.code import ChangedFile, Host
from tocsin.formats.github import read
from tocsin.formats.release_hooks import UnreadableHookError


def told(event: str, payload):
    return read(event, json.dumps(payload).encode())


def test_a_push_names_its_repository_and_its_commits_with_their_files():
    found = told("push", github_push(github_commit(added=["b.py"], modified=["a.py"], removed=["c.py"])))

    assert found.host == Host("github", "acme/shop", "7", "https://github.com/acme/shop")
    assert found.commits[0].author_email == "ana@example.com"
    assert set(found.commits[0].files) == {ChangedFile("b.py", "A"), ChangedFile("a.py"), ChangedFile("c.py", "D")}


def test_the_hash_of_a_trial_merge_is_not_taken_for_a_merge():
    assert told("pull_request", github_pull()).pull_request.merge_commit == ""
    merged = github_pull(action="closed", merged=True, state="closed")
    assert told("pull_request", merged).pull_request.merge_commit == "f" * 40


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("ping", {}),
        ("issues", {"action": "opened"}),
        ("push", github_push(ref="refs/tags/v1")),
        ("pull_request", github_pull(action="labeled")),
    ],
)
def test_what_says_nothing_of_code_is_left_aside(event, payload):
    assert told(event, payload) is None


def test_nesting_without_end_is_refused():
    with pytest.raises(UnreadableHookError):
        read("push", b'{"commits":' + b"[" * 100_000)
