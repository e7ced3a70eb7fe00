"""The ledger: what went where, filtered and paged; one with all that explains it; replay; the outbox."""

import json
import re
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.builders import NOW, World, a_delivery, a_notification, an_attempt, an_issue

from tocsin.core.acts import REWRITTEN
from tocsin.core.reasons import SENTENCES, Reason, Step, Verdict
from tocsin.notifications.issue_alert import EXAMPLE
from tocsin.store.models import AuditEntry, Delivery, Notification

PAGE = "/acme/deliveries/"
HOSTILE = "<script>alert(1)</script>"
NOT_CONNECTED = SENTENCES[Reason.PROVIDER_NOT_CONNECTED]


def a_message(world: World, **facts) -> Notification:
    changed = json.loads(json.dumps(asdict(replace(EXAMPLE, **facts))))
    issue = an_issue(world.project, title=facts.get("title", EXAMPLE.title))
    return a_notification(world.project, issue, facts=changed)


def labels(client: Client, **asked) -> list[str]:
    return [entry.row.label for entry in client.get(PAGE, asked).context["entries"]]


def test_the_newest_stands_on_top(ana: Client, world: World):
    message = a_message(world)
    a_delivery(message, label="old", date_added=NOW - timedelta(hours=1))
    a_delivery(message, label="new", date_added=NOW)

    assert labels(ana) == ["new", "old"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param("failed", ["dead", "failed"], id="a group"),
        pytest.param("dead", ["dead"], id="one state"),
        pytest.param("waiting", ["retrying"], id="what may still arrive"),
        pytest.param("nonsense", ["dead", "retrying", "failed", "sent"], id="an unknown state filters nothing"),
    ],
)
def test_deliveries_are_filtered_by_state(ana: Client, world: World, asked: str, found: list[str]):
    message = a_message(world)
    for state in ("sent", "failed", "retrying", "dead"):
        a_delivery(message, label=state, state=state)

    assert labels(ana, state=asked) == found


def test_deliveries_are_filtered_by_service(ana: Client, world: World):
    message = a_message(world)
    a_delivery(message, label="mail")
    a_delivery(message, label="#ops", provider="slack")

    assert labels(ana, provider="slack") == ["#ops"]


@pytest.mark.parametrize("text", ["OPS", "channel_not_found", "checkout"])
def test_text_is_looked_for_in_the_address_the_reason_and_the_issue(ana: Client, world: World, text: str):
    a_delivery(a_message(world), label="mail")
    a_delivery(a_message(world, title="checkout broke"), label="#ops", reason="channel_not_found")

    assert labels(ana, text=text) == ["#ops"]


