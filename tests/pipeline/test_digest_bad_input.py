"""What strangers send: a clear answer for each body, and nothing lost beside it."""

import base64
import gzip
import hashlib
import json
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import NOW
from tests.examples import examples
from tests.pipeline.spooling import SPOOL, a_batch, a_frame, a_payload, accepted, an_exception, digested
from tocsin.formats.envelope import EVENT_LIMIT
from tocsin.pipeline.digest import digest
from tocsin.pipeline.message import message_of
from tocsin.store.models import Delivery, Event, Issue, Notification, RejectedBody
from tocsin.store.writes.founding import Founded, found

HOSTILE = (
    "<script>alert(1)</script> <!channel> <!here|x> @everyone *b* `c` {0} %s %(a)s {{7*7}} ${j}"
    "\r\nBcc: eve@example.com"
)


@pytest.fixture
def shop(db) -> Founded:
    return found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)


def said() -> dict:
    """The facts of the one notification."""
    return Notification.objects.get().facts


def test_two_hundred_tags_are_kept_and_fifty_are_shown(shop):
    digested(shop.project.pk, a_payload(tags={f"tag {n}": f"value {n}" for n in range(200)}))

    assert len([name for name, _ in Event.objects.get().tags if name.startswith("tag")]) == 200
    assert len(said()["tags"]) <= 50


def test_a_stack_trace_of_a_megabyte_becomes_an_issue_and_a_short_message(shop):
    frames = [{**a_frame(f"call_{n}"), "context_line": "x" * 900} for n in range(900)]
    payload = a_payload(exception=an_exception(*frames))
    assert 900_000 < len(json.dumps(payload)) < EVENT_LIMIT

    digested(shop.project.pk, payload)

    assert Issue.objects.count() == 1
    assert len(said()["stack"]) < 4_000


def test_an_event_larger_than_the_limit_is_set_aside_and_the_others_digested(shop):
    huge = a_payload(1, extra={"blob": "x" * (EVENT_LIMIT + 1)})

    outcome = digested(shop.project.pk, huge, a_payload(2))

    assert (outcome.events, outcome.rejected) == (1, 1)
    assert "larger than" in RejectedBody.objects.get().reason


@pytest.mark.parametrize(
    "timestamp",
    [
        pytest.param(NOW.timestamp() + 3600, id="an hour ahead"),
        pytest.param(NOW.timestamp() - 40 * 86400, id="forty days old"),
        pytest.param(0, id="1970"),
        pytest.param(1e18, id="further than calendars go"),
        pytest.param(-1e18, id="before them"),
        pytest.param("yesterday", id="a word"),
        pytest.param("0001-01-01T00:00:00+23:59", id="before year one"),
        pytest.param(None, id="none"),
        pytest.param([1], id="a list"),
    ],
)
def test_a_clock_that_is_wrong_does_not_move_an_issue_in_time(shop, timestamp):
    digested(shop.project.pk, a_payload(timestamp=timestamp))

    assert Issue.objects.get().last_seen == NOW


def test_a_clock_within_thirty_days_is_believed(shop):
    then = NOW - timedelta(days=29)

    digested(shop.project.pk, a_payload(timestamp=then.isoformat()))

    assert Issue.objects.get().first_seen == then


def test_nul_bytes_reach_no_column_of_text(shop):
    digested(
        shop.project.pk, a_payload(message="a\x00b", release="1\x00", tags={"k\x00": "v\x00"}, user={"id": "\x00"})
    )

    event, issue = Event.objects.get(), Issue.objects.get()
    texts = [event.title, event.release, event.environment, json.dumps(event.tags), issue.title, issue.culprit]
    assert not any("\x00" in text or "\\u0000" in text for text in texts)
    assert "\\u0000" not in json.dumps(said())


def test_broken_utf8_is_digested_with_a_mark_where_it_was_broken(shop):
    body = json.dumps(a_payload(message="caf?")).encode().replace(b"caf?", b"caf\xff\xfe")

    outcome = digested(shop.project.pk, body)

    assert (outcome.events, outcome.rejected) == (1, 0)
    assert "caf" in said()["message"]


