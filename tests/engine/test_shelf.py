"""Batches that Redis keeps and lends: what a worker took is back when its time is up, what is done is gone."""

from collections.abc import Iterator

import pytest
from tests.real_parts.servers import a_redis

from tocsin.engine.celery import make_app
from tocsin.engine.shelf import MOST_TAKEN, Shelf

pytestmark = pytest.mark.needs("redis")


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> Iterator[str]:
    with a_redis(tmp_path_factory.mktemp("redis")) as found:
        yield found


@pytest.fixture
def client(url):
    found = make_app(url).redis
    found.flushall()
    return found


@pytest.fixture
def shelf(client) -> Shelf:
    return Shelf(lambda: client)


@pytest.fixture
def forgetful(client) -> Shelf:
    """Whatever it lends is due again at once, as if each who took it had died a minute ago."""
    return Shelf(lambda: client, lease=0)


def test_batches_are_lent_in_the_order_they_came(shelf):
    for content in (b"first", b"second", b"third"):
        shelf.put(content)

    assert [shelf.take().content for _ in range(3)] == [b"first", b"second", b"third"]


def test_a_batch_is_lent_to_one_at_a_time(shelf):
    shelf.put(b"only")
    shelf.take()

    assert shelf.take() is None


def test_what_a_dead_worker_had_is_lent_again_when_its_time_is_up(forgetful):
    forgetful.put(b"\xff\x00 as the bytes they are")

    assert [forgetful.take().content for _ in range(2)] == [b"\xff\x00 as the bytes they are"] * 2


def test_what_is_done_is_gone(forgetful, client):
    forgetful.put(b"done")
    forgetful.forget(forgetful.take())

    assert forgetful.take() is None
    assert client.keys() == []


def test_what_is_given_back_is_lent_again_after_what_waited(shelf):
    shelf.put(b"hard")
    lent = shelf.take()
    shelf.put(b"next")
    shelf.give_back(lent)

    assert [shelf.take().content for _ in range(2)] == [b"next", b"hard"]


def test_what_was_done_by_another_meanwhile_does_not_come_back(forgetful):
    forgetful.put(b"slow")
    slow = forgetful.take()
    forgetful.forget(forgetful.take())
    forgetful.give_back(slow)

    assert forgetful.take() is None


def test_what_many_died_of_is_kept_aside(forgetful, client):
    forgetful.put(b"poison")
    for _ in range(MOST_TAKEN):
        forgetful.take()

    aside = forgetful.take()
    assert (aside.content, forgetful.take()) == (None, None)
    assert client.hget("{tocsin}.batches", aside.id) == b"poison"


def test_giving_back_counts_as_no_death(forgetful):
    forgetful.put(b"waits for the database")
    for _ in range(2 * MOST_TAKEN):
        forgetful.give_back(forgetful.take())

    assert forgetful.take().content == b"waits for the database"


def test_a_batch_put_again_by_a_retry_is_there_once(shelf, client):
    """redis-py runs a script again when the line breaks before the answer."""
    from tocsin.engine.shelf import PUT

    shelf._run(PUT, "one", b"content")
    shelf.take()
    shelf._run(PUT, "one", b"content")

    assert shelf.take() is None
