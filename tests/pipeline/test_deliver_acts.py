"""What a delivery does with its conversation's first message: nothing, answer it, or rewrite it."""

import json
from dataclasses import asdict
from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_world
from tests.pipeline.sending import answering, connected, go, slack_said, to_slack
from tocsin.core.sending import Reply, Request
from tocsin.pipeline import deliver
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.models import Lane, Notification, Reference
from tocsin.transport.drive import Transport

LATER = NOW + timedelta(days=3650)  # past the pace of a lane that was used by today's clock
FIRST, SECOND = slack_said(channel="C1", ts="17.1"), slack_said(channel="C1", ts="18.2")


@pytest.fixture
def world(db) -> World:
    return a_world()


def said(world: World, *details: dict) -> list[Request]:
    """What is asked of Slack for deliveries of one conversation, one after the other."""
    integration, lane = connected(world), Lane.objects.create(name="slack:1:C1", ready_at=NOW)
    for detail in details:
        to_slack(world, integration_id=integration, lane=lane, detail=detail)
    asked: list[Request] = []
    for number, _ in enumerate(details):
        moment = NOW if number == 0 else LATER
        ready = deliver.turn([], 1, moment)
        answers = answering(SECOND if number else FIRST)
        deliver.record(go(ready, answers), moment)
        asked += answers.http.asked
    return asked


def test_a_reply_stands_below_the_first_message(world):
    _, second = said(world, {}, {"act": "reply"})

    assert (second.json["thread_ts"], "reply_broadcast" in second.json) == ("17.1", False)


def test_a_reply_can_be_for_the_whole_channel(world):
    _, second = said(world, {}, {"act": "reply", "broadcast": True})

    assert (second.json["thread_ts"], second.json["reply_broadcast"]) == ("17.1", True)


def test_an_edit_rewrites_the_first_message(world):
    _, second = said(world, {}, {"act": "edit"})

    assert (second.url.rpartition("/")[2], second.json["ts"]) == ("chat.update", "17.1")


def test_without_an_act_a_message_stands_on_its_own(world):
    _, second = said(world, {}, {})

    assert "thread_ts" not in second.json


@pytest.mark.parametrize("act", ["reply", "an act of a later version"])
def test_where_nothing_was_said_yet_it_is_said_on_its_own(world, act):
    (first,) = said(world, {"act": act})

    assert first.url.endswith("/chat.postMessage")
    assert "thread_ts" not in first.json


def test_the_first_message_stays_the_parent(world):
    said(world, {}, {"act": "reply"}, {"act": "reply"})

    assert Reference.objects.get().reference == {"channel": "C1", "ts": "17.1"}


def test_what_stands_in_a_channel_is_found_by_what_slack_calls_its_thread(world):
    said(world, {})

    [kept] = Reference.objects.values_list("about", "thread")
    assert kept == ("issue:12", "C1:17.1")


def said_after_the_first_was_deleted(world: World, kind: str) -> list[dict[str, str]]:
    """What stands there, as Slack calls it, once news came for a thread that is gone."""
    integration, lane = connected(world), Lane.objects.create(name="slack:1:C1", ready_at=NOW)
    to_slack(world, integration_id=integration, lane=lane, detail={})
    news = to_slack(world, integration_id=integration, lane=lane, detail={"act": "reply"})
    deliver.record(go(deliver.turn([], 1, NOW), answering(FIRST)), NOW)
    facts = json.loads(json.dumps(asdict(catalogue().kinds[kind].example)))
    Notification.objects.filter(pk=news.notification_id).update(kind=kind, facts=facts)
    gone = Reply(200, {}, json.dumps({"ok": False, "error": "thread_not_found"}).encode())
    transport = Transport(InTurn([gone, SECOND]), answering(SECOND).smtp)
    deliver.record(go(deliver.turn([], 1, LATER), transport), LATER)
    return list(Reference.objects.values_list("reference", flat=True))


class InTurn:
    """A way out that gives each question the next answer."""

    def __init__(self, answers) -> None:
        self.answers = iter(answers)

    async def exchange(self, question):
        del question
        return next(self.answers)


def test_an_alert_that_is_said_instead_of_a_reply_is_what_later_news_stands_below(world):
    assert said_after_the_first_was_deleted(world, "issue_alert") == [{"channel": "C1", "ts": "18.2"}]


def test_nothing_stands_below_a_line_that_was_said_instead(world):
    assert said_after_the_first_was_deleted(world, "resolved") == []
