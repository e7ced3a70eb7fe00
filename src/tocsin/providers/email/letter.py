"""A message as one RFC 5322 mail: headers that nothing can break out of, a text and an HTML half."""

import hashlib
import re
from binascii import b2a_qp
from collections.abc import Iterator
from dataclasses import replace
from email.headerregistry import Address as MailAddress
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from tocsin.core.escape import clean, one_line
from tocsin.core.message import Link, Message
from tocsin.core.sending import Parcel
from tocsin.providers.email.page import page

SUBJECT = 200
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_NOT_LISTABLE = re.compile(r"[^a-z0-9.-]+")


def is_address(text: str) -> bool:
    """Whether a mail can be sent there: plain letters, as most servers do not speak SMTPUTF8."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text


def letter(parcel: Parcel, sender: str, recipient: str, answers: str = "") -> tuple[str, bytes]:
    """The Message-ID and the bytes; the same parcel gives the same mail, however often it is tried.

    `answers` is the Message-ID of the mail that this one replies to.

    Sender and recipient must be addresses (see is_address).
    """
    host = sender_address(sender).rpartition("@")[2]
    message_id = f"<{parcel.key}@{host}>"
    message = _with_a_way_out(parcel)
    subject = subject_of(message)
    # "=_" never stands in quoted-printable text, so no body can hold the boundary.
    boundary = f"=_{parcel.key}"
    raw = (
        _from(sender)
        + _folded("Subject", subject)
        + "".join(f"{name}: {value}\r\n" for name, value in _plain_headers(parcel, recipient, host, answers))
        + f'Message-ID: {message_id}\r\nContent-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
    ).encode("ascii")
    halves = _half(boundary, "plain", plain(message)) + _half(boundary, "html", page(message, subject))
    return message_id, raw + halves + f"--{boundary}--\r\n".encode()


def _with_a_way_out(parcel: Parcel) -> Message:
    """The message with the link that ends such mail in its small print."""
    if not parcel.unsubscribe:
        return parcel.message
    return replace(parcel.message, footer=(*parcel.message.footer, Link("Unsubscribe", parcel.unsubscribe)))


def _plain_headers(parcel: Parcel, recipient: str, host: str, answers: str) -> Iterator[tuple[str, str]]:
    """The headers that are safe as they are: each made of checked addresses, hex digits and our own words.

    Through stdlib's header classes all eleven take 0.9 ms a mail; these go past them.
    """
    yield "To", recipient
    yield "Date", format_datetime(parcel.at)
    # Every mail of a conversation answers the same root, which nobody ever sent: mail programs keep them
    # together, and no mail has to remember another's id. Gmail also wants the same subject.
    root = f"<{hashlib.sha256(parcel.conversation.encode(errors='replace')).hexdigest()[:32]}.thread@{host}>"
    parent = answers if _MESSAGE_ID.fullmatch(answers) else ""
    yield "In-Reply-To", parent or root
    yield "References", f"{root}\r\n {parent}" if parent else root
    if parcel.list_id:
        yield "List-Id", f"<{_NOT_LISTABLE.sub('-', parcel.list_id.lower())[:200]}.{host}>"
    if parcel.unsubscribe:
        # RFC 8058: the mail program's own button posts there, with no page in between.
        yield "List-Unsubscribe", f"<{parcel.unsubscribe}>"
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "Auto-Submitted", "auto-generated"
    yield "MIME-Version", "1.0"


@lru_cache(maxsize=256)
def _from(sender: str) -> str:
    name, address = parseaddr(sender)
    return _folded("From", str(MailAddress(one_line(name, 100), addr_spec=address)))


def _folded(name: str, value: str) -> str:
    """A header as stdlib encodes and folds it (RFC 2047)."""
    folded: str = SMTP.header_factory(name, value).fold(policy=SMTP)
    return folded


def sender_address(sender: str) -> str:
    return parseaddr(sender)[1]


def subject_of(message: Message) -> str:
    first = message.short_id or message.heading
    return one_line(f"{first} - {message.title}", SUBJECT)


def plain(message: Message) -> str:
    """The text half."""
    parts = [clean(message.plain())]
    parts += ["\n".join(one_line(f"{label}: {value}", 500) for label, value in message.details)]
    parts += ["\n".join(one_line(f"{link.label}: {link.url}", 2_000) for link in message.footer)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _half(boundary: str, kind: str, text: str) -> bytes:
    # b2a_qp is in C: stdlib's own set_content takes twelve times as long for a page of 10 kB.
    encoded = b2a_qp(text.replace("\r\n", "\n").replace("\n", "\r\n").encode(), istext=True)
    head = (
        f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + encoded + b"\r\n"
