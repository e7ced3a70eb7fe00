"""Messages about an issue say how it stands now, wherever they stand and whoever changed it."""

import json
import threading
from dataclasses import asdict
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import (
    NOW,
    World,
    a_delivery,
    a_lane,
    a_member,
    a_notification,
    a_reference,
    a_world,
    an_issue,
)
from tests.pipeline.sending import answering, connected, go, slack_said
from tests.pipeline.spooling import a_payload, digested
from tocsin.core.acts import REWRITTEN, Now
from tocsin.core.books import balance
from tocsin.core.commands import Archive, Reopen, Resolve, StatusCommand
from tocsin.core.issue import Happening
from tocsin.core.issue_update import parse
from tocsin.core.sending import Reply
from tocsin.notifications.issue_alert import EXAMPLE
from tocsin.pipeline import command, deliver, explain, issue_update, living
from tocsin.pipeline.assignment import NOBODY, Assignee, By, assign
from tocsin.pipeline.auto_resolve import resolve_old
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.store.db import one_transaction
from tocsin.store.models import Delivery, Integration, Issue, Notification, Reference, Release, Untold, User
from tocsin.store.queries import books, told
from tocsin.store.queries import news as queries_of
from tocsin.store.writes import breakers


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def ben(world) -> User:
    return a_member(world.organization, world.team, email="ben@example.com", name="Ben Ode")


@pytest.fixture
def slack(world) -> int:
    return connected(world)


def stands(
    issue: Issue,
    integration_id: int | None,
    channel: str = "#ops",
    *,
    alert: Notification | None = None,
    provider: str = "slack",
    kind: str = "issue_alert",
    user: User | None = None,
) -> Delivery:
    """A first message about an issue that was sent to a place."""
    address = (
        {"email": "ana@example.com"} if provider == "email" else {"channel": channel, "channel_id": f"C{channel}"}
    )
    sent = a_delivery(
        alert or a_notification(issue.project, issue, kind=kind),
        provider=provider,
        integration_id=integration_id,
        user=user,
        address=address,
        label=channel,
        conversation=f"issue:{issue.pk}",
        state="sent",
        detail={"rules": [3], "reason": "", "notes": "Ask Jane", "tags": ["customer"], "broadcast": True},
        lane=a_lane(name=f"{provider}:{integration_id}:{channel}:{issue.pk}", integration_id=integration_id),
    )
    a_reference(sent)
    return sent


def another_workspace(world: World) -> int:
    row = Integration.objects.create(
        organization=world.organization, provider="slack", name="B", settings=b"", date_added=NOW, date_updated=NOW
    )
    return row.pk


def do(issue: Issue, asked: StatusCommand, actor: User | None = None, *more: Issue) -> None:
    command.run(
        organization_id=issue.project.organization_id,
        issue_ids=[one.pk for one in (issue, *more)],
        command=asked,
        actor_id=actor.pk if actor else None,
        now=NOW,
    )


def give(world: World, to: Assignee, *issues: Issue, by: User | None = None) -> None:
    issue_ids = [issue.pk for issue in issues]
    assign(organization_id=world.organization.pk, issue_ids=issue_ids, to=to, by=By((by or world.user).pk), now=NOW)


def rewritings(**columns) -> list[Delivery]:
    found = Delivery.objects.filter(notification__category=REWRITTEN, **columns)
    return list(found.select_related("notification").order_by("pk"))


def says(rewriting: Delivery) -> Now:
    rewriting.notification.refresh_from_db()
    now = rewriting.notification.facts["now"]
    return Now(**(now | {"done": tuple(now["done"])}))


def said(issue: Issue) -> Now:
    """What the one message about an issue will say."""
    [one] = rewritings(notification__issue=issue)
    return says(one)


# — what it says


def test_a_resolved_issue_says_who_resolved_it(world, slack):
    issue = an_issue(world.project)
    stands(issue, slack)

    do(issue, Resolve(), world.user)

    assert (said(issue).status, said(issue).done[0]) == ("resolved", "Ana resolved SHOP-1")


