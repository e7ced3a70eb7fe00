"""The members' page, invitations and requests to join."""

import pytest
from django.core.cache import cache
from django.test import Client
from tests.builders import NOW, World, a_member, a_world

from tocsin.store.models import Invitation, MemberRequest, Membership
from tocsin.store.writes.members import invite


@pytest.fixture(autouse=True)
def nobody_asked_before():
    cache.clear()


def test_members_are_listed_with_role_and_teams(ana: Client, world: World):
    a_member(world.organization, world.team, email="ben@example.com", name="Ben Ode")

    page = ana.get("/acme/members/").text

    assert "Ben Ode" in page
    assert "#acme" in page


def test_the_number_of_queries_does_not_grow_with_the_members(
    ana: Client, world: World, django_assert_max_num_queries
):
    for number in range(30):
        a_member(world.organization, world.team, email=f"p{number}@example.com")

    with django_assert_max_num_queries(14):
        ana.get("/acme/members/")


def test_without_mail_the_link_is_shown_once(ana: Client):
    page = ana.post("/acme/members/invite/", {"email": "ben@example.org", "role": "member"}, follow=True)

    assert "http://testserver/invitations/" in page.text
    assert "http://testserver/invitations/" not in ana.get("/acme/members/").text


def test_the_invited_join_by_the_link(world: World):
    token = invite(world.organization.pk, "ben@example.org", "member", [], by=world.user.pk, now=NOW)
    Invitation.objects.update(expires="2100-01-01T00:00:00Z")
    ben = Client()

    assert "Join Acme" in ben.get(f"/invitations/{token}/").text
    assert not Membership.objects.filter(user__email="ben@example.org").exists()
    page = ben.post(f"/invitations/{token}/", {"name": "Ben"}, follow=True)

    assert "You are a member of Acme." in page.text


def test_a_link_signs_nobody_in_who_has_an_account(world: World):
    """Whoever invites may have the link too: of another organization, for one."""
    other = a_world("umbra", "door", "eve@example.com")
    token = invite(other.organization.pk, world.user.email, "member", [], by=other.user.pk, now=NOW)
    Invitation.objects.update(expires="2100-01-01T00:00:00Z")
    client = Client()

    answer = client.post(f"/invitations/{token}/")

    assert (answer.status_code, answer["location"]) == (302, f"/sign-in/?next=/invitations/{token}/")
    assert "_auth_user_id" not in client.session
    client.force_login(world.user)
    assert client.post(f"/invitations/{token}/")["location"] == "/umbra/issues/"


def test_a_link_that_is_over_says_so(world: World):
    assert Client().get("/invitations/nothing/").status_code == 410


def test_a_stranger_asks_and_an_owner_approves(ana: Client, world: World):
    said = Client().post("/acme/join/", {"name": "Ben", "email": "ben@example.org"})
    assert "Noted." in said.text

    request = MemberRequest.objects.get()
    assert "asks to join" in ana.get("/acme/members/").text
    ana.post(f"/acme/members/requests/{request.pk}/", {"decision": "approve"})

    request.refresh_from_db()
    assert (request.state, Invitation.objects.get().email) == ("approved", "ben@example.org")


def test_strangers_learn_nothing_of_who_is_a_member(world: World):
    member = Client().post("/acme/join/", {"name": "x", "email": world.user.email})
    other = Client().post("/acme/join/", {"name": "x", "email": "ben@example.org"})

    assert member.content == other.content


def test_who_asks_too_often_waits(world: World):
    answers = [
        Client().post("/acme/join/", {"name": "x", "email": f"p{number}@example.org"}).status_code
        for number in range(11)
    ]

    assert answers == [200] * 10 + [429]


@pytest.mark.parametrize("form", [{}, {"name": "x", "email": "no"}, {"name": "x", "email": "x@localhost"}])
def test_a_request_that_does_not_fit_is_refused(world: World, form):
    assert Client().post("/acme/join/", form).status_code == 400


def test_an_organization_that_is_not_there_is_missing(db):
    assert Client().get("/nowhere/join/").status_code == 404


def test_a_plain_member_asks_and_decides_nothing(world: World):
    ben = a_member(world.organization, world.team, email="ben@example.com")
    client = Client()
    client.force_login(ben)

    client.post("/acme/members/invite/", {"email": "new@example.org"})
    request = MemberRequest.objects.get()
    page = client.post(f"/acme/members/requests/{request.pk}/", {"decision": "approve"}, follow=True)

    assert "Owners and managers decide" in page.text
    assert "Waiting for you" not in page.text
