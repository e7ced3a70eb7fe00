"""Issues and kept searches over the API, as Sentry's clients ask for them."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.api.callers import Caller, a_caller
from tests.builders import NOW, World, a_member, a_world, an_issue

ISSUES = "/organizations/acme/issues/"
SEARCHES = "/organizations/acme/searches/"
PINNED = "/organizations/acme/pinned-searches/"
KEPT = {"name": "Mine", "query": "assigned:me", "sort": "freq"}


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def caller(world: World) -> Caller:
    return a_caller(world.user, world.organization)


def test_issues_are_found_by_the_search(world: World, caller: Caller):
    an_issue(world.project, title="wanted", level="fatal")
    an_issue(world.project, title="other")

    answer = caller.get(ISSUES + "?query=level:fatal")

    assert [one["title"] for one in answer.json] == ["wanted"]


def test_the_link_header_leads_through_all_pages(world: World, caller: Caller):
    for number in range(3):
        an_issue(world.project, title=str(number), last_seen=NOW - timedelta(hours=number))

    first = caller.get(ISSUES + "?limit=2")
    cursor = first.headers["Link"].rpartition('cursor="')[2].rstrip('"')
    second = caller.get(f"{ISSUES}?limit=2&cursor={quote(cursor)}")

    assert [one["title"] for one in first.json + second.json] == ["0", "1", "2"]
    assert 'rel="next"; results="false"' in second.headers["Link"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("query=is:broken", "is: takes unresolved"),
        ("query=" + quote('os:"Mac'), 'a closing "'),
        ("query=" + "x" * 10_000, "at most 2,000 characters"),
        ("sort=loud", "sort takes date"),
        ("limit=0", "limit takes 1 to 100"),
        ("cursor=x", "cursor is none"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(world: World, caller: Caller, asked: str, said: str):
    answer = caller.get(f"{ISSUES}?{asked}")

    assert answer.status == 400
    assert said in answer.json["detail"]


def test_a_kept_search_is_listed_changed_and_removed(caller: Caller):
    kept = caller.post(SEARCHES, KEPT).json
    caller.put(f"{SEARCHES}{kept['id']}/", {**KEPT, "query": "is:new"})
    listed = caller.get(SEARCHES).json
    caller.delete(f"{SEARCHES}{kept['id']}/")

    assert [(one["name"], one["query"], one["visibility"]) for one in listed] == [("Mine", "is:new", "owner")]
    assert caller.get(SEARCHES).json == []


def test_a_kept_search_is_not_renamed_to_another_ones_name(caller: Caller):
    caller.post(SEARCHES, KEPT)
    other = caller.post(SEARCHES, {**KEPT, "name": "Other"}).json

    answer = caller.put(f"{SEARCHES}{other['id']}/", KEPT)

    assert (answer.status, list(answer.json)) == (400, ["name"])
    assert [one["name"] for one in caller.get(SEARCHES).json] == ["Mine", "Other"]


def test_a_listed_issue_is_the_same_as_the_issue_itself(world: World, caller: Caller):
    issue = an_issue(world.project, assignee_user=world.user)

    (listed,) = caller.get(ISSUES).json
    whole = caller.get(f"{ISSUES}{issue.pk}/").json

    assert listed == {name: whole[name] for name in listed}


def test_a_persons_search_is_nobody_elses(world: World, caller: Caller):
    caller.post(SEARCHES, KEPT)
    ben = a_caller(a_member(world.organization, email="ben@example.com"), world.organization)

    assert ben.get(SEARCHES).json == []


def test_a_member_does_not_make_the_organizations_searches(world: World):
    ben = a_caller(a_member(world.organization, email="ben@example.com"), world.organization)

    assert ben.post(SEARCHES, {**KEPT, "visibility": "organization"}).status == 403


def test_a_search_that_cannot_be_read_is_not_kept(caller: Caller):
    answer = caller.post(SEARCHES, {**KEPT, "query": "is:broken"})

    assert (answer.status, list(answer.json)) == (400, ["query"])


def test_pinning_again_replaces_what_was_pinned(caller: Caller):
    caller.put(PINNED, {"query": "is:new"})
    caller.put(PINNED, {"query": "is:resolved", "sort": "user"})

    assert [(one["query"], one["isPinned"]) for one in caller.get(SEARCHES).json] == [("is:resolved", True)]