def test_all_else_stays_as_it_was_said(world, slack):
    issue = an_issue(world.project)
    sent = stands(issue, slack)

    do(issue, Resolve(), world.user)

    [one] = rewritings()
    facts = json.loads(json.dumps(asdict(EXAMPLE)))
    assert {name: value for name, value in one.notification.facts.items() if name != "now"} == {
        name: value for name, value in facts.items() if name != "now"
    }
    assert one.detail == {"rules": [3], "reason": "", "notes": "Ask Jane", "tags": ["customer"], "act": "edit"}
    assert (one.lane, one.conversation, one.address, one.label) == (
        sent.lane,
        sent.conversation,
        sent.address | {"answer_to": "", "place": "", "message": "", "only_to": ""},
        sent.label,
    )


def test_an_archived_issue_says_so(world, slack):
    issue = an_issue(world.project)
    stands(issue, slack)

    do(issue, Archive(), world.user)

    assert (said(issue).status, said(issue).done) == ("archived", ("Ana archived SHOP-1",))


@pytest.mark.parametrize("before", [Resolve(), Archive()])
def test_a_reopened_issue_is_open_again(world, slack, before):
    issue = an_issue(world.project)
    do(issue, before, world.user)
    stands(issue, slack)

    do(issue, Reopen(), world.user)

    assert (said(issue).status, said(issue).done) == ("unresolved", ("Ana reopened SHOP-1",))


def test_an_assigned_issue_says_whose_it_is(world, slack, ben):
    issue = an_issue(world.project)
    stands(issue, slack)

    give(world, Assignee(user_id=ben.pk), issue)

    assert said(issue) == Now("unresolved", "Ben Ode", f"user:{ben.pk}", ("Assigned to Ben Ode",))


def test_a_team_that_has_it_is_named(world, slack):
    issue = an_issue(world.project)
    stands(issue, slack)

    give(world, Assignee(team_id=world.team.pk), issue)

    assert said(issue) == Now("unresolved", "#acme", f"team:{world.team.pk}", ("Assigned to #acme",))


def test_somebody_without_a_name_is_called_by_the_address(world, slack):
    nameless = a_member(world.organization, world.team, email="cy@example.com", name="")
    issue = an_issue(world.project)
    stands(issue, slack)

    give(world, Assignee(user_id=nameless.pk), issue)

    assert said(issue).assignee == "cy@example.com"


def test_an_issue_that_nobody_has_any_more_says_nothing_of_it(world, slack, ben):
    issue = an_issue(world.project, assignee_user=ben)
    stands(issue, slack)

    give(world, NOBODY, issue)

    assert said(issue) == Now("unresolved")


def test_who_resolved_it_stays_when_it_is_given_to_somebody_then(world, slack, ben):
    issue = an_issue(world.project)
    do(issue, Resolve(), world.user)
    stands(issue, slack)

    give(world, Assignee(user_id=ben.pk), issue)

    assert said(issue).done == ("Ana resolved SHOP-1", "Assigned to Ben Ode")


def test_a_regression_by_an_event_opens_it_again(world, slack):
    digested(world.project.pk, a_payload(1))
    issue = Issue.objects.get()
    do(issue, Resolve(), world.user)
    stands(issue, slack)

    digested(world.project.pk, a_payload(2), first=2, now=NOW + timedelta(hours=1))

    assert (said(issue).status, said(issue).done) == ("unresolved", ("SHOP-1 came back",))


def test_an_archived_issue_that_events_wake_is_open_again(world, slack):
    digested(world.project.pk, a_payload(1))
    issue = Issue.objects.get()
    do(issue, Archive(count=1), world.user)
    stands(issue, slack)

    digested(world.project.pk, a_payload(2), first=2)

    assert said(issue).status == "unresolved"
    assert said(issue).done == ("SHOP-1 is escalating: what it was archived until has come",)


def test_what_was_asked_through_the_api_shows(world, slack, ben):
    issue = an_issue(world.project)
    stands(issue, slack)
    body = {"status": "resolved", "assignedTo": f"user:{ben.pk}"}

    issue_update.update(
        organization_id=world.organization.pk,
        issue_ids=[issue.pk],
        wanted=parse(body, NOW)[0],
        by=By(world.user.pk),
        now=NOW,
    )

    assert (said(issue).status, said(issue).assignee) == ("resolved", "Ben Ode")


