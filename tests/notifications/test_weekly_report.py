"""How a week is told."""

from dataclasses import replace

import pytest

from tocsin.core.message import Fields, Listing, Paragraph
from tocsin.notifications.weekly_report import EXAMPLE, ProjectWeek, render


def about(**counts: int) -> str:
    (block,) = (one for one in render(of(ProjectWeek("Shop", "", **counts))).blocks if isinstance(one, Listing))
    return block.about


def of(*projects: ProjectWeek, **columns):
    return replace(EXAMPLE, projects=projects, **columns)


@pytest.mark.parametrize(
    ("monday", "title"),
    [
        ("2026-11-16", "Acme, 16 to 22 November 2026"),
        ("2026-11-30", "Acme, 30 November to 6 December 2026"),
        ("2026-12-28", "Acme, 28 December 2026 to 3 January 2027"),
    ],
)
def test_the_title_says_which_week(monday, title):
    assert render(replace(EXAMPLE, monday=monday)).title == title


@pytest.mark.parametrize(
    ("events", "before", "words"),
    [
        (1, 0, "1 event, none the week before"),
        (0, 1_200, "0 events, 1,200 the week before"),
        (112, 100, "112 events, 12 % more than the week before"),
        (50, 100, "50 events, 50 % fewer than the week before"),
        (1_000, 1_001, "1,000 events, as many as the week before"),
        (1_000, 10, "1,000 events, 100 times as many as the week before"),
    ],
)
def test_events_stand_beside_those_of_the_week_before(events, before, words):
    assert about(events=events, before=before) == words


def test_what_did_not_happen_is_left_out():
    assert about(events=2, before=2, resolved=1) == "2 events, as many as the week before · 1 resolved"
    assert about(opened=1, regressed=2).endswith("· 1 new issue · 2 came back")


def test_the_busiest_issues_lead_to_their_pages_with_their_counts():
    (first, *_) = (one for one in render(EXAMPLE).blocks if isinstance(one, Listing))
    issue = EXAMPLE.projects[0].busiest[0]

    assert (first.items[0].name, first.items[0].link.url, first.items[0].figure) == ("SHOP-12", issue.url, "8,310")
    assert issue.url in render(EXAMPLE).plain()


def test_several_projects_are_added_up():
    assert any(isinstance(one, Fields) for one in render(EXAMPLE).blocks)
    assert not any(isinstance(one, Fields) for one in render(of(EXAMPLE.projects[0])).blocks)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"told": 14, "untold": 6}, "14 messages reached you that week; of 6 you were not told."),
        ({"told": 1, "untold": 0}, "1 message reached you that week; nothing was kept from you."),
        ({"told": 0, "untold": 2}, "No message reached you that week; of 2 you were not told."),
    ],
)
def test_it_says_how_much_the_reader_was_told_and_leads_to_the_rest(columns, words):
    message = render(replace(EXAMPLE, **columns))

    assert message.blocks[-1] == Paragraph(words)
    assert EXAMPLE.untold_url in [one.url for one in message.actions]


def test_projects_beyond_those_shown_are_counted():
    assert Paragraph("And 3 further projects.") in render(replace(EXAMPLE, more=3)).blocks
