"""What a body was packed with: the content encodings that SDKs send, unpacked without trusting them."""

import zlib

import brotli
import zstandard
from isal import isal_zlib

_ISAL_ERROR: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # its stub names no class
# isal takes 0.48 of zlib's time on an envelope; unpacking is the largest single cost of the hot path.
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
# RFC 8878 asks decoders for at least 8 MB; without a bound, a 20-byte frame may ask for gigabytes.
_ZSTD_WINDOW = 8 * 1024 * 1024


class RefusedBodyError(ValueError):
    """A body cannot be taken; the text is for the person who looks at their SDK's log."""


class TooLargeError(RefusedBodyError):
    """A body, or a part of it, is larger than its limit."""


class UndecodableError(RefusedBodyError):
    """A body is not what its Content-Encoding says."""


def unpack(body: bytes, encoding: str, limit: int) -> bytes:
    """The body as the SDK wrote it, at most `limit` bytes long, whatever it was packed with.

    Knows gzip, deflate (zlib as the standard says, and raw as some clients send), br and zstd. Never holds
    much more than `limit`. Raises TooLargeError past it, UndecodableError for anything that is not whole.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return _bounded(body, limit)
    if name in ("gzip", "x-gzip"):
        return _inflate(body, _GZIP, limit, "gzip")
    if name == "deflate":
        return _deflate(body, limit)
    if name == "br":
        return _brotli(body, limit)
    if name == "zstd":
        return _zstd(body, limit)
    raise UndecodableError(f"Content-Encoding {encoding[:40]!r} is unknown; send gzip, deflate, br or zstd")


def _bounded(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise TooLargeError(f"The body unpacks to more than {limit:,} bytes")
    return body


def _inflate(body: bytes, window: int, limit: int, name: str) -> bytes:
    inflater = isal_zlib.decompressobj(window)
    try:
        plain: bytes = inflater.decompress(body, limit + 1)
    except _ISAL_ERROR as error:
        raise UndecodableError(f"The body is not {name}: {error}") from None
    _bounded(plain, limit)
    if not inflater.eof:
        raise UndecodableError(f"The {name} body ends too early")
    if inflater.unused_data:
        raise UndecodableError(f"The {name} body goes on after its end")
    return plain


def _deflate(body: bytes, limit: int) -> bytes:
    # RFC 1950: the method is 8 and the first two bytes are a multiple of 31. Raw deflate that begins so would be a
    # stored block with a padding bit set, which no packer writes.
    is_zlib = len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return _inflate(body, _ZLIB if is_zlib else _RAW, limit, "deflate")


def _brotli(body: bytes, limit: int) -> bytes:
    decompressor = brotli.Decompressor()
    parts, size, packed = [], 0, body
    try:
        while not decompressor.is_finished():
            part = decompressor.process(packed, output_buffer_limit=limit + 1 - size)
            if not part and not decompressor.is_finished() and decompressor.can_accept_more_data():
                raise UndecodableError("The br body ends too early")
            parts.append(part)
            packed, size = b"", size + len(part)
            if size > limit:
                break
    except brotli.error as error:
        raise UndecodableError(f"The body is not br: {error}") from None
    return _bounded(b"".join(parts), limit)


def _zstd(body: bytes, limit: int) -> bytes:
    _require_whole_zstd(body)
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    try:
        with decompressor.stream_reader(body) as reader:
            return _bounded(reader.read(limit + 1), limit)
    except zstandard.ZstdError as error:
        raise UndecodableError(f"The body is not zstd: {error}") from None


def _require_whole_zstd(body: bytes) -> None:
    """The streaming reader takes a cut frame for a short one, so the frame's blocks are walked (RFC 8878 §3.1)."""
    try:
        position = zstandard.frame_header_size(body)
        has_checksum = zstandard.get_frame_parameters(body).has_checksum
    except zstandard.ZstdError as error:
        raise UndecodableError(f"The body is not zstd: {error}") from None
    is_last = False
    while not is_last:
        header = int.from_bytes(body[position : position + 3], "little")
        is_last, kind, size = bool(header & 1), header >> 1 & 3, header >> 3
        position += 3 + (1 if kind == 1 else size)
        if position > len(body):
            raise UndecodableError("The zstd body ends too early")
    if position + 4 * has_checksum != len(body):
        raise UndecodableError("The zstd body does not end where its frame does")