def test_what_the_schedule_resolved_shows(world, slack):
    world.project.resolve_age = 24
    world.project.save()
    issue = an_issue(world.project)
    stands(issue, slack)

    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        resolve_old()

    assert said(issue).status == "resolved"
    assert said(issue).done


def test_many_at_once_each_say_their_own(world, slack, ben):
    first, second = an_issue(world.project), an_issue(world.project, assignee_user=ben)
    for issue in (first, second):
        stands(issue, slack)

    do(first, Resolve(), world.user, second)

    assert [said(issue).status for issue in (first, second)] == ["resolved", "resolved"]
    assert (said(first).assignee, said(second).assignee) == ("", "Ben Ode")
    assert ["SHOP-1" in said(first).done[0], "SHOP-2" in said(second).done[0]] == [True, True]


def test_releases_are_offered_where_the_project_tells_of_them(world, slack):
    Release.objects.create(project=world.project, version="shop@1.0", first_seen=NOW)
    issue = an_issue(world.project)
    stands(issue, slack)

    do(issue, Archive(), world.user)

    assert said(issue).has_releases


@pytest.mark.parametrize("happening", [Happening.NOTE, Happening.ONGOING, Happening.PRIORITY])
def test_what_changes_neither_state_nor_assignee_rewrites_nothing(world, slack, happening):
    issue = an_issue(world.project)
    stands(issue, slack)

    with one_transaction():
        happen([Happened(issue.project_id, issue.pk, happening, world.user.pk, {"text": "Hm"})], NOW)

    assert rewritings() == []


# — where


def test_alerts_with_threads_of_their_own_are_each_rewritten(world, slack):
    issue = an_issue(world.project)
    lane = stands(issue, slack).lane
    later = a_delivery(
        a_notification(world.project, issue),
        provider="slack",
        integration_id=slack,
        address={"channel": "#ops", "channel_id": "C#ops"},
        conversation=f"issue:{issue.pk}/b",
        lane=lane,
        state="sent",
    )
    a_reference(later, ts="18.2")

    do(issue, Resolve(), world.user)

    assert [one.conversation for one in rewritings()] == [f"issue:{issue.pk}", f"issue:{issue.pk}/b"]


def test_each_first_message_is_rewritten_in_every_workspace(world, slack):
    other = another_workspace(world)
    issue = an_issue(world.project)
    stands(issue, slack, "#ops")
    stands(issue, slack, "#web")
    stands(issue, other, "#ops")

    do(issue, Resolve(), world.user)

    assert [(one.integration_id, one.label) for one in rewritings()] == [
        (slack, "#ops"),
        (slack, "#web"),
        (other, "#ops"),
    ]


def test_one_alert_at_many_places_is_rewritten_at_each_by_itself(world, slack):
    issue = an_issue(world.project)
    alert = a_notification(world.project, issue)
    for channel in ("#ops", "#web"):
        stands(issue, slack, channel, alert=alert)

    do(issue, Resolve(), world.user)

    found = Notification.objects.filter(category=REWRITTEN)
    assert [(one.intents, one.deliveries.count()) for one in found] == [(1, 1), (1, 1)]


def test_what_has_left_stays_in_the_ledger_as_it_was_said(world, slack):
    issue = an_issue(world.project)
    alert = a_notification(world.project, issue)
    left, _ = (stands(issue, slack, channel, alert=alert) for channel in ("#ops", "#web"))
    do(issue, Resolve(), world.user)
    Delivery.objects.filter(notification__category=REWRITTEN, label=left.label).update(state="sent", attempts=1)

    do(issue, Reopen(), world.user)

    assert [says(one).status for one in rewritings(label="#ops")] == ["resolved", "unresolved"]
    assert [says(one).status for one in rewritings(label="#web")] == ["unresolved"]


