"""All that anybody says to an engine: there is work for a stage. The settings say which engine hears it."""

from functools import lru_cache
from typing import Protocol

from django.conf import settings

from tocsin.engine import wake


class Engine(Protocol):
    """Runs the stages with what is in the spool ("digest") and in the outbox ("deliver")."""

    def put(self, stage: str) -> None:
        """There is work for a stage. Returns at once and never fails: the rows are the truth, and every engine
        also looks by itself."""

    def touch(self, stage: str) -> None:
        """Lets a stage take a turn though there may be no work, so that it can be seen to live. Never fails."""


class Bell:
    """The engine of one machine: the worker beside us is rung."""

    def put(self, stage: str) -> None:
        wake.ring(stage)

    touch = put


def put(stage: str) -> None:
    """There is work for a stage; to be said once it is committed."""
    engine().put(stage)


@lru_cache(maxsize=1)
def engine() -> Engine:
    """The engine that the settings name: a broker's workers, or the worker of this data folder."""
    url = settings.TOCSIN.broker_url
    if not url:
        return Bell()
    from tocsin.engine.celery import Broker, make_app  # noqa: PLC0415 — of the extra `scale`

    return Broker(make_app(url))
