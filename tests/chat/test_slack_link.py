"""Saying who one is in Slack (§8.4)."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.builders import NOW, a_member, a_world, an_issue
from tests.chat.pressing import USER, a_workspace, known, press, pressed
from tocsin.core.choices import TYPES
from tocsin.core.issue import Status
from tocsin.core.people import Scope
from tocsin.pipeline import chat_link
from tocsin.pipeline.message import message_of
from tocsin.store.models import AuditEntry, Delivery, ExternalActor, Integration
from tocsin.store.queries import directory
from tocsin.store.writes.preferences import Choice, Owner, chose

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace(world):
    return a_workspace(world)


@pytest.fixture
def link(world, workspace):
    """The address that somebody is given who pressed and is not known."""
    press(pressed(an_issue(world.project).pk, "resolved"))
    return Delivery.objects.get().notification.facts["url"].partition("/extensions/")[2]


def a_browser(user=None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def opened(link: str, user=None):
    return a_browser(user).get(f"/extensions/{link}")


def confirmed(link: str, user=None):
    """Opened and confirmed in one browser."""
    browser = a_browser(user)
    browser.get(f"/extensions/{link}")
    return browser.post(f"/extensions/{link}")


def test_opening_the_link_changes_nothing(world, link):
    page = opened(link, world.user)

    assert "Is this you?" in page.content.decode()
    assert not ExternalActor.objects.exists()


def test_who_says_yes_is_linked(world, workspace, link):
    page = confirmed(link, world.user)

    assert "Linked" in page.content.decode()
    actor = ExternalActor.objects.get()
    assert (actor.user, actor.integration_id, actor.external_id) == (world.user, workspace, USER)


def test_and_what_they_press_from_then_on_is_done(world, link, clock):
    confirmed(link, world.user)
    issue = an_issue(world.project)

    press(pressed(issue.pk, "resolved"))

    issue.refresh_from_db()
    assert issue.status == Status.RESOLVED


def test_messages_to_them_can_come_there_from_then_on(world, workspace, link):
    confirmed(link, world.user)

    world.organization.refresh_from_db()
    [account] = directory.of(world.organization.pk, world.organization.version).people[world.user.pk].accounts
    assert (account.provider, account.external_id, account.integration_id) == ("slack", USER, workspace)


def test_who_linked_what_stands_in_the_audit_log(world, link):
    confirmed(link, world.user)

    assert AuditEntry.objects.get(event="identity.link").actor == world.user


def test_who_is_signed_out_signs_in_first(link):
    assert opened(link).status_code == 302


def test_a_link_works_once(world, link):
    confirmed(link, world.user)

    assert opened(link, world.user).status_code == 404


def test_a_link_that_is_over_names_the_command_as_the_operator_does(world, link, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"slack_command": "/staging"})
    confirmed(link, world.user)

    page = opened(link, world.user).text

    assert "/staging link" in page
    assert "/staging unlink" in page
    assert "/tocsin link" not in page


@pytest.mark.parametrize(("later", "status"), [(timedelta(days=2, seconds=-1), 200), (timedelta(days=2), 404)])
def test_a_link_works_for_two_days(world, link, clock, later, status):
    clock.move_to(NOW + later)

    assert opened(link, world.user).status_code == status


@pytest.mark.parametrize("broken", [lambda link: link[:-9] + "x/", lambda link: "slack/link-identity/x/"])
def test_a_link_that_was_tampered_with_is_none(world, link, broken):
    assert confirmed(broken(link), world.user).status_code == 404


def test_a_link_of_a_workspace_that_is_gone_is_none(world, link):
    Integration.objects.all().delete()

    assert opened(link, world.user).status_code == 404


def test_a_stranger_to_the_organization_cannot_use_it(world, link):
    eve = a_world("umbra", "door", "eve@example.com").user

    assert "another organization" in confirmed(link, eve).content.decode()
    assert not ExternalActor.objects.exists()


def test_an_account_that_somebody_else_had_goes_to_who_shows_that_it_is_theirs(world, workspace, link):
    known(world, workspace)
    ben = a_member(world.organization, world.team, email="ben@example.com", name="Ben")
    assert "Somebody else here has linked this account" in opened(link, ben).content.decode()

    confirmed(link, ben)

    assert ExternalActor.objects.get().user == ben


def test_the_same_name_in_two_workspaces_is_two_accounts(world, workspace, link, clock):
    other = a_workspace(world, "Second", team="T2")
    account = chat_link.Account(world.organization.pk, other, "U2", "ana")
    confirmed(link, world.user)

    confirmed(chat_link.link_to(account, NOW).partition("/extensions/")[2], world.user)

    assert set(ExternalActor.objects.values_list("external_id", "external_name")) == {
        (USER, "@ana"),
        ("U2", "@ana (U2)"),
    }


# — in the session that opened it


def test_a_link_is_confirmed_only_in_the_browser_that_opened_it(world, link):
    opened(link, world.user)

    page = a_browser(world.user).post(f"/extensions/{link}")

    assert page.status_code == 400
    assert "opened in another browser" in page.content.decode()
    assert not ExternalActor.objects.exists()


def test_who_signs_in_as_somebody_else_meanwhile_opens_it_again(world, link):
    ben = a_member(world.organization, email="ben@example.com", name="Ben")
    browser = a_browser(ben)
    browser.get(f"/extensions/{link}")
    browser.force_login(world.user)

    assert browser.post(f"/extensions/{link}").status_code == 400


def test_a_press_that_another_site_made_counts_for_nothing(world, link):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.user)
    browser.get(f"/extensions/{link}")

    assert browser.post(f"/extensions/{link}").status_code == 403
    assert not ExternalActor.objects.exists()


# — what the page says


def test_the_page_names_both_sides_and_what_is_allowed(world, link):
    page = opened(link, world.user).content.decode()

    for words in ("@ana", "Acme", "ana@example.com", "resolve, archive, reopen, assign and silence issues"):
        assert words in page


def test_where_slack_is_off_for_somebody_it_can_be_turned_on_at_once(world, link):
    chose(Owner(world.user.pk), Scope.USER, world.user.pk, [Choice("alerts", "slack", "never")])

    assert "Turn on Slack for all my notifications" in confirmed(link, world.user).content.decode()


def test_where_it_is_on_nothing_is_asked(world, link):
    assert "Turn on Slack" not in confirmed(link, world.user).content.decode()


# — notice to both sides


def notices(provider: str) -> list[tuple[str, str]]:
    """What was said to whom, of links: the first words of each."""
    found = Delivery.objects.filter(provider=provider, notification__kind="account_linked").order_by("pk")
    return [(one.label, message_of("account_linked", one.notification.facts, {}).title) for one in found]


def test_the_account_is_told_in_slack_whose_it_is(world, link):
    confirmed(link, world.user)

    assert notices("slack") == [("@ana", "You are ana@example.com in Acme now")]


def test_and_the_way_to_end_it_is_there(world, link):
    confirmed(link, world.user)

    facts = Delivery.objects.get(provider="slack", notification__kind="account_linked").notification.facts
    assert "/extensions/slack/unlink-identity/" in facts["unlink_url"]


def test_the_person_is_told_by_every_other_service(world, link, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"email_url": "smtp://mail.example.com:25"})

    confirmed(link, world.user)

    told = "@ana in Acme (Slack) is you in Acme now"
    assert notices("email") == [("ana@example.com", told)]
    assert [words for _, words in notices("inbox")] == [told]


def test_nobody_can_switch_the_notice_off(world, link):
    choices = [Choice(type_, service, "never") for type_ in TYPES for service in ("", "slack", "inbox")]
    chose(Owner(world.user.pk), Scope.USER, world.user.pk, choices)

    confirmed(link, world.user)

    assert len(notices("slack")) == len(notices("inbox")) == 1
    assert set(Delivery.objects.filter(notification__kind="account_linked").values_list("state", flat=True)) == {
        "queued"
    }


def test_who_had_the_account_before_is_told_who_has_it_now(world, workspace, link):
    known(world, workspace)
    ben = a_member(world.organization, world.team, email="ben@example.com", name="Ben")

    confirmed(link, ben)

    told = Delivery.objects.get(provider="inbox", user=world.user, notification__kind="account_linked")
    assert told.notification.facts["became"] == "lost"
    assert told.notification.facts["by"] == "ben@example.com"
