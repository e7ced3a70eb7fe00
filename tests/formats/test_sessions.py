import json
from datetime import UTC, datetime

import pytest

from tocsin.formats.envelope import split
from tocsin.formats.sessions import Sessions, begun_in, has_begun

RECEIVED = datetime(2026, 11, 21, 9, 0, 30, tzinfo=UTC).timestamp()
MINUTE = int(RECEIVED) // 60
ATTRIBUTES = {"release": "shop@1.4", "environment": "staging"}


def an_envelope(*items: tuple[str, object]):
    lines = [b"{}"]
    for kind, payload in items:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        lines += [json.dumps({"type": kind, "length": len(body)}).encode(), body]
    return split(b"\n".join(lines))


def read(*items: tuple[str, object]) -> list[Sessions]:
    return list(begun_in(an_envelope(*items), RECEIVED))


def a_session(**fields):
    return ("session", {"sid": "a", "init": True, "started": "2026-11-21T08:59:10Z", "attrs": ATTRIBUTES, **fields})


def test_a_session_counts_where_and_when_it_began():
    assert read(a_session()) == [Sessions(MINUTE - 1, "staging", "shop@1.4", 1)]


@pytest.mark.parametrize("init", [False, None, 0, "yes"])
def test_what_only_changes_or_ends_a_session_is_not_counted(init):
    assert read(a_session(init=init)) == []


def test_the_buckets_of_a_server_are_added_up_by_how_they_ended():
    buckets = [
        {"started": "2026-11-21T08:58:00Z", "exited": 40, "errored": 2, "crashed": 1, "abnormal": 3},
        {"started": "2026-11-21T08:59:00Z", "exited": 5},
        {"started": "2026-11-21T08:59:00Z"},
    ]

    found = read(("sessions", {"aggregates": buckets, "attrs": ATTRIBUTES}))

    assert [(one.minute, one.many) for one in found] == [(MINUTE - 2, 46), (MINUTE - 1, 5)]


@pytest.mark.parametrize(
    "started", ["2026-11-19T09:00:00Z", "2026-11-21T09:01:00Z", "yesterday", None, 7, "2026-11-21T09:00:29"]
)
def test_a_begin_that_cannot_be_believed_counts_when_it_was_received(started):
    assert read(a_session(started=started))[0].minute == MINUTE


def test_without_attributes_it_is_production_and_no_release():
    assert read(a_session(attrs=None)) == [Sessions(MINUTE - 1, "production", "", 1)]


@pytest.mark.parametrize(
    "item",
    [
        ("session", b"not json"),
        ("session", [1]),
        ("sessions", {"aggregates": "many"}),
        ("sessions", {"aggregates": [1, {"exited": -3}, {"exited": "9"}, {"exited": True}]}),
        ("client_report", {"init": True}),
    ],
)
def test_what_cannot_be_read_counts_for_nothing(item):
    assert read(item) == []


def test_an_absurd_count_is_cut():
    (found,) = read(("sessions", {"aggregates": [{"exited": 10**15}]}))

    assert found.many == 1_000_000


def test_names_have_the_length_of_their_columns():
    (found,) = read(a_session(attrs={"release": "r" * 300, "environment": "e" * 100}))

    assert (len(found.release), len(found.environment)) == (250, 64)


def test_at_most_a_hundred_items_are_read():
    assert len(read(*[a_session()] * 101)) == 100


def test_an_envelope_says_whether_a_session_began_in_it():
    assert has_begun(an_envelope(a_session()))
    assert not has_begun(an_envelope(a_session(init=False)))
