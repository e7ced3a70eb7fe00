"""Who may see what: members, and nobody else."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from tests.builders import NOW, World, a_member, a_user, a_world, an_issue

from tocsin.store.models import Membership

PAGES = ["/acme/issues/", "/acme/issues/1/", "/settings/account/", "/-/design", "/"]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_asked_to_sign_in(world: World, client: Client, page: str):
    assert client.get(page)["Location"].startswith("/sign-in/?next=")


def test_another_organization_is_not_found(ana: Client):
    a_world("globex", "other", "eve@example.com")

    assert ana.get("/globex/issues/").status_code == 404


def test_another_organizations_issue_is_not_found_under_ones_own_name(ana: Client):
    foreign = an_issue(a_world("globex", "other", "eve@example.com").project)

    assert ana.get(f"/acme/issues/{foreign.pk}/").status_code == 404


def test_another_organizations_issue_cannot_be_resolved(ana: Client):
    foreign = an_issue(a_world("globex", "other", "eve@example.com").project)

    ana.post("/acme/issues/change/", {"issue": foreign.pk, "status": "resolved"})
    answer = ana.post(f"/acme/issues/{foreign.pk}/change/", {"status": "resolved"})

    foreign.refresh_from_db()
    assert (foreign.status, answer.status_code) == (0, 404)


def test_an_invitation_not_yet_accepted_opens_nothing(world: World, client: Client):
    invited = a_user("ben@example.com")
    Membership.objects.create(organization=world.organization, user=invited, pending=True, date_added=NOW)
    client.force_login(invited)

    assert client.get("/acme/issues/").status_code == 404


def test_the_billing_role_opens_no_page_of_the_organization(world: World, client: Client):
    client.force_login(a_member(world.organization, email="clerk@example.com", role="billing"))

    answer = client.get(f"/acme/issues/{an_issue(world.project).pk}/")

    assert answer.status_code == 403
    assert "does not include issues" in answer.text


def test_who_belongs_nowhere_is_told_what_to_do(client: Client, db):
    client.force_login(a_user())

    assert "You belong to no organization yet" in client.get("/").text


def test_being_here_is_remembered_for_rules_that_ask_for_the_recently_active(world: World, client: Client):
    client.force_login(world.user)

    client.get("/acme/issues/")

    world.user.refresh_from_db()
    assert world.user.last_active == NOW


def test_being_here_is_written_once_in_five_minutes(ana: Client, world: World):
    before = NOW - timedelta(minutes=4)
    type(world.user).objects.update(last_active=before)

    ana.get("/acme/issues/")

    world.user.refresh_from_db()
    assert world.user.last_active == before


def test_home_is_the_set_up_while_nothing_has_ever_reported(ana: Client):
    assert ana.get("/")["Location"] == "/acme/projects/shop/"


def test_home_is_the_issues_once_something_has_reported(ana: Client, world: World):
    world.project.first_event = NOW
    world.project.save()

    assert ana.get("/")["Location"] == "/acme/issues/"


def test_every_page_forbids_what_is_inline_and_what_is_foreign(ana: Client):
    policy = ana.get("/acme/issues/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_what_is_not_there_is_said_in_our_own_words(ana: Client):
    answer = ana.get("/acme/issues/4711/")

    assert answer.status_code == 404
    assert "Nothing here" in answer.text


def test_a_page_that_breaks_says_so_without_needing_anything(db):
    assert "Something of ours broke" in render_to_string("500.html")


def test_a_form_that_was_open_too_long_says_what_to_do(world: World):
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"email": "a@example.com", "password": "x"})

    assert answer.status_code == 403
    assert "Please try that again" in answer.text
