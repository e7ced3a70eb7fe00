"""Telemetry: spans leave for the collector that OpenTelemetry's own variables name; else nothing is loaded."""

import os
from collections.abc import Mapping

from tocsin.ops.lean import structlog

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
MISSING = (
    "spans are not sent: OTEL_EXPORTER_OTLP_ENDPOINT is set, and opentelemetry is not there; install tocsin[otel]"
)


def is_asked_for(environ: Mapping[str, str]) -> bool:
    """Whether a collector is named and nothing switches spans off."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or environ.get("OTEL_TRACES_EXPORTER") == "none":
        return False
    return any(environ.get(name) for name in ENDPOINTS)


def start() -> None:
    """Sends this process's spans from now on, in the background; what is left is sent as it ends.

    The variables are the standard's: OTEL_EXPORTER_OTLP_ENDPOINT and _HEADERS, OTEL_SERVICE_NAME,
    OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER … The wire is HTTP with protobuf.
    """
    if not is_asked_for(os.environ):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        structlog.get_logger("tocsin.telemetry").warning(MISSING)
        return
    from tocsin import __version__
    from tocsin.pipeline import spans

    if "service.name=" not in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        os.environ.setdefault("OTEL_SERVICE_NAME", "tocsin")
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    spans.listen(provider.get_tracer("tocsin", __version__))
