"""What people type in a chat service to speak to this instance."""

from tocsin.core.registry import Provider
from tocsin.pipeline.connect import environment


def command(service: Provider) -> str:
    """Its name ("/tocsin"), or what the operator calls it; "" where nothing can be typed."""
    return service.command(environment()) if service.command else ""
