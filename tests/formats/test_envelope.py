import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.encoding import TooLargeError
from tocsin.formats.envelope import Envelope, Item, MalformedError, join, split

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
others = names.filter(lambda name: name not in ("event", "transaction"))
items = st.lists(st.builds(Item, others, st.just({}), st.binary(max_size=300)), max_size=5)


def test_an_event_is_found_with_its_headers_and_its_payload_as_it_came():
    found = split(
        b'{"event_id":"abc","dsn":"d"}\n{"type":"event","length":16,"platform":"python"}\n{"level":"info"}\n'
    )

    assert found.headers == {"event_id": "abc", "dsn": "d"}
    assert found.event == Item("event", {"type": "event", "length": 16, "platform": "python"}, b'{"level":"info"}')


@given(headers=st.dictionaries(names, names), items=items)
def test_what_was_joined_is_split_into_the_same(headers, items):
    found = split(join(headers, items))

    assert found.headers == headers
    assert [(item.type, item.payload) for item in found.items] == [(item.type, item.payload) for item in items]


@given(body=st.binary(max_size=300))
def test_any_bytes_are_split_or_malformed(body):
    with suppress(MalformedError):
        assert isinstance(split(body), Envelope)


@given(
    lines=st.lists(
        st.sampled_from(
            [
                b"{}",
                b'{"type":"event"}',
                b'{"type":"session","length":2}',
                b'{"type":"x","length":-1}',
                b"[]",
                b"",
                b"{",
            ]
        ),
        max_size=8,
    )
)
def test_lines_in_any_order_are_split_or_malformed(lines):
    with suppress(MalformedError):
        assert isinstance(split(b"\n".join(lines)), Envelope)


@pytest.mark.parametrize("ending", [b"", b"\n", b"\n\n"])
def test_an_envelope_may_end_with_or_without_newlines(ending):
    assert len(split(b'{}\n{"type":"session","length":2}\n{}' + ending).items) == 1


@pytest.mark.parametrize("body", [b"{}", b"{}\n", b'{"event_id":"abc"}\n\n'])
def test_an_envelope_without_items_is_empty(body):
    assert split(body).items == []


def test_without_a_length_a_payload_runs_to_the_end_of_its_line():
    found = split(b'{}\n{"type":"session"}\n{"a":1}\n{"type":"client_report"}\n{"b":2}')

    assert [item.payload for item in found.items] == [b'{"a":1}', b'{"b":2}']


def test_with_a_length_a_payload_may_hold_newlines():
    assert split(b'{}\n{"type":"attachment","length":5}\na\nb\nc\n').items[0].payload == b"a\nb\nc"


def test_an_item_may_be_empty():
    assert [item.payload for item in split(b'{}\n{"type":"x","length":0}\n\n{"type":"y"}\n').items] == [b"", b""]


def test_unknown_items_are_there_for_the_reader_to_skip():
    assert [item.type for item in split(b'{}\n{"type":"from_the_future"}\n1\n{"type":"event"}\n{}').items] == [
        "from_the_future",
        "event",
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "The envelope does not begin with a JSON object", id="nothing at all"),
        pytest.param(b"hello", "The envelope does not begin with a JSON object", id="no JSON"),
        pytest.param(b"[]\n", "The envelope does not begin with a JSON object", id="an array"),
        pytest.param(
            b'{"a":"\xff"}\n', "The envelope does not begin with a JSON object", id="headers not in UTF-8"
        ),
        pytest.param(b"\x00" * 9, "The envelope does not begin with a JSON object", id="NUL bytes"),
        pytest.param(b"[" * 50_000, "The envelope does not begin with a JSON object", id="deep JSON"),
        pytest.param(b'{"a":"' + b"x" * 70_000, "no headers within 65,536 bytes", id="headers without an end"),
        pytest.param(b"{}\n{}\n", "Item 1 has no type", id="an item without a type"),
        pytest.param(b'{}\n{"type":7}\n', "Item 1 has no type", id="a type that is no text"),
        pytest.param(b'{}\n{"type":"x","length":"9"}\n', "length of item 1 is '9'", id="a length that is text"),
        pytest.param(b'{}\n{"type":"x","length":true}\n', "length of item 1 is True", id="a length that is true"),
        pytest.param(b'{}\n{"type":"x","length":-1}\n', "length of item 1 is -1", id="a negative length"),
        pytest.param(b'{}\n{"type":"x","length":9}\nabc', "Item 1 ends 6 bytes too early", id="a body cut short"),
        pytest.param(b'{}\n{"type":"x","length":2}\nabc\n', "longer than its length of 2", id="a payload too long"),
        pytest.param(
            b'{}\n{"type":"event"}\n{}\n{"type":"event"}\n{}', "more than one event or transaction", id="two events"
        ),
        pytest.param(
            b'{}\n{"type":"event"}\n{}\n{"type":"transaction"}\n{}',
            "more than one event or transaction",
            id="an event and a transaction",
        ),
        pytest.param(b"{}\n" + b'{"type":"x"}\n\n' * 1_001, "more than 1,000 items", id="very many items"),
    ],
)
def test_an_envelope_is_malformed(body, reason):
    with pytest.raises(MalformedError, match=reason):
        split(body)


def test_an_event_of_a_megabyte_is_taken_and_one_byte_more_is_too_large():
    payload = json.dumps({"message": "x" * 1_000_000}).encode()

    assert split(b'{}\n{"type":"event"}\n' + payload[:1_000_000]).event is not None
    with pytest.raises(TooLargeError, match="larger than 1,000,000 bytes"):
        split(b'{}\n{"type":"event"}\n' + payload[:1_000_001])
