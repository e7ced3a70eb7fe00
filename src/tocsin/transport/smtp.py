"""SMTP, once for the whole product: guarded, TLS where it is offered, a few kept connections a server."""

import asyncio
import re
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from socket import SOCK_STREAM, socket
from urllib.parse import unquote, urlsplit

import aiosmtplib

from tocsin.core.sending import Answer, Failure, Greeting, Mail, Reply
from tocsin.transport.guard import ForbiddenAddressError, Guard

_ENVELOPE = re.compile(r"[!-;=?-~]{3,320}")  # printable ASCII without spaces and angle brackets


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    tls: bool
    user: str = field(repr=False)
    password: str = field(repr=False)


@lru_cache(maxsize=256)
def server_of(url: str) -> Server:
    """Read `smtp[s]://user:password@host:port`. Raises ValueError saying what is wrong, without the URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("The mail server's URL has a port that is no number.") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("The mail server's URL must look like smtp://user:password@mail.example.org:587.")
    tls = parts.scheme == "smtps"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, port or (465 if tls else 587 if user else 25), tls, user, password)


class _GivenUpError(Exception):
    """We, not the server, ended it; trying again cannot help."""


class _CrowdedError(OSError):
    """All connections to the server carried other mails for too long."""


@dataclass(slots=True)
class _Connection:
    client: aiosmtplib.SMTP
    mails: int = 0
    idle: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class _Progress:
    """How far a mail has come: connect, auth, mail, rcpt, data. Lost in "data", it may have arrived."""

    stage: str = "connect"


class Smtp:
    """The only way out over SMTP. `exchange` never raises: what goes wrong is a Failure.

    `own` is the operator's own mail server (TOCSIN_EMAIL_URL), which may be inside. `deadline` bounds one
    mail, and before it the wait for one of the `connections`; `idle` how long a connection is kept, in seconds.
    `tls` replaces the system's trusted certificates.
    """

    def __init__(  # noqa: PLR0913 — each is a limit that a test must be able to make small
        self,
        guard: Guard,
        *,
        own: str = "",
        deadline: float = 30.0,
        idle: float = 20.0,
        connections: int = 4,
        mails_per_connection: int = 100,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._own = server_of(own) if own else None
        self._deadline = deadline
        self._idle = idle
        self._most_mails = mails_per_connection
        self._tls = tls
        self._free: defaultdict[Server, list[_Connection]] = defaultdict(list)
        self._places: defaultdict[Server, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(connections))
        self._leaving: set[asyncio.Task[None]] = set()

    async def exchange(self, mail: Mail | Greeting) -> Answer:
        """Hand a mail to its server, or only say who would send; the reply's "stage" is the command it answers."""
        try:
            server = server_of(mail.server)
        except ValueError as wrong:
            return Failure(str(wrong), permanent=True)
        if not all(_ENVELOPE.fullmatch(address) for address in _addresses(mail)):
            return Failure("an address of the mail holds a character that SMTP does not take", permanent=True)
        progress = _Progress()
        try:
            # The deadline runs once a place is held: a mail that waits for others' must not call the server slow.
            async with (
                self._place(server),
                asyncio.timeout(self._deadline),
                self._connection(server, progress) as connection,
            ):
                return await _hand_over(connection.client, mail, progress)
        except aiosmtplib.SMTPResponseException as answer:
            if answer.code < 0:  # aiosmtplib's code for a line that is no reply
                return Failure(f"{server.host}:{server.port} does not speak SMTP", progress.stage == "data")
            return Reply(answer.code, {"stage": progress.stage}, answer.message.encode())
        except (aiosmtplib.SMTPException, OSError, _GivenUpError) as error:  # TimeoutError is an OSError
            return _failure(error, server, progress)

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        for kept in self._free.values():
            while kept:
                self._leave(kept.pop())
        await asyncio.gather(*self._leaving)

    @asynccontextmanager
    async def _place(self, server: Server) -> AsyncIterator[None]:
        """One of the server's few connections is ours; waited for no longer than a mail may take."""
        places = self._places[server]
        try:
            await asyncio.wait_for(places.acquire(), self._deadline)
        except TimeoutError:
            raise _CrowdedError from None
        try:
            yield
        finally:
            places.release()

    @asynccontextmanager
    async def _connection(self, server: Server, progress: _Progress) -> AsyncIterator[_Connection]:
        connection = await self._kept(server) or _Connection(await self._opened(server, progress))
        try:
            yield connection
        except aiosmtplib.SMTPResponseException as refusal:
            self._keep(server, connection, ok=refusal.code != 421)
            raise
        except BaseException:
            connection.client.close()
            raise
        self._keep(server, connection, ok=True)

    async def _kept(self, server: Server) -> _Connection | None:
        """A connection of an earlier mail that still answers."""
        while self._free[server]:
            connection = self._free[server].pop()
            if connection.idle is not None:
                connection.idle.cancel()
            with suppress(aiosmtplib.SMTPException, OSError):
                await connection.client.rset()
                return connection
            connection.client.close()
        return None

    def _keep(self, server: Server, connection: _Connection, *, ok: bool) -> None:
        connection.mails += 1
        if not ok or connection.mails >= self._most_mails or not connection.client.is_connected:
            self._leave(connection)
            return
        loop = asyncio.get_running_loop()
        connection.idle = loop.call_later(self._idle, self._expire, server, connection)
        self._free[server].append(connection)

    def _expire(self, server: Server, connection: _Connection) -> None:
        if connection in self._free[server]:
            self._free[server].remove(connection)
            self._leave(connection)

    def _leave(self, connection: _Connection) -> None:
        if connection.idle is not None:
            connection.idle.cancel()
        task = asyncio.get_running_loop().create_task(_goodbye(connection.client))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _opened(self, server: Server, progress: _Progress) -> aiosmtplib.SMTP:
        sock = await self._dialled(server)
        client = aiosmtplib.SMTP(
            hostname=server.host,
            local_hostname=_literal(sock),
            sock=sock,
            use_tls=server.tls,
            start_tls=False,
            timeout=self._deadline,
            tls_context=self._tls or ssl.create_default_context(),
        )
        try:
            await client.connect()
            await client.ehlo()
            if not server.tls and client.supports_extension("starttls"):
                await client.starttls(tls_context=self._opportunistic(server))
                await client.ehlo()
            if server.user:
                progress.stage = "auth"
                await self._sign_in(client, server, sock)
        except BaseException:
            client.close()
            raise
        return client

    def _opportunistic(self, server: Server) -> ssl.SSLContext:
        """With a password the certificate must verify. Without one, TLS is used because it was offered:
        who could forge the certificate could as well hide the offer (RFC 7435)."""
        context = self._tls or ssl.create_default_context()
        if not server.password and self._tls is None:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    async def _sign_in(self, client: aiosmtplib.SMTP, server: Server, sock: socket) -> None:
        encrypted = client.get_transport_info("sslcontext") is not None
        if not encrypted and not self._may_speak_openly(sock):
            raise _GivenUpError("it offers no TLS, and a password is not sent in the clear")
        await client.login(server.user, server.password)

    def _may_speak_openly(self, sock: socket) -> bool:
        address = ip_address(sock.getpeername()[0].partition("%")[0])
        return address.is_loopback or self._guard.allows(address)

    async def _dialled(self, server: Server) -> socket:
        """A connected socket to the first address that takes one, each checked before it is dialled."""
        loop = asyncio.get_running_loop()
        last: OSError = OSError("the name has no address")
        for info in await loop.getaddrinfo(server.host, server.port, type=SOCK_STREAM):
            try:
                sock = self._socket(server, info)
                sock.setblocking(False)
                try:
                    await loop.sock_connect(sock, info[4])
                except BaseException:
                    sock.close()
                    raise
            except OSError as error:
                last = error
            else:
                return sock
        raise last

    def _socket(self, server: Server, info: tuple[int, int, int, str, tuple[object, ...]]) -> socket:
        own = self._own
        if own is not None and (server.host, server.port) == (own.host, own.port):
            return socket(info[0], info[1], info[2])
        return self._guard.socket(info)


