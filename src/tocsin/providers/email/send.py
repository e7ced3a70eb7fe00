"""One mail to one person, and what the server's answers mean."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tocsin.core.escape import one_line
from tocsin.core.fields import secret, text
from tocsin.core.replies import unanswered
from tocsin.core.sending import (
    Answer,
    Delivered,
    Failure,
    Gone,
    Greeting,
    Mail,
    Outcome,
    Parcel,
    Refused,
    Reply,
    Retry,
    Sending,
)
from tocsin.providers.email.letter import is_address, letter, sender_address

NOBODY = "tocsin@localhost"


@dataclass(frozen=True)
class Settings:
    url: str = secret(
        "Mail server",
        placeholder="smtp://user:password@mail.example.org:587",
        help="smtps:// for TLS from the start (465), smtp:// for TLS when offered (587, 25)",
        environment="TOCSIN_EMAIL_URL",
    )
    sender: str = text(
        "From",
        placeholder="Tocsin <alerts@example.org>",
        help="The account's own address when empty",
        environment="TOCSIN_EMAIL_FROM",
    )


@dataclass(frozen=True)
class Address:
    email: str = text("E-mail", default=None, placeholder="ana@example.org")


def send(settings: Settings, parcel: Parcel) -> Sending:
    return (yield from _sent(settings, parcel, ""))


def reply(settings: Settings, parcel: Parcel) -> Sending:
    """The same, below the first mail of the conversation in programs that show threads."""
    return (yield from _sent(settings, parcel, (parcel.parent or {}).get("message_id", "")))


def check(settings: Settings) -> Sending:
    """Greets the server, signs in and names the sender, and takes that back: nothing is sent."""
    sender = sender_address(sender_of(settings))
    if not is_address(sender):
        return _bad_sender(sender)
    answer = yield Greeting(settings.url, sender)
    outcome = _outcome(answer, "", "")
    return Delivered() if isinstance(outcome, Delivered) else outcome


def _bad_sender(sender: str) -> Refused:
    return Refused(f'The sender {one_line(sender, 80)!r} is no mail address: correct "From" under Integrations.')


def _sent(settings: Settings, parcel: Parcel, answers: str) -> Sending:
    address: Address = parcel.address
    if not is_address(address.email):
        return Gone(f"{one_line(address.email, 80)!r} is no mail address: correct it in the account's settings.")
    sender = sender_of(settings)
    if not is_address(sender_address(sender)):
        return _bad_sender(sender)
    message_id, raw = letter(parcel, sender, address.email, answers)
    answer = yield Mail(settings.url, sender_address(sender), address.email, raw)
    return _outcome(answer, address.email, message_id)


def sender_of(settings: Settings) -> str:
    """The From line: as set, else the account's own address where it is one."""
    if settings.sender:
        return settings.sender
    account = unquote(urlsplit(settings.url).username or "")
    return f"Tocsin <{account if is_address(account) else NOBODY}>"


# Mailbox unknown, moved or disabled; 5.7.x at the same place is policy, which is about us, not about them.
_NO_MAILBOX = frozenset({550, 551, 553})
_MAILBOX_CODES = re.compile(r"5\.(1\.[0136]|1\.10|2\.1)\b")
_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


def _outcome(answer: Answer, recipient: str, message_id: str) -> Outcome:
    match answer:
        case Failure():
            return unanswered(answer, "The mail server")
        case Reply(status) if 200 <= status < 300:
            return Delivered({"message_id": message_id})
        case Reply():
            return _refusal(answer, recipient)


def _refusal(reply: Reply, recipient: str) -> Outcome:
    said = f"{reply.status} {one_line(reply.body.decode(errors='replace'), 200)}".strip()
    stage = reply.headers.get("stage", "")
    if reply.status in (530, 534, 535, 538) or (stage == "auth" and reply.status >= 500):
        return Refused(
            f"The mail server does not accept the sign-in: {said}. "
            "Correct the user and password of the mail server's URL, then replay."
        )
    if 400 <= reply.status < 500:
        return Retry(f"The mail server asked to wait: {said}.")
    if stage == "rcpt" and reply.status in _NO_MAILBOX and _is_about_the_mailbox(said):
        return Gone(f"The mail server knows no mailbox {recipient}: {said}. Correct the address.")
    if stage == "mail":
        return Refused(
            f"The mail server refused the sender: {said}. "
            'Set "From" to an address that this account may use, then replay.'
        )
    return Refused(f"The mail server refused the message: {said}.")


def _is_about_the_mailbox(said: str) -> bool:
    return _ENHANCED.search(said) is None or _MAILBOX_CODES.search(said) is not None
