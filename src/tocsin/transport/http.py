"""HTTP, once for the whole product: one pooled session, guarded, bounded in time and size, never redirected."""

import re
import ssl
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlencode

import aiohttp
import msgspec
from aiohttp.abc import AbstractStreamWriter
from yarl import URL

from tocsin import __version__
from tocsin.core.sending import Answer, Failure, Reply, Request
from tocsin.transport.guard import REFUSED, Guard

AGENT = f"Tocsin/{__version__}"

# No user:password@, no character that two parsers read differently (GHSA-fp53-qcf8-2xx2).
_STRICT = re.compile(
    r"https?://(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
    r"(?:[/?][A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]*)?"
)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


class Http:
    """The only way out over HTTP. `exchange` never raises: what goes wrong is a Failure.

    `deadline` bounds a whole exchange, `connect` each connection, in seconds; of a reply at most `cap` bytes
    are read, unless the request says how many. `tls` replaces the system's trusted certificates.
    """

    def __init__(  # noqa: PLR0913 — each is a limit that a test must be able to make small
        self,
        guard: Guard,
        *,
        deadline: float = 10.0,
        connect: float = 5.0,
        cap: int = 65_536,
        pool: int = 256,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._timeout = aiohttp.ClientTimeout(total=deadline, connect=None, sock_connect=connect)
        self._cap = cap
        self._pool = pool
        self._tls = tls
        self._opened: aiohttp.ClientSession | None = None

    async def exchange(self, request: Request) -> Answer:
        """Ask once. The same process keeps connections for the next question to the same host."""
        try:
            url, headers, body = _prepared(request)
        except ValueError as wrong:
            return Failure(str(wrong), permanent=True)
        payload = None if body is None else _Noted(body)
        try:
            return await self._ask(request, url, headers, payload)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return _failure(error, url.host or "", written=payload is None or payload.begun)

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    async def _ask(self, request: Request, url: URL, headers: Mapping[str, str], body: "_Noted | None") -> Reply:
        async with self._session().request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as response:
            return Reply(
                response.status,
                {name.lower(): value for name, value in response.headers.items()},
                await _read(response, request.longest or self._cap),
            )

    def _session(self) -> aiohttp.ClientSession:
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._pool,
                    ssl=self._tls or True,
                    socket_factory=self._guard.socket,
                    keepalive_timeout=15,
                    ttl_dns_cache=60,
                ),
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,  # we ask for none: a small body can't become a large one
                headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
            )
        return self._opened


async def _read(response: aiohttp.ClientResponse, cap: int) -> bytes:
    held = bytearray(await response.content.readany())  # most often all of it
    while not response.content.at_eof() and len(held) < cap:
        held += await response.content.readany()
    if len(held) >= cap:
        response.close()  # the rest would have to be read before the connection could be used again
    return bytes(held[:cap])


class _Noted(aiohttp.BytesPayload):
    """A body that knows whether any of the request was written: only then may it have arrived.

    The headers leave together with the first bytes of the body. aiohttp's trace hooks tell the same for
    23 µs a request, a fifth of its price.
    """

    begun = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self.begun = True
        await super().write_with_length(writer, content_length)


def _prepared(request: Request) -> tuple[URL, dict[str, str], bytes | None]:
    headers = dict(request.headers)
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"The header {name[:40]!r} holds a line break or another control character.")
    if request.json is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
        return _checked(request.url), headers, msgspec.json.encode(request.json)
    if request.form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return _checked(request.url), headers, urlencode(request.form).encode()
    return _checked(request.url), headers, request.body


@lru_cache(maxsize=1024)
def _checked(url: str) -> URL:
    """The URL, byte for byte. Raises ValueError saying what is wrong, without the URL: it may be the secret."""
    if not _STRICT.fullmatch(url):
        raise ValueError(
            "The address is no plain http:// or https:// URL (no user:password@, no spaces, only ASCII)."
        )
    return URL(url, encoded=True)


def _failure(error: Exception, host: str, *, written: bool) -> Failure:
    if isinstance(error, aiohttp.ClientConnectorError):
        return _unconnected(error, host)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Failure(f"could not connect to {host} in time")
    if isinstance(error, TimeoutError):
        return Failure(f"{host} did not answer in time", written=written)
    words = str(error) or type(error).__name__
    return Failure(f"the connection to {host} was lost: {words}", written=written)


def _unconnected(error: aiohttp.ClientConnectorError, host: str) -> Failure:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Failure(f"the certificate of {host} does not verify: {error.certificate_error}", permanent=True)
    cause = error.os_error
    if REFUSED in str(cause):
        return Failure(f"{host}: {cause.strerror}", permanent=True)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Failure(f"the name {host} was not found")
    return Failure(f"could not connect to {host}: {cause.strerror or cause}")
