from datetime import timedelta

import pytest
from tests.conditions.asking import NOW, an_event, ask, facts, in_words, known

from tocsin.core.facts import ADOPTED_RELEASES, RELEASE, Need
from tocsin.core.releases import Known

ADOPTED = "sentry.rules.filters.latest_adopted_release_filter.LatestAdoptedReleaseFilter"


def holds(release: str, adopted: list[Known], which: str, side: str, first_seen=NOW) -> bool:
    mine = Known(release, first_seen) if release else None
    values = known({Need(ADOPTED_RELEASES, detail="production"): adopted, RELEASE: mine})
    options = {"oldest_or_newest": which, "older_or_newer": side, "environment": "production"}
    return ask(ADOPTED, facts(an_event(release=release), values=values), **options)


IN_USE = [Known("shop@2.0.0", NOW - timedelta(days=9)), Known("shop@1.0.0", NOW - timedelta(days=1))]


@pytest.mark.parametrize(
    ("release", "which", "side", "held"),
    [
        ("shop@1.5.0", "newest", "older", True),
        ("shop@1.5.0", "newest", "newer", False),
        ("shop@1.5.0", "oldest", "newer", True),
        ("shop@1.5.0", "oldest", "older", False),
        ("shop@2.0.0", "newest", "older", False),
        ("shop@2.0.0", "newest", "newer", False),
        ("shop@2.0.0-rc.1", "newest", "older", True),
        ("shop@10.0.0", "newest", "newer", True),
    ],
)
def test_semantic_versions_are_compared_by_their_numbers(release, which, side, held):
    assert holds(release, IN_USE, which, side) is held


@pytest.mark.parametrize(("days", "held"), [(3, True), (1, False)])
def test_other_versions_are_compared_by_when_they_were_first_seen(days, held):
    adopted = [Known("f00ba4", NOW - timedelta(days=2))]

    assert holds("c0ffee", adopted, "newest", "older", NOW - timedelta(days=days)) is held


@pytest.mark.parametrize("side", ["older", "newer"])
def test_without_a_release_or_an_adopted_one_it_never_holds(side):
    assert not holds("", IN_USE, "newest", side)
    assert not holds("shop@1.0.0", [], "newest", side)


def test_it_reads_as_a_sentence():
    words = in_words(ADOPTED, oldest_or_newest="newest", older_or_newer="older", environment="production")

    assert words == "The event's release is older than the latest adopted one in production"
