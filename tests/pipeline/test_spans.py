"""Each try and each batch is a span that says what came of it, and nothing that is nobody's business."""

from datetime import UTC, datetime

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from tests.builders import NOW, World, a_world
from tests.pipeline.sending import once, slack_said, to_slack
from tocsin.core.sending import Reply
from tocsin.pipeline import spans


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def told():
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans.listen(provider.get_tracer("test"))
    yield exporter.get_finished_spans
    spans.listen(None)


def test_a_try_is_named_after_its_service(world, told):
    delivery = to_slack(world)

    once(slack_said())

    (span,) = told()
    assert (span.name, span.kind) == ("notification.send_slack", SpanKind.CLIENT)
    assert span.attributes["tocsin.delivery"] == delivery.key
    assert (span.attributes["tocsin.kind"], span.attributes["tocsin.outcome"]) == ("issue_alert", "delivered")


def test_a_try_that_failed_is_an_error_with_the_reason(world, told):
    to_slack(world)

    once(Reply(500))

    (span,) = told()
    assert (span.status.is_ok, span.attributes["http.response.status_code"]) == (False, 500)
    assert "500" in span.status.description


def test_a_span_takes_as_long_as_the_try(world, told):
    to_slack(world)

    (tried,) = once(slack_said())

    (span,) = told()
    assert span.end_time - span.start_time == tried.milliseconds * 1_000_000
    assert datetime.fromtimestamp(span.start_time / 1e9, UTC).date() == tried.started.date()


def test_no_address_and_no_secret_is_in_a_span(world, told):
    to_slack(world)

    once(slack_said(ok=False, error="invalid_auth"))

    assert "xoxb" not in told()[0].to_json()
    assert "C1" not in told()[0].to_json()


def test_a_batch_is_a_span_with_its_counts(told):
    spans.digested({"new": 2, "repeat": 1}, 1, 3, NOW, 12.5)

    (span,) = told()
    assert (span.name, span.attributes["tocsin.events.new"], span.attributes["tocsin.deliveries"]) == (
        "digest",
        2,
        3,
    )
    assert span.end_time - span.start_time == 12_500_000


def test_without_a_listener_nothing_is_told(world, told):
    spans.listen(None)
    to_slack(world)

    once(slack_said())

    assert told() == ()
