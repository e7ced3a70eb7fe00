"""The past of a project: an issue as each moment leaves it; sessions and releases as of a moment."""

from datetime import timedelta

import pytest
from tests.builders import NOW
from tests.conditions.asking import an_event, facts

from tocsin.core.environments import EVERYWHERE, Environments
from tocsin.core.facts import ADOPTED_RELEASES, LATEST_RELEASE, RELEASE, SESSIONS, Facts, Need
from tocsin.core.issue import Priority, Status
from tocsin.core.past import Came, Changed, PastIssue, PastPlaces
from tocsin.core.releases import Known

MINUTE = int(NOW.timestamp()) // 60
DAY = 1440
PRODUCTION = Environments(frozenset({"production"}))
AN_HOUR = Need(SESSIONS, 3600)
ADOPTED = Need(ADOPTED_RELEASES, detail="production")


def a_past_issue(**fields) -> PastIssue:
    usual = {"first_seen": None, "times_seen": 0}
    return PastIssue(12, 1, "SHOP-12", "Boom", "shop.cart", "error", Priority.HIGH, **{**usual, **fields})


def came(seconds: float = 0, **fields) -> Came:
    event = an_event(timestamp=NOW.timestamp() + seconds)
    return Came(NOW, 12, event, int(event.timestamp), **fields)


def at(minutes_ago: float = 0, **fields) -> Facts:
    about = facts(an_event(**fields))
    return Facts(about.event, about.issue, NOW - timedelta(minutes=minutes_ago))


def test_each_event_makes_an_issue_one_more_often_seen():
    issue = a_past_issue(times_seen=3)

    issue.saw(came())

    assert (issue.times_seen, issue.as_issue(NOW).times_seen) == (4, 4)


def test_an_issue_is_as_old_as_its_earliest_event_by_the_events_own_time():
    issue = a_past_issue()

    for seconds in (0, -60, 30):
        issue.saw(came(seconds))

    assert issue.as_issue(NOW).first_seen == NOW - timedelta(seconds=60)


def test_a_stand_in_says_nothing_of_an_issues_age():
    issue = a_past_issue()

    issue.saw(came(is_kept=False))

    assert issue.first_seen is None


def test_the_latest_event_is_the_latest_by_its_own_time():
    issue = a_past_issue()

    for seconds in (0, 30, -60):
        issue.saw(came(seconds))

    assert issue.latest == came(30).event


def test_a_stand_in_is_the_latest_event_only_where_none_is_kept():
    issue = a_past_issue()
    seen = []

    for one in (came(-60, is_kept=False), came(-30), came(0, is_kept=False)):
        issue.saw(one)
        seen.append(issue.latest)

    assert seen == [came(-60).event, came(-30).event, came(-30).event]


def test_what_is_done_to_an_issue_changes_it_from_then_on():
    issue = a_past_issue()

    issue.change(Changed(NOW, 12, {"status": Status.RESOLVED, "assignee_team_id": 5}))

    as_it_is = issue.as_issue(NOW)
    assert (as_it_is.status, as_it_is.assignee_team_id, as_it_is.assignee_user_id) == (Status.RESOLVED, 5, None)


SESSIONS_BEGUN = [
    (MINUTE - 90, "production", "1.0", 40),
    (MINUTE - 10, "production", "1.1", 5),
    (MINUTE - 10, "staging", "1.1", 70),
    (MINUTE - 5, "production", "", 9),
]
RELEASES = [
    ("production", Known("1.0", NOW - timedelta(days=9))),
    ("staging", Known("1.1", NOW - timedelta(hours=2))),
    ("production", Known("1.1", NOW - timedelta(minutes=10))),
]


@pytest.mark.parametrize(
    ("where", "minutes_ago", "count"),
    [(EVERYWHERE, 0, 84), (PRODUCTION, 0, 14), (PRODUCTION, 60, 40), (PRODUCTION, 200, 0)],
)
def test_sessions_are_those_of_the_hour_before_the_moment_that_is_asked_about(where, minutes_ago, count):
    assert PastPlaces(SESSIONS_BEGUN, RELEASES).value(AN_HOUR, where, at(minutes_ago)) == count


def test_a_moment_may_be_asked_about_after_a_later_one():
    places = PastPlaces(SESSIONS_BEGUN, RELEASES)

    assert [places.value(AN_HOUR, PRODUCTION, at(minutes)) for minutes in (0, 60, 0)] == [14, 40, 14]


@pytest.mark.parametrize(("minutes_ago", "version"), [(0, "1.1"), (30, "1.0"), (DAY * 10, "")])
def test_the_latest_release_is_the_latest_of_then(minutes_ago, version):
    assert PastPlaces((), RELEASES).value(Need(LATEST_RELEASE), PRODUCTION, at(minutes_ago)) == version


def test_an_events_release_is_as_it_was_first_seen_anywhere():
    places = PastPlaces((), RELEASES)

    assert places.value(RELEASE, EVERYWHERE, at(release="1.1")) == RELEASES[1][1]
    assert places.value(RELEASE, EVERYWHERE, at(180, release="1.1")) is None
    assert places.value(RELEASE, EVERYWHERE, at(release="9.9")) is None


@pytest.mark.parametrize(
    ("minutes_ago", "versions"),
    [
        pytest.param(0, ["1.1", "1.0"], id="45 sessions of a day, 5 of them the new one's"),
        pytest.param(60, ["1.0"], id="before the new one was there"),
        pytest.param(-DAY + 20, ["1.1"], id="a day after the old one's last session"),
        pytest.param(-DAY * 2, [], id="no sessions for a day"),
    ],
)
def test_adopted_releases_are_those_of_the_day_before_the_moment(minutes_ago, versions):
    found = PastPlaces(SESSIONS_BEGUN, RELEASES).value(ADOPTED, EVERYWHERE, at(minutes_ago))

    assert [one.version for one in found] == versions


def test_a_need_that_nobody_knows_of_is_said_to_be_so():
    with pytest.raises(LookupError, match="moon"):
        PastPlaces().value(Need("moon"), EVERYWHERE, at())


class Counting(list):
    """A list that knows how often something of it was looked at."""

    looks = 0

    def __iter__(self):
        for one in super().__iter__():
            self.looks += 1
            yield one

    def __getitem__(self, place):
        self.looks += 1
        return super().__getitem__(place)


@pytest.mark.parametrize("need", [AN_HOUR, ADOPTED, Need(LATEST_RELEASE), RELEASE], ids=lambda need: need.name)
def test_what_a_question_costs_does_not_grow_with_what_is_known(need):
    sessions = Counting((MINUTE - ago, "production", "1.0", 1) for ago in range(3_000))
    releases = Counting(
        ("production", Known(f"1.{one}", NOW - timedelta(minutes=3_000 - one))) for one in range(3_000)
    )
    places = PastPlaces(sessions, releases)
    places.value(need, PRODUCTION, at(release="1.7"))
    sessions.looks = releases.looks = 0

    for minute in range(100):
        places.value(need, PRODUCTION, at(minute, release="1.7"))

    assert sessions.looks + releases.looks < 100 * 30
