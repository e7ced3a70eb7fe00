"""How a provider says what to do without doing it: it yields requests, is handed replies, returns an outcome.

`transport/` drives the generator over real sockets; a test drives it with a list of replies.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.core.message import Message

# What a delivery does beside saying something anew (its `detail["act"]`): rewrite the first message of its
# conversation, or answer in that message's thread. Where there is no such message yet, or the service has no such
# thing, it is said as a message of its own. A reply with `detail["broadcast"]` is for the whole channel too.
EDIT, REPLY, BROADCAST = "edit", "reply", "broadcast"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `json` or `form` or `body`, at most one; headers may hold secrets and are never logged.

    Of the answer at most `longest` bytes are read, 0 for as many as the answer to a message can need.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = None
    form: Mapping[str, str] | None = None
    body: bytes | None = None
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address. `server` is `smtp[s]://user:password@host:port`; `raw` is the RFC 5322 message."""

    server: str = field(repr=False)
    sender: str
    recipient: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Greeting:
    """A mail server asked whether it would take mails of `sender` from us: nothing is sent."""

    server: str = field(repr=False)
    sender: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. For HTTP `status` is the code; for mail the SMTP reply code.

    `failure` is set instead when nothing (or not everything) came back; see Failure.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no reply. `written` tells whether the service may have received the request all the same;
    `permanent` whether trying again cannot help (a refused address, a certificate that does not verify)."""

    reason: str
    written: bool = False
    permanent: bool = False


Question = Request | Mail | Greeting
Answer = Reply | Failure


@dataclass(frozen=True, slots=True)
class Delivered:
    """Arrived; `reference` is what the service calls it (a Slack ts, a Message-Id), for replies and edits.
    `instead` says that what it was to answer is gone, so it was said on its own."""

    reference: Mapping[str, str] = field(default_factory=dict)
    instead: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Granted(Delivered):
    """A service let us in: `reference` names the account (its id and its name), as an answer to `check` does.

    `settings` are those of the integration that the service gave, secrets included; `lasts` how many seconds its
    token holds before it has to be renewed, None for one that holds until it is revoked.
    """

    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    lasts: float | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now; `after` is what the service asked for, in seconds from now."""

    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """This message never. With `is_moot` nobody misses it, and sending it again mends nothing: it is no failure."""

    reason: str
    is_moot: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """This destination never: its owner must be told. With `account` the whole account is closed to us."""

    reason: str
    account: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived: the line was lost after the request was written."""

    reason: str


Outcome = Delivered | Retry | Refused | Gone | Unknown


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message for one address, with what keeps repeats apart and conversations together.

    `key` is stable across retries; `conversation` names what the message is about (an issue), so that
    mail clients and threads can keep it together; `parent` is the reference of the first message of that
    conversation at this address, when there is one (`reply` and `edit` are called with one only); `broadcast` asks
    that a reply be seen by the whole channel, where a service can; `at` is when the notification was decided.
    `unsubscribe` is the link that ends such messages for the person, "" where there is nothing to end.
    """

    key: str
    message: Message
    address: Any
    conversation: str
    at: datetime
    parent: Mapping[str, str] | None = None
    list_id: str = ""
    broadcast: bool = False
    unsubscribe: str = ""


Sending = Generator[Question, Answer, Outcome]
