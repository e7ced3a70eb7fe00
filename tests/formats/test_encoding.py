import gzip
import tracemalloc
import zlib
from contextlib import suppress

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.encoding import RefusedBodyError, TooLargeError, UndecodableError, unpack

MEGABYTE = 1_000_000


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def zstd_of_unknown_size(body: bytes) -> bytes:
    packer = zstandard.ZstdCompressor(write_content_size=False, write_checksum=True).compressobj()
    return packer.compress(body) + packer.flush()


PACKERS = {
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstandard.compress),
    "zstd of unknown size": ("zstd", zstd_of_unknown_size),
    "nothing": ("", bytes),
    "identity": ("identity", bytes),
}
each_packer = pytest.mark.parametrize(("encoding", "pack"), PACKERS.values(), ids=PACKERS)
each_real_packer = pytest.mark.parametrize(("encoding", "pack"), list(PACKERS.values())[:6], ids=list(PACKERS)[:6])


@each_packer
@given(body=st.binary(max_size=5_000))
def test_what_was_packed_comes_back(encoding, pack, body):
    assert unpack(pack(body), encoding, len(body)) == body


@pytest.mark.parametrize("written", ["GZIP", " gzip ", "x-gzip"])
def test_gzip_is_known_however_it_is_written(written):
    assert unpack(gzip.compress(b"{}"), written, 10) == b"{}"


@each_packer
def test_one_byte_over_the_limit_is_too_large(encoding, pack):
    with pytest.raises(TooLargeError, match="more than 99 bytes"):
        unpack(pack(b"x" * 100), encoding, 99)


@each_real_packer
def test_a_bomb_is_too_large_before_it_takes_the_memory(encoding, pack):
    bomb = pack(bytes(20 * MEGABYTE))

    tracemalloc.start()
    with pytest.raises(TooLargeError):
        unpack(bomb, encoding, MEGABYTE)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(bomb) < MEGABYTE
    assert taken < 5 * MEGABYTE


@each_real_packer
def test_a_body_that_ends_too_early_is_undecodable(encoding, pack):
    packed = pack(b"an event " * 100)

    for length in range(len(packed)):
        with pytest.raises(UndecodableError):
            unpack(packed[:length], encoding, MEGABYTE)


@each_real_packer
def test_a_body_that_goes_on_after_its_end_is_undecodable(encoding, pack):
    with pytest.raises(UndecodableError):
        unpack(pack(b"an event") + b"more", encoding, MEGABYTE)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
@given(body=st.binary(max_size=200))
def test_any_bytes_are_unpacked_or_refused(encoding, body):
    with suppress(RefusedBodyError):
        unpack(body, encoding, 1_000)


@each_real_packer
@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_flipped_bit_never_raises_anything_else(encoding, pack, place, bit):
    packed = bytearray(pack(b'{"event_id": "abc", "message": "the till is open"}' * 20))
    packed[place % len(packed)] ^= 1 << bit

    with suppress(RefusedBodyError):
        unpack(bytes(packed), encoding, 2_000)


def test_a_zstd_frame_that_asks_for_gigabytes_of_window_is_undecodable():
    greedy = b"\x28\xb5\x2f\xfd" + b"\x00" + b"\xa8" + b"\x01\x00\x00"  # no content, a window of 2 GB

    with pytest.raises(UndecodableError, match="zstd"):
        unpack(greedy, "zstd", MEGABYTE)


def test_an_unknown_encoding_is_named_with_what_to_send_instead():
    with pytest.raises(UndecodableError, match="'compress' is unknown; send gzip, deflate, br or zstd"):
        unpack(b"", "compress", 10)
