"""Additions of plug-ins in what leaves and in what the pages show of it."""

import json
from datetime import timedelta

import pytest
import time_machine
from structlog.testing import capture_logs

from tests.builders import NOW, World, a_delivery, a_notification, a_world
from tests.pipeline.sending import answering, connected, go, slack_said, to_slack
from tocsin.core.additions import Addition, Occasion
from tocsin.core.message import Fields, Link, Listing, Note, Paragraph
from tocsin.core.sending import REPLY, Reply
from tocsin.notifications.issue_alert import EXAMPLE
from tocsin.pipeline import deliver
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.preview import preview
from tocsin.store.models import Delivery
from tocsin.store.queries import deliveries

LATER = NOW + timedelta(minutes=1)
TRIAL = "Your trial ends on Friday"


@pytest.fixture(autouse=True)
def _the_clock_stands_still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def adds(monkeypatch):
    """Makes additions of these functions, for alerts."""

    def install(*functions) -> None:
        made = tuple(Addition(f"a{number}", "Plan", each) for number, each in enumerate(functions))
        monkeypatch.setitem(catalogue()._additions_by_kind, "issue_alert", made)

    return install


def trial(occasion: Occasion):
    yield Paragraph(f"{TRIAL}, {occasion.organization}/{occasion.project} over {occasion.provider}")


def broken(occasion: Occasion):
    raise ValueError(occasion.message.title)


def sent(now=NOW, answer=None) -> str:
    """What a service is asked to show of all that is due."""
    transport = answering(answer or slack_said())
    deliver.record(go(deliver.turn([], 10, now), transport), now)
    return json.dumps([question.json for question in transport.http.asked])


def shown(world: World, delivery: Delivery):
    found = deliveries.one(world.organization.pk, delivery.pk)
    assert found is not None
    return preview(found, {})


def test_what_a_plug_in_adds_is_sent(world, adds):
    to_slack(world)
    adds(trial)

    assert f"{TRIAL}, acme/shop over slack" in sent()


def test_without_an_addition_the_message_is_as_ever(world):
    to_slack(world)

    assert TRIAL not in sent()


def test_what_is_shown_is_what_was_sent(world, adds):
    delivery = to_slack(world)
    adds(trial)

    body = json.loads(sent())[0]

    assert list(shown(world, delivery).blocks) == body["blocks"]


def test_a_mail_has_it_in_both_its_halves(world, adds):
    adds(trial)

    mail = shown(world, a_delivery(a_notification(world.project)))

    assert (TRIAL in mail.text, TRIAL in mail.html) == (True, True)


def test_the_inbox_shows_it(world, adds):
    adds(trial)

    kept = a_delivery(a_notification(world.project), provider="inbox", address={"user_id": 1})

    assert f"{TRIAL}, acme/shop over inbox" in shown(world, kept).text


def test_what_is_no_projects_says_so(world, adds):
    notification = a_notification(world.project)
    notification.project = None
    notification.save()
    adds(trial)

    assert f"{TRIAL}, acme/ over email" in shown(world, a_delivery(notification)).text


def test_an_answer_in_a_thread_has_it_too(world, adds):
    to_slack(world, detail={"act": REPLY, "rules": [3], "reason": "", "notes": "", "tags": []})
    adds(trial)

    assert TRIAL in sent()


def test_a_replay_says_what_holds_by_then(world, adds):
    delivery = to_slack(world)
    adds(trial)
    first = sent(answer=slack_said(ok=False, error="not_in_channel"))
    adds(lambda occasion: [Paragraph("Paid until May")])

    deliver.replay(
        organization_id=world.organization.pk, delivery_ids=[delivery.pk], actor_id=None, by="Ana", now=NOW
    )
    again = sent(LATER)

    assert (TRIAL in first, TRIAL in again) == (True, False)
    assert "Paid until May" in again


def test_the_notes_of_the_action_stand_last_and_alone_may_mention(world, adds):
    to_slack(world, detail={"rules": [3], "reason": "", "notes": "Ask @here", "tags": []})
    adds(lambda occasion: [Paragraph("<!channel> paid")])

    said = sent()

    assert said.index("<!channel> paid") < said.index("notes: Ask <!here>")
    assert '"text", "text": "<!channel> paid"' in said  # a text element, in which Slack finds no mention


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(broken, id="it raises"),
        pytest.param(lambda occasion: [Note("@here")], id="a note, in which mentions work"),
        pytest.param(lambda occasion: [Fields((("Seats", 3),))], id="no text"),
        pytest.param(lambda occasion: [Listing(Link("x", "javascript:alert(1)"), "")], id="a link to no page"),
    ],
)
def test_a_broken_addition_costs_itself_and_neither_the_message_nor_another(world, adds, given):
    to_slack(world)
    adds(given, trial)

    said = sent()

    assert (EXAMPLE.title in said, TRIAL in said) == (True, True)
    assert Delivery.objects.get().state == "sent"


def test_the_log_says_once_for_a_delivery_what_was_left_out_and_why(world, adds):
    delivery = to_slack(world)
    adds(broken)

    with capture_logs() as lines:
        sent(answer=Reply(503))
        delivery.refresh_from_db()
        sent(delivery.due)
        shown(world, delivery)

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("sent", 2)
    (line,) = [line for line in lines if line["event"] == "left_out"]
    assert (line["addition"], line["kind"], line["delivery"]) == ("a0", "issue_alert", delivery.key)
    assert line["reason"].startswith("ValueError in tests.pipeline.test_additions, line ")
    assert EXAMPLE.title not in str(line)


def test_a_message_that_no_plug_in_adds_to_is_not_even_copied(world):
    connected(world)
    found = deliver.message_of("issue_alert", a_notification(world.project).facts, {})

    assert deliver.with_additions(found, "issue_alert", "acme", "shop", "slack") == (found, [])
