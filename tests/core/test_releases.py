"""Versions: what they are made of, and which is the later."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.releases import Known, Semver, Version, is_later, parse

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "package", "semver"),
    [
        ("shop@1.4.0", "shop", Semver((1, 4, 0, 0))),
        ("1.4", "", Semver((1, 4, 0, 0))),
        ("v1.4.2", "", Semver((1, 4, 2, 0))),
        ("1.4.2.7", "", Semver((1, 4, 2, 7))),
        ("shop@1.4.0-rc.1+build7", "shop", Semver((1, 4, 0, 0), ("rc", "1"), "build7")),
        ("@scope/shop@2.0.0", "@scope/shop", Semver((2, 0, 0, 0))),
        ("2026.11.21", "", Semver((2026, 11, 21, 0))),
        ("7", "", None),
        ("f00ba4c0ffee", "", None),
        ("shop@f00ba4", "shop", None),
        ("", "", None),
        ("@1.0.0", "", None),
        ("1.0.0@", "", None),
        ("1..2", "", None),
        ("9" * 400 + ".1", "", None),
    ],
)
def test_a_version_is_taken_apart(text, package, semver):
    assert parse(text) == Version(text, package, semver)


IN_ORDER = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
]
IN_ORDER += ["1.0.0.1", "1.0.1", "1.2", "1.10", "2.0.0"]


@pytest.mark.parametrize(("earlier", "later"), list(pairwise(IN_ORDER)))
def test_semantic_versions_are_in_the_order_that_semver_gives(earlier, later):
    assert parse(earlier).semver < parse(later).semver


def test_build_metadata_makes_no_difference():
    assert parse("1.0.0+a").semver == parse("1.0.0+b").semver


def test_semantic_versions_of_one_package_are_compared_by_their_numbers_however_old():
    assert is_later(Known("shop@2.0.0", NOW - timedelta(days=9)), Known("shop@1.0.0", NOW))


@pytest.mark.parametrize("other", ["f00ba4", "till@9.0.0"])
def test_other_versions_are_compared_by_when_they_were_first_seen(other):
    assert is_later(Known("shop@1.0.0", NOW), Known(other, NOW - timedelta(days=1)))


@given(st.text(max_size=300))
def test_whatever_is_written_is_a_version(text):
    assert parse(text).text == text


versions = st.builds(
    lambda numbers, pre: ".".join(map(str, numbers)) + (f"-{pre}" if pre else ""),
    st.lists(st.integers(0, 30), min_size=2, max_size=4),
    st.sampled_from(["", "rc.1", "rc.2", "alpha", "1", "1.a"]),
)


@given(versions, versions)
def test_of_two_versions_at_most_one_is_later(one, other):
    a, b = Known(one, NOW), Known(other, NOW)

    assert not (is_later(a, b) and is_later(b, a))
