"""Spans are sent where the standard variables say, and only then."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tocsin.ops.telemetry import is_asked_for

HERE = "http://127.0.0.1:4318"
TELLS = """
from datetime import UTC, datetime
from tocsin.ops import telemetry
from tocsin.pipeline import spans
telemetry.start()
spans.digested({"new": 1}, 0, 0, datetime(2026, 11, 25, tzinfo=UTC), 1.0)
"""


@pytest.mark.parametrize(
    ("environ", "asked"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "tocsin"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": HERE}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{HERE}/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": HERE, "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": HERE, "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
    ids=str,
)
def test_a_collector_has_to_be_named(environ, asked):
    assert is_asked_for(environ) is asked


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def collector():
    server = HTTPServer(("127.0.0.1", 0), Collector)
    server.received = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def told(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    settings = {"DJANGO_SETTINGS_MODULE": "tests.django_settings", **environ}
    command = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    return subprocess.run(
        command, env={**clean, **settings}, capture_output=True, text=True, timeout=60, check=True
    )


def test_spans_reach_the_collector_before_the_process_ends(collector):
    told(TELLS, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.server_port}")

    ((path, body),) = collector.received
    assert (path, b"digest" in body, b"tocsin" in body) == ("/v1/traces", True, True)


def test_without_a_collector_nothing_of_it_is_loaded():
    said = told(f"{TELLS}\nimport sys; print('opentelemetry' in sys.modules)")

    assert said.stdout.strip() == "False"
