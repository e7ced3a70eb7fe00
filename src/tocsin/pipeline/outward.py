"""The way out, set up as this instance is: what may be dialled, and how long anything may take."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from django.conf import settings

from tocsin.core.sending import Outcome, Retry, Sending
from tocsin.transport.drive import Transport, drive
from tocsin.transport.guard import Guard
from tocsin.transport.http import Http
from tocsin.transport.smtp import Smtp

__all__ = ["Transport", "a_transport", "ask"]


@asynccontextmanager
async def a_transport() -> AsyncIterator[Transport]:
    """A transport for one event loop; its connections are kept while it is open."""
    allowed = settings.TOCSIN.outbound_allow.split(",")
    guard = Guard(part.strip() for part in allowed if part.strip())
    http, smtp = Http(guard), Smtp(guard, own=settings.TOCSIN.email_url)
    try:
        yield Transport(http, smtp)
    finally:
        await http.close()
        await smtp.close()


def ask(sending: Sending, secrets: Iterable[str] = (), within: float | None = None) -> Outcome:
    """One question and answer while a person waits (a check of settings); in the calling thread.

    `secrets` are masked wherever the service repeats them. What is not answered `within` so many seconds is to be
    asked again: only for questions that do nothing.
    """

    async def once() -> Outcome:
        async with a_transport() as transport:
            try:
                async with asyncio.timeout(within):
                    return (await drive(sending, transport, secrets)).outcome
            except TimeoutError:
                return Retry(f"There was no answer within {within:.0f} s.")

    return asyncio.run(once())
