"""The page behind a mail's unsubscribe link, signed out, and a mail program's one click."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.builders import NOW, World, an_issue

from tocsin.core.unsubscribe import Ends, Level
from tocsin.pipeline.unsubscribe_link import Link, sign
from tocsin.store.models import Preference, Subscription


@pytest.fixture
def page(world: World) -> str:
    issue = an_issue(world.project)
    ends = Ends(Level.ISSUE, issue.pk, "alerts", world.organization.pk, world.project.pk)
    return f"/unsubscribe/{sign(Link(world.user.pk, 'ana@example.com', ends, NOW))}/"


@pytest.fixture
def stranger() -> Client:
    """A browser that is not signed in, and has no token against forged forms."""
    return Client(enforce_csrf_checks=True)


def test_the_page_names_what_would_end_and_ends_nothing(stranger: Client, page: str):
    answer = stranger.get(page)

    assert answer.status_code == 200
    assert "ana@example.com would hear no more of <strong>SHOP-1</strong>" in answer.text
    assert not Subscription.objects.exists()


def test_one_click_ends_the_issue(stranger: Client, page: str):
    answer = stranger.post(page, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200
    assert not Subscription.objects.get().is_active


def test_the_page_offers_the_whole_project_too(stranger: Client, page: str):
    answer = stranger.post(page, {"level": "project"})

    assert "no more alerts from the project <strong>Shop</strong>" in answer.text
    assert Preference.objects.get().value == "never"
    assert not Subscription.objects.exists()


def test_no_other_level_can_be_asked_for(stranger: Client, page: str):
    stranger.post(page, {"level": "organization"})

    assert not Preference.objects.exists()
    assert Subscription.objects.exists()


@pytest.mark.parametrize(
    "change", [lambda page: page[:-8] + "/", lambda page: page.replace("unsubscribe/", "unsubscribe/W")]
)
def test_a_tampered_link_is_404_and_says_where_the_settings_are(stranger: Client, page: str, change):
    for answer in (stranger.get(change(page)), stranger.post(change(page))):
        assert answer.status_code == 404
        assert "/settings/notifications/" in answer.text
    assert not Subscription.objects.exists()


def test_an_old_link_is_404(stranger: Client, world: World):
    ends = Ends(Level.PROJECT, world.project.pk, "alerts", world.organization.pk, world.project.pk)
    old = sign(Link(world.user.pk, "ana@example.com", ends, NOW - timedelta(days=91)))

    assert stranger.post(f"/unsubscribe/{old}/").status_code == 404
    assert not Preference.objects.exists()


def test_the_page_is_kept_by_no_proxy(stranger: Client, page: str):
    assert "no-store" in stranger.get(page).headers["Cache-Control"]
