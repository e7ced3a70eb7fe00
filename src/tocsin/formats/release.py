"""A release and a deploy as sentry-cli and build scripts send them."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any, TypeVar

import msgspec

from tocsin.core.code import ChangedFile, Commit, Deploy, Host, Ref, Release, wrong_version
from tocsin.core.fields import InvalidFieldsError

COMMITS = 1_000  # in one request
FILES = 1_000  # of one commit; the others are left aside, as only suspects come of them
_KINDS = frozenset("AMD")
_PLACE = re.compile(r"^(?P<reason>.*) - at `\$\.(?P<field>\w+)(?P<rest>[^`]*)`$", re.DOTALL)
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes no NUL, UTF-8 no half of a pair

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Hash = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[\w./-]+\Z")]
_Long = Annotated[str, msgspec.Meta(max_length=500)]
_Environment = Annotated[str, msgspec.Meta(max_length=64)]
_Slugs = Annotated[list[str | int], msgspec.Meta(max_length=1_000)]


class _File(msgspec.Struct):
    path: str
    type: str = "M"


class _Commit(msgspec.Struct):
    id: _Hash
    repository: _Name | None = None
    message: str | None = None
    author_name: str | None = None
    author_email: str | None = None
    timestamp: datetime | None = None
    patch_set: list[_File] | None = None


class _Ref(msgspec.Struct, rename="camel"):
    repository: _Name
    commit: _Hash
    previous_commit: _Hash | None = None


class _Release(msgspec.Struct, rename="camel"):
    version: str = ""
    projects: _Slugs | None = None
    ref: Annotated[str, msgspec.Meta(max_length=250)] | None = None
    url: _Long | None = None
    date_started: datetime | None = None
    date_released: datetime | None = None
    commits: Annotated[list[_Commit], msgspec.Meta(max_length=COMMITS)] | None = None
    refs: Annotated[list[_Ref], msgspec.Meta(max_length=100)] | None = None
    head_commits: Annotated[list[_Ref], msgspec.Meta(max_length=100)] | None = None
    status: str | None = None


class _Repository(msgspec.Struct):
    name: _Name
    url: _Long | None = None


class _Deploy(msgspec.Struct, rename="camel"):
    environment: _Environment
    name: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    url: _Long | None = None
    date_started: datetime | None = None
    date_finished: datetime | None = None
    projects: _Slugs | None = None


T = TypeVar("T")


def release(body: Mapping[str, Any], version: str | None = None) -> Release:
    """What a body says of a release; `version` when the address names it.

    Raises InvalidFieldsError with the field and the reason.
    """
    found = _convert(body, _Release)
    named = found.version if version is None else version
    reason = wrong_version(named)
    if reason:
        raise InvalidFieldsError({"version": reason})
    if found.status not in (None, "open", "archived"):
        raise InvalidFieldsError({"status": f"A release is open or archived, not {found.status[:40]!r}."})
    refs = found.refs if found.refs is not None else found.head_commits
    return Release(
        version=named,
        projects=_slugs(found.projects),
        ref=found.ref,
        url=_url(found.url),
        date_started=_moment("dateStarted", found.date_started),
        date_released=_moment("dateReleased", found.date_released),
        commits=None if found.commits is None else tuple(_commit(one) for one in found.commits),
        refs=None if refs is None else tuple(_ref(one) for one in refs),
        is_archived=None if found.status is None else found.status == "archived",
    )


def deploy(body: Mapping[str, Any]) -> Deploy:
    """What a body says of a deploy. Raises InvalidFieldsError with the field and the reason."""
    if not body.get("environment"):
        raise InvalidFieldsError({"environment": "Name the environment that was deployed to, such as production."})
    found = _convert(body, _Deploy)
    environment = found.environment.strip()
    if not environment.isprintable() or "/" in environment or not environment:
        raise InvalidFieldsError({"environment": "An environment's name is one line without a slash."})
    started = _moment("dateStarted", found.date_started)
    finished = _moment("dateFinished", found.date_finished)
    if started and finished and finished < started:
        raise InvalidFieldsError({"dateFinished": "A deploy cannot end before it started."})
    projects = None if found.projects is None else _slugs(found.projects)
    return Deploy(environment, found.name or "", _url(found.url) or "", started, finished, projects)


def repository(body: Mapping[str, Any]) -> Host:
    """What a body says of a repository. Raises InvalidFieldsError with the field and the reason."""
    found = _convert(body, _Repository)
    return Host("", found.name.strip(), "", _url(found.url) or "")


def _convert(body: Mapping[str, Any], shape: type[T]) -> T:
    try:
        found = msgspec.convert(body, shape)
    except msgspec.ValidationError as error:
        place = _PLACE.match(str(error))
        if place is None:
            raise InvalidFieldsError({"detail": f"{error}."}) from None
        where = f" (at {place['field']}{place['rest']})" if place["rest"] else ""
        raise InvalidFieldsError({place["field"]: f"{place['reason']}{where}."}) from None
    except OverflowError:
        raise InvalidFieldsError({"detail": "A date is out of range."}) from None
    _check_text(body)
    return found


def _check_text(body: Mapping[str, Any]) -> None:
    """All of a database's text can be written: NUL is refused by its field."""
    for name, value in body.items():
        if isinstance(value, str) and _UNWRITABLE.search(value):
            raise InvalidFieldsError({str(name)[:40]: "There is a NUL or half of a character in it."})


def _slugs(named: list[str | int] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(one) for one in named or ()))


def _url(url: str | None) -> str | None:
    if url and not url.startswith(("https://", "http://")):
        raise InvalidFieldsError({"url": "A URL begins with https:// or http://."})
    return url


def _moment(field: str, value: datetime | None) -> datetime | None:
    if value is None:
        return None
    value = value.replace(tzinfo=UTC) if value.tzinfo is None else value
    if not 1970 <= value.year < 2200:
        raise InvalidFieldsError({field: "A date lies between 1970 and 2200."})
    return value.astimezone(UTC)


def _commit(one: _Commit) -> Commit:
    files = [ChangedFile(file.path, kind) for file in (one.patch_set or ())[:FILES] if (kind := _kind(file))]
    return Commit(
        key=one.id,
        repository=clean(one.repository or "unknown"),
        message=clean(one.message or ""),
        author_name=clean(one.author_name or "")[:200],
        author_email=email(one.author_email or ""),
        date=_moment("commits", one.timestamp),
        files=tuple(files),
    )


def _kind(file: _File) -> str:
    return file.type if file.type in _KINDS and file.path and not _UNWRITABLE.search(file.path) else ""


def changed(added: Iterable[str], modified: Iterable[str], removed: Iterable[str]) -> tuple[ChangedFile, ...]:
    """The files of a commit as code hosts list them."""
    listed = (("A", added), ("M", modified), ("D", removed))
    found = {path: ChangedFile(path, kind) for kind, paths in listed for path in paths if path}
    return tuple(one for one in islice(found.values(), FILES) if not _UNWRITABLE.search(one.path))


def in_time(value: datetime | None) -> datetime | None:
    """A moment that a database takes; None for one that cannot be meant."""
    try:
        return _moment("timestamp", value)
    except InvalidFieldsError:
        return None


def _ref(one: _Ref) -> Ref:
    return Ref(clean(one.repository), one.commit, one.previous_commit or "")


def clean(text: str) -> str:
    """Text that any database takes."""
    return _UNWRITABLE.sub("\ufffd", text)


def email(address: str) -> str:
    """An address as people are found by it; "" for one that is too long to be one."""
    address = clean(address).strip().lower()
    return address if len(address) <= 254 else ""
