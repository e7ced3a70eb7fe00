"""User feedback over the API."""

import pytest

from tests.api.callers import Caller, a_caller
from tests.builders import World, a_world, an_event, an_issue
from tocsin.store.models import Activity

AT = "/projects/acme/shop/user-feedback/"


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def ana(world) -> Caller:
    return a_caller(world.user, world.organization)


def test_feedback_about_an_event_is_about_its_issue(world, ana):
    issue = an_issue(world.project)
    event = an_event(issue)

    found = ana.post(AT, {"event_id": event.event_id, "name": "Jo", "email": "j@example.net", "comments": "No."})

    assert (found.status, found.json["issue"]) == (200, str(issue.pk))
    assert Activity.objects.get().type == "user_feedback"


def test_the_latest_feedback_is_listed(ana):
    ana.post(AT, {"event_id": "9" * 32, "comments": "No."})

    assert [one["comments"] for one in ana.get(AT).json] == ["No."]


@pytest.mark.parametrize(
    ("body", "key"),
    [({}, "comments"), ({"comments": "x"}, "event_id"), ({"comments": "x", "event_id": "no"}, "event_id")],
)
def test_what_does_not_fit_is_refused(ana, body, key):
    found = ana.post(AT, body)

    assert (found.status, list(found.json)) == (400, [key])
