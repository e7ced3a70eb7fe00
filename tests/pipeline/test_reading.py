"""From spooled bodies to events that know where they belong, without a database."""

import json

from tests.builders import NOW
from tests.pipeline.spooling import a_batch, a_payload, accepted, an_id
from tocsin.pipeline.reading import read


def test_events_come_in_the_order_of_their_arrival():
    reading = read(a_batch(7, a_payload(2), a_payload(1)))

    assert [one.event.event_id for one in reading.arrived] == [an_id(2), an_id(1)]


def test_an_event_knows_its_project_when_it_was_received_and_its_hashes():
    (one,) = read(a_batch(7, a_payload())).arrived

    assert (one.project_id, one.received) == (7, NOW)
    assert all(len(hash_) == 32 for hash_ in one.grouping.hashes)


def test_the_payload_is_kept_as_it_came():
    payload = a_payload(extra={"basket": [1, 2]})

    (one,) = read(a_batch(7, payload)).arrived

    assert json.loads(one.payload) == payload


def test_the_id_is_the_one_that_the_door_answered_with():
    body = accepted(7, a_payload(1))._replace(event_id=an_id(99))

    (one,) = read([body]).arrived

    assert one.event.event_id == an_id(99)


def test_a_body_that_cannot_be_read_is_named_and_loses_nothing_beside_it():
    reading = read(a_batch(7, a_payload(1), b"[]", a_payload(3)))

    assert [one.event.event_id for one in reading.arrived] == [an_id(1), an_id(3)]
    (rejected,) = reading.rejected
    assert (rejected.project_id, rejected.received) == (7, NOW)
    assert rejected.reason
    assert b"[]" in rejected.body


def test_a_body_that_trips_a_reader_is_set_aside_by_its_error_and_the_operator_is_told(caplog):
    strange = accepted(7, a_payload(1))._replace(body=None)

    (rejected,) = read([strange]).rejected

    assert rejected.reason.startswith("TypeError")
    assert "A body of project 7 could not be read" in caplog.text


def test_a_body_without_an_event_is_neither_read_nor_rejected():
    session = accepted(7, a_payload(1))._replace(body=b'{}\n{"type":"session"}\n{}\n')

    reading = read([session])

    assert (reading.arrived, reading.rejected) == ([], [])


def test_an_empty_batch_reads_as_nothing():
    assert read([]).arrived == []
