"""What one sender has on its way, so that no integration is given more at once than its service takes."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from tocsin.core.crowding import FIRST, after
from tocsin.core.sending import Outcome
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.queries.outbox import Crowd


class Flying:
    """Counts claimed deliveries by integration until they come back, and how many more it may have, by what it
    answered; kept by one sender, in one thread.

    Only this sender's: what a dead one had on its way must not hold up the next. A try that never comes back
    counts until its lease is over.
    """

    def __init__(self) -> None:
        self._by_delivery: dict[int, tuple[str, datetime]] = {}
        self._windows: dict[str, int] = {}

    def left(self, claimed: Iterable[tuple[int, str, int | None]], until: datetime) -> None:
        """Each is (delivery, service, integration)."""
        for delivery_id, provider, integration_id in claimed:
            self._by_delivery[delivery_id] = (f"{provider}:{integration_id or 0}", until)

    def landed(self, answers: Iterable[tuple[int, Outcome | None]], now: datetime) -> None:
        """What came back, each as (delivery, outcome); None for what was not sent."""
        for delivery_id, outcome in answers:
            way, _ = self._by_delivery.pop(delivery_id, ("", now))
            provider = catalogue().providers.get(way.partition(":")[0])  # None: it is of a plug-in that is gone
            if provider is not None and outcome is not None:
                self._windows[way] = after(self._windows.get(way, FIRST), outcome, provider.at_once)
        lost = [delivery_id for delivery_id, (_, until) in self._by_delivery.items() if until <= now]
        for delivery_id in lost:
            del self._by_delivery[delivery_id]

    def crowd(self) -> Crowd:
        most = {slug: provider.at_once for slug, provider in catalogue().providers.items()}
        return Crowd(Counter(way for way, _ in self._by_delivery.values()), most, self._windows)
