"""Drives a provider's questions over real sockets until it says what came of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from tocsin.core.escape import clean, cut
from tocsin.core.sending import (
    Answer,
    Delivered,
    Greeting,
    Mail,
    Outcome,
    Question,
    Refused,
    Reply,
    Request,
    Sending,
)

MOST_QUESTIONS = 5
EXCERPT, REASON = 300, 500
MASK = "…"

# What a service may echo back to us: Slack's and GitHub's tokens, authorization headers, passwords in URLs.
# Each pattern with a text that must be there: looking for that is fifty times cheaper than for the pattern.
_SECRETS = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        ("xox", r"xox[a-z]?-[\w.-]+"),
        ("xapp-", r"xapp-[\w-]+"),
        ("gh", r"gh[pousr]_\w+"),
        ("Bearer ", r"(?<=Bearer )\S+"),
        ("Basic ", r"(?<=Basic )\S+"),
        ("@", r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),
    )
)


class ExchangesRequests(Protocol):
    async def exchange(self, request: Request, /) -> Answer: ...


class ExchangesMails(Protocol):
    async def exchange(self, mail: Mail | Greeting, /) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Transport:
    """All ways out of the house. Tests hand in functions' worth of each."""

    http: ExchangesRequests
    smtp: ExchangesMails


@dataclass(frozen=True, slots=True)
class Driven:
    """What came of a sending, with the last reply's status (0 without one) and a short, masked excerpt of it."""

    outcome: Outcome
    status: int = 0
    excerpt: str = ""


class Begun(NamedTuple):
    """A sending and its first step: a question that nobody has asked yet, or the outcome."""

    sending: Sending
    step: Question | Outcome


def begin(sending: Sending) -> Begun:
    """Writes the first question. Done for a whole batch at once it takes half as long as between two answers."""
    return Begun(sending, _next(sending, None))


async def drive(sending: Sending | Begun, transport: Transport, secrets: Iterable[str] = ()) -> Driven:
    """Run a sending to its outcome; `secrets` are the settings' own, masked wherever a service repeats them.

    Never raises for what a provider does wrong: the sender goes on with the next delivery.
    """
    status, excerpt = 0, ""
    sending, step = sending if isinstance(sending, Begun) else begin(sending)
    for _ in range(MOST_QUESTIONS):
        if isinstance(step, Request):
            answer = await transport.http.exchange(step)
        elif isinstance(step, Mail | Greeting):
            answer = await transport.smtp.exchange(step)
        else:
            return Driven(_masked(step, secrets), status, excerpt)
        if isinstance(answer, Reply):
            status, excerpt = answer.status, excerpt_of(answer.body, secrets)
        step = _next(sending, answer)
    if not isinstance(step, Request | Mail | Greeting):
        return Driven(_masked(step, secrets), status, excerpt)
    sending.close()
    return Driven(Refused(f"The provider asked more than {MOST_QUESTIONS} questions."), status, excerpt)


def _next(sending: Sending, answer: Answer | None) -> Question | Outcome:
    try:
        return next(sending) if answer is None else sending.send(answer)
    except StopIteration as stop:
        outcome: Outcome = stop.value
        return outcome
    except Exception as bug:  # noqa: BLE001 — a third party's provider may raise anything
        return Refused(f"The provider failed: {type(bug).__name__}: {bug}. This is a bug; please report it.")


def excerpt_of(body: bytes, secrets: Iterable[str] = ()) -> str:
    """The first 300 characters of a reply, on one line, without control characters and secrets."""
    # Masked before it is cut: a cut secret would not be recognised.
    text = mask(body[: 8 * EXCERPT].decode(errors="replace"), secrets)
    return cut(" ".join(clean(text).split()), EXCERPT)


def mask(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        for spelling in _spellings(secret):
            text = text.replace(spelling, MASK)
    for sign, pattern in _SECRETS:
        if sign in text:
            text = pattern.sub(MASK, text)
    return text


def _spellings(secret: str) -> Iterator[str]:
    """The secret itself and, where it is a URL, the password in it; three letters would mask half a text."""
    if len(secret) > 3:
        yield secret
    if "://" in secret:
        password = secret.partition("://")[2].rpartition("@")[0].partition(":")[2]
        yield from (spelling for spelling in {password, unquote(password)} if len(spelling) > 3)


def _masked(outcome: Outcome, secrets: Iterable[str]) -> Outcome:
    if isinstance(outcome, Delivered):
        return outcome
    return replace(outcome, reason=cut(mask(clean(outcome.reason), secrets), REASON))
