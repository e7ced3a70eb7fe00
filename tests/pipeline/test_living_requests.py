"""Messages about somebody who asks to be let in say what was decided, wherever they stand and wherever it was."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, World, a_member, a_world
from tests.chat.pressing import a_workspace, known
from tests.pipeline.sending import answering, go, slack_said
from tocsin.core.acts import REWRITTEN
from tocsin.core.books import balance
from tocsin.core.sending import Reply
from tocsin.pipeline import deliver, members
from tocsin.pipeline.members import UnusableError, Wanted
from tocsin.store.db import one_transaction
from tocsin.store.models import (
    AuditEntry,
    Delivery,
    Invitation,
    MemberRequest,
    Membership,
    Notification,
    Reference,
    User,
)
from tocsin.store.queries import books
from tocsin.store.writes import breakers

BEN = "ben@example.org"
A_YEAR_LATER = NOW + timedelta(days=365)  # the pace is that of the real clock


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def slack(world) -> int:
    """Ana, who owns the organization, is known in its workspace."""
    found = a_workspace(world)
    known(world, found, "U0ANA")
    return found


@pytest.fixture
def cleo(world, slack) -> User:
    """A manager, known there as well."""
    person = a_member(world.organization, email="cleo@example.com", name="Cleo", role="manager")
    known(world, slack, "U0CLEO", person)
    return person


def membership(user: User) -> Membership:
    return Membership.objects.select_related("organization", "user").get(user=user)


def asks(world: World, email: str = BEN) -> MemberRequest:
    made = members.ask_to_join(world.organization, Wanted(email, name="Ben Ode"), NOW)
    assert made is not None
    return made


def decide(by: User, request: MemberRequest, *, approve: bool = True) -> None:
    members.decide(membership(by), request.pk, approve=approve, now=NOW)


def in_slack(**columns) -> list[Delivery]:
    return list(Delivery.objects.filter(provider="slack", **columns).select_related("notification").order_by("pk"))


def rewritings() -> list[Delivery]:
    return in_slack(notification__category=REWRITTEN)


def sent(answer: Reply | None = None) -> list[tuple[str, dict]]:
    """All that is due leaves for Slack: each method, and what it is told."""
    transport = answering(answer or slack_said())
    for at in (NOW, A_YEAR_LATER):
        deliver.record(go(deliver.turn([], 20, at), transport), at)
    return [
        (one.url.rpartition("/")[2], one.json)
        for one in transport.http.asked
        if getattr(one, "url", "").startswith("https://slack.com")
    ]


def words(body: dict) -> str:
    return json.dumps(body["blocks"], ensure_ascii=False)


def buttons(body: dict) -> list[str]:
    return [
        element["value"] for block in body["blocks"] if block["type"] == "actions" for element in block["elements"]
    ]


# — the message that asks


def test_who_may_decide_is_asked_in_slack_with_two_buttons_and_a_link(world, slack):
    asks(world)

    [(method, body)] = sent()

    assert (method, body["channel"]) == ("chat.postMessage", "U0ANA")
    assert buttons(body) == ["approve_member", "reject_member"]
    assert "/acme/members/" in words(body)


def test_the_buttons_say_which_request_they_decide(world, slack):
    request = asks(world)

    [(_, body)] = sent()

    [block] = [block for block in body["blocks"] if block["type"] == "actions"]
    assert json.loads(block["block_id"]) == {"member": request.pk}


def test_a_stranger_who_asks_mentions_nobody_and_formats_nothing(world, slack):
    name = "<!channel> *Ben* `x` <https://evil.example|click>"
    members.ask_to_join(world.organization, Wanted(BEN, name=name), NOW)

    [(_, body)] = sent()

    shown = [element for block in body["blocks"] for element in block.get("elements", [])]
    assert "<" not in body["text"]
    assert all("<!channel>" not in one["text"] for one in shown if one.get("type") == "mrkdwn")


def test_two_requests_are_two_conversations(world, slack):
    asks(world)
    asks(world, "dora@example.org")

    assert [method for method, _ in sent()] == ["chat.postMessage"] * 2


# — the message once it is decided


@pytest.mark.parametrize(
    ("approve", "title"),
    [(True, f"Join request for {BEN}: approved by Ana"), (False, f"Join request for {BEN}: rejected by Ana")],
)
def test_it_says_what_was_decided_and_by_whom_and_has_no_buttons_any_more(world, slack, approve, title):
    request = asks(world)
    sent()
    decide(world.user, request, approve=approve)

    [(method, body)] = sent()

    assert (method, body["ts"], body["text"]) == ("chat.update", "17.1", title)
    assert buttons(body) == []
    assert "/acme/members/" in words(body)


def test_each_person_who_was_asked_reads_it_whoever_decided(world, slack, cleo):
    request = asks(world)
    sent()

    decide(cleo, request)

    assert {one.user for one in rewritings()} == {world.user, cleo}
    assert {one.notification.facts["decided_by"] for one in rewritings()} == {"Cleo"}


def test_what_is_still_on_its_way_is_rewritten_once_it_stands_there(world, slack):
    request = asks(world)

    decide(world.user, request)

    assert [method for method, _ in sent()] == ["chat.postMessage", "chat.update"]


def test_what_never_came_leaves_nothing_to_rewrite(world, slack):
    request = asks(world)
    decide(world.user, request)
    Delivery.objects.filter(provider="slack").exclude(notification__category=REWRITTEN).delete()

    assert sent() == []
    assert [one.state for one in rewritings()] == ["suppressed"]


def test_the_inbox_and_mails_stay_as_they_were(world, slack):
    request = asks(world)

    decide(world.user, request)

    assert {one.provider for one in Delivery.objects.filter(notification__category=REWRITTEN)} == {"slack"}


def test_a_message_of_before_there_were_buttons_stays(world, slack):
    request = asks(world)
    Delivery.objects.filter(provider="slack").update(conversation="6f1c2d3e4b5a69788796a5b4c3d2e1f0")

    decide(world.user, request)

    assert rewritings() == []


def test_a_message_whose_facts_cannot_be_read_any_more_keeps_nobody_from_deciding(world, slack):
    request = asks(world)
    Notification.objects.filter(kind="member_request").update(facts={"title": "of long ago"})

    decide(world.user, request)

    request.refresh_from_db()
    assert (request.state, rewritings()) == ("approved", [])


def test_a_place_that_cannot_be_read_any_more_keeps_nobody_from_deciding(world, slack):
    request = asks(world)
    Delivery.objects.filter(provider="slack").update(address={})

    decide(world.user, request)

    request.refresh_from_db()
    assert (request.state, rewritings()) == ("approved", [])


def test_messages_about_other_requests_stay(world, slack):
    other, request = asks(world), asks(world, "dora@example.org")

    decide(world.user, request)

    assert [one.conversation for one in rewritings()] == [f"member:{request.pk}"]
    assert other.state == "waiting"


def test_a_broken_integration_holds_it_until_it_is_mended(world, slack):
    request = asks(world)
    sent()
    with one_transaction():
        breakers.broke(slack, "token revoked")
    world.organization.refresh_from_db()
    decide(world.user, request)
    held = [one.state for one in rewritings()]
    with one_transaction():
        breakers.mended(slack, NOW)

    assert (held, [one.state for one in rewritings()]) == (["held"], ["queued"])


def test_a_message_that_somebody_deleted_is_nobodys_failure(world, slack):
    request = asks(world)
    sent()
    decide(world.user, request)

    sent(Reply(200, {}, json.dumps({"ok": False, "error": "message_not_found"}).encode()))

    assert (
        [one.state for one in rewritings()],
        Reference.objects.filter(lane__name__contains="slack").count(),
    ) == (
        ["suppressed"],
        0,
    )


def test_nothing_is_asked_of_slack_where_nobody_is_known_there(world):
    a_workspace(world)
    request = asks(world)

    decide(world.user, request)

    assert in_slack() == []


def test_the_books_balance(world, slack, cleo):
    request = asks(world)
    sent()
    decide(cleo, request)
    sent()

    found = books.counted(NOW - timedelta(hours=1), A_YEAR_LATER, A_YEAR_LATER, [world.organization.pk])

    assert balance(found.ledger, A_YEAR_LATER).problems == ()


def cost_of_deciding(world: World, email: str) -> int:
    """In queries, with the organization's directory at hand."""
    world.organization.refresh_from_db()
    request = asks(world, email)
    mine = membership(world.user)
    with CaptureQueriesContext(connection) as asked:
        members.decide(mine, request.pk, approve=False, now=NOW)
    return len(asked)


