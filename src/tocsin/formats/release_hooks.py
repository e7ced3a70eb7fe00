"""What the code hosts' messages have in common: how they tell of a commit."""

from datetime import datetime

import msgspec

from tocsin.core.code import Commit
from tocsin.formats.release import changed, clean, email, in_time

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError)


class UnreadableHookError(ValueError):
    """The body is not what the host documents."""


class Author(msgspec.Struct):
    name: str | None = None
    email: str | None = None


class SentCommit(msgspec.Struct):
    id: str
    message: str
    timestamp: datetime | None = None
    author: Author | None = None
    added: list[str] = []
    modified: list[str] = []
    removed: list[str] = []


def commit(one: SentCommit, repository: str) -> Commit:
    author = one.author or Author()
    return Commit(
        key=clean(one.id)[:64],
        repository=repository,
        message=clean(one.message),
        author_name=clean(author.name or "")[:200],
        author_email=email(author.email or ""),
        date=in_time(one.timestamp),
        files=changed(one.added, one.modified, one.removed),
    )
