"""What is shown below links to this instance that somebody shares in Slack (§8.5)."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, World, a_delivery, a_notification, a_project, a_world, an_event, an_issue
from tests.chat.pressing import ANSWER_TO, SECRET, TEAM, USER, a_workspace, known, signature, to_slacks_door
from tests.pipeline.sending import once
from tocsin.core.issue import Status, Substatus
from tocsin.core.sending import Reply
from tocsin.pipeline import links
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.chat import forget
from tocsin.pipeline.message import message_of
from tocsin.store.models import ChatToken, Delivery, Issue, Membership, Notification, Rule, RuleSnooze

pytestmark = pytest.mark.django_db
EVENT = "9ac4b5e1f0a34b6e8d1c2b3a4f5e6d7c"


@pytest.fixture
def issue(world, workspace) -> Issue:
    return an_issue(world.project, culprit="shop.cart in total", times_seen=1_200, users_seen=3)


def share(*urls: Any, event_id: str = "Ev1", at=NOW, **more: Any):
    event = {
        "type": "link_shared",
        "channel": "C024BE91L",
        "is_bot_user_member": False,
        "user": USER,
        "message_ts": "123452389.9875",
        "unfurl_id": "C024BE91L.123452389.987501.1b90fa",
        "source": "conversations_history",
        "links": [{"domain": "127.0.0.1", "url": url} for url in urls],
    }
    outside = {name: more.pop(name) for name in ("is_ext_shared_channel",) if name in more}
    payload = {"type": "event_callback", "team_id": TEAM, "event_id": event_id, "event": event | more, **outside}
    body = json.dumps(payload).encode()
    headers = signature(body, at, SECRET)
    answer = Client().post("/extensions/slack/event/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200


DRAFT = {"channel": "COMPOSER", "source": "composer", "message_ts": "U1-909b", "unfurl_id": "U1-909b"}


def url(path: str) -> str:
    return f"{links.base()}{path}"


def cards() -> list[dict[str, Any]]:
    """All cards that were shown, in order."""
    found = Notification.objects.filter(kind="chat_preview").order_by("pk")
    return [card for one in found for card in one.facts["cards"]]


def questions() -> list[Delivery]:
    return [one for one in Delivery.objects.order_by("pk") if one.notification.facts.get("url")]


def fields(card: dict[str, Any]) -> dict[str, str]:
    return dict(card["items"])


# — what is shown


def test_an_issue_is_shown_as_it_stands(world, issue):
    issue.assignee_user = world.user
    issue.save()

    share(url(f"/acme/issues/{issue.pk}/"))

    [card] = cards()
    assert card["title"] == {"label": issue.title, "url": links.issue("acme", issue.pk)}
    assert (card["what"], card["where"], card["code"]) == ("Issue", "SHOP-1 in shop", "shop.cart in total")
    assert (card["severity"], card["settled"]) == ("error", False)
    assert fields(card) == {
        "State": "Unresolved, new",
        "Events": "1,200",
        "Users": "3",
        "Assigned to": "Ana",
        "First seen": "21 Nov 2026, 09:00 UTC",
        "As of": "21 Nov 2026, 09:00 UTC",
    }


def test_of_somebody_without_a_name_a_channel_reads_no_mail_address(world, issue):
    world.user.name = ""
    world.user.save()
    issue.assignee_user = world.user
    issue.save()

    share(url(f"/acme/issues/{issue.pk}/"))

    assert fields(cards()[0])["Assigned to"] == "ana"


@pytest.mark.parametrize(
    ("status", "substatus", "words"),
    [
        (Status.UNRESOLVED, Substatus.REGRESSED, "Unresolved, came back"),
        (Status.UNRESOLVED, Substatus.ONGOING, "Unresolved"),
        (Status.RESOLVED, Substatus.NONE, "Resolved"),
        (Status.IGNORED, Substatus.FOREVER, "Archived for ever"),
        (Status.IGNORED, Substatus.UNTIL_ESCALATING, "Archived until it escalates"),
    ],
)
def test_its_state_is_said_in_words(world, workspace, status, substatus, words):
    issue = an_issue(world.project, status=status, substatus=substatus)

    share(url(f"/acme/issues/{issue.pk}/"))

    assert fields(cards()[0])["State"] == words
    assert cards()[0]["settled"] is (status != Status.UNRESOLVED)


def test_a_link_to_an_event_shows_that_event(issue):
    an_event(issue, event_id=EVENT, title="KeyError: 'gold'", environment="staging", release="shop@1.4.2")

    share(url(f"/acme/issues/{issue.pk}/?event={EVENT}"))

    [card] = cards()
    assert (card["what"], card["where"]) == ("Event", "of SHOP-1 in shop")
    assert card["title"] == {"label": "KeyError: 'gold'", "url": links.issue("acme", issue.pk, f"?event={EVENT}")}
    assert (fields(card)["Environment"], fields(card)["Release"]) == ("staging", "shop@1.4.2")


def test_an_event_that_is_kept_no_more_shows_its_issue(issue):
    share(url(f"/acme/issues/{issue.pk}/?event={EVENT}"))

    assert cards()[0]["what"] == "Issue"


def test_an_event_of_another_issue_is_none_of_this_one(world, issue):
    an_event(an_issue(world.project), event_id=EVENT)

    share(url(f"/acme/issues/{issue.pk}/?event={EVENT}"))

    assert cards()[0]["what"] == "Issue"


def a_rule(**columns: Any) -> Rule:
    return Rule.objects.create(label="Tell the owners", data={}, date_added=NOW, **columns)


def test_an_alert_rule_is_shown(world, workspace):
    rule = a_rule(project=world.project, environment="production")

    share(url(f"/acme/projects/shop/rules/{rule.pk}/"))

    [card] = cards()
    assert card["title"] == {"label": "Tell the owners", "url": links.rule("acme", "shop", rule.pk)}
    assert (card["what"], card["where"]) == ("Alert rule", "of shop")
    assert (fields(card)["State"], fields(card)["Environment"]) == ("on", "production")
    assert fields(card)["Last fired"] == "never"


def test_a_rule_that_is_off_or_snoozed_says_so(world, workspace):
    off, snoozed = a_rule(project=world.project, status="disabled"), a_rule(project=world.project)
    RuleSnooze.objects.create(rule=snoozed, date_added=NOW)

    share(*(url(f"/acme/projects/shop/rules/{one.pk}/") for one in (off, snoozed)))

    assert [fields(card)["State"] for card in cards()] == ["off", "snoozed for everyone"]


def test_a_rule_of_all_projects_is_shown_where_any_of_them_leads_to_it(world, workspace):
    rule = a_rule(organization=world.organization)

    share(url(f"/acme/rules/{rule.pk}/"), url(f"/acme/projects/shop/rules/{rule.pk}/"))

    assert [(card["where"], card["title"]["url"]) for card in cards()] == [
        ("of all projects", url(f"/acme/rules/{rule.pk}/")),
        ("of all projects", url(f"/acme/projects/shop/rules/{rule.pk}/")),
    ]


def test_a_rule_is_no_other_projects(world, workspace):
    a_project(world.organization, slug="door")
    rule = a_rule(project=world.project)

    share(url(f"/acme/projects/door/rules/{rule.pk}/"), url(f"/acme/rules/{rule.pk}/"))

    assert cards() == []


def test_a_notification_is_shown_with_what_became_of_it(world, issue):
    delivery = a_delivery(a_notification(world.project, issue), state="dead", provider="slack", label="#ops")

    share(url(f"/acme/deliveries/{delivery.pk}/"))

    [card] = cards()
    assert (card["what"], card["where"], card["severity"]) == ("Notification", "by Slack to #ops", "error")
    assert card["title"]["label"] == "ZeroDivisionError: division by zero"
    assert (fields(card)["About"], fields(card)["State"]) == ("New issue", "gave up")


def test_a_channel_does_not_read_the_address_of_one_person(world, issue):
    delivery = a_delivery(a_notification(world.project, issue), user=world.user)

    share(url(f"/acme/deliveries/{delivery.pk}/"))

    assert "ana@example.com" not in json.dumps(cards())
    assert cards()[0]["where"] == "by E-mail to one person"


def test_a_channel_does_not_read_the_address_that_a_mail_went_to(world, workspace):
    """Somebody who is invited is nobody here yet."""
    facts = asdict(catalogue().kinds["invitation"].example)
    told = a_notification(world.project, kind="invitation", category="account", facts=facts)
    delivery = a_delivery(told, label="new@example.org")

    share(url(f"/acme/deliveries/{delivery.pk}/"))

    assert cards()[0]["where"] == "by E-mail to new"


@pytest.mark.parametrize("kind", ["account_linked", "address_change", "member_request"])
def test_a_channel_does_not_read_the_address_that_a_message_is_about(world, workspace, kind):
    facts = asdict(catalogue().kinds[kind].example)
    delivery = a_delivery(a_notification(world.project, kind=kind, facts=facts), label="@ana")

    share(url(f"/acme/deliveries/{delivery.pk}/"))

    assert len(cards()) == 1
    assert "@example." not in json.dumps(cards())


def test_a_channel_reads_no_secret_of_a_message(world, workspace):
    facts = {"said": "Say who you are.", "url": "https://tocsin.example/secret-link/", "short_id": "", "title": ""}
    delivery = a_delivery(a_notification(world.project, kind="chat_answer", facts=facts))

    share(url(f"/acme/deliveries/{delivery.pk}/"))

    assert len(cards()) == 1
    assert "secret-link" not in json.dumps(cards())


# — where


def test_the_preview_goes_below_the_message_of_the_connected_workspace(workspace, issue):
    share(url(f"/acme/issues/{issue.pk}/"))

    row = Delivery.objects.get()
    assert (row.integration_id, row.provider, row.state) == (workspace, "slack", "queued")
    assert (row.address["place"], row.address["channel_id"]) == ("preview", "C024BE91L")
    assert row.address["message"] == "123452389.9875"
    assert row.notification.category == "answer"
    assert row.notification.trace[0]["reason"] == "shared_link"


def test_a_draft_is_shown_what_its_links_lead_to(issue):
    share(url(f"/acme/issues/{issue.pk}/"), **DRAFT)

    address = Delivery.objects.get().address
    assert (address["place"], address["message"]) == ("draft", "U1-909b")


def test_a_workspace_within_an_enterprise_names_no_draft_and_no_source(issue):
    share(url(f"/acme/issues/{issue.pk}/"), unfurl_id=None, source=None)

    assert Delivery.objects.get().address["place"] == "preview"


def test_in_a_channel_that_other_companies_read_nothing_is_shown_or_asked(issue):
    share(url(f"/acme/issues/{issue.pk}/"), is_ext_shared_channel=True)

    assert not Notification.objects.exists()


# — which links


def test_several_links_of_a_message_are_one_delivery(world, issue):
    other = an_issue(world.project, title="Other")

    share(url(f"/acme/issues/{issue.pk}/"), url(f"/acme/issues/{other.pk}/"))

    assert [card["title"]["label"] for card in cards()] == [issue.title, "Other"]
    assert Delivery.objects.count() == 1


def test_the_same_link_twice_is_shown_once(issue):
    share(*[url(f"/acme/issues/{issue.pk}/")] * 3)

    assert len(cards()) == 1


def test_of_more_than_20_links_the_first_20_are_shown(world, workspace):
    issues = [an_issue(world.project, title=f"No. {number}") for number in range(21)]

    share(*(url(f"/acme/issues/{one.pk}/") for one in issues))

    assert [card["title"]["label"] for card in cards()] == [f"No. {number}" for number in range(20)]


def test_a_link_is_answered_exactly_as_slack_writes_it(issue):
    written = url(f"/acme/issues/{issue.pk}/?referrer=chat&amp;x=1#activity")

    share(written)

    assert cards()[0]["shared"] == written


def test_an_event_behind_an_ampersand_is_found(issue):
    an_event(issue, event_id=EVENT)

    share(url(f"/acme/issues/{issue.pk}/?referrer=chat&amp;event={EVENT}"))

    assert cards()[0]["what"] == "Event"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/acme/issues/{id}/",
        "http://127.0.0.1:8000@evil.example/acme/issues/{id}/",
        "http://127.0.0.1:8000/acme/members/",
        "http://127.0.0.1:8000/umbra/issues/{id}/",
        "http://127.0.0.1:8000/acme/issues/999999/",
        "http://127.0.0.1:8000/acme/deliveries/999999/",
        "http://127.0.0.1:8000/acme/rules/999999/",
        "no address",
        "http://[",
        "http://127.0.0.1:8000/acme/issues/{id}/\u202e",
        "",
        7,
        None,
        {},
    ],
)
def test_what_leads_nowhere_here_is_left_alone(issue, link):
    share(link.replace("{id}", str(issue.pk)) if isinstance(link, str) else link)

    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"links": None},
        {"links": "x"},
        {"links": ["x", None]},
        {"user": None},
        {"user": "<!here>"},
        {"channel": ""},
        {"message_ts": None},
        {"source": "composer", "unfurl_id": ""},
    ],
)
def test_an_event_that_makes_no_sense_is_taken_and_left(issue, more):
    share(url(f"/acme/issues/{issue.pk}/"), **more)

    assert not Notification.objects.exists()


def test_an_issue_that_was_deleted_meanwhile_is_left_out(world, issue):
    there = an_issue(world.project, title="There")
    gone = url(f"/acme/issues/{issue.pk}/")
    issue.delete()

    share(gone, url(f"/acme/issues/{there.pk}/"))

    assert [card["title"]["label"] for card in cards()] == ["There"]


def test_what_slack_tells_again_is_shown_once(issue):
    share(url(f"/acme/issues/{issue.pk}/"))
    share(url(f"/acme/issues/{issue.pk}/"), is_bot_user_member=True)

    assert Delivery.objects.count() == 1


def test_a_storm_of_429_asks_slack_once_and_loses_no_preview(issue):
    for number in range(30):
        share(url(f"/acme/issues/{issue.pk}/"), event_id=f"Ev{number}", message_ts=f"1.{number}")

    tried = [len(once(Reply(429, {"retry-after": "30"}))) for _ in range(5)]

    assert tried == [1, 0, 0, 0, 0]
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["queued"] * 29 + ["retrying"]


def test_twenty_links_cost_no_more_queries_than_one(world, workspace):
    issues = [an_issue(world.project) for _ in range(20)]

    with CaptureQueriesContext(connection) as one:
        share(url(f"/acme/issues/{issues[0].pk}/"))
    with CaptureQueriesContext(connection) as many:
        share(*(url(f"/acme/issues/{issue.pk}/") for issue in issues), event_id="Ev2")

    assert len(many) <= len(one)


def test_hostile_words_arrive_as_they_are_in_the_ledger_and_are_markup_nowhere(world, workspace):
    issue = an_issue(world.project, title="<!here> `x` <https://evil.example|click>")

    share(url(f"/acme/issues/{issue.pk}/"))

    notification = Notification.objects.get()
    assert message_of("chat_preview", notification.facts, {}).title == issue.title


# — for whom


def test_who_never_said_who_they_are_is_asked_and_nothing_is_shown(world, stranger):
    issue = an_issue(world.project)

    share(url(f"/acme/issues/{issue.pk}/"))

    [question] = questions()
    assert cards() == []
    assert "/extensions/slack/link-identity/" in question.notification.facts["url"]
    assert (question.address["place"], question.address["channel_id"]) == ("preview", "C024BE91L")


def test_they_are_asked_once_a_day_and_not_at_each_link(world, stranger):
    issue = an_issue(world.project)
    for number in range(5):
        share(url(f"/acme/issues/{issue.pk}/"), event_id=f"Ev{number}", channel=f"C{number}")

    assert len(questions()) == 1

    tomorrow = NOW + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        share(url(f"/acme/issues/{issue.pk}/"), event_id="Ev9", at=tomorrow)

    assert len(questions()) == 2


def test_that_they_were_asked_is_not_forgotten_within_the_day(world, stranger):
    issue = an_issue(world.project)
    share(url(f"/acme/issues/{issue.pk}/"))

    forget(NOW + timedelta(hours=23))
    assert ChatToken.objects.filter(name__startswith="link:asked:").exists()
    forget(NOW + timedelta(days=3))
    assert not ChatToken.objects.filter(name__startswith="link:asked:").exists()


def test_who_is_still_writing_is_not_asked(world, stranger):
    share(url(f"/acme/issues/{an_issue(world.project).pk}/"), **DRAFT)

    assert not Notification.objects.exists()


def test_the_question_says_nothing_of_whether_there_is_such_an_issue(stranger):
    share(url("/acme/issues/999999/"))

    assert len(questions()) == 1


def test_a_stranger_is_not_asked_about_an_organization_that_is_not_connected(world, stranger):
    other = a_world("umbra", "door", "eve@example.com")

    share(url(f"/umbra/issues/{an_issue(other.project).pk}/"))

    assert not Notification.objects.exists()


def test_whoever_ignores_the_question_has_it_taken_away(world, stranger):
    share(url(f"/acme/issues/{an_issue(world.project).pk}/"))
    ignore = {"type": "button", "action_id": "ignore", "value": "ignore", "block_id": "b1"}
    pressed = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": USER, "username": "ana"},
        "container": {"type": "message", "is_ephemeral": True},
        "response_url": ANSWER_TO,
        "actions": [ignore],
    }

    assert to_slacks_door(pressed).status_code == 200

    taken = Delivery.objects.order_by("pk").last()
    assert (taken.address["answer_to"], taken.address["place"]) == (ANSWER_TO, "question")


def test_only_slack_is_told_to_take_it_away(stranger):
    ignore = {"type": "button", "action_id": "ignore", "value": "ignore", "block_id": "b1"}
    pressed = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": USER}, "actions": [ignore]}

    to_slacks_door({**pressed, "response_url": "http://10.0.0.1/"})
    to_slacks_door(pressed)

    assert not Delivery.objects.exists()


def test_the_button_that_leads_to_the_page_does_nothing_here(stranger):
    link = {"type": "button", "action_id": "open:0", "block_id": "b1"}
    pressed = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": USER}, "actions": [link]}

    assert to_slacks_door({**pressed, "response_url": ANSWER_TO}).status_code == 200
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("role", ["billing", None])
def test_who_may_not_read_issues_shows_none_and_is_not_asked(world, issue, role):
    memberships = Membership.objects.filter(user=world.user)
    memberships.update(role=role) if role else memberships.delete()

    share(url(f"/acme/issues/{issue.pk}/"))

    assert not Notification.objects.exists()


def test_whose_account_is_switched_off_shows_nothing(world, issue):
    world.user.is_active = False
    world.user.save()

    share(url(f"/acme/issues/{issue.pk}/"))

    assert not Notification.objects.exists()


# — several organizations


@pytest.fixture
def umbra(db) -> World:
    return a_world("umbra", "door", "eve@example.com")


def test_the_issue_of_an_organization_that_is_not_connected_is_shown_to_nobody(world, umbra, workspace):
    foreign = an_issue(umbra.project, title="Secret of Umbra")

    share(url(f"/umbra/issues/{foreign.pk}/"), url(f"/acme/issues/{foreign.pk}/"))

    assert not Notification.objects.exists()


def test_each_organizations_links_are_in_its_own_ledger_alone(world, umbra, issue):
    known(umbra, a_workspace(umbra))
    theirs = an_issue(umbra.project, title="Theirs")

    share(url(f"/acme/issues/{issue.pk}/"), url(f"/umbra/issues/{theirs.pk}/"))

    assert {
        (one.organization.slug, one.facts["cards"][0]["title"]["label"]) for one in Notification.objects.all()
    } == {
        ("acme", issue.title),
        ("umbra", "Theirs"),
    }


def test_who_is_known_in_one_of_two_organizations_is_asked_about_the_other_alone(world, umbra, issue):
    integration = a_workspace(umbra)
    theirs = an_issue(umbra.project, title="Theirs")

    share(url(f"/acme/issues/{issue.pk}/"), url(f"/umbra/issues/{theirs.pk}/"))

    assert [card["title"]["label"] for card in cards()] == [issue.title]
    assert [one.integration_id for one in questions()] == [integration]


def test_a_member_of_one_organization_is_nobody_in_the_other(world, umbra, workspace):
    """Ana is known in both workspaces' connections, and a member of her own organization alone."""
    theirs = an_issue(umbra.project, title="Theirs")
    integration = a_workspace(umbra)
    known(World(umbra.organization, umbra.team, umbra.project, umbra.key, world.user), integration)

    share(url(f"/umbra/issues/{theirs.pk}/"))

    assert not Notification.objects.exists()
