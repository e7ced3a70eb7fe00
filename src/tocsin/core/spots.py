"""Where something is said in a chat service that is no conversation, so that no person or rule can name it.

A provider makes an address of a spot (`Provider.spot`), where it has such a spot; what is said there is a delivery
like any other.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aside:
    """The one person who pressed or typed something; `url` is where the service takes answers for a while. With
    `ends`, what they pressed is taken away instead, whatever is said."""

    url: str
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """Below the links in a message of a channel, for all who read it there; with `is_draft` in a message that is
    still being written, which only its author sees: it stands in no channel yet ("")."""

    channel: str
    message: str
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """The page that the service keeps for the app, as one person sees it."""

    user: str


@dataclass(frozen=True, slots=True)
class Asking:
    """A dialog before the one person who pressed something. `trigger` lets us open it, for a few seconds; `url` is
    where that person is answered if it cannot be."""

    trigger: str
    url: str


@dataclass(frozen=True, slots=True)
class Whisper:
    """One person in a thread, where nobody else sees it; `thread` is what the service calls it
    (`Provider.thread_of`)."""

    thread: str
    user: str


Spot = Aside | Preview | Home | Asking | Whisper
