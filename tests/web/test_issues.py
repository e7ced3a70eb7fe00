"""The stream of issues."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.builders import NOW, World, a_project, an_issue

from tocsin.store.models import Activity, Issue

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
