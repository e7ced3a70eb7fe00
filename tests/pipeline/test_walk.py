"""The test error: what an SDK would have sent, in the place where the door puts it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.builders import NOW
from tocsin.core.group import group
from tocsin.engine.spool import Accepted, SpoolReader
from tocsin.formats import envelope
from tocsin.formats.event import parse
from tocsin.pipeline.walk import NotAcceptedError, accepted_at, new_event_id, send_test_error


@pytest.fixture
def spool(tmp_path: Path, settings) -> Path:
    path = tmp_path / "spool.sqlite3"
    settings.TOCSIN = SimpleNamespace(spool=path, wake_socket=tmp_path / "nobody.sock", broker_url="")
    return path


def read(spool: Path) -> list[Accepted]:
    reader = SpoolReader(spool)
    found = reader.read(0, 100, 10_000_000)
    reader.close()
    return found


def event_of(accepted: Accepted):
    item = envelope.split(accepted.body).event
    assert item is not None
    return parse(item.payload, event_id=accepted.event_id, received=accepted.received)


def test_the_body_is_an_envelope_that_the_door_would_accept(spool: Path):
    event_id = send_test_error(5, NOW)

    [accepted] = read(spool)
    assert (accepted.project_id, accepted.kind, accepted.event_id) == (5, "envelope", event_id)
    assert envelope.split(accepted.body).headers["event_id"] == event_id


def test_the_event_has_a_real_stack_trace_with_its_source(spool: Path):
    send_test_error(5, NOW)

    [exception] = event_of(read(spool)[0]).exceptions
    innermost = exception.frames[-1]
    assert (exception.type, innermost.function, innermost.in_app) == ("TestError", "charge", True)
    assert "raise TestError" in innermost.context_line


def test_each_click_is_an_issue_of_its_own(spool: Path):
    send_test_error(5, NOW)
    send_test_error(5, NOW)

    first, second = (group(event_of(accepted)) for accepted in read(spool))
    assert not set(first.hashes) & set(second.hashes)


def test_the_lines_around_a_call_are_in_order(spool: Path):
    send_test_error(5, NOW)

    item = envelope.split(read(spool)[0].body).event
    assert item is not None
    frame = json.loads(item.payload)["exception"]["values"][0]["stacktrace"]["frames"][0]
    source = [*frame["pre_context"], frame["context_line"], *frame["post_context"]]
    assert [line.strip() for line in source][2:4] == [
        '"""The first call of the test error\'s stack trace."""',
        "charge(order)",
    ]


def test_a_spool_that_cannot_be_written_is_said(tmp_path: Path, settings):
    settings.TOCSIN = SimpleNamespace(spool=tmp_path / "no" / "such" / "folder", wake_socket=tmp_path / "x")

    with pytest.raises(NotAcceptedError, match="send it again"):
        send_test_error(5, NOW)


def test_an_id_tells_when_it_was_made_to_the_millisecond():
    moment = datetime(2026, 11, 21, 9, 0, 0, 123000, tzinfo=UTC)

    assert accepted_at(new_event_id(moment)) == moment


def test_an_id_has_the_32_hex_digits_of_every_event():
    assert len(new_event_id(NOW)) == 32
    int(new_event_id(NOW), 16)
