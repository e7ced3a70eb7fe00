"""Which issues a search finds, and the counts beside them."""

from datetime import datetime, timedelta

import pytest

from tests.builders import NOW, World, a_member, a_project, a_world, an_issue
from tocsin.core.search import parse
from tocsin.store.models import Issue, IssueEnvironment, IssueMinute, Team, TeamMember
from tocsin.store.queries import issues
from tocsin.store.writes.tags import tagged


@pytest.fixture
def world(db) -> World:
    return a_world()


def found(world: World, text: str) -> list[str]:
    stream = issues.stream(world.organization.pk, parse(text), person_id=world.user.pk, now=NOW)
    return [one.title for one in stream.issues]


def tag(issue: Issue, *pairs: tuple[str, str]) -> None:
    tagged([(issue.pk, issue.project_id, *pair) for pair in pairs])


def an_hour(issue: Issue, at: datetime, count: int, environment: str = "") -> None:
    minute = int(at.timestamp()) // 60
    IssueMinute.objects.create(issue=issue, minute=minute, count=count, environment=environment)


def test_another_organizations_issues_are_never_found(world: World):
    an_issue(a_world("globex", "other", "eve@example.com").project)

    assert found(world, "") == []


@pytest.mark.parametrize(("text", "expected"), [("is:resolved", "resolved"), ("is:ignored", "ignored")])
def test_status_is_matched(world: World, text: str, expected: str):
    for number, title in enumerate(("open", "resolved", "ignored")):
        an_issue(world.project, title=title, status=number)

    assert found(world, text) == [expected]


@pytest.mark.parametrize("text", ["division", "DIVISION", "shop.cart", "SHOP-7", "shop-7"])
def test_words_are_looked_for_in_title_culprit_and_short_id(world: World, text: str):
    an_issue(world.project, title="division by zero", culprit="shop.cart in total", number=7)
    an_issue(world.project, title="something else", culprit="elsewhere")

    assert found(world, text) == ["division by zero"]


def test_a_percent_sign_is_a_percent_sign(world: World):
    an_issue(world.project, title="100% full")
    an_issue(world.project, title="1000 times")

    assert found(world, "100%") == ["100% full"]


def test_a_tag_is_matched_whole_by_key_and_value(world: World):
    wanted, other = an_issue(world.project, title="wanted"), an_issue(world.project, title="other")
    tag(wanted, ("os", "Linux"))
    tag(other, ("os", "Linux 6"), ("Linux", "os"), ("kind", '"os", "Linux"'))

    assert found(world, "os:Linux") == ["wanted"]


def test_a_tag_may_hold_any_letters(world: World):
    tag(an_issue(world.project, title="wanted"), ("bebida", "café ☕"), ("groesse", "XL"))

    assert found(world, 'bebida:"café ☕" groesse:XL') == ["wanted"]


def test_an_environment_is_matched_where_the_issue_was_seen_in_it(world: World):
    seen = an_issue(world.project, title="seen")
    an_issue(world.project, title="unseen")
    IssueEnvironment.objects.create(issue=seen, environment="staging", first_seen=NOW)

    assert found(world, "environment:staging") == ["seen"]


@pytest.mark.parametrize("release", ["first", "middle", "last"])
def test_a_release_is_matched_first_last_or_between(world: World, release: str):
    issue = an_issue(world.project, title="seen", first_release="first", last_release="last")
    tag(issue, ("release", "middle"))
    an_issue(world.project, title="unseen")

    assert found(world, f"release:{release}") == ["seen"]


def test_mine_are_those_of_my_teams_as_well_and_each_once(world: World):
    second = Team.objects.create(organization=world.organization, slug="two", name="Two", date_added=NOW)
    TeamMember.objects.create(team=second, user=world.user)
    ben = a_member(world.organization, email="ben@example.com")
    an_issue(world.project, title="mine", assignee_user=world.user)
    an_issue(world.project, title="my team's", assignee_team=world.team)
    an_issue(world.project, title="ben's", assignee_user=ben)

    assert sorted(found(world, "assigned:me")) == ["mine", "my team's"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("assigned:none", "nobody's"), ("assigned:ana@example.com", "ana's"), ("assigned:#acme", "a team's")],
)
def test_assignees_are_matched(world: World, text: str, expected: str):
    an_issue(world.project, title="nobody's")
    an_issue(world.project, title="ana's", assignee_user=world.user)
    an_issue(world.project, title="a team's", assignee_team=world.team)

    assert found(world, text) == [expected]


def test_different_keys_narrow(world: World):
    an_issue(world.project, title="both", level="fatal")
    an_issue(a_project(world.organization, slug="api"), title="elsewhere", level="fatal")

    assert found(world, "level:fatal project:shop") == ["both"]


def test_issues_seen_at_the_same_moment_are_each_on_exactly_one_page(world: World):
    for _ in range(70):
        an_issue(world.project, last_seen=NOW)
    whole = {"person_id": world.user.pk, "now": NOW}

    first = issues.stream(world.organization.pk, parse(""), **whole)
    cursor = issues.parse_cursor(first.older, "date")
    second = issues.stream(world.organization.pk, parse(""), **whole, cursor=cursor)

    assert len({one.id for one in (*first.issues, *second.issues)}) == 70


def test_counting_stops_at_five_hundred(world: World):
    Issue.objects.bulk_create(
        Issue(project=world.project, number=n, title="", first_seen=NOW, last_seen=NOW, active_at=NOW)
        for n in range(600)
    )

    stream = issues.stream(world.organization.pk, parse(""), person_id=world.user.pk, now=NOW)

    assert stream.matches == issues.Matches(issues.COUNT_UP_TO, or_more=True)


def test_hours_are_counted_from_the_oldest_to_this_one_over_all_environments(world: World):
    issue = an_issue(world.project)
    an_hour(issue, NOW, 3)
    an_hour(issue, NOW, 2, "staging")
    an_hour(issue, NOW - timedelta(hours=23, minutes=59), 5)
    an_hour(issue, NOW - timedelta(hours=24), 100)

    hourly = issues.hourly_counts([issue.pk], NOW)[issue.pk]

    assert (hourly[0], hourly[-1], sum(hourly)) == (5, 5, 10)


def test_days_are_counted_from_the_oldest_to_today(world: World):
    issue = an_issue(world.project)
    an_hour(issue, NOW, 3)
    an_hour(issue, NOW - timedelta(days=29), 2)
    an_hour(issue, NOW - timedelta(days=31), 100)

    daily = issues.daily_counts(issue.pk, NOW)

    assert (daily[0], daily[-1], sum(daily)) == (2, 3, 5)
