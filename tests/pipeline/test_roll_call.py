"""After an account was connected its people are asked for, and who has the same address is offered the link."""

import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from tests.builders import NOW, World, a_member, a_user, a_world
from tests.chat.pressing import known
from tests.pipeline.installing import an_app, answering, granted
from tocsin.core.sending import Outcome, Refused, Reply, Retry, Sending
from tocsin.pipeline import install, roll_call, schedule
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.models import ExternalActor, Integration, LinkOffer, Membership, RollCall, User, UserAddress
from tocsin.store.queries import integrations, link_offers
from tocsin.store.writes.integrations import Columns, saved

SCOPES = "chat:write,users:read,users:read.email"
ANA = {"id": "U1", "name": "ana", "profile": {"email": "ana@example.com"}}


@pytest.fixture(autouse=True)
def _an_app(settings):
    an_app(settings)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db, clock) -> World:
    return a_world()


def installed(world: World, scopes: str = SCOPES, team: str = "T1") -> int:
    """Somebody let us into a workspace."""
    page = install.begin(
        provider=catalogue().providers["slack"],
        organization_id=world.organization.pk,
        organization=world.organization.slug,
        user_id=world.user.pk,
        integration_id=None,
        key="k",
        hears=False,
        now=NOW,
    )
    state = install.opened(parse_qs(urlsplit(page).query)["state"][0], "k", world.user.pk, NOW)
    answer = answering(granted(team, team, scopes=scopes))
    return install.finish(state, code="c0de", error="", now=NOW, ask=answer).id


def pages(*lists: list[dict]) -> Callable[[Sending], Outcome]:
    """A Slack with these people, a list on each page; a page's cursor is its number."""

    def ask(sending: Sending) -> Outcome:
        request = next(sending)
        number = int(request.form.get("cursor", 0))
        more = str(number + 1) if number + 1 < len(lists) else ""
        said = {"ok": True, "members": lists[number], "response_metadata": {"next_cursor": more}}
        try:
            sending.send(Reply(200, {}, json.dumps(said).encode()))
        except StopIteration as stop:
            return stop.value
        raise AssertionError("It asked twice.")

    return ask


def offered() -> list[tuple[str, str]]:
    """Which account was offered to whom."""
    return list(LinkOffer.objects.order_by("pk").values_list("external_id", "user__email"))


# — when


def test_who_was_there_when_the_workspace_was_added_is_offered_the_account_with_their_address(world):
    installed(world)

    assert roll_call.go_on(pages([ANA])) == 1

    assert offered() == [("U1", "ana@example.com")]


def test_nothing_is_linked_by_that(world):
    installed(world)

    roll_call.go_on(pages([ANA]))

    assert not ExternalActor.objects.exists()


def test_a_workspace_that_tells_no_addresses_is_not_asked(world):
    installed(world, scopes="chat:write")

    assert not RollCall.objects.exists()


def test_one_that_was_connected_by_hand_is_not_asked(world):
    settings = {"token": "xoxb-1", "scopes": SCOPES}
    saved(
        world.organization.pk, Columns("slack", "Acme", "T1", settings), integration_id=None, actor_id=None, now=NOW
    )

    assert roll_call.go_on(pages([ANA])) == 0


def test_adding_it_again_asks_again_from_the_first(world):
    installed(world)
    roll_call.go_on(pages([], [ANA]))

    installed(world)

    assert RollCall.objects.get().cursor == ""


def test_the_schedule_does_it():
    assert roll_call.go_on in [job.run for job in schedule.JOBS]


# — page by page


def test_each_run_asks_for_one_page_and_the_next_goes_on_there(world):
    a_member(world.organization, email="ben@example.com")
    installed(world)
    slack = pages([ANA], [{"id": "U2", "name": "ben", "profile": {"email": "ben@example.com"}}])

    roll_call.go_on(slack)
    assert offered() == [("U1", "ana@example.com")]

    roll_call.go_on(slack)
    assert offered() == [("U1", "ana@example.com"), ("U2", "ben@example.com")]
    assert not RollCall.objects.exists()


def test_a_service_that_asks_to_wait_is_waited_for_and_then_goes_on(world, clock):
    installed(world)
    assert roll_call.go_on(answering(Retry("ratelimited", 30))) == 0

    clock.move_to(NOW + timedelta(seconds=29))
    assert roll_call.go_on(pages([ANA])) == 0

    clock.move_to(NOW + timedelta(seconds=30))
    assert roll_call.go_on(pages([ANA])) == 1


def test_what_a_node_that_died_had_begun_is_asked_again_later(world, clock):
    installed(world)

    with pytest.raises(KeyboardInterrupt):
        roll_call.go_on(_dies)
    assert roll_call.go_on(pages([ANA])) == 0

    clock.move_to(NOW + roll_call.LEASE)
    assert roll_call.go_on(pages([ANA])) == 1


def _dies(sending: Sending) -> Outcome:
    sending.close()
    raise KeyboardInterrupt


def test_two_nodes_ask_for_a_page_once(world):
    installed(world)

    def other_node_meanwhile(sending):
        assert roll_call.go_on(pages([ANA])) == 0
        return pages([ANA])(sending)

    assert roll_call.go_on(other_node_meanwhile) == 1


