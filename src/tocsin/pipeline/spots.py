"""Where a spot of a chat service is, as its provider addresses it."""

from typing import Any

from tocsin.core.spots import Spot
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import environment


def address(provider: str, spot: Spot) -> Any | None:
    """None where the service has no such spot, or it is not the service's."""
    found = catalogue().providers[provider].spot
    return found(spot, environment().get("TOCSIN_SLACK_API_URL", "")) if found else None
