"""What Prometheus reads, and who may."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from tests.builders import NOW, World, a_delivery, a_notification

from tocsin.pipeline import tally
from tocsin.store.models import Integration
from tocsin.store.writes import heartbeats, tallies
from tocsin.store.writes.tallies import Count

TOKEN = "a token of enough letters"


@pytest.fixture(autouse=True)
def _asked_on_this_machine(db, tmp_path, set_up):
    set_up(data=tmp_path, url="http://127.0.0.1:8000")


@pytest.fixture
def set_up(monkeypatch):
    def change(**values) -> None:
        monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update=values))

    return change


def asked(**headers):
    return Client().get("/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()})


def value(name: str, **labels) -> float:
    cache.clear()
    families = text_string_to_metric_families(asked().content.decode())
    (found,) = [
        one.value for family in families for one in family.samples if one.name == name and one.labels == labels
    ]
    return found


def test_what_was_sent_is_counted_by_kind_and_service():
    tallies.add([Count(tally.ATTEMPTS, "issue_alert", "slack", "delivered", many=3)])
    tallies.add([Count(tally.ATTEMPTS, "issue_alert", "slack", "retry", many=2)])

    assert value("tocsin_notifications_sent_total", kind="issue_alert", provider="slack") == 3
    assert value("tocsin_attempts_total", kind="issue_alert", provider="slack", outcome="retry") == 2


def test_lengths_of_time_are_histograms():
    tallies.add(
        [
            Count(tally.SENT_AFTER, provider="slack", bucket=0, many=2, seconds=0.006),
            Count(tally.SENT_AFTER, provider="slack", bucket=5, many=1, seconds=0.2),
        ]
    )

    assert value("tocsin_delivery_seconds_bucket", provider="slack", le="0.005") == 2
    assert value("tocsin_delivery_seconds_count", provider="slack") == 3
    assert value("tocsin_delivery_seconds_sum", provider="slack") == pytest.approx(0.206)


def test_what_waits_is_shown_by_state_and_age(world: World):
    a_delivery(a_notification(world.project, intents=1), state="queued", due=NOW.replace(hour=8))
    a_delivery(a_notification(world.project, intents=1), state="held")

    assert value("tocsin_outbox_deliveries", state="queued") == 1
    assert value("tocsin_outbox_deliveries", state="held") == 1
    assert value("tocsin_outbox_deliveries", state="retrying") == 0
    assert value("tocsin_outbox_oldest_due_seconds") == 3600


def test_books_that_do_not_hold_are_0(world: World):
    assert value("tocsin_books_balanced") == 1

    a_notification(world.project, intents=1)

    assert value("tocsin_books_balanced") == 0
    assert value("tocsin_books_problems") == 1


def test_open_breakers_and_broken_integrations_are_counted(world: World):
    for name, columns in (("a", {"breaker": "open"}), ("b", {"broken": "revoked"}), ("c", {})):
        Integration.objects.create(
            organization=world.organization,
            provider="slack",
            name=name,
            settings=b"",
            date_added=NOW,
            date_updated=NOW,
            **columns,
        )

    assert value("tocsin_breakers_open", provider="slack") == 1
    assert value("tocsin_integrations_broken", provider="slack") == 1


def test_a_stuck_worker_is_0():
    assert value("tocsin_ready") == 0

    heartbeats.beat("digest", NOW)
    heartbeats.beat("deliver", NOW)

    assert value("tocsin_ready") == 1
    assert value("tocsin_loop_last_turn_seconds", loop="sender") == 0


def test_the_number_of_queries_does_not_grow(world: World, django_assert_max_num_queries):
    for _ in range(5):
        a_delivery(a_notification(world.project))

    with django_assert_max_num_queries(8):
        asked()


def test_without_a_token_another_machine_is_refused():
    said = Client(REMOTE_ADDR="192.0.2.7").get("/metrics")

    assert said.status_code == 403
    assert "TOCSIN_METRICS_TOKEN" in said.content.decode()


def test_without_a_token_what_a_proxy_hands_on_is_refused():
    assert asked(X_Forwarded_For="127.0.0.1").status_code == 403


def test_without_a_token_an_instance_with_a_public_address_answers_nobody(set_up):
    set_up(url="https://alerts.example.org")

    assert asked().status_code == 403


def test_with_a_token_only_who_shows_it_reads(set_up):
    set_up(metrics_token=TOKEN, url="https://alerts.example.org")

    assert asked().status_code == 403
    assert asked(Authorization="Bearer wrong").status_code == 403
    assert asked(Authorization=f"Bearer {TOKEN}").status_code == 200


def test_each_metric_is_on_the_reference_page(world: World):
    page = (Path(__file__).parents[2] / "docs/reference/metrics.md").read_text()
    tallies.add([Count(tally.ATTEMPTS, "k", "p", "delivered"), Count(tally.SENT_AFTER, provider="p")])

    families = text_string_to_metric_families(asked().content.decode())
    shown = {f"{one.name}_total" if one.type == "counter" else one.name for one in families}

    assert {name for name in shown if f"| `{name}` |" not in page} == set()
    assert set(re.findall(r"\| `(tocsin_\w+)` \|", page)) == shown