def test_an_alert_that_is_still_on_its_way_is_rewritten_once_it_stands_there(world, slack):
    issue = an_issue(world.project)
    alert = stands(issue, slack)
    Reference.objects.all().delete()
    Delivery.objects.filter(pk=alert.pk).update(state="queued", due=NOW)
    alert.lane.ready_at = NOW
    alert.lane.save()
    do(issue, Resolve(), world.user)
    Delivery.objects.filter(detail__act="reply").exclude(pk=alert.pk).delete()
    transport = answering(slack_said())

    for at in (NOW, NOW + timedelta(days=365)):  # the pace is that of the real clock
        deliver.record(go(deliver.turn([], 10, at), transport), at)

    assert [one.url.rpartition("/")[2] for one in transport.http.asked] == ["chat.postMessage", "chat.update"]


def test_an_alert_that_never_came_leaves_nothing_to_rewrite(world, slack):
    issue = an_issue(world.project)
    alert = stands(issue, slack)
    do(issue, Resolve(), world.user)
    Reference.objects.all().delete()
    Delivery.objects.filter(detail__act="reply").delete()

    deliver.record(go(deliver.turn([], 10, NOW), answering(slack_said())), NOW)

    assert [one.state for one in rewritings()] == ["suppressed"]
    assert alert.state == "sent"


def test_a_place_that_cannot_be_read_any_more_keeps_nobody_from_resolving(world, slack):
    issue = an_issue(world.project)
    Delivery.objects.filter(pk=stands(issue, slack).pk).update(address={})

    do(issue, Resolve(), world.user)

    assert rewritings() == []


def test_what_one_person_was_sent_is_rewritten_too(world, slack, ben):
    issue = an_issue(world.project)
    stands(issue, slack, "@ben", user=ben)

    do(issue, Resolve(), world.user)

    assert [one.user for one in rewritings()] == [ben]


def test_mails_stay_as_they_were_sent(world):
    issue = an_issue(world.project)
    stands(issue, None, provider="email")

    do(issue, Resolve(), world.user)

    assert rewritings() == []


def test_what_was_answered_in_a_thread_stays(world, slack):
    issue = an_issue(world.project)
    first = stands(issue, slack)
    a_delivery(
        a_notification(world.project, issue),
        provider="slack",
        integration_id=slack,
        conversation=first.conversation,
        lane=first.lane,
        state="sent",
        detail={"act": "reply"},
    )

    do(issue, Resolve(), world.user)

    assert [one.notification.trace[0]["cause"] for one in rewritings()] == [f"delivery:{first.pk}"]


def test_news_that_came_first_to_somebody_stays_news(world, slack, ben):
    issue = an_issue(world.project)
    stands(issue, slack, "@ben", user=ben, kind="resolved")

    do(issue, Archive(), world.user)

    assert rewritings() == []


def test_messages_about_other_issues_stay(world, slack):
    issue, other = an_issue(world.project), an_issue(world.project)
    stands(other, slack)

    do(issue, Resolve(), world.user)

    assert rewritings() == []


def test_messages_of_other_organizations_are_never_touched(world, slack):
    elsewhere = a_world("other", "site", "zoe@example.com")
    theirs = an_issue(elsewhere.project)
    stands(theirs, connected(elsewhere))
    issue = an_issue(world.project)

    do(issue, Resolve(), world.user)
    command.run(
        organization_id=world.organization.pk,
        issue_ids=[theirs.pk],
        command=Resolve(),
        actor_id=world.user.pk,
        now=NOW,
    )

    assert rewritings() == []


def test_a_message_whose_facts_cannot_be_read_any_more_keeps_nobody_from_resolving(world, slack):
    issue = an_issue(world.project)
    stands(issue, slack, "#old", alert=a_notification(world.project, issue, facts={"title": "of long ago"}))
    stands(issue, slack, "#ops")

    do(issue, Resolve(), world.user)

    issue.refresh_from_db()
    assert issue.status != 0
    assert [one.label for one in rewritings()] == ["#ops"]


# — while one waits


