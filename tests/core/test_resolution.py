"""Whether an issue is fixed in an event's release: the table of behaviour §10.4."""

from datetime import timedelta

import pytest
from tests.builders import NOW

from tocsin.core.releases import Known
from tocsin.core.resolution import Fixed, Kind, follows_semver, is_fixed_in, latest, next_after, regression_data


def known(version: str, day: int = 0) -> Known:
    return Known(version, NOW + timedelta(days=day))


def test_without_a_resolution_that_names_a_release_an_event_is_a_regression():
    assert not is_fixed_in(None, known("shop@1.0.0"))


def test_an_event_that_does_not_say_its_release_is_no_regression():
    assert is_fixed_in(Fixed(Kind.IN_RELEASE, known("shop@1.0.0")), None)


def test_while_its_commit_waits_to_be_released_nothing_is_a_regression():
    assert is_fixed_in(Fixed(Kind.IN_COMMIT, is_pending=True), known("shop@9.0.0", 9))


@pytest.mark.parametrize(
    ("event", "still_fixed"),
    [("shop@1.2.0-rc.1", True), ("shop@1.2.0", False), ("shop@1.10.0", False), ("shop@1.1.9", True)],
)
def test_in_a_release_of_semantic_versions_what_is_older_by_its_numbers_lacks_the_fix(event, still_fixed):
    # Built later, whatever its number: the dates do not count.
    assert is_fixed_in(Fixed(Kind.IN_RELEASE, known("shop@1.2.0")), known(event, 5)) is still_fixed


@pytest.mark.parametrize(("day", "still_fixed"), [(-1, True), (0, False), (1, False)])
def test_in_a_release_of_other_versions_what_was_first_seen_earlier_lacks_the_fix(day, still_fixed):
    assert is_fixed_in(Fixed(Kind.IN_RELEASE, known("2026-11-21")), known("another", day)) is still_fixed


def test_the_release_that_it_was_resolved_in_has_the_fix():
    assert not is_fixed_in(Fixed(Kind.IN_RELEASE, known("abc")), known("abc", -3))


@pytest.mark.parametrize(
    ("event", "day", "still_fixed"),
    [
        ("shop@1.0.0", 0, True),
        ("shop@0.9.0", 3, True),
        ("shop@1.0.1", -3, False),
        ("a1b2c3", -1, True),
        ("a1b2c3", 1, False),
    ],
)
def test_with_the_newest_release_that_had_the_error_only_what_is_later_has_the_fix(event, day, still_fixed):
    fixed = Fixed(Kind.IN_RELEASE, known("shop@2.0.0"), current=known("shop@1.0.0"))

    assert is_fixed_in(fixed, known(event, day)) is still_fixed


@pytest.mark.parametrize(("day", "still_fixed"), [(-1, True), (0, True), (1, False)])
def test_in_the_next_release_what_was_there_already_lacks_the_fix(day, still_fixed):
    assert is_fixed_in(Fixed(Kind.IN_NEXT_RELEASE, known("abc")), known("def", day)) is still_fixed


def test_a_next_release_of_an_issue_that_never_had_one_is_whatever_names_one():
    assert not is_fixed_in(Fixed(Kind.IN_NEXT_RELEASE), known("abc"))


def test_other_packages_are_compared_by_when_they_were_first_seen():
    assert not is_fixed_in(Fixed(Kind.IN_RELEASE, known("shop@2.0.0")), known("api@1.0.0", 1))
    assert not follows_semver("shop@2.0.0", "api@1.0.0")


def test_a_regression_says_where_it_was_resolved_and_how_that_was_compared():
    fixed = Fixed(Kind.IN_RELEASE, known("shop@1.0.0"))

    assert regression_data(fixed, "e1", "shop@1.1.0") == {
        "event_id": "e1",
        "version": "shop@1.1.0",
        "resolved_in_version": "shop@1.0.0",
        "follows_semver": True,
    }


def test_a_regression_of_what_was_just_resolved_says_only_where_it_came():
    assert regression_data(None, "e1", "") == {"event_id": "e1", "version": ""}


def test_the_latest_of_semantic_versions_is_the_greatest_of_the_package_that_was_seen_last():
    releases = [known("shop@1.10.0", 1), known("shop@1.9.1", 2), known("api@3.0.0", 0), known("abc", 1)]

    assert latest({one.version: one for one in releases}) == known("shop@1.10.0", 1)


def test_the_latest_of_other_versions_is_the_newest():
    releases = [known("abc", 2), known("shop@1.0.0", 1)]

    assert latest({one.version: one for one in releases}) == known("abc", 2)
    assert latest({}) is None


@pytest.mark.parametrize(
    ("current", "new", "next_"),
    [
        (known("shop@1.0.0"), [known("shop@1.2.0", 1), known("shop@1.1.0", 1)], "shop@1.1.0"),
        (known("shop@1.0.0"), [known("shop@0.9.0", 1)], ""),
        (known("shop@1.0.0"), [known("till@0.1.0", 1)], "till@0.1.0"),
        (known("fff"), [known("aaa", 1)], "aaa"),
        (None, [known("aaa", 1)], "aaa"),
        (known("fff"), [], ""),
    ],
)
def test_the_next_release_is_the_first_that_is_later(current, new, next_):
    assert next_after(current, new) == next_
