"""A message as one RFC 5322 mail: headers that nothing can break out of, a text and an HTML half."""

import hashlib
import re
from binascii import b2a_qp
from email.headerregistry import Address as MailAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from tocsin.core.escape import clean, one_line
from tocsin.core.message import Message
from tocsin.core.sending import Parcel
from tocsin.providers.email.page import page

SUBJECT = 200
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_NOT_LISTABLE = re.compile(r"[^a-z0-9.-]+")


def is_address(text: str) -> bool:
    """Whether a mail can be sent there: plain letters, as most servers do not speak SMTPUTF8."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text


def letter(parcel: Parcel, sender: str, recipient: str) -> tuple[str, bytes]:
    """The Message-ID and the bytes; the same parcel gives the same mail, however often it is tried."""
    host = sender_address(sender).rpartition("@")[2]
    message_id = f"<{parcel.key}@{host}>"
    subject = subject_of(parcel.message)
    # "=_" never stands in quoted-printable text, so no body can hold the boundary.
    boundary = f"=_{parcel.key}"
    head = _head(parcel, sender, recipient, host, subject)
    head["Message-ID"] = message_id
    raw = b"".join(
        (
            head.as_bytes(policy=SMTP).removesuffix(b"\r\n"),
            f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode(),
            _half(boundary, "plain", plain(parcel.message)),
            _half(boundary, "html", page(parcel.message, subject)),
            f"--{boundary}--\r\n".encode(),
        )
    )
    return message_id, raw


def _head(parcel: Parcel, sender: str, recipient: str, host: str, subject: str) -> EmailMessage:
    head = EmailMessage(policy=SMTP)
    name = one_line(parseaddr(sender)[0], 100)
    head["From"] = MailAddress(name, addr_spec=sender_address(sender))
    head["To"] = MailAddress(addr_spec=recipient)
    head["Subject"] = subject
    head["Date"] = format_datetime(parcel.at)
    # Every mail of a conversation answers the same root, which nobody ever sent: mail programs keep them
    # together, and no mail has to remember another's id. Gmail also wants the same subject.
    root = f"<{hashlib.sha256(parcel.conversation.encode(errors='replace')).hexdigest()[:32]}.thread@{host}>"
    head["In-Reply-To"] = root
    head["References"] = root
    if parcel.list_id:
        head["List-Id"] = f"<{_NOT_LISTABLE.sub('-', parcel.list_id.lower())[:200]}.{host}>"
    head["Auto-Submitted"] = "auto-generated"
    head["MIME-Version"] = "1.0"
    return head


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
