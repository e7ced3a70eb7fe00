"""A release and a deploy as sentry-cli sends them."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tocsin.core.code import ChangedFile, Ref
from tocsin.core.fields import InvalidFieldsError
from tocsin.formats.release import FILES, deploy, release, repository

# What sentry-cli 3.8 sends for `releases set-commits --local`, and for `--commit`.
LOCAL = {
    "commits": [
        {
            "patch_set": [{"path": "a.py", "type": "M"}, {"path": "b.py", "type": "A"}],
            "repository": "origin",
            "author_name": "Ana",
            "author_email": "Ana@Example.com",
            "timestamp": "2026-11-25T04:00:57Z",
            "message": "Fixes SHOP-1\n",
            "id": "d28cabaf72161264a57fa9b7754006590a48e2a0",
        }
    ]
}
BY_NAME = {"refs": [{"repository": "acme/shop", "commit": "HEAD", "previousCommit": None}]}


def test_commits_come_with_who_made_them_and_which_files_they_changed():
    (found,) = release(LOCAL, "v1").commits

    assert (found.author_name, found.author_email) == ("Ana", "ana@example.com")
    assert found.files == (ChangedFile("a.py", "M"), ChangedFile("b.py", "A"))
    assert found.date == datetime(2026, 11, 25, 4, 0, 57, tzinfo=UTC)


def test_a_commit_may_be_named_alone():
    assert release(BY_NAME, "v1").refs == (Ref("acme/shop", "HEAD"),)


def test_an_empty_list_is_not_the_same_as_none():
    assert release({"refs": []}, "v1").refs == ()
    assert release({}, "v1").refs is None


def test_a_time_to_the_nanosecond_and_one_without_a_zone_are_read():
    found = release({"dateReleased": "2026-11-25T04:00:57.261384265Z", "dateStarted": "2026-11-25T04:00:00"}, "v1")

    assert found.date_released == datetime(2026, 11, 25, 4, 0, 57, 261384, tzinfo=UTC)
    assert found.date_started == datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def test_a_reason_names_the_place_of_what_is_wrong():
    with pytest.raises(InvalidFieldsError) as refused:
        release({"commits": [{"id": "a"}, {"id": ""}]}, "v1")

    assert refused.value.reasons == {"commits": "Expected `str` of length >= 1 (at commits[1].id)."}


def test_more_files_than_anybody_reads_are_left_aside():
    files = [{"path": f"{number}.py", "type": "M"} for number in range(FILES + 5)]

    assert len(release({"commits": [{"id": "a", "patch_set": files}]}, "v1").commits[0].files) == FILES


def test_text_that_no_database_takes_is_mended_in_commits():
    found = release({"commits": [{"id": "a", "message": "a\x00b", "author_name": "\ud800"}]}, "v1").commits[0]

    assert (found.message, found.author_name) == ("a\ufffdb", "\ufffd")


@pytest.mark.parametrize("body", [{}, {"environment": None}, {"environment": "a\nb"}, {"environment": 7}])
def test_a_deploy_names_its_environment(body):
    with pytest.raises(InvalidFieldsError) as refused:
        deploy(body)

    assert list(refused.value.reasons) == ["environment"]


def test_a_repository_has_a_name():
    assert repository({"name": " acme/shop "}).name == "acme/shop"
    with pytest.raises(InvalidFieldsError):
        repository({})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["version", "projects", "ref", "url", "dateReleased", "commits", "refs", "status"])


@given(st.dictionaries(KEYS, JSON))
@settings(max_examples=examples(200))
def test_any_json_is_read_or_refused_by_field(body):
    with suppress(InvalidFieldsError):
        assert release(body, "v1").version == "v1"
