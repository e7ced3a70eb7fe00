"""Applications with the SDKs that people run report an uncaught exception to the door."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.door import KEY, a_key
from tests.ingest.server import Server
from tests.real_parts import sdk_python
from tocsin.engine.spool import Accepted
from tocsin.formats import envelope, store
from tocsin.formats.encoding import unpack
from tocsin.ingest.limits import Limits

pytestmark = pytest.mark.journey

SENTRY = """
import sentry_sdk

sentry_sdk.init({dsn!r}, release="shop@1.4.2", environment="production")

class TillError(Exception):
    pass

def charge(order):
    raise TillError(f"order {{order}}: the till is open")

charge(7)
"""
TRACING = SENTRY.replace("init(", "init(traces_sample_rate=1.0, dsn=")
RAVEN = """
import raven

client = raven.Client({dsn!r}, release="shop@1.4.2", environment="production")

class TillError(Exception):
    pass

def charge(order):
    raise TillError(f"order {{order}}: the till is open")

try:
    charge(7)
except TillError:
    client.captureException()
"""
FLOOD = """
import sentry_sdk

sentry_sdk.init({dsn!r})
for number in range(10):
    sentry_sdk.capture_message(f"message {{number}}")
sentry_sdk.flush(10)
"""
EACH = [
    pytest.param("sentry-2x", SENTRY, "envelope", id="today's sentry-sdk", marks=pytest.mark.needs("sentry_2x")),
    pytest.param("sentry-1x", SENTRY, "store", id="sentry-sdk 1.x", marks=pytest.mark.needs("sentry_1x")),
    pytest.param("sentry-1x", TRACING, "envelope", id="1.x with tracing", marks=pytest.mark.needs("sentry_1x")),
    pytest.param("raven", RAVEN, "store", id="raven 6", marks=pytest.mark.needs("raven")),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path, Limits(), a_key(rate_limit=3, rate_window=3_600))
    yield running
    running.stop()


def run(name: str, program: str, server: Server) -> None:
    """Runs a program as an application would be, with one SDK installed and nothing of ours."""
    dsn = f"http://{KEY}@127.0.0.1:{server.port}/7"
    command = [str(sdk_python(name)), "-I", "-c", program.format(dsn=dsn)]
    subprocess.run(command, capture_output=True, timeout=60, check=False)


def event(entry: Accepted) -> dict[str, Any]:
    """The event of a spooled body, read as the digest reads it."""
    body = unpack(entry.body, entry.encoding, 10_000_000)
    if entry.kind == "store":
        return json.loads(store.plain(body, 10_000_000))
    item = envelope.split(body).event
    assert item is not None
    return json.loads(item.payload)


@pytest.mark.parametrize(("name", "program", "kind"), EACH)
def test_an_exception_in_an_application_is_spooled_with_its_type(name, program, kind, server):
    run(name, program, server)

    [entry] = server.spooled()
    raised = event(entry)["exception"]["values"][-1]
    assert (raised["type"], raised["value"]) == ("TillError", "order 7: the till is open")
    assert [frame["function"] for frame in raised["stacktrace"]["frames"]][-1] == "charge"
    assert (entry.kind, entry.project_id, entry.event_id) == (kind, 7, event(entry)["event_id"])
    assert entry.client.startswith("raven" if name == "raven" else "sentry.python")


@pytest.mark.needs("sentry_2x")
def test_an_sdk_that_is_told_to_wait_stops_sending(server):
    run("sentry-2x", FLOOD, server)

    # The last is the SDK's own report of what it then dropped, which is no event.
    assert server.statuses == [200, 200, 200, 429, 200]
    assert len(server.spooled()) == 3
