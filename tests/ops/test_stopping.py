"""Who stops waits longer than those it waits for, or messages that were sent are sent again."""

import asyncio
import inspect

from tocsin.engine.embedded import Pace
from tocsin.ops import child
from tocsin.pipeline.deliver import LEASE
from tocsin.transport.drive import MOST_QUESTIONS
from tocsin.transport.http import Http
from tocsin.transport.smtp import Smtp


def deadline(transport: type) -> float:
    return inspect.signature(transport).parameters["deadline"].default


def test_a_try_ends_before_a_stopping_engine_gives_it_up():
    longest_mail = 2 * deadline(Smtp)  # for a place, and for the mail

    assert max(longest_mail, MOST_QUESTIONS * deadline(Http)) < Pace().stop_within


def test_a_stopping_engine_ends_before_its_leases_and_before_it_is_killed():
    assert Pace().stop_within < LEASE.total_seconds()
    assert Pace().stop_within < child.STOPS_WITHIN


async def test_a_worker_that_cannot_be_started_is_tried_again(monkeypatch, capsys):
    stopping, starts = asyncio.Event(), []

    def start(*arguments, **options):
        starts.append(arguments)
        if len(starts) == 2:
            stopping.set()
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(child.subprocess, "Popen", start)
    monkeypatch.setattr(child, "RESTART_AFTER", 0.0)

    await asyncio.wait_for(child.keep(["worker"], stopping), 5)

    assert len(starts) == 2
    assert "could not be started" in capsys.readouterr().err
