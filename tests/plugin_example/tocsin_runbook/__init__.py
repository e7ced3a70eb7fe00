"""An addition of somebody else's, as the guide to plug-ins shows it: where to look first, below each alert."""

from collections.abc import Iterator

from tocsin.core.additions import Addition, Occasion
from tocsin.core.message import Block, Link, Listing

RUNBOOKS = {"shop": "https://wiki.example.com/runbooks/shop"}


def blocks(occasion: Occasion) -> Iterator[Block]:
    if page := RUNBOOKS.get(occasion.project):
        yield Listing(Link("Runbook", page), f"What to do about {occasion.message.title}")


ADDITION = Addition(slug="runbook", name="Runbook", blocks=blocks, categories=frozenset({"alerts"}))