def test_deciding_costs_no_more_where_more_people_were_told(world, slack):
    alone = cost_of_deciding(world, BEN)
    for number in range(20):
        person = a_member(world.organization, email=f"m{number}@example.com", name="M", role="manager")
        known(world, slack, f"U0M{number:02}", person)

    assert cost_of_deciding(world, "dora@example.org") == alone
    assert len(rewritings()) == 1 + 21


# — at once


def test_of_two_who_decide_at_once_one_is_told_that_the_other_was_first(database_file):
    world = a_world()
    cleo = a_member(world.organization, email="cleo@example.com", name="Cleo", role="manager")
    slack = a_workspace(world)
    known(world, slack, "U0ANA")
    request = asks(world)
    together = threading.Barrier(2)
    refused: list[str] = []

    def decides(by: User, approve: bool) -> None:
        mine = membership(by)
        together.wait(10)
        try:
            members.decide(mine, request.pk, approve=approve, now=NOW)
        except UnusableError as error:
            refused.append(str(error))
        connection.close()

    both = [(world.user, True), (cleo, False)]
    threads = [threading.Thread(target=decides, args=one) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    request.refresh_from_db()
    by = request.decided_by.display_name
    assert refused == [f"This request was decided already: {by} {request.state} it."]
    assert AuditEntry.objects.filter(event__startswith="member.request").count() == 1
    assert Invitation.objects.exists() is (request.state == "approved")
    assert len(rewritings()) == 1
