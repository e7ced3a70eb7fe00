"""Saying who one is in Slack (§8.4)."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.builders import NOW, a_member, a_world, an_issue
from tests.chat.pressing import USER, a_workspace, known, press, pressed
from tocsin.core.issue import Status
from tocsin.pipeline import chat_link
from tocsin.store.models import AuditEntry, Delivery, ExternalActor, Integration
from tocsin.store.queries import directory

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace(world):
    return a_workspace(world)


@pytest.fixture
def link(world, workspace):
    """The address that somebody is given who pressed and is not known."""
    press(pressed(an_issue(world.project).pk, "resolved"))
    return Delivery.objects.get().notification.facts["url"].partition("/extensions/")[2]


def opened(link: str, user=None, method: str = "get"):
    client = Client()
    if user is not None:
        client.force_login(user)
    return getattr(client, method)(f"/extensions/{link}")


def test_opening_the_link_changes_nothing(world, link):
    page = opened(link, world.user)

    assert "Is this you?" in page.content.decode()
    assert not ExternalActor.objects.exists()


def test_who_says_yes_is_linked(world, workspace, link):
    page = opened(link, world.user, "post")

    assert "Linked" in page.content.decode()
    actor = ExternalActor.objects.get()
    assert (actor.user, actor.integration_id, actor.external_id) == (world.user, workspace, USER)


def test_and_what_they_press_from_then_on_is_done(world, link, clock):
    opened(link, world.user, "post")
    issue = an_issue(world.project)

    press(pressed(issue.pk, "resolved"))

    issue.refresh_from_db()
    assert issue.status == Status.RESOLVED


def test_messages_to_them_can_come_there_from_then_on(world, workspace, link):
    opened(link, world.user, "post")

    world.organization.refresh_from_db()
    [account] = directory.of(world.organization.pk, world.organization.version).people[world.user.pk].accounts
    assert (account.provider, account.external_id, account.integration_id) == ("slack", USER, workspace)


def test_who_linked_what_stands_in_the_audit_log(world, link):
    opened(link, world.user, "post")

    assert AuditEntry.objects.get(event="identity.link").actor == world.user


def test_who_is_signed_out_signs_in_first(link):
    assert opened(link).status_code == 302


def test_a_link_works_once(world, link):
    opened(link, world.user, "post")

    assert opened(link, world.user).status_code == 404


@pytest.mark.parametrize(("later", "status"), [(timedelta(days=2, seconds=-1), 200), (timedelta(days=2), 404)])
def test_a_link_works_for_two_days(world, link, clock, later, status):
    clock.move_to(NOW + later)

    assert opened(link, world.user).status_code == status


@pytest.mark.parametrize("broken", [lambda link: link[:-9] + "x/", lambda link: "slack/link-identity/x/"])
def test_a_link_that_was_tampered_with_is_none(world, link, broken):
    assert opened(broken(link), world.user, "post").status_code == 404


def test_a_link_of_a_workspace_that_is_gone_is_none(world, link):
    Integration.objects.all().delete()

    assert opened(link, world.user).status_code == 404


def test_a_stranger_to_the_organization_cannot_use_it(world, link):
    eve = a_world("umbra", "door", "eve@example.com").user

    assert "another organization" in opened(link, eve, "post").content.decode()
    assert not ExternalActor.objects.exists()


def test_an_account_that_somebody_else_had_goes_to_who_shows_that_it_is_theirs(world, workspace, link):
    known(world, workspace)
    ben = a_member(world.organization, world.team, email="ben@example.com", name="Ben")
    assert "Somebody else here has linked this account" in opened(link, ben).content.decode()

    opened(link, ben, "post")

    assert ExternalActor.objects.get().user == ben


def test_the_same_name_in_two_workspaces_is_two_accounts(world, workspace, link, clock):
    other = a_workspace(world, "Second", team="T2")
    account = chat_link.Account(world.organization.pk, other, "U2", "ana")
    opened(link, world.user, "post")

    opened(chat_link.link_to(account, NOW).partition("/extensions/")[2], world.user, "post")

    assert set(ExternalActor.objects.values_list("external_id", "external_name")) == {
        (USER, "@ana"),
        ("U2", "@ana (U2)"),
    }
