import base64
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.encoding import RefusedBodyError, TooLargeError
from tocsin.formats.envelope import MalformedError
from tocsin.formats.store import plain

EVENT = b'{"event_id": "abc"}'


def packed(body: bytes) -> bytes:
    return base64.b64encode(zlib.compress(body))


def test_json_comes_back_as_it_is():
    assert plain(b"\n" + EVENT + b"\n", 100) == EVENT


def test_an_old_body_in_zlib_and_base64_is_unpacked():
    assert plain(packed(EVENT), 100) == EVENT


def test_what_came_out_can_go_in_again():
    assert plain(plain(packed(EVENT), 100), 100) == EVENT


def test_a_bomb_in_base64_is_too_large():
    with pytest.raises(TooLargeError):
        plain(packed(b"{" + bytes(10_000_000)), 1_000)


@pytest.mark.parametrize(
    "body", [b"", b"hello", base64.b64encode(EVENT), packed(b"hello"), packed(EVENT)[:-8], packed(packed(EVENT))]
)
def test_what_is_neither_json_nor_packed_json_is_malformed(body):
    with pytest.raises(MalformedError):
        plain(body, 1_000)


@given(body=st.binary(max_size=100) | st.text(max_size=50).map(str.encode))
def test_any_bytes_come_out_as_a_json_text_or_are_refused(body):
    with suppress(RefusedBodyError):
        assert plain(body, 1_000).startswith(b"{")