def test_what_begins_anew_while_a_page_is_read_stays_at_its_beginning(world):
    installed(world)

    def added_again(sending):
        installed(world)
        return pages([ANA], [])(sending)

    roll_call.go_on(added_again)

    row = RollCall.objects.get()
    assert (row.cursor, row.due) == ("", NOW)


def test_what_is_refused_ends_it(world, caplog):
    installed(world)

    roll_call.go_on(answering(Refused("missing_scope")))

    assert not RollCall.objects.exists()
    assert "missing_scope" in caplog.text


def test_a_workspace_that_was_removed_meanwhile_is_left(world):
    installed(world)

    def removed(sending):
        Integration.objects.all().delete()
        return answering(Refused("token_revoked"))(sending)

    assert roll_call.go_on(removed) == 0


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param({"broken": "token_revoked"}, id="it is broken"),
        pytest.param({"settings": b"x"}, id="its settings cannot be read"),
    ],
)
def test_a_workspace_that_cannot_be_asked_any_more_is_left(world, spoil):
    installed(world)
    Integration.objects.update(**spoil)

    assert roll_call.go_on(pages([ANA])) == 0
    assert not RollCall.objects.exists()


def test_an_address_that_is_not_slacks_is_not_asked_who_anybody_is(world):
    integration = installed(world)
    found = integrations.stored(world.organization.pk, integration)
    assert found is not None
    columns = Columns("slack", "T1", "T1", {**found.settings, "api_url": "https://evil.example/api"})
    saved(world.organization.pk, columns, integration_id=integration, actor_id=None, now=NOW)

    assert roll_call.go_on(pages([ANA])) == 0


# — who


def theirs(world: World, member: dict) -> list[tuple[str, str]]:
    installed(world)
    roll_call.go_on(pages([member]))
    return offered()


def test_an_address_counts_whatever_its_case(world):
    assert theirs(world, ANA | {"profile": {"email": "ANA@Example.com"}}) == [("U1", "ana@example.com")]


def test_a_further_address_counts_once_it_was_proved(world):
    further = {"user": world.user, "email": "a@shop.example", "date_added": NOW}
    UserAddress.objects.create(**further, verified=NOW)
    a_member(world.organization, email="ben@example.com")
    UserAddress.objects.create(**further | {"user": User.objects.get(email="ben@example.com")})

    assert theirs(world, ANA | {"profile": {"email": "a@shop.example"}}) == [("U1", "ana@example.com")]


@pytest.mark.parametrize(
    "flag", ["deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_invited_user"]
)
def test_guests_programs_and_who_has_left_there_are_not_offered(world, flag):
    assert theirs(world, ANA | {flag: True}) == []


def test_an_address_that_was_only_said_to_be_theirs_is_not_offered(world):
    User.objects.update(is_email_proved=False)

    assert theirs(world, ANA) == []


def test_who_is_switched_off_here_is_not_offered(world):
    a_member(world.organization, email="ben@example.com", is_active=False)

    assert theirs(world, {"id": "U2", "name": "ben", "profile": {"email": "ben@example.com"}}) == []


def test_who_was_invited_and_has_not_come_is_not_offered(world):
    a_user("ben@example.com").memberships.create(
        organization=world.organization, role="member", pending=True, date_added=NOW
    )

    assert theirs(world, {"id": "U2", "name": "ben", "profile": {"email": "ben@example.com"}}) == []


def test_a_member_of_another_organization_is_not_offered(world):
    eve = a_world("umbra", "door", "eve@example.com").user
    UserAddress.objects.create(user=eve, email="e@shop.example", verified=NOW, date_added=NOW)

    for email in ("eve@example.com", "e@shop.example"):
        assert theirs(world, {"id": "U9", "name": "eve", "profile": {"email": email}}) == []


def test_each_is_offered_once_however_often_the_workspace_is_added(world):
    theirs(world, ANA)
    LinkOffer.objects.update(answered=NOW)

    theirs(world, ANA)

    assert link_offers.open_to(world.user.pk) == []


@pytest.mark.parametrize("account", ["U1", "U-another"])
def test_who_has_linked_an_account_there_is_not_offered(world, account):
    integration = installed(world)
    known(world, integration, account)

    roll_call.go_on(pages([ANA]))

    assert offered() == []


def test_an_account_that_somebody_else_has_is_not_offered(world):
    integration = installed(world)
    known(world, integration, "U1")
    ExternalActor.objects.update(user=a_member(world.organization, email="ben@example.com"))

    roll_call.go_on(pages([ANA]))

    assert offered() == []


# — many


def test_of_ten_thousand_people_each_member_is_found(world, django_assert_max_num_queries):
    people = [
        {"id": f"U{number:05}", "name": f"n{number}", "profile": {"email": f"n{number}@example.com"}}
        for number in range(10_000)
    ]
    users = User.objects.bulk_create(
        User(email=f"n{number}@example.com", password="!", date_joined=NOW) for number in range(0, 10_000, 5)
    )
    Membership.objects.bulk_create(
        Membership(organization=world.organization, user=user, role="member", date_added=NOW) for user in users
    )
    slack = pages(*[people[begin : begin + 200] for begin in range(0, 10_000, 200)])
    installed(world)

    with django_assert_max_num_queries(50 * 20):
        assert sum(roll_call.go_on(slack) for _ in range(60)) == 50

    assert LinkOffer.objects.count() == 2_000