def test_half_a_surrogate_pair_is_digested(shop):
    body = json.dumps(a_payload(message="broken ?")).encode().replace(b"broken ?", b"broken \\ud83d")

    outcome = digested(shop.project.pk, body)

    assert (outcome.events, outcome.rejected) == (1, 0)
    said()["message"].encode()  # nothing that UTF-8 cannot carry


def test_hostile_text_stays_text_from_the_event_to_the_message(shop):
    payload = a_payload(
        exception=an_exception(type=HOSTILE, value=HOSTILE), message=HOSTILE, tags={HOSTILE[:30]: HOSTILE}
    )

    digested(shop.project.pk, payload)

    delivery = Delivery.objects.filter(provider="inbox").get()
    message = message_of("issue_alert", delivery.notification.facts, delivery.detail)
    assert "<script>alert(1)</script>" in message.title
    assert "<!channel>" in message.title
    assert "{{7*7}}" in message.title


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"", "JSON", id="nothing"),
        pytest.param(b"[1, 2]", "JSON", id="a list"),
        pytest.param(b"{" * 10, "JSON", id="no JSON"),
        pytest.param(b"[" * 200_000, "", id="deeper than any parser goes"),
        pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "", id="objects deeper than any parser goes"),
        pytest.param(b"\x00\x01\x02", "", id="noise"),
    ],
)
def test_what_is_no_event_is_kept_with_the_reason_and_hinders_nothing(shop, body, why):
    outcome = digested(shop.project.pk, a_payload(1), body, a_payload(3))

    assert (outcome.events, outcome.rejected) == (2, 1)
    rejected = RejectedBody.objects.get()
    assert rejected.project_id == shop.project.pk
    assert why in rejected.reason
    assert body in bytes(rejected.body)


def test_a_body_that_does_not_unpack_is_set_aside(shop):
    broken = accepted(shop.project.pk, a_payload(1))._replace(encoding="gzip", body=b"no gzip")

    outcome = digest([broken, accepted(shop.project.pk, a_payload(2), place=2)], SPOOL, NOW)

    assert (outcome.events, outcome.rejected) == (1, 1)
    assert "gzip" in RejectedBody.objects.get().reason


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_body_is_digested(shop, encoding):
    plain = accepted(shop.project.pk, a_payload(1))
    pack = gzip.compress if encoding == "gzip" else zlib.compress

    outcome = digest([plain._replace(encoding=encoding, body=pack(plain.body))], SPOOL, NOW)

    assert outcome.events == 1


def test_a_store_body_of_an_old_client_is_digested(shop):
    packed = base64.b64encode(zlib.compress(json.dumps(a_payload(1)).encode()))
    body = accepted(shop.project.pk, a_payload(1))._replace(kind="store", body=packed)

    assert digest([body], SPOOL, NOW).events == 1


def test_an_envelope_without_an_event_is_neither_counted_nor_rejected(shop):
    session = accepted(shop.project.pk, a_payload(1))._replace(body=b'{}\n{"type":"session"}\n{}\n')

    outcome = digest([session], SPOOL, NOW)

    assert (outcome.events, outcome.rejected) == (0, 0)


def test_a_batch_of_nothing_but_bad_bodies_moves_the_spool_on(shop):
    outcome = digested(shop.project.pk, b"", b"[]", b"{")

    assert (outcome.position, outcome.rejected) == (3, 3)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = """exception stacktrace threads message logentry tags user request release environment level platform
    timestamp fingerprint transaction culprit logger server_name contexts extra sdk breadcrumbs checksum dist"""


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(FIELDS.split()), json_values, max_size=6))
def test_whatever_an_event_holds_it_becomes_an_issue(shop, strange):
    digest_of_it = hashlib.md5(json.dumps(strange, sort_keys=True).encode()).hexdigest()
    batch = [accepted(shop.project.pk, {"event_id": digest_of_it, **strange})]

    outcome = digest(batch, digest_of_it, NOW)

    assert outcome.rejected == 0


def test_an_event_that_was_spooled_long_ago_is_as_old_as_it_was_received(shop):
    then = datetime(2026, 1, 1, tzinfo=UTC)

    digest(a_batch(shop.project.pk, a_payload(timestamp=then.timestamp()), received=then.timestamp()), SPOOL, NOW)

    assert Issue.objects.get().first_seen == then
