"""The stream of issues."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.builders import NOW, World, a_member, a_project, a_world, an_issue

from tocsin.store.models import Activity, Issue, SavedSearch
from tocsin.store.writes.tags import tagged

HOSTILE = "<script>alert(1)</script>"


def titles(answer) -> list[str]:
    return [issue.title for issue in answer.context["page"].issues]


def test_open_issues_are_shown_latest_first(ana: Client, world: World):
    an_issue(world.project, title="older", last_seen=NOW - timedelta(hours=1))
    an_issue(world.project, title="newer", last_seen=NOW)
    an_issue(world.project, title="resolved", status=1)

    assert titles(ana.get("/acme/issues/")) == ["newer", "older"]


def test_the_number_of_queries_does_not_grow_with_the_number_of_issues(ana: Client, world: World):
    an_issue(world.project)
    with CaptureQueriesContext(
        connection,
    ) as one:
        ana.get("/acme/issues/")
    for _ in range(40):
        an_issue(world.project, assignee_user=world.user)

    with CaptureQueriesContext(connection) as many:
        ana.get("/acme/issues/")

    assert len(many) == len(one) <= 11


def test_the_next_page_goes_on_where_this_one_ends(ana: Client, world: World):
    for minutes in range(60):
        an_issue(world.project, title=f"{minutes}", last_seen=NOW - timedelta(minutes=minutes))

    first = ana.get("/acme/issues/")
    second = ana.get("/acme/issues/", {"cursor": first.context["page"].older})
    back = ana.get("/acme/issues/", {"cursor": second.context["page"].newer})

    assert titles(first) == [str(minutes) for minutes in range(50)]
    assert titles(second) == [str(minutes) for minutes in range(50, 60)]
    assert titles(back) == titles(first)


@pytest.mark.parametrize(
    "cursor", ["older~yesterday~x~1", "older~0001-01-01T00:00:00+23:59~5~1", "newer~~", "older~2031-01-01~5~many"]
)
def test_a_cursor_that_makes_no_sense_shows_the_first_page(ana: Client, world: World, cursor: str):
    an_issue(world.project, title="here")

    assert titles(ana.get("/acme/issues/", {"cursor": cursor})) == ["here"]


def test_a_cursor_without_a_time_zone_is_read_and_not_complained_of(ana: Client, world: World):
    an_issue(world.project, title="here", last_seen=NOW)

    assert titles(ana.get("/acme/issues/", {"cursor": "older~2031-01-01T00:00:00~5~9"})) == ["here"]


@pytest.mark.parametrize("ticked", ["9" * 30, "9" * 5000, "٣", "x"])
def test_a_ticked_issue_that_cannot_be_is_passed_over(ana: Client, world: World, ticked: str):
    issue = an_issue(world.project)

    answer = ana.post("/acme/issues/change/", {"issue": [ticked, issue.pk], "status": "resolved"})

    issue.refresh_from_db()
    assert (answer.status_code, issue.status) == (302, 1)


@pytest.mark.parametrize("sort", ["new", "freq", "user"])
def test_issues_sort_by_what_is_asked_and_page_the_same_way(ana: Client, world: World, sort: str):
    for number in range(60):
        seen = {"first_seen": NOW - timedelta(minutes=number)}
        counts = {"times_seen": 60 - number, "users_seen": 60 - number}
        an_issue(world.project, title=f"{number}", **seen, **counts)

    first = ana.get("/acme/issues/", {"sort": sort})
    second = ana.get("/acme/issues/", {"sort": sort, "cursor": first.context["page"].older})

    assert titles(first) + titles(second) == [str(number) for number in range(60)]


def test_the_project_menu_narrows_the_stream(ana: Client, world: World):
    an_issue(world.project, title="of the shop")
    an_issue(a_project(world.organization, world.team, "api"), title="of the api")

    assert titles(ana.get("/acme/issues/", {"project": "api"})) == ["of the api"]


def test_ticked_issues_are_resolved_and_the_person_stands_on_their_timelines(ana: Client, world: World):
    first, second, left = an_issue(world.project), an_issue(world.project), an_issue(world.project)

    answer = ana.post(
        "/acme/issues/change/", {"issue": [first.pk, second.pk], "status": "resolved", "back": "?sort=user"}
    )

    assert list(Issue.objects.filter(status=1).order_by("pk")) == [first, second]
    assert left.status == 0
    assert {one.user for one in Activity.objects.filter(type="set_resolved")} == {world.user}
    assert answer["Location"] == "/acme/issues/?sort=user"


def test_a_status_that_does_not_exist_changes_nothing_and_says_so(ana: Client, world: World):
    issue = an_issue(world.project)

    answer = ana.post("/acme/issues/change/", {"issue": issue.pk, "status": "exploded"}, follow=True)

    issue.refresh_from_db()
    assert issue.status == 0
    assert "Press Resolve, Archive or Reopen" in answer.text


def test_the_way_back_stays_on_the_stream(ana: Client):
    answer = ana.post("/acme/issues/change/", {"status": "resolved", "back": "//evil.example/"})

    assert answer["Location"].startswith("/acme/issues/?")


def test_what_was_typed_and_not_understood_is_named(ana: Client, world: World):
    page = ana.get("/acme/issues/", {"query": "level:error is:broken zero"}).text

    assert "level:error <mark>is:broken</mark> zero</code> was left out: is: takes unresolved" in page


def test_text_from_events_and_from_the_search_box_is_never_markup(ana: Client, world: World):
    an_issue(world.project, title=HOSTILE, culprit=HOSTILE, level=HOSTILE[:16])

    page = ana.get("/acme/issues/", {"query": "script is:" + HOSTILE}).text

    assert HOSTILE not in page
    assert page.count("&lt;script&gt;") >= 4


def test_a_search_as_one_types_gets_the_list_alone(ana: Client, world: World):
    an_issue(world.project)

    part = ana.get("/acme/issues/", headers={"HX-Request": "true", "HX-Target": "stream"}).text

    assert part.startswith('<div id="stream">')


def test_the_browsers_history_gets_the_whole_page(ana: Client, world: World):
    headers = {"HX-Request": "true", "HX-Target": "stream", "HX-History-Restore-Request": "true"}

    assert "<!doctype html>" in ana.get("/acme/issues/", headers=headers).text


def test_the_box_offers_how_the_last_term_could_go_on(ana: Client, world: World):
    tagged([(an_issue(world.project).pk, world.project.pk, "browser", HOSTILE)])

    page = ana.get("/acme/issues/suggest/", {"query": "is:unresolved browser:"}).text

    assert HOSTILE not in page
    assert "is:unresolved browser:&quot;&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("bro", "browser:"),
        ("assigned:#ac", "assigned:#acme"),
        ("assigned:ana", "assigned:ana@example.com"),
        ("project:sh", "project:shop"),
        ("has:bro", "has:browser"),
        ("level:fa", "level:fatal"),
    ],
)
def test_what_the_organization_has_is_offered(ana: Client, world: World, typed: str, offered: str):
    tagged([(an_issue(world.project).pk, world.project.pk, "browser", "Firefox")])

    found = ana.get("/acme/issues/suggest/", {"query": typed}).context["suggestions"]

    assert [one.query.strip() for one in found] == [offered]


def test_nothing_of_other_organizations_is_offered(ana: Client, world: World):
    other = a_world("globex", "secret", "eve@example.com")
    tagged([(an_issue(other.project).pk, other.project.pk, "codename", "zeus")])
    asked = ("project:se", "assigned:eve", "assigned:#glo", "codename:", "coden", "has:code")

    offered = [ana.get("/acme/issues/suggest/", {"query": text}).context["suggestions"] for text in asked]

    assert offered == [[]] * len(asked)


def test_a_term_that_lacks_its_value_is_answered_with_some_as_links(ana: Client, world: World):
    page = ana.get("/acme/issues/", {"query": "level:"}).text

    assert 'href="?query=level%3Afatal' in page


def keep(browser: Client, **sent) -> str:
    return browser.post("/acme/issues/searches/", {"act": "keep", **sent}, follow=True).text


def test_a_kept_search_stands_in_the_side_and_is_marked_where_one_is(ana: Client, world: World):
    keep(ana, name="Mine", query="assigned:me is:new", sort="freq")

    page = ana.get("/acme/issues/", {"query": "assigned:me is:new", "sort": "freq"}).text

    assert 'href="/acme/issues/?query=assigned%3Ame%20is%3Anew&amp;sort=freq" aria-current="page"' in page


def test_the_stream_opens_with_the_pinned_search_until_it_is_unpinned(ana: Client, world: World):
    an_issue(world.project, title="open")
    an_issue(world.project, title="resolved", status=1)

    keep(ana, act="pin", query="is:resolved")
    pinned = titles(ana.get("/acme/issues/"))
    keep(ana, act="unpin")

    assert (pinned, titles(ana.get("/acme/issues/"))) == (["resolved"], ["open"])


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "", "query": "is:new"}, "A name of 1 to 128 characters is expected."),
        ({"name": "x" * 129, "query": "is:new"}, "A name of 1 to 128 characters is expected."),
        ({"name": "Broken", "query": "is:broken"}, "is: takes unresolved"),
        ({"name": "Loud", "query": "is:new", "sort": "loud"}, "One of date"),
    ],
)
def test_a_search_that_cannot_be_kept_says_why(ana: Client, world: World, sent: dict[str, str], said: str):
    page = keep(ana, **sent)

    assert said in page
    assert not SavedSearch.objects.exists()


def test_a_member_keeps_no_search_for_everyone(client: Client, world: World):
    client.force_login(a_member(world.organization, email="ben@example.com"))

    page = keep(client, name="Ours", query="is:new", visibility="organization")

    assert "Only admins and above" in page
    assert not SavedSearch.objects.exists()


def test_a_kept_search_is_removed_by_whom_it_belongs_to_alone(ana: Client, client: Client, world: World):
    keep(ana, name="Mine", query="is:new")
    place = f"/acme/issues/searches/{SavedSearch.objects.get().pk}/forget/"
    ben = Client()
    ben.force_login(a_member(world.organization, email="ben@example.com"))

    ben.post(place)
    left = SavedSearch.objects.count()
    ana.post(place)

    assert (left, SavedSearch.objects.count()) == (1, 0)


def rename(client: Client, search: SavedSearch, name: str) -> str:
    return client.post(f"/acme/issues/searches/{search.pk}/rename/", {"name": name}, follow=True).text


def test_a_kept_search_is_called_something_else(ana: Client, world: World):
    keep(ana, name="Mine", query="is:new", sort="freq")

    page = rename(ana, SavedSearch.objects.get(), " New ones ")

    found = SavedSearch.objects.get()
    assert (found.name, found.query, found.sort) == ("New ones", "is:new", "freq")
    assert "It is called “New ones” from now on." in page


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "A name of 1 to 128 characters is expected."), ("Other", "Another kept search is called “Other”")],
)
def test_a_kept_search_keeps_its_name_if_the_new_one_will_not_do(ana: Client, world: World, name: str, said: str):
    keep(ana, name="Mine", query="is:new")
    keep(ana, name="Other", query="is:resolved")

    assert said in rename(ana, SavedSearch.objects.get(query="is:new"), name)

    assert SavedSearch.objects.get(query="is:new").name == "Mine"


def test_a_member_renames_no_search_of_everyones_and_no_other_persons(ana: Client, world: World):
    keep(ana, name="Ours", query="is:new", visibility="organization")
    keep(ana, name="Mine", query="is:resolved")
    ben = Client()
    ben.force_login(a_member(world.organization, email="ben@example.com"))

    rename(ben, SavedSearch.objects.get(name="Ours"), "Bens")
    rename(ben, SavedSearch.objects.get(name="Mine"), "Bens")

    assert set(SavedSearch.objects.values_list("name", flat=True)) == {"Ours", "Mine"}


def test_nothing_open_is_good_news(ana: Client, world: World):
    world.project.first_event = NOW
    world.project.save()

    assert "Nothing is broken that we know of" in ana.get("/acme/issues/").text


def test_nothing_ever_reported_leads_to_the_set_up(ana: Client):
    page = ana.get("/acme/issues/").text

    assert "Waiting for the first event" in page
    assert "/acme/projects/shop/" in page


def test_nothing_found_says_to_take_a_term_away(ana: Client, world: World):
    world.project.first_event = NOW
    world.project.save()

    assert "No issue matches" in ana.get("/acme/issues/", {"query": "nowhere"}).text


def test_pressing_a_button_with_nothing_ticked_says_so(ana: Client, world: World):
    answer = ana.post("/acme/issues/change/", {"status": "resolved"}, follow=True)

    assert "Nothing changed: tick the issues that should." in answer.text


def test_one_event_is_not_called_events(ana: Client, world: World):
    an_issue(world.project, times_seen=1)

    page = ana.get("/acme/issues/").text

    assert 'title="1 event"' in page
    assert "1 events" not in page
