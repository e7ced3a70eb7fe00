"""/metrics: the instance's vitals in Prometheus' text format. docs/reference/metrics.md lists them."""

import hmac
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from tocsin.core.measures import cumulated
from tocsin.core.readiness import LOOPS
from tocsin.pipeline import clock, tally
from tocsin.pipeline.vitals import Vitals, gather
from tocsin.store.writes.tallies import Count

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For who shows the token; without one set, for this machine alone while it is nobody's proxy."""
    if refusal := _refusal(request):
        return HttpResponse(refusal + "\n", status=403, content_type="text/plain")
    try:
        vitals = gather(clock.now())
    except (DatabaseError, InterfaceError) as error:
        return HttpResponse(f"The database cannot be read: {error}\n", status=503, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(_Collector(vitals))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE)


def _refusal(request: HttpRequest) -> str:
    if token := settings.TOCSIN.metrics_token:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        is_right = hmac.compare_digest(shown.encode(), token.encode())
        return "" if is_right else "Show TOCSIN_METRICS_TOKEN as  Authorization: Bearer …"
    # Behind a proxy on this machine everybody looks local: then only a token tells who asks.
    if _is_local(settings.TOCSIN.url) and _comes_from_here(request):
        return ""
    return "Set TOCSIN_METRICS_TOKEN, and show it as  Authorization: Bearer …"


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or "127.0.0.1"
    return host == "localhost" or _is_loopback(host)


def _comes_from_here(request: HttpRequest) -> bool:
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and not any(
        name in request.headers for name in FORWARDED
    )


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


class _Collector(Collector):
    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[Metric]:
        yield from _health(self._vitals)
        yield from _depths(self._vitals)
        yield from _ledger(self._vitals)
        yield from _counters(self._vitals.counts)
        yield from _histograms(self._vitals.counts)


def _gauge(name: str, words: str, value: float | None) -> Metric:
    return GaugeMetricFamily(f"tocsin_{name}", words, value=value if value is not None else float("nan"))


def _gauges(name: str, words: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(f"tocsin_{name}", words, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def _health(vitals: Vitals) -> Iterator[Metric]:
    yield _gauge("ready", "1 while digest and sender are at work.", int(vitals.readiness.ready))
    ages = {LOOPS.get(loop, loop): (vitals.now - at).total_seconds() for loop, at in vitals.signs.turned.items()}
    words = "Seconds since a loop last completed a turn."
    yield _gauges("loop_last_turn_seconds", words, "loop", ages)


def _depths(vitals: Vitals) -> Iterator[Metric]:
    signs, now, spool = vitals.signs, vitals.now, vitals.spool
    yield _gauge("spool_events", "Events accepted and not yet digested.", spool.entries if spool else None)
    spooled = (now - signs.oldest_spooled).total_seconds() if signs.oldest_spooled else 0
    yield _gauge("spool_oldest_seconds", "Age of the oldest of them.", max(spooled, 0))
    words = "Deliveries that have not ended, by state."
    yield _gauges("outbox_deliveries", words, "state", {**vitals.outages.waiting})
    due = (now - signs.oldest_due).total_seconds() if signs.oldest_due else 0
    yield _gauge("outbox_oldest_due_seconds", "For how long the longest due could have been taken up.", max(due, 0))
    words = "Integrations whose breaker is open."
    yield _gauges("breakers_open", words, "provider", {**vitals.outages.resting})
    words = "Integrations that somebody has to mend."
    yield _gauges("integrations_broken", words, "provider", {**vitals.outages.broken})


def _ledger(vitals: Vitals) -> Iterator[Metric]:
    books = vitals.books
    ended = {"sent": books.sent, "failed": books.failed, "dead": books.dead, "suppressed": books.suppressed}
    states = {**ended, "held": books.held, "pending": books.pending}
    yield _gauge("books_balanced", "1 while the books of the last day hold.", int(books.balance))
    yield _gauge("books_problems", "Reasons why they do not.", len(books.problems))
    yield _gauge("books_intents", "Deliveries decided in the last day.", books.intents)
    yield _gauges("books_deliveries", "What became of them.", "state", {**states})
    yield _gauge("books_repeats", "Of those sent, how many may have arrived twice.", books.repeats)


def _counters(counts: list[Count]) -> Iterator[Metric]:
    sent = CounterMetricFamily(
        "tocsin_notifications_sent", "Deliveries that a service took.", labels=["kind", "provider"]
    )
    attempts = CounterMetricFamily(
        "tocsin_attempts", "Tries by what came of them.", labels=["kind", "provider", "outcome"]
    )
    events = CounterMetricFamily("tocsin_events", "Events digested, by what became of them.", labels=["result"])
    for one in counts:
        if one.name == tally.ATTEMPTS:
            attempts.add_metric([one.kind, one.provider, one.outcome], one.many)
            if one.outcome == "delivered":
                sent.add_metric([one.kind, one.provider], one.many)
        elif one.name == tally.EVENTS:
            events.add_metric([one.outcome], one.many)
    yield from (sent, attempts, events)


def _histograms(counts: list[Count]) -> Iterator[Metric]:
    digested = HistogramMetricFamily("tocsin_digest_seconds", "From accepted to digested.")
    if mine := [one for one in counts if one.name == tally.DIGESTED_AFTER]:
        digested.add_metric([], *_buckets(mine))
    sent = HistogramMetricFamily("tocsin_delivery_seconds", "From decided to sent.", labels=["provider"])
    for provider in sorted({one.provider for one in counts if one.name == tally.SENT_AFTER}):
        mine = [one for one in counts if one.name == tally.SENT_AFTER and one.provider == provider]
        sent.add_metric([provider], *_buckets(mine))
    yield from (digested, sent)


def _buckets(counts: list[Count]) -> tuple[list[tuple[str, float]], float]:
    shown = cumulated({one.bucket: one.many for one in counts})
    return [(bound, float(count)) for bound, count in shown], sum(one.seconds for one in counts)