@pytest.mark.parametrize("state", ["held", "queued", "retrying", "unknown"])
def test_a_change_while_a_rewriting_waits_changes_what_it_will_say(world, slack, state):
    issue = an_issue(world.project)
    stands(issue, slack)
    do(issue, Archive(), world.user)
    Delivery.objects.filter(notification__category=REWRITTEN).update(state=state)

    do(issue, Resolve(), world.user)

    assert said(issue).status == "resolved"


@pytest.mark.parametrize("state", ["sending", "sent", "failed", "dead", "suppressed"])
def test_a_change_after_one_has_left_queues_another(world, slack, state):
    issue = an_issue(world.project)
    stands(issue, slack)
    do(issue, Archive(), world.user)
    Delivery.objects.filter(notification__category=REWRITTEN).update(state=state)

    do(issue, Resolve(), world.user)

    assert [(one.state, says(one).status) for one in rewritings()] == [(state, "archived"), ("queued", "resolved")]


def test_of_two_places_only_the_one_that_has_left_gets_another(world, slack):
    issue = an_issue(world.project)
    alert = a_notification(world.project, issue)
    for channel in ("#ops", "#web"):
        stands(issue, slack, channel, alert=alert)
    do(issue, Archive(), world.user)
    Delivery.objects.filter(notification__category=REWRITTEN, label="#ops").update(state="sent")

    do(issue, Resolve(), world.user)

    assert [(one.label, one.state, says(one).status) for one in rewritings(state="queued")] == [
        ("#web", "queued", "resolved"),
        ("#ops", "queued", "resolved"),
    ]


def test_a_waiting_thread_reply_is_no_rewriting(world, slack):
    issue = an_issue(world.project)
    stands(issue, slack)

    do(issue, Archive(), world.user)
    do(issue, Resolve(), world.user)

    assert Delivery.objects.filter(state="queued", detail__act="reply").count() == 2


def test_a_broken_integration_holds_it_until_it_is_mended(world, slack):
    issue = an_issue(world.project)
    stands(issue, slack)
    with one_transaction():
        breakers.broke(slack, "token revoked")

    do(issue, Resolve(), world.user)
    [held] = rewritings()
    with one_transaction():
        breakers.mended(slack, NOW)
    held_then = held.state

    held.refresh_from_db()
    assert (held_then, held.state) == ("held", "queued")


# — as it leaves


def test_it_is_sent_as_the_newest_words_of_the_message_that_stands_there(world, slack):
    issue = an_issue(world.project)
    stands(issue, slack)
    do(issue, Resolve(), world.user)
    Delivery.objects.filter(detail__act="reply").delete()
    transport = answering(slack_said())

    deliver.record(go(deliver.turn([], 10, NOW), transport), NOW)

    [question] = transport.http.asked
    assert question.url.endswith("/chat.update")
    assert question.json["ts"] == "17.1"
    assert "Ana resolved SHOP-1" in json.dumps(question.json, ensure_ascii=False)
    assert [one.state for one in rewritings()] == ["sent"]


# — who was told, and the cost


def test_who_was_told_names_no_rewriting(world, slack):
    issue = an_issue(world.project)
    stands(issue, slack)
    do(issue, Resolve(), world.user)

    found, count = told.of_issue(world.organization.pk, issue.pk)

    assert sorted(one.kind for one in found) == ["issue_alert", "resolved"]
    assert count == 2


def test_explaining_names_no_rewriting(world, slack):
    issue = an_issue(world.project)
    stands(issue, slack, "@ana", user=world.user)
    do(issue, Resolve())

    found = explain.of_issue(world.organization.pk, issue.pk, world.user.pk)

    assert REWRITTEN not in json.dumps([asdict(one) for one in found], default=str)


def test_nobody_misses_a_rewriting(world, slack, ben):
    issue = an_issue(world.project)
    stands(issue, slack, "@ben", user=ben)

    do(issue, Resolve(), world.user)

    assert not Untold.objects.filter(notification__category=REWRITTEN).exists()


