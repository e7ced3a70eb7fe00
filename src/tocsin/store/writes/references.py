"""The first message of each conversation at each place, for later ones to reply to or rewrite."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tocsin.store.db import execute_many, moment


class Kept(NamedTuple):
    """`reference` is the service's own, as JSON text."""

    conversation: str
    lane_id: int
    delivery_id: int
    reference: str
    date_added: datetime


def remember(references: Sequence[Kept]) -> None:
    """The first one of a conversation at a place stays its parent."""
    execute_many(
        "INSERT INTO store_reference (conversation, lane_id, delivery_id, reference, date_added)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [(*kept[:4], moment(kept.date_added)) for kept in references],
    )
