"""Deliveries as lists show them: what was said, to whom, over which service."""

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.preview import said, where
from tocsin.store.queries.deliveries import Row


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery with the words of its message; `severity` is one of the levels, `where` as "Slack to #ops"."""

    row: Row
    heading: str
    title: str
    short_id: str
    severity: str
    service: str
    where: str


def entries(rows: Iterable[Row]) -> list[Entry]:
    return [entry(row) for row in rows]


def entry(row: Row) -> Entry:
    message = said(row.kind, row.facts, {})
    if message is None:
        return Entry(
            row,
            row.kind,
            "a message that can no longer be shown",
            "",
            "info",
            service_name(row.provider),
            where(row),
        )
    return Entry(
        row,
        message.heading,
        message.title,
        message.short_id,
        message.severity.value,
        service_name(row.provider),
        where(row),
    )


def kind_name(slug: str) -> str:
    """What people call a kind of notification; a retired one keeps its slug."""
    found = catalogue().kinds.get(slug)
    return found.name if found else slug


def service_name(slug: str) -> str:
    """What people call a service; a retired one keeps its slug."""
    found = catalogue().providers.get(slug)
    return found.name if found else slug
