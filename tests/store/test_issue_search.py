"""What each key finds, on whichever database the tests run."""

from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_member, a_world, an_issue
from tocsin.core.event import anonymous
from tocsin.core.search import parse
from tocsin.store.models import Bookmark, Issue, IssueTag, IssueUser, Subscription, Tag
from tocsin.store.queries import issues
from tocsin.store.writes.tags import tagged

DAY = timedelta(days=1)


@pytest.fixture
def world(db) -> World:
    return a_world()


def found(world: World, text: str, **more) -> list[str]:
    search = parse(text)
    assert search.faults == ()
    stream = issues.stream(world.organization.pk, search, person_id=world.user.pk, now=NOW, **more)
    return [one.title for one in stream.issues]


def tag(issue: Issue, *pairs: tuple[str, str]) -> None:
    tagged([(issue.pk, issue.project_id, *pair) for pair in pairs])


def follow(issue: Issue, **who) -> None:
    Subscription.objects.create(issue=issue, project=issue.project, date_added=NOW, **who)


def test_bookmarks_are_the_askers_own(world: World):
    mine, bens = an_issue(world.project, title="mine"), an_issue(world.project, title="ben's")
    Bookmark.objects.create(issue=mine, user=world.user, date_added=NOW)
    ben = a_member(world.organization, email="ben@example.com")
    Bookmark.objects.create(issue=bens, user=ben, date_added=NOW)

    assert found(world, "bookmarks:me") == ["mine"]


def test_followed_is_what_the_asker_follows_and_has_not_left(world: World):
    left = an_issue(world.project, title="left")
    follow(an_issue(world.project, title="followed"), user=world.user)
    follow(left, user=world.user, is_active=False)
    an_issue(world.project, title="nobody's")

    assert found(world, "subscribed:me") == ["followed"]


def test_followed_by_a_team_is_followed_by_its_members_but_not_by_who_left(world: World):
    followed, left = an_issue(world.project, title="followed"), an_issue(world.project, title="left")
    follow(followed, team=world.team)
    follow(left, team=world.team)
    follow(left, user=world.user, is_active=False)

    assert found(world, "subscribed:me") == ["followed"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age:-24h", ["fresh"]),
        ("age:+24h", ["old"]),
        ("lastSeen:-1h", ["fresh"]),
        ("lastSeen:+1h", ["old"]),
        ("age:2026-11-11", ["old"]),
        ("age:>2026-11-12", ["fresh"]),
        ("age:<=2026-11-11", ["old"]),
        ("!age:-24h", ["old"]),
        ("timesSeen:>10", ["old"]),
        ("timesSeen:<=10", ["fresh"]),
        ("timesSeen:100", ["old"]),
        ("usersSeen:0", ["fresh"]),
        ("usersSeen:>=7", ["old"]),
    ],
)
def test_times_and_counts_are_compared(world: World, text: str, expected: list[str]):
    an_issue(world.project, title="fresh", times_seen=10)
    old = {"first_seen": NOW - 10 * DAY, "last_seen": NOW - 2 * DAY, "times_seen": 100, "users_seen": 7}
    an_issue(world.project, title="old", **old)

    assert found(world, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "!level:fatal",
        "!is:resolved",
        "!assigned:ana@example.com",
        "!browser:Firefox",
        "!browser:Fire*",
        "!has:browser",
        "!environment:staging !level:fatal",
        "!firstRelease:1.0",
        "!release:1.0",
        "!bookmarks:me",
    ],
)
def test_an_exclamation_mark_finds_all_the_others(world: World, text: str):
    one = {
        "level": "fatal",
        "status": 1,
        "assignee_user": world.user,
        "first_release": "1.0",
        "last_release": "1.0",
    }
    issue = an_issue(world.project, title="one", **one)
    tag(issue, ("browser", "Firefox"), ("release", "1.0"))
    Bookmark.objects.create(issue=issue, user=world.user, date_added=NOW)
    an_issue(world.project, title="other")

    assert found(world, text) == ["other"]


def test_a_person_is_found_by_who_the_sdk_said_it_was(world: World):
    issue = an_issue(world.project, title="ana's")
    IssueUser.objects.create(issue=issue, user=anonymous("email:ana@shop.example"), last_seen=NOW)
    an_issue(world.project, title="nobody's")

    assert found(world, "user:email:ana@shop.example") == ["ana's"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("url:/basket/*", ["basket"]),
        ("url:*/PAY", ["basket"]),
        ("url:*100%*", ["percent"]),
        ("url:*a_b*", ["percent"]),
        (r"url:*\*", ["star"]),
        ("url:/basket/*/pay", ["basket"]),
        ("release:shop@1.*", ["basket"]),
        ("firstRelease:shop@*", ["basket"]),
        ("environment:prod*", []),
    ],
)
def test_a_star_is_the_only_wildcard(world: World, text: str, expected: list[str]):
    tag(an_issue(world.project, title="basket", first_release="shop@1.2"), ("url", "/basket/7/pay"))
    tag(an_issue(world.project, title="percent"), ("url", "/100%/a_b"))
    tag(an_issue(world.project, title="star"), ("url", "/1000/axb*"))

    assert found(world, text) == expected


@pytest.mark.parametrize("words", ["100%", "a_b", "ÄPFEL", '"by zero"', r"C:\\Users"])
def test_words_are_looked_for_as_they_are(world: World, words: str):
    an_issue(world.project, title=r"100% a_b ÄPFEL by zero C:\Users")
    an_issue(world.project, title="100 axb apfel by one C:Users")

    assert len(found(world, words.replace("C:", '"C:') + '"' if "C:" in words else words)) == 1


def a_tag_of_many(world: World, count: int) -> list[Issue]:
    """Issues, latest first, that had 100 values of `url` each: with 160 they count as a tag of many."""
    many = [an_issue(world.project, title=f"<{n}>", number=n + 1, last_seen=NOW - n * DAY) for n in range(count)]
    values = Tag.objects.bulk_create(Tag(project=world.project, key="url", value=f"/{n}") for n in range(100))
    IssueTag.objects.bulk_create(IssueTag(issue=issue, tag=value) for issue in many for value in values)
    return many


def test_a_tag_of_many_is_found_page_by_page_like_any_other(world: World):
    a_tag_of_many(world, 160)
    an_issue(world.project, title="other", last_seen=NOW - DAY)
    whole = {"person_id": world.user.pk, "now": NOW}

    first = issues.stream(world.organization.pk, parse("has:url"), **whole)
    cursor = issues.parse_cursor(first.older, "date")
    second = issues.stream(world.organization.pk, parse("has:url"), **whole, cursor=cursor)

    assert [one.title for one in first.issues + second.issues] == [f"<{n}>" for n in range(100)]
    assert second.matches == first.matches == issues.Matches(160, or_more=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("!has:url", ["other"]),
        ("has:url <7>", ["<7>"]),
        ("has:url kind:rare", ["<3>"]),
        ("has:url !kind:rare <3>", []),
        ("kind:[rare, none] !has:url", ["other"]),
    ],
)
def test_a_tag_of_many_goes_with_other_terms(world: World, text: str, expected: list[str]):
    many = a_tag_of_many(world, 160)
    tag(many[3], ("kind", "rare"))
    tag(an_issue(world.project, title="other"), ("kind", "none"))

    assert found(world, text) == expected
