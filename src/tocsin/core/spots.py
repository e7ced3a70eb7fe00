"""Where something is said in a chat service that is no conversation, so that no person or rule can name it.

A provider makes an address of a spot (`Provider.spot`), where it has such a spot; what is said there is a delivery
like any other.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aside:
    """The one person who pressed or typed something; `url` is where the service takes answers for a while."""

    url: str


Spot = Aside
