"""Is the instance at work? Judged by what its loops complete, not by whether a port is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# A loop is asked for a sign each 2 s and looks by itself each 5 s. Red must come within 10 s.
STUCK_AFTER = timedelta(seconds=7)
BEHIND_AFTER = timedelta(minutes=1)
LOOPS = {"digest": "digest", "deliver": "sender"}


@dataclass(frozen=True, slots=True)
class Signs:
    """What can be seen from outside a worker.

    `turned`: when each loop last completed a turn. `oldest_spooled`: when the oldest event that is accepted and
    not digested came in. `oldest_due`: since when a delivery could have been taken up. `unreadable`: why no sign
    could be read at all, or nothing. `watched_since`: since when this run of the front watches, where it does.
    """

    turned: Mapping[str, datetime] = field(default_factory=dict)
    oldest_spooled: datetime | None = None
    oldest_due: datetime | None = None
    unreadable: str = ""
    watched_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """`stuck` are the reasons why it is not ready. Being `behind` is none: to send its visitors away would lose
    the very events that it still takes in."""

    stuck: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        return not self.stuck


def judge(signs: Signs, now: datetime) -> Readiness:
    """Whether digest and sender are at work at `now`, and how far they are behind."""
    if signs.unreadable:
        return Readiness((signs.unreadable,))
    since = signs.watched_since
    stuck = [words for loop in LOOPS if (words := _stuck(loop, signs.turned.get(loop), since, now))]
    behind = [
        _late("Events have waited", signs.oldest_spooled, "to be digested", now),
        _late("Deliveries have waited", signs.oldest_due, "to be taken up", now),
    ]
    return Readiness(tuple(stuck), tuple(words for words in behind if words))


def _stuck(loop: str, turned: datetime | None, since: datetime | None, now: datetime) -> str:
    name, patient = LOOPS[loop], _has_just_begun(since, now)
    if turned is None:
        words = f"The {name} does not report. Start a worker: tocsin up, or tocsin worker beside tocsin web."
        return "" if patient else words
    age = now - turned
    if age > STUCK_AFTER and not patient:
        return f"The {name} has completed nothing for {_length(age)}. Look at the worker's log, or restart it."
    if -age > STUCK_AFTER:
        return f"The {name} reported {_length(-age)} from now. Set the clocks of all machines right."
    return ""


def _has_just_begun(since: datetime | None, now: datetime) -> bool:
    """Neither a sign of an earlier run nor none speaks against this one: its worker has as long as a turn may take.

    A clock that was set back is no new beginning.
    """
    return since is not None and timedelta() <= now - since <= STUCK_AFTER


def _late(what: str, since: datetime | None, for_what: str, now: datetime) -> str:
    if since is None or now - since <= BEHIND_AFTER:
        return ""
    return f"{what} {_length(now - since)} {for_what}."


def _length(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"