def _addresses(mail: Mail | Greeting) -> list[str]:
    return [mail.sender, mail.recipient] if isinstance(mail, Mail) else [mail.sender]


async def _hand_over(client: aiosmtplib.SMTP, mail: Mail | Greeting, progress: _Progress) -> Reply:
    progress.stage = "mail"
    if isinstance(mail, Greeting):
        answer = await client.mail(mail.sender)
        await client.rset()
        return Reply(answer.code, {"stage": "mail"}, answer.message.encode())
    size = [f"SIZE={len(mail.raw)}"] if client.supports_extension("size") else []
    await client.mail(mail.sender, options=size)
    progress.stage = "rcpt"
    await client.rcpt(mail.recipient)
    progress.stage = "data"
    response = await client.data(mail.raw)
    return Reply(response.code, {"stage": "data"}, response.message.encode())


async def _goodbye(client: aiosmtplib.SMTP) -> None:
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=2)
    client.close()


def _failure(error: Exception, server: Server, progress: _Progress) -> Failure:
    at = f"{server.host}:{server.port}"
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Failure(f"the certificate of {at} does not verify: {cause.verify_message}", permanent=True)
    if isinstance(error, ForbiddenAddressError):
        return Failure(f"{at}: {error.strerror}", permanent=True)
    if isinstance(error, _CrowdedError):
        return Failure(f"{at} is busy with other mails of ours")
    if isinstance(error, _GivenUpError):
        return Failure(f"{at}: {error}", permanent=True)
    written = progress.stage == "data"
    if isinstance(error, TimeoutError):
        return Failure(f"{at} did not answer in time", written=written)
    lost = "the connection was lost" if progress.stage != "connect" else "could not connect"
    return Failure(f"{at}: {lost}: {error}", written=written)


def _literal(sock: socket) -> str:
    """How we introduce ourselves: our address, which needs no DNS to be right (RFC 5321 §4.1.3)."""
    host = sock.getsockname()[0].partition("%")[0]
    return f"[IPv6:{host}]" if ":" in host else f"[{host}]"
