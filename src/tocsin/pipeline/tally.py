"""Tally: what happened, counted in the transaction in which it happened, for /metrics."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from tocsin.core.measures import measured
from tocsin.pipeline.journal import Try
from tocsin.store.writes import tallies
from tocsin.store.writes.tallies import Count

ATTEMPTS, SENT_AFTER, DIGESTED_AFTER, EVENTS = "attempts", "sent_after", "digested_after", "events"


def tried(tries: Sequence[Try]) -> None:
    """Outcomes by kind and service, and for what was delivered how long it took since it was decided."""
    outcomes = Counter((one.job.kind, one.job.provider, one.outcome) for one in tries)
    counts = [
        Count(ATTEMPTS, kind, provider, outcome, many=count)
        for (kind, provider, outcome), count in outcomes.items()
    ]
    lengths: dict[str, list[float]] = {}
    for one in tries:
        if one.outcome == "delivered":
            lengths.setdefault(one.job.provider, []).append(_since_decided(one))
    for provider, seconds in lengths.items():
        counts += _buckets(SENT_AFTER, provider, seconds)
    tallies.add(counts)


def _since_decided(one: Try) -> float:
    return (one.started - one.job.decided).total_seconds() + one.milliseconds / 1000


def digested(results: dict[str, int], received: Iterable[datetime], now: datetime) -> None:
    """Events by what became of them, and how long after they were accepted."""
    counts = [Count(EVENTS, outcome=result, many=count) for result, count in results.items()]
    counts += _buckets(DIGESTED_AFTER, "", [(now - moment).total_seconds() for moment in received])
    tallies.add(counts)


def _buckets(name: str, provider: str, seconds: Iterable[float]) -> list[Count]:
    return [
        Count(name, provider=provider, bucket=bucket, many=one.count, seconds=one.seconds)
        for bucket, one in measured(seconds).items()
    ]
