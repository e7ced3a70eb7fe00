"""Where a spot of a chat service is, as its provider addresses it."""

from typing import Any

from tocsin.core.origin import operators
from tocsin.core.spots import Spot
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import environment


def address(provider: str, spot: Spot) -> Any | None:
    """None where the service has no such spot, or it is not the service's."""
    found = catalogue().providers[provider]
    if found.spot is None:
        return None
    usual = operators(found.settings, found.origin.address, environment()) if found.origin else ""
    return found.spot(spot, usual)
