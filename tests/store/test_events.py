"""Kept events, one at a time."""

from datetime import timedelta

import pytest

from tests.builders import NOW, a_world, an_event, an_issue
from tocsin.store.models import Issue
from tocsin.store.queries import events


@pytest.fixture
def issue(db) -> Issue:
    return an_issue(a_world().project)


def test_an_event_stands_between_its_neighbours(issue: Issue):
    oldest, middle, latest = (an_event(issue, timestamp=NOW + timedelta(minutes=n)) for n in range(3))

    picked = events.pick(issue.pk, middle.event_id)

    assert (picked.older, picked.newer) == (oldest.event_id, latest.event_id)


def test_events_of_the_same_moment_are_all_reached(issue: Issue):
    ids = {an_event(issue, timestamp=NOW).event_id for _ in range(4)}
    picked = events.pick(issue.pk)
    seen = {picked.event.event_id}

    while picked.older:
        picked = events.pick(issue.pk, picked.older)
        seen.add(picked.event.event_id)

    assert seen == ids


def test_the_body_comes_back_as_it_was_sent(issue: Issue):
    an_event(issue, {"message": "café"})

    assert events.pick(issue.pk).body == b'{"message": "caf\\u00e9"}'


def test_the_shares_of_a_tags_values_are_percents_of_the_events_that_have_it(issue: Issue):
    for browser in ("Firefox", "Firefox", "Firefox", "Chrome"):
        an_event(issue, tags=[["browser", browser]])
    an_event(issue, tags=[])

    assert events.tag_shares(issue.pk) == (events.TagShare("browser", (("Firefox", 75), ("Chrome", 25))),)