def test_a_page_has_fifty_and_leads_to_the_rest(ana: Client, world: World):
    message = a_message(world)
    for number in range(51):
        a_delivery(message, label=str(number), date_added=NOW - timedelta(seconds=number // 2))

    first = ana.get(PAGE)
    rest = labels(ana, before=first.context["after"])

    assert (len(first.context["entries"]), len(rest)) == (50, 1)
    assert rest[0] not in [entry.row.label for entry in first.context["entries"]]


def test_the_number_of_queries_does_not_grow_with_the_deliveries(ana: Client, world: World):
    a_delivery(a_message(world))
    with CaptureQueriesContext(connection) as one:
        ana.get(PAGE)
    for _ in range(10):
        an_attempt(a_delivery(a_message(world), user=world.user, provider="slack"))
    with CaptureQueriesContext(connection) as many:
        ana.get(PAGE)

    assert len(many) == len(one)


@pytest.mark.parametrize(("category", "said"), [("alerts", False), (REWRITTEN, True)])
def test_a_row_says_that_it_only_brings_a_message_up_to_date(ana: Client, world: World, category: str, said: bool):
    message = a_message(world)
    Notification.objects.update(category=category)
    a_delivery(message, label="#ops", provider="slack", detail={"act": "edit"})

    assert ("brings a message up to date" in ana.get(PAGE).content.decode()) is said


def test_hostile_text_stays_text(ana: Client, world: World):
    a_delivery(a_message(world, title=HOSTILE), label=HOSTILE, state="failed", reason=HOSTILE)

    assert HOSTILE not in ana.get(PAGE).text


def test_one_delivery_shows_its_attempts_with_the_true_answers(ana: Client, world: World):
    delivery = a_delivery(a_message(world), state="failed", reason="refused")
    an_attempt(delivery, "refused", status=550, excerpt="5.1.1 no such user", milliseconds=31)

    page = ana.get(f"{PAGE}{delivery.pk}/").text

    assert all(words in page for words in ("550", "5.1.1 no such user", "31 ms"))


def test_one_delivery_shows_who_was_told_and_why(ana: Client, world: World):
    step = Step("user:1", "Ben", Verdict.REMOVED, Reason.PREFERENCE_NEVER)
    message = a_message(world)
    Notification.objects.update(trace=[step.as_json()])
    delivery = a_delivery(message)

    assert "their preference says never for this type" in ana.get(f"{PAGE}{delivery.pk}/").text


def test_hostile_text_stays_text_in_a_preview(ana: Client, world: World):
    message = a_message(world, title=HOSTILE, stack=HOSTILE, tags=((HOSTILE, HOSTILE),))
    address = {"channel": "#ops", "channel_id": ""}
    slack = a_delivery(message, provider="slack", address=address, label=HOSTILE)
    mail = a_delivery(message)

    for place in (f"{slack.pk}/", f"{mail.pk}/", f"{mail.pk}/mail/"):
        assert HOSTILE not in ana.get(PAGE + place).text


def test_a_mail_is_framed_where_it_can_run_and_load_nothing(ana: Client, world: World):
    delivery = a_delivery(a_message(world))

    page, mail = ana.get(f"{PAGE}{delivery.pk}/"), ana.get(f"{PAGE}{delivery.pk}/mail/")

    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert mail["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    )
    assert "sandbox" in mail["Content-Security-Policy"]
    assert mail["X-Frame-Options"] == "SAMEORIGIN"


def test_only_mails_have_a_mail_to_frame(ana: Client, world: World):
    delivery = a_delivery(a_message(world), provider="inbox", address={"user_id": 1})

    assert ana.get(f"{PAGE}{delivery.pk}/mail/").status_code == 404


def test_a_failed_delivery_is_queued_again_with_an_audit_entry(ana: Client, world: World):
    delivery = a_delivery(a_message(world), state="failed")

    ana.post(PAGE + "replay/", {"delivery": delivery.pk})

    delivery.refresh_from_db()
    assert (delivery.state, AuditEntry.objects.get().event) == ("queued", "delivery.replay")


def test_what_was_sent_is_not_replayed(ana: Client, world: World):
    delivery = a_delivery(a_message(world), state="sent")

    answer = ana.post(PAGE + "replay/", {"delivery": delivery.pk}, follow=True)

    delivery.refresh_from_db()
    assert (delivery.state, "Nothing to replay" in answer.text) == ("sent", True)


def test_all_that_match_are_replayed_and_nothing_else(ana: Client, world: World):
    message = a_message(world)
    for state, provider in (("failed", "slack"), ("dead", "slack"), ("sent", "slack"), ("failed", "email")):
        a_delivery(message, state=state, provider=provider)

    ana.post(PAGE + "replay/", {"state": "failed", "provider": "slack"})

    found = Delivery.objects.order_by("pk").values_list("state", flat=True)
    assert list(found) == ["queued", "queued", "sent", "failed"]


def test_nothing_is_replayed_by_following_a_link(ana: Client):
    assert ana.get(PAGE + "replay/").status_code == 405


def test_the_outbox_holds_what_could_not_leave_and_not_what_was_declined(ana: Client, world: World):
    message = a_message(world)
    a_delivery(message, label="waits", state="suppressed", reason=NOT_CONNECTED)
    a_delivery(message, label="declined", state="suppressed", reason=SENTENCES[Reason.PREFERENCE_NEVER])
    a_delivery(message, label="gone out", state="sent")

    found = [entry.row.label for entry in ana.get("/acme/outbox/").context["entries"]]

    assert found == ["waits"]


def test_a_message_in_the_outbox_is_read_as_it_would_look(ana: Client, world: World):
    delivery = a_delivery(a_message(world), state="suppressed", reason=NOT_CONNECTED)

    page = ana.get(f"/acme/outbox/{delivery.pk}/")

    assert (page.context["preview"].kind, "As text" in page.text) == ("mail", True)


@pytest.mark.parametrize("page", ["issues/", "deliveries/", "outbox/", "integrations/", "projects/shop/"])
def test_while_nothing_can_leave_the_pages_say_so(ana: Client, page: str):
    assert "No mail server and no chat workspace is connected" in ana.get(f"/acme/{page}").text


@pytest.mark.parametrize("page", ["outbox", "integrations"])
def test_the_word_that_nothing_can_leave_does_not_link_to_its_own_page(ana: Client, page: str):
    note = re.search(r'<div class="note warn".*?</div>', ana.get(f"/acme/{page}/").text, re.DOTALL)[0]

    assert f'href="/acme/{page}/"' not in note


def test_deliveries_are_filtered_by_integration_kind_and_time(ana: Client, world: World):
    message = a_message(world)
    a_delivery(message, label="old", date_added=NOW - timedelta(days=3))
    a_delivery(a_notification(world.project, kind="assigned"), label="assigned")

    assert labels(ana, kind="assigned") == ["assigned"]
    assert labels(ana, integration="12345") == []


def test_what_is_replayed_is_what_the_list_is_narrowed_to(ana: Client, world: World):
    message = a_message(world)
    a_delivery(message, state="failed", provider="slack", reason="archived")
    a_delivery(message, state="failed", provider="email")

    page = ana.get(PAGE, {"state": "failed", "provider": "slack", "text": "archived"}).text

    form = page[page.index('action="/acme/deliveries/replay/"') :]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', form[: form.index("</form>")])
    asked = {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}
    assert asked == {"state": "failed", "provider": "slack", "text": "archived"}


def test_a_replay_stands_between_the_tries_with_who_asked_for_it(ana: Client, world: World):
    delivery = a_delivery(a_message(world), state="failed")

    ana.post(PAGE + "replay/", {"delivery": delivery.pk})

    assert f"Queued again by {world.user.display_name}." in ana.get(f"{PAGE}{delivery.pk}/").text
