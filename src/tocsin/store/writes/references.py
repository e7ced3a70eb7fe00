"""The first message of each conversation at each place, for later ones to reply to or rewrite."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tocsin.store.db import execute, execute_many, given, moment, rows_given


class Kept(NamedTuple):
    """`reference` is the service's own, as JSON text."""

    conversation: str
    lane_id: int
    delivery_id: int
    reference: str
    date_added: datetime
    about: str
    thread: str | None


def remember(references: Sequence[Kept]) -> None:
    """The first one of a conversation at a place stays its parent."""
    if not references:
        return
    columns = "conversation, lane_id, delivery_id, reference, date_added, about, thread"
    execute(
        f"INSERT INTO store_reference ({columns})"  # noqa: S608 — constants only
        f" SELECT {columns} FROM {rows_given(**_KEPT)} AS kept WHERE true ON CONFLICT DO NOTHING",
        [given([(*kept[:4], moment(kept.date_added), kept.about, kept.thread) for kept in references])],
    )


def forget(places: Sequence[tuple[str, int]]) -> None:
    """The messages of these conversations at these lanes are gone: what comes next begins anew there."""
    execute_many("DELETE FROM store_reference WHERE conversation = %s AND lane_id = %s", places)


_KEPT = {
    "conversation": "text",
    "lane_id": "bigint",
    "delivery_id": "bigint",
    "reference": "jsonb",
    "date_added": "timestamptz",
    "about": "text",
    "thread": "text",
}
