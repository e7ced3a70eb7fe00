"""Running counts, the rows of all processes added up."""

from tocsin.store.db import rows
from tocsin.store.writes.tallies import Count


def all_of_them() -> list[Count]:
    """A few hundred rows at most: kinds x services x outcomes, and a histogram's buckets."""
    found = rows(
        "SELECT name, kind, provider, outcome, bucket, sum(count), sum(seconds) FROM store_tally"
        " GROUP BY name, kind, provider, outcome, bucket ORDER BY name, kind, provider, outcome, bucket"
    )
    return [
        Count(name, kind, provider, outcome, bucket, int(many), float(seconds))
        for name, kind, provider, outcome, bucket, many, seconds in found
    ]
