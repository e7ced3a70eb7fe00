"""Running counts: added to in the transaction of what they count."""

import os
from collections.abc import Iterable
from typing import NamedTuple

from tocsin.store.db import rows, values

# Processes that add to one row wait for each other; of 16 rows two of them seldom take the same.
SHARDS = 16


class Count(NamedTuple):
    """So many more of something; `bucket` and `seconds` are a histogram's (core.measures)."""

    name: str
    kind: str = ""
    provider: str = ""
    outcome: str = ""
    bucket: int = 0
    many: int = 1
    seconds: float = 0.0


def add(counts: Iterable[Count]) -> None:
    """One statement; in a fixed order, so that two never wait for each other crosswise."""
    shard = os.getpid() % SHARDS
    found = sorted(one for one in counts if one.many)
    if not found:
        return
    sql = (
        "INSERT INTO store_tally (name, kind, provider, outcome, bucket, count, seconds, shard)"  # noqa: S608
        f" VALUES {values(8, len(found))}"
        " ON CONFLICT (name, kind, provider, outcome, bucket, shard) DO UPDATE"
        " SET count = store_tally.count + excluded.count, seconds = store_tally.seconds + excluded.seconds"
        " RETURNING name"
    )
    rows(sql, [column for one in found for column in (*one, shard)])
