import pytest
from tests.conditions.asking import an_event, ask, facts, in_words, known

from tocsin.core.facts import LATEST_RELEASE, Need

LATEST = "sentry.rules.filters.latest_release.LatestReleaseFilter"


@pytest.mark.parametrize(
    ("release", "latest", "held"),
    [("shop@1.4", "shop@1.4", True), ("shop@1.3", "shop@1.4", False), ("", "", False), ("", "shop@1.4", False)],
)
def test_it_holds_for_the_newest_release_alone(release, latest, held):
    about = facts(an_event(release=release), values=known({Need(LATEST_RELEASE): latest}))

    assert ask(LATEST, about) is held


def test_it_reads_as_a_sentence():
    assert in_words(LATEST) == "The event is from the latest release"
