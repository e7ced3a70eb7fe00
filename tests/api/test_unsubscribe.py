"""Unsubscribing over the API: by the signed part of a mail's link, or as oneself (behaviour §7.2)."""

import pytest
import time_machine

from tests.api.callers import Caller, a_caller
from tests.builders import NOW, a_world, an_issue
from tocsin.core.unsubscribe import Ends, Level
from tocsin.pipeline.unsubscribe_link import Link, sign
from tocsin.store.models import Preference, Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def issue(world):
    return an_issue(world.project)


STRANGER = Caller("")


def signed(world, level: Level, target: int) -> str:
    ends = Ends(level, target, "alerts", world.organization.pk, world.project.pk)
    return sign(Link(world.user.pk, "ana@example.com", ends, NOW))


def test_a_signed_link_shows_and_ends_an_issue(world, issue):
    path = f"/organizations/acme/unsubscribe/issue/{issue.pk}/?_={signed(world, Level.ISSUE, issue.pk)}"

    shown = STRANGER.get(path).json
    assert (shown["type"], shown["displayName"], shown["slug"]) == ("issue", "SHOP-1", None)
    assert shown["viewUrl"].endswith(f"/acme/issues/{issue.pk}/")

    assert STRANGER.post(path, {"cancel": 1}).status == 201
    assert not Subscription.objects.get().is_active


def test_a_signed_link_ends_a_project(world):
    path = f"/organizations/acme/unsubscribe/project/shop/?_={signed(world, Level.PROJECT, world.project.pk)}"

    assert STRANGER.get(path).json["slug"] == "shop"
    assert STRANGER.post(path, {"cancel": 1}).status == 201
    assert Preference.objects.get().value == "never"


def test_nothing_ends_without_the_word(world, issue):
    path = f"/organizations/acme/unsubscribe/issue/{issue.pk}/?_={signed(world, Level.ISSUE, issue.pk)}"

    found = STRANGER.post(path, {})

    assert (found.status, list(found.json)) == (400, ["cancel"])
    assert not Subscription.objects.exists()


def test_a_link_ends_nothing_but_its_own(world, issue):
    other = an_issue(world.project)
    token = signed(world, Level.ISSUE, issue.pk)

    assert STRANGER.get(f"/organizations/acme/unsubscribe/issue/{other.pk}/?_={token}").status == 404
    assert STRANGER.get(f"/organizations/acme/unsubscribe/project/shop/?_={token}").status == 404
    assert STRANGER.get(f"/organizations/other/unsubscribe/issue/{issue.pk}/?_={token}").status == 404


@pytest.mark.parametrize("query", ["", "?_=", "?_=x", "?_=a:b:c"])
def test_without_a_link_that_holds_there_is_nothing(issue, query):
    found = STRANGER.post(f"/organizations/acme/unsubscribe/issue/{issue.pk}/{query}", {"cancel": 1})

    assert found.status == 404
    assert not Subscription.objects.exists()


def test_who_is_signed_in_needs_no_link(world, issue):
    caller = a_caller(world.user, world.organization)

    assert caller.post(f"/organizations/acme/unsubscribe/issue/{issue.pk}/", {"cancel": 1}).status == 201
    assert Subscription.objects.get().user == world.user
