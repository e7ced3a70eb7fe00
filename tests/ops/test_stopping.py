"""Who stops waits longer than those it waits for, or messages that were sent are sent again."""

import asyncio
import inspect

import pytest

from tests.builders import NOW
from tocsin.engine.embedded import Pace
from tocsin.ops import child
from tocsin.ops.settings import Settings
from tocsin.ops.work import leave
from tocsin.pipeline.deliver import LEASE
from tocsin.store.queries.heartbeats import turned
from tocsin.store.writes import heartbeats
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


@pytest.mark.parametrize(("database_url", "left"), [("", set()), ("postgres://u:p@127.0.0.1/tocsin", {"digest"})])
def test_signs_of_life_go_unless_other_nodes_may_have_left_them(db, tmp_path, database_url, left):
    heartbeats.beat("digest", NOW)
    settings = Settings(data=tmp_path, secret_key="k" * 32, database_url=database_url, broker_url="")

    leave(settings)

    assert set(turned()) == left
