"""The bell between processes: it never blocks, never fails, and says what there is to do."""

import resource
import stat

import pytest

from tocsin.engine.wake import Bell, Listener, ring


@pytest.fixture
def listener(tmp_path):
    listener = Listener(tmp_path / "wake.sock")
    yield listener
    listener.close()


def test_what_was_rung_is_heard_once(listener, tmp_path):
    ring("digest", tmp_path / "wake.sock")

    assert listener.heard() == {"digest"}
    assert listener.heard() == frozenset()


def test_many_rings_that_say_the_same_are_one(listener, tmp_path):
    for _ in range(10):
        ring("digest", tmp_path / "wake.sock")
    ring("deliver", tmp_path / "wake.sock")

    assert listener.heard() == {"digest", "deliver"}


def test_a_worker_that_is_not_there_costs_nothing(tmp_path):
    ring("digest", tmp_path / "wake.sock")


def test_a_worker_that_does_not_listen_blocks_nobody(listener, tmp_path):
    for _ in range(100_000 // 50):
        ring("digest", tmp_path / "wake.sock")

    assert listener.heard() == {"digest"}


def test_a_bell_that_was_rung_before_the_worker_started_reaches_it_later(tmp_path):
    path = tmp_path / "wake.sock"
    ring("digest", path)
    listener = Listener(path)

    ring("deliver", path)

    assert listener.heard() == {"deliver"}
    listener.close()


def test_a_worker_that_starts_again_takes_over_from_one_that_died(tmp_path):
    path = tmp_path / "wake.sock"
    dead = Listener(path)
    alive = Listener(path)

    ring("digest", path)

    assert alive.heard() == {"digest"}
    dead.socket.close()
    alive.close()


def test_without_a_descriptor_left_ringing_does_not_fail(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        ring("digest", tmp_path / "another.sock")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_noise_on_the_socket_is_no_stage(listener, tmp_path):
    bell = Bell(tmp_path / "wake.sock")
    bell._socket.sendto(b"\xff\xfe" * 100, bell._path)
    bell.ring("digest")

    assert "digest" in listener.heard()
    bell.close()


def test_a_folder_with_a_long_name_has_a_bell_too(tmp_path):
    path = tmp_path / ("long" * 40) / "wake.sock"
    listener = Listener(path)

    ring("digest", path)

    assert listener.heard() == {"digest"}
    listener.close()


def test_only_the_owner_may_ring(listener, tmp_path):
    assert stat.S_IMODE((tmp_path / "wake.sock").stat().st_mode) == 0o600


def test_a_closed_listener_leaves_no_file(tmp_path):
    listener = Listener(tmp_path / "wake.sock")

    listener.close()

    assert not (tmp_path / "wake.sock").exists()