def test_the_books_balance_with_rewritings_that_waited_were_held_and_left(world, slack):
    first, second = an_issue(world.project), an_issue(world.project)
    for issue in (first, second):
        stands(issue, slack)
    Notification.objects.update(intents=1)
    do(first, Archive(), world.user, second)
    do(first, Resolve(), world.user)
    deliver.record(go(deliver.turn([], 1, NOW), answering(slack_said())), NOW)
    with one_transaction():
        breakers.broke(slack, "token revoked")
    do(second, Resolve(), world.user)

    found = books.counted(NOW - timedelta(hours=1), NOW + timedelta(hours=1), NOW, [world.organization.pk])

    assert balance(found.ledger, NOW).problems == ()


@pytest.mark.parametrize("waiting", [False, True])
def test_many_issues_take_as_many_statements_as_two(world, slack, waiting):
    issues = [an_issue(world.project) for _ in range(24)]
    for issue in issues:
        stands(issue, slack, f"#c{issue.pk}")
    do(issues[0], Resolve(), None, issues[1])  # the people of the organization are read once
    if waiting:
        do(issues[2], Archive(), None, *issues[3:])

    def statements(some: list[Issue]) -> int:
        with CaptureQueriesContext(connection) as captured, one_transaction():
            happen([Happened(one.project_id, one.pk, Happening.RESOLVED) for one in some], NOW)
        return len(captured)

    assert statements(issues[4:]) == statements(issues[2:4])


def test_where_no_message_stands_it_costs_two_queries(world, slack):
    issue, other = an_issue(world.project), an_issue(world.project)
    stands(other, slack)
    news = queries_of.issues([issue.pk])

    with CaptureQueriesContext(connection) as captured:
        living.rewrite([Happened(issue.project_id, issue.pk, Happening.RESOLVED)], news, NOW)

    assert len(captured) == 2


# — together


@pytest.mark.postgresql
def test_what_a_sender_is_just_taking_is_followed_by_another(database_file):
    world = a_world()
    issue = an_issue(world.project)
    stands(issue, connected(world))
    do(issue, Archive(), world.user)
    taken, decided = threading.Event(), threading.Event()

    def takes() -> None:
        with one_transaction():
            Delivery.objects.filter(notification__category=REWRITTEN).update(state="sending")
            taken.set()
            decided.wait(10)
        connection.close()

    sender = threading.Thread(target=takes)
    sender.start()
    taken.wait(10)
    do(issue, Resolve(), world.user)
    decided.set()
    sender.join()

    assert [(one.state, says(one).status) for one in rewritings()] == [
        ("sending", "archived"),
        ("queued", "resolved"),
    ]


def test_two_who_change_it_at_once_leave_one_that_says_how_it_stands(database_file):
    world = a_world()
    ben = a_member(world.organization, world.team, email="ben@example.com", name="Ben Ode")
    issue = an_issue(world.project)
    stands(issue, connected(world))
    together = threading.Barrier(2)

    def both(change) -> None:
        together.wait(10)
        change()
        connection.close()

    changes = [lambda: do(issue, Resolve()), lambda: give(world, Assignee(user_id=ben.pk), issue)]
    threads = [threading.Thread(target=both, args=[change]) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (said(issue).status, said(issue).assignee) == ("resolved", "Ben Ode")


# — a message that cannot be rewritten any more


def gone(**said) -> Reply:
    return Reply(200, {}, json.dumps({"ok": False, "error": "message_not_found", **said}).encode())


@pytest.fixture
def deleted(world, slack) -> Issue:
    """Somebody deleted the message in Slack, and then the issue was resolved."""
    issue = an_issue(world.project)
    stands(issue, slack)
    do(issue, Resolve(), world.user)
    Delivery.objects.filter(detail__act="reply").delete()
    deliver.record(go(deliver.turn([], 10, NOW), answering(gone())), NOW)
    return issue


def test_it_is_nobodys_failure(deleted):
    [one] = rewritings()

    assert one.state == "suppressed"
    assert "deleted" in one.reason


def test_later_changes_do_not_try_again(world, deleted):
    do(deleted, Reopen(), world.user)

    assert len(rewritings()) == 1


def test_the_next_alert_begins_anew_there(deleted):
    assert not Reference.objects.exists()
