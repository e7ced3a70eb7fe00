"""What can be a version."""

import pytest

from tocsin.core.code import wrong_version


@pytest.mark.parametrize("version", ["shop@1.4.2+7", "feature/x", "2026-11-21", "7e2d1fa", "v 1", "é", "x" * 250])
def test_what_people_name_versions_is_taken(version):
    assert wrong_version(version) == ""


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("", "Give a version"),
        ("x" * 10_000, "at most 250 characters; this one has 10,000"),
        (".", "something else"),
        ("..", "something else"),
        ("Latest", "something else"),
        ("1.0\n2.0", "one line"),
        ("1.0\x00", "one line"),
        (" 1.0", "space around it"),
        ("1.0\u2028", "one line"),
    ],
)
def test_what_cannot_be_a_version_is_refused_with_the_reason(version, reason):
    assert reason in wrong_version(version)
