"""Whoever has a Slack account ends that it is somebody's here."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.builders import NOW, a_member
from tests.chat.pressing import TEAM, USER, known, posted, signature
from tocsin.pipeline import chat_link, chat_notice
from tocsin.store.models import AuditEntry, Delivery, ExternalActor, Integration
from tocsin.store.queries import chat_accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(workspace) -> str:
    """The address that the account was told."""
    linked = chat_accounts.of_account(workspace, USER)
    assert linked is not None
    return chat_notice.unlink_url(linked, NOW).partition("/extensions/")[2]


def unlinked(page: str):
    """Opened and confirmed in one browser, signed out."""
    browser = Client()
    browser.get(f"/extensions/{page}")
    return browser.post(f"/extensions/{page}")


def told(provider: str) -> list[str]:
    found = Delivery.objects.filter(provider=provider, notification__kind="account_linked").order_by("pk")
    return [one.notification.facts["became"] for one in found]


def test_the_page_says_whose_it_is_and_opening_it_changes_nothing(page):
    words = Client().get(f"/extensions/{page}").content.decode()

    assert "ana@example.com" in words
    assert ExternalActor.objects.exists()


def test_who_says_so_is_unlinked_without_signing_in(page):
    assert "Unlinked" in unlinked(page).content.decode()
    assert not ExternalActor.objects.exists()


def test_both_sides_are_told(page):
    unlinked(page)

    assert (told("slack"), told("inbox")) == (["unlinked"], ["unlinked"])


def test_it_stands_in_the_audit_log_as_done_by_nobody_here(page):
    unlinked(page)

    entry = AuditEntry.objects.get(event="identity.unlink")
    assert (entry.actor, entry.data["account"]) == (None, USER)


def test_it_is_confirmed_only_in_the_browser_that_opened_it(page):
    Client().get(f"/extensions/{page}")

    assert Client().post(f"/extensions/{page}").status_code == 400
    assert ExternalActor.objects.exists()


def test_it_works_once(world, workspace, page):
    unlinked(page)
    known(world, workspace)

    assert unlinked(page).status_code == 404
    assert ExternalActor.objects.exists()


@pytest.mark.parametrize(("later", "status"), [(timedelta(days=2, seconds=-1), 200), (timedelta(days=2), 404)])
def test_it_works_for_two_days(page, clock, later, status):
    clock.move_to(NOW + later)

    assert Client().get(f"/extensions/{page}").status_code == status


def test_it_ends_no_other_link_than_the_one_that_it_was_made_for(world, page):
    ExternalActor.objects.update(user=a_member(world.organization, email="ben@example.com"))

    assert unlinked(page).status_code == 404


def test_a_link_that_links_does_not_unlink(world, workspace):
    account = chat_link.Account(world.organization.pk, workspace, USER, "ana")
    token = chat_link.link_to(account, NOW).rstrip("/").rpartition("/")[2]

    assert unlinked(f"slack/unlink-identity/{token}/").status_code == 404


@pytest.mark.parametrize("token", ["x", "a:b", "W10:x"])
def test_what_was_not_signed_here_is_none(workspace, token):
    assert unlinked(f"slack/unlink-identity/{token}/").status_code == 404


def test_a_workspace_that_is_gone_has_nothing_to_unlink(page):
    Integration.objects.all().delete()

    assert unlinked(page).status_code == 404


def test_who_says_it_in_slack_is_answered_there_and_told_elsewhere(workspace):
    body = f"team_id={TEAM}&user_id={USER}&user_name=ana&channel_id=C1&command=/tocsin&text=unlink".encode()

    posted(body, "commands", signature(body, NOW))

    assert not ExternalActor.objects.exists()
    assert (told("slack"), told("inbox")) == ([], ["unlinked"])
