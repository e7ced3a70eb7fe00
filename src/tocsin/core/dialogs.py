"""The dialogs below an alert: what they ask, and the word (core.acts) that the answers make.

The menus hold what is wanted most; here is the rest: any number of events or users, in any of a few windows, any
time, any release (behaviour §8.3, §10.3).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from tocsin.core.acts import ARCHIVE_DIALOG, RESOLVE_DIALOG
from tocsin.core.dialog import Dialog, Moment, Number, One, Words
from tocsin.core.subjects import AboutIssue

Answers = Mapping[str, str]
LONGEST_VERSION = 250
MOST = 10**9 - 1
_ESCALATES, _EVENTS, _USERS, _TIME, _FOREVER = "escalates", "events", "users", "time", "forever"
_NOW, _NEXT, _CURRENT, _IN = "now", "next", "current", "in"
_WINDOWS = (
    ("However long it takes", "0"),
    ("Within an hour", "60"),
    ("Within a day", "1440"),
    ("Within a week", "10080"),
)


class RefusedAnswers(ValueError):  # noqa: N818 — what it holds is answers
    """What cannot be meant, in words, by the input's name."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__("; ".join(reasons.values()))
        self.reasons = reasons


def dialog(name: str, about: AboutIssue, subject: str, *, has_releases: bool) -> Dialog | None:
    """What a word asks for; None for one that asks for nothing."""
    if name == ARCHIVE_DIALOG:
        return Dialog(name, "Archive issue", "Archive", about, subject, _ARCHIVE)
    if name == RESOLVE_DIALOG:
        return Dialog(name, "Resolve issue", "Resolve", about, subject, _RESOLVE if has_releases else _NOW_ONLY)
    return None


_ARCHIVE = (
    One(
        "until",
        "Until",
        (
            ("It escalates", _ESCALATES),
            ("So many more events", _EVENTS),
            ("So many more users", _USERS),
            ("A time", _TIME),
            ("For ever", _FOREVER),
        ),
        _ESCALATES,
    ),
    Number("count", "How many", "For events and users: how many more."),
    One("window", "How soon", _WINDOWS, "0"),
    Moment("time", "When"),
)
_RESOLVE = (
    One(
        "when",
        "Fixed",
        (
            ("Now", _NOW),
            ("In the next release", _NEXT),
            ("In the current release", _CURRENT),
            ("In this release:", _IN),
        ),
        _NOW,
    ),
    Words("version", "Release", "Its version, where none of the above is meant."),
)
_NOW_ONLY = (One("when", "Fixed", (("Now", _NOW),), _NOW),)


def word_of(name: str, answers: Answers, now: datetime) -> str:
    """The word that the answers to a dialog make; "" for a dialog that nobody offers. Raises RefusedAnswers."""
    read = _READ.get(name)
    return read(answers, now) if read else ""


def _archive(answers: Answers, now: datetime) -> str:
    match answers.get("until", ""):
        case "events":
            return f"ignored:events:{_count(answers)}:{_window(answers)}"
        case "users":
            return f"ignored:users:{_count(answers)}:{_window(answers)}"
        case "time":
            return f"ignored:until:{_moment(answers, now)}"
        case "forever":
            return "ignored:archived_forever"
        case _:
            return "ignored:archived_until_escalating"


def _count(answers: Answers) -> int:
    text = answers.get("count", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST)) and 0 < int(text) <= MOST):
        raise RefusedAnswers({"count": "Say how many: a whole number above 0."})
    return int(text)


def _window(answers: Answers) -> int:
    chosen = answers.get("window", "0")
    return int(chosen) if chosen in {word for _, word in _WINDOWS} else 0


def _moment(answers: Answers, now: datetime) -> int:
    text = answers.get("time", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 11):
        raise RefusedAnswers({"time": "Say until when."})
    if datetime.fromtimestamp(int(text), UTC) <= now:
        raise RefusedAnswers({"time": "That is over already: choose a time to come."})
    return int(text)


def _resolve(answers: Answers, now: datetime) -> str:
    del now
    match answers.get("when", ""):
        case "next":
            return "resolved:inNextRelease"
        case "current":
            return "resolved:inCurrentRelease"
        case "in":
            return f"resolved:inRelease:{_version(answers)}"
        case _:
            return "resolved"


def _version(answers: Answers) -> str:
    version = answers.get("version", "").strip()
    if not version or len(version) > LONGEST_VERSION:
        raise RefusedAnswers({"version": f"Name the release: its version, at most {LONGEST_VERSION} letters."})
    return version


_READ: Mapping[str, Callable[[Answers, datetime], str]] = {ARCHIVE_DIALOG: _archive, RESOLVE_DIALOG: _resolve}
