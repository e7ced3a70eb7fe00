"""Events as an SDK sends them, each an issue of its own that is told in two channels."""

import gzip
import http.client
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.envelopes import Sample, samples

from verify.sink import Intent

CHANNELS = 6
EVENTS = 12


@dataclass(frozen=True, slots=True)
class Event:
    """One envelope and where it must be told."""

    event_id: str
    channel: int
    body: bytes

    def intents(self) -> Iterator[Intent]:
        yield Intent(self.event_id, channel_id("first", self.channel))
        yield Intent(self.event_id, channel_id("second", self.channel))


def channel_id(which: str, number: int) -> str:
    return f"C{which.upper()}{number}"


def events(count: int = EVENTS) -> list[Event]:
    return [_event(number, sample) for number, sample in enumerate(samples(count, issues=min(count, 4)))]


def _event(number: int, sample: Sample) -> Event:
    headers, item, payload, *_ = sample.body.split(b"\n")
    event = json.loads(payload)
    event["fingerprint"] = [sample.event_id]
    event["exception"]["values"][-1]["value"] = f"event-{sample.event_id}"
    event["tags"] = {**event["tags"], "channel": f"c{number % CHANNELS}"}
    payload = json.dumps(event).encode()
    item = json.dumps({**json.loads(item), "length": len(payload)}).encode()
    body = gzip.compress(b"\n".join([headers, item, payload]), compresslevel=1)
    return Event(sample.event_id, number % CHANNELS, body)


def post(port: int, project: int, key: str, sent: Sequence[Event]) -> list[Event]:
    """Sends events one by one; those that were not answered 200, which their sender sends again."""
    unanswered: list[Event] = []
    headers = {
        "Content-Type": "application/x-sentry-envelope",
        "Content-Encoding": "gzip",
        "X-Sentry-Auth": f"Sentry sentry_key={key}, sentry_version=7, sentry_client=sentry.python/2.75.0",
    }
    for event in sent:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST", f"/api/{project}/envelope/", event.body, headers)
            if connection.getresponse().status != 200:
                unanswered.append(event)
        except (OSError, http.client.HTTPException):
            unanswered.append(event)
        finally:
            connection.close()
    return unanswered
