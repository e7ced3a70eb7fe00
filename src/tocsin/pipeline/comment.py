"""Comments: what people say about an issue, and whom they speak to (behaviour §10.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.core.commands import InvalidCommandError
from tocsin.core.escape import clean
from tocsin.core.follow import Because
from tocsin.core.issue import Happening
from tocsin.core.mentions import Mentioned, mentioned
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.store.db import one_transaction, retried
from tocsin.store.queries import comments as queries
from tocsin.store.writes import activities, workflow

LONGEST = 16_384  # characters


@dataclass(frozen=True, slots=True)
class Place:
    """The issue that is commented on."""

    organization_id: int
    project_id: int
    issue_id: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a comment was written that came from another service: its slug and name, the thread there, and what the
    service calls the words themselves."""

    provider: str
    service: str
    thread: str
    name: str


def comment(place: Place, text: str, *, author_id: int, now: datetime, mentions: Sequence[str] = ()) -> int:
    """Adds a comment; its activity's id. The author and whom it mentions follow the issue from now on.

    `mentions` are those that an API client names ("user:7", "team:2", "7"); the text's own are found too. Raises
    InvalidCommandError with `text` or `mentions` for the field.
    """
    said = _text(text)
    named = _named(place, mentions)
    found = mentioned(said, *queries.names(place.project_id))
    whom = Mentioned(
        tuple(dict.fromkeys((*named.user_ids, *found.user_ids))),
        tuple(dict.fromkeys((*named.team_ids, *found.team_ids))),
    )
    data = {"text": said, "mentions": _wire(whom)}
    return _added(place, data, author_id, whom, now)


def taken_in(  # noqa: PLR0913 — who says what to whom, where and when
    place: Place, text: str, source: Source, *, author_id: int, spoken_to: Sequence[int], now: datetime
) -> int:
    """Adds what somebody wrote in another service; its activity's id. It is not said again where it was written.

    `spoken_to` are the people whom the service says that it mentions: of them those follow who belong to the
    project. Its text mentions nobody by itself: #web is a channel there, and a team here.
    """
    people = queries.who(place.project_id)[0] if spoken_to else set()
    whom = Mentioned(tuple(one for one in dict.fromkeys(spoken_to) if one in people))
    data = {
        "text": _text(text),
        "mentions": _wire(whom),
        "source": source.provider,
        "service": source.service,
        "said": source.name,
    }
    return _added(place, data, author_id, whom, now, source.thread)


def _added(  # noqa: PLR0913, PLR0917 — who says what to whom, where and when
    place: Place, data: Mapping[str, Any], author_id: int, whom: Mentioned, now: datetime, thread: str = ""
) -> int:
    def once() -> int:
        with one_transaction():
            _follow(place, author_id, whom, now)
            happened = Happened(place.project_id, place.issue_id, Happening.NOTE, author_id, data, thread=thread)
            return happen([happened], now)[0]

    return retried(once)


def edit(place: Place, comment_id: int, text: str, *, author_id: int) -> bool:
    """Rewrites one's own comment; nobody is told again. False when there is none of theirs."""
    return activities.rewrite(place.issue_id, comment_id, author_id, _text(text))


def delete(place: Place, comment_id: int, *, author_id: int) -> bool:
    """Removes one's own comment. What was sent of it stays sent."""
    return activities.remove(place.issue_id, comment_id, author_id)


def _text(text: str) -> str:
    said = clean(text).strip()
    if not said:
        raise InvalidCommandError("text", "Say something: a comment needs a text.")
    if len(said) > LONGEST:
        raise InvalidCommandError(
            "text", f"A comment has at most {LONGEST:,} characters; this one has {len(said):,}."
        )
    return said


def _named(place: Place, mentions: Sequence[str]) -> Mentioned:
    """The mentions of an API client, each of them on the project."""
    people, teams = queries.who(place.project_id)
    users: list[int] = []
    groups: list[int] = []
    for one in mentions:
        kind, _, number = str(one).rpartition(":")
        known, into = (teams, groups) if kind == "team" else (people, users)
        if kind not in ("", "user", "team") or not number.isdecimal() or int(number[:18]) not in known:
            raise InvalidCommandError("mentions", f"{one!s:.80} is nobody who belongs to this project.")
        into.append(int(number))
    return Mentioned(tuple(users), tuple(groups))


def _follow(place: Place, author_id: int, whom: Mentioned, now: datetime) -> None:
    """Members of a mentioned team follow as persons, so that each can end it (§3.7)."""
    users = dict.fromkeys(queries.members(whom.team_ids), Because.TEAM_MENTIONED)
    users |= dict.fromkeys(whom.user_ids, Because.MENTIONED)
    users[author_id] = Because.COMMENT
    workflow.subscribe([(place.issue_id, place.project_id)], users=users, now=now)


def _wire(whom: Mentioned) -> list[str]:
    return [*(f"user:{one}" for one in whom.user_ids), *(f"team:{one}" for one in whom.team_ids)]
