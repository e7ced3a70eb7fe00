"""Versions as people write them, and which of two is the later."""

from datetime import timedelta

import pytest
from tests.builders import NOW

from tocsin.core.releases import Known, is_later, parse

ORDER = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
]


@pytest.mark.parametrize(("earlier", "later"), list(zip(ORDER, [*ORDER[1:], "1.0.0"], strict=True)))
def test_versions_are_in_the_order_of_semver_org(earlier, later):
    assert is_later(Known(f"shop@{later}", NOW), Known(f"shop@{earlier}", NOW + timedelta(days=1)))


@pytest.mark.parametrize("version", ["", "@", "shop@", "@1", "7e2d1fa", "7", "2026-11-21", "1.2.3.4.5", "9" * 300])
def test_a_version_of_another_kind_has_no_numbers(version):
    assert parse(version).semver is None
