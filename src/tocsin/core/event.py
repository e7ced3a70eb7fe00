"""What an SDK reported, once: the fields that decisions and messages need, already normalised."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

LEVELS = {"fatal": 50, "error": 40, "warning": 30, "info": 20, "debug": 10, "sample": 0}


class Frame(NamedTuple):
    """One call of a stack trace. Absent text is "", an absent line is 0."""

    filename: str = ""
    abs_path: str = ""
    module: str = ""
    function: str = ""
    context_line: str = ""
    lineno: int = 0
    colno: int = 0
    in_app: bool = False
    package: str = ""


class ExceptionValue(NamedTuple):
    """One exception of a chain; frames run from the outermost call to the raise."""

    type: str = ""
    value: str = ""
    module: str = ""
    handled: bool | None = None
    synthetic: bool = False
    frames: tuple[Frame, ...] = ()
    mechanism: str = ""
    id: int | None = None  # with `parent`, which exception of a group holds which
    parent: int | None = None
    is_group: bool = False


class EventUser(NamedTuple):
    """The person whom the error happened to, as the SDK named them."""

    id: str = ""
    email: str = ""
    username: str = ""
    ip_address: str = ""
    data: tuple[tuple[str, str], ...] = ()  # what else the SDK said of them

    @property
    def identity(self) -> str:
        """What counts as one distinct user: the first of id, e-mail, name and address that is set."""
        if self.id:
            return f"id:{self.id}"
        if self.email:
            return f"email:{self.email}"
        if self.username:
            return f"username:{self.username}"
        return f"ip:{self.ip_address}" if self.ip_address else ""


def anonymous(identity: str) -> str:
    """What is kept of who somebody is: the first 16 hex of a SHA-256, enough to count people and to find one."""
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence (behaviour §13.6). Times are seconds since 1970, UTC; text is trimmed."""

    event_id: str
    timestamp: float
    platform: str = "other"
    level: str = "error"
    logger: str = ""
    transaction: str = ""
    culprit: str = ""
    title: str = "<unlabeled event>"
    message: str = ""
    message_template: str = ""
    environment: str = "production"
    release: str = ""
    dist: str = ""
    server_name: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    user: EventUser | None = None
    exceptions: tuple[ExceptionValue, ...] = ()
    frames: tuple[Frame, ...] = ()
    fingerprint: tuple[str, ...] = ()
    checksum: str = ""
    request_url: str = ""
    sdk: str = ""
    # Reads the whole event again; for what only few rules ask for.
    read_again: Callable[[], Mapping[str, Any]] | None = field(default=None, repr=False, compare=False)

    def detail(self, key: str) -> Any:
        """What the SDK wrote under a key of its JSON, None for nothing. 100 µs on first use, for 12 kB."""
        if self._details is None:
            object.__setattr__(self, "_details", self.read_again() if self.read_again else {})
        return self._details.get(key) if self._details else None

    def tag(self, key: str) -> str | None:
        """The value of a tag, by its name in any case, or None."""
        return next(iter(self.tag_values(key)), None)

    def tag_values(self, key: str) -> tuple[str, ...]:
        """All values of a tag; "sentry:release" and "release" name the same one."""
        # Twenty rules that each walk twenty tags cost more than everything else in deciding.
        values = self._values
        if values is None:
            values = _by_name(self.tags)
            object.__setattr__(self, "_values", values)
        return values.get(plain(key), ())

    _details: Mapping[str, Any] | None = field(default=None, init=False, repr=False, compare=False)
    _values: dict[str, tuple[str, ...]] | None = field(default=None, init=False, repr=False, compare=False)


def _by_name(tags: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in tags:
        key = plain(name)
        found[key] = (*found[key], value) if key in found else (value,)
    return found


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A tag's name as it is looked up. Names repeat from event to event."""
    return name.lower().removeprefix("sentry:")
