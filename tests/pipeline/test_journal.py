"""One id leads through the log from the event to the delivery, and no line says what was in either."""

import pytest
import structlog
from structlog.testing import capture_logs

from tests.builders import NOW, a_world
from tests.pipeline.sending import answering, go, to_slack
from tests.pipeline.spooling import a_payload, an_id, digested
from tocsin.core.sending import Reply
from tocsin.pipeline import deliver
from tocsin.store.models import Delivery, Notification, Rule
from tocsin.store.writes.founding import Founded, found


@pytest.fixture
def shop(db) -> Founded:
    return found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)


@pytest.fixture(autouse=True)
def _nothing_is_bound():
    with structlog.contextvars.bound_contextvars():
        yield
    structlog.contextvars.clear_contextvars()


def test_each_batch_is_one_line_of_counts(shop):
    with capture_logs() as lines:
        digested(shop.project.pk, a_payload(1), a_payload(2), a_payload(1))

    (line,) = [line for line in lines if line["event"] == "digested"]
    assert (line["new"], line["repeat"], line["opened"], line["notifications"]) == (2, 1, 1, 1)


def test_a_batch_that_was_digested_already_is_no_line(shop):
    digested(shop.project.pk, a_payload(1))

    with capture_logs() as lines:
        digested(shop.project.pk, a_payload(1))

    assert lines == []


def test_each_firing_names_the_event_and_the_notification(shop, django_capture_on_commit_callbacks):
    with capture_logs() as lines, django_capture_on_commit_callbacks(execute=True):
        digested(shop.project.pk, a_payload(7))

    (line,) = [line for line in lines if line["event"] == "fired"]
    assert line["event_id"] == an_id(7)
    assert line["notification"] == Notification.objects.get().uuid
    assert line["rules"] == [Rule.objects.get().pk]


def the_lines_of_a_try(answer: Reply) -> tuple[Delivery, list[dict]]:
    delivery = to_slack(a_world())
    Notification.objects.update(event_id=an_id(7))
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        go(deliver.turn([], 10, NOW), answering(answer))
    return delivery, lines


def test_each_try_names_the_event_the_notification_and_the_delivery(db):
    delivery, (line,) = the_lines_of_a_try(Reply(500, {}, b""))

    assert line["event"] == "retry"
    assert line["event_id"] == an_id(7)
    assert line["notification"] == delivery.notification.uuid
    assert line["delivery"] == delivery.key
    assert (line["attempt"], line["status"], line["state"]) == (1, 500, "retrying")


def test_no_line_holds_an_address_a_body_or_a_secret(db):
    _, lines = the_lines_of_a_try(Reply(403, {}, b'{"ok": false, "error": "xoxb-secret is not #ops"}'))

    assert len(lines) == 1
    assert not [word for word in ("xoxb-secret", "#ops", "ZeroDivision", "C1") if word in str(lines)]
