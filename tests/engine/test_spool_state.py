"""How much waits in a spool, seen from outside."""

import pytest

from tocsin.engine import spool_state
from tocsin.engine.spool import SpoolReader, SpoolUnavailableError, append_one


def row(received: float) -> tuple:
    return (1, received, "envelope", "", "e" * 32, "", b"{}")


def test_a_spool_that_is_not_there_yet_is_empty(tmp_path):
    assert spool_state.waiting(tmp_path / "spool.sqlite3") == (0, None)


def test_entries_are_counted_and_the_oldest_is_told(tmp_path):
    path = tmp_path / "spool.sqlite3"
    append_one(path, *row(100.0))
    append_one(path, *row(200.0))

    assert spool_state.waiting(path) == (2, 100.0)


def test_what_was_forgotten_waits_no_more(tmp_path):
    path = tmp_path / "spool.sqlite3"
    append_one(path, *row(100.0))
    reader = SpoolReader(path)
    reader.forget(1)
    reader.close()

    assert spool_state.waiting(path) == (0, None)


def test_a_broken_spool_is_said(tmp_path):
    path = tmp_path / "spool.sqlite3"
    path.write_bytes(b"this is no database" * 100)

    with pytest.raises(SpoolUnavailableError, match="cannot be read"):
        spool_state.waiting(path)
