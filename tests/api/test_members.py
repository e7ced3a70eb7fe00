"""Members, invitations and requests over the API."""

import pytest

from tests.api.callers import Caller, a_caller
from tests.builders import World, a_member, a_world
from tocsin.store.models import Invitation, MemberRequest, Membership


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def ana(world) -> Caller:
    return a_caller(world.user, world.organization)


@pytest.fixture
def ben(world) -> Caller:
    return a_caller(a_member(world.organization, world.team, email="ben@example.com"), world.organization)


AT = "/organizations/acme/members/"
REQUESTS = "/organizations/acme/invite-requests/"


def test_members_are_listed(ana):
    assert [(one["email"], one["orgRole"]) for one in ana.get(AT).json] == [("ana@example.com", "owner")]


def test_somebody_is_invited(ana):
    made = ana.post(AT, {"email": "new@example.org", "role": "admin"})

    assert (made.status, made.json["pending"], Invitation.objects.get().role) == (201, True, "admin")


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "email"),
        ({"email": 7}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "x@example.org", "role": "king"}, "role"),
        ({"email": "x@example.org", "teams": "web"}, "teams"),
    ],
)
def test_an_invitation_that_does_not_fit_is_refused(ana, body, key):
    found = ana.post(AT, body)

    assert (found.status, list(found.json)) == (400, [key])


def test_a_member_may_not_invite_and_may_ask(ben):
    assert ben.post(AT, {"email": "new@example.org"}).status == 403
    assert ben.post(REQUESTS, {"email": "new@example.org"}).status == 201
    assert ben.get(REQUESTS).status == 403


@pytest.mark.parametrize(("approve", "state"), [(True, "approved"), (False, "rejected")])
def test_a_request_is_decided(ana, ben, approve, state):
    ben.post(REQUESTS, {"email": "new@example.org"})
    (waiting,) = ana.get(REQUESTS).json

    found = ana.put(f"{REQUESTS}{waiting['id']}/", {"approve": approve})

    assert (found.status, MemberRequest.objects.get().state) == (200, state)


def test_a_decision_says_yes_or_no(ana, ben):
    ben.post(REQUESTS, {"email": "new@example.org"})

    assert list(ana.put(f"{REQUESTS}{MemberRequest.objects.get().pk}/", {}).json) == ["approve"]


def test_a_member_is_taken_out(ana, ben):
    gone = Membership.objects.get(user__email="ben@example.com")

    assert ana.delete(f"{AT}{gone.pk}/").status == 204
    assert ana.delete(f"{AT}{gone.pk}/").status == 404


def test_the_last_owner_stays(ana):
    assert list(ana.delete(f"{AT}{Membership.objects.get().pk}/").json) == ["role"]
