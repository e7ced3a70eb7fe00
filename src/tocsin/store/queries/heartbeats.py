"""Signs of life, as the workers left them."""

from datetime import datetime

from tocsin.store.db import aware, rows


def turned() -> dict[str, datetime]:
    """When each loop last completed a turn, whichever worker ran it."""
    return {loop: aware(at) for loop, at in rows("SELECT loop, at FROM store_heartbeat")}
