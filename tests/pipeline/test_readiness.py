"""The signs of life are read where the worker leaves them, and a change of the judgement is said once."""

from datetime import timedelta

import pytest
from django.conf import settings

from tests.builders import NOW
from tocsin.core.readiness import Readiness
from tocsin.engine import spool
from tocsin.pipeline import readiness
from tocsin.store.writes import heartbeats


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(db, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update={"data": tmp_path}))
    monkeypatch.setattr(readiness, "_seen", [])
    monkeypatch.setattr(readiness, "_begun", [])


def at_work() -> None:
    for loop in ("digest", "deliver"):
        heartbeats.beat(loop, NOW)


def spooled(age: timedelta) -> None:
    row = (1, (NOW - age).timestamp(), "envelope", "", "e" * 32, "", b"{}")
    spool.append_one(settings.TOCSIN.spool, *row)


def test_a_worker_that_reports_is_ready():
    at_work()

    assert readiness.readiness(NOW).ready


def test_the_oldest_event_that_waits_is_seen():
    at_work()
    spooled(timedelta(minutes=5))
    spooled(timedelta(minutes=1))

    assert readiness.readiness(NOW).behind == ("Events have waited 5 min to be digested.",)


def test_what_an_earlier_run_reported_is_no_reason_once_this_one_has_begun():
    at_work()
    later = NOW + timedelta(hours=1)
    before = readiness.readiness(later).ready

    readiness.begin(later)

    assert (before, readiness.readiness(later).ready) == (False, True)


def test_a_spool_that_cannot_be_read_is_not_ready():
    at_work()
    settings.TOCSIN.spool.write_bytes(b"this is no database" * 100)

    (reason,) = readiness.readiness(NOW).stuck

    assert "cannot be read: file is not a database" in reason


def test_a_change_is_said_once_each_way(caplog):
    readiness.watch(NOW)
    readiness.watch(NOW)
    at_work()
    readiness.watch(NOW)
    readiness.watch(NOW)

    said = [record.getMessage() for record in caplog.records]
    assert [line.split(":")[0] for line in said] == ["Not ready", "Ready again."]


def test_a_ready_start_is_nothing_to_say(caplog):
    at_work()

    readiness.watch(NOW)

    assert caplog.records == []
    assert readiness.seen() == Readiness()


def test_a_first_start_says_nothing_while_its_worker_starts_beside_it(caplog):
    readiness.begin(NOW)

    readiness.watch(NOW + timedelta(seconds=3))
    at_work()
    readiness.watch(NOW + timedelta(seconds=6))

    assert caplog.records == []


def test_a_first_start_without_a_worker_is_said(caplog):
    readiness.begin(NOW)

    readiness.watch(NOW + timedelta(seconds=9))

    assert "Not ready: The digest does not report. Start a worker" in caplog.text


def test_where_nobody_watches_nothing_is_known():
    assert readiness.seen() is None
