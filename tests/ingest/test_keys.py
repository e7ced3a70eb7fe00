import asyncio
import threading

import pytest

from tests.ingest.door import KEY, OTHER_KEY, a_key
from tocsin.ingest.keys import UNKNOWN_MOST, Keys


class Known:
    """Keys over a table that is a dict, with a clock that is set."""

    def __init__(self, *keys):
        self.table = {key.public_key: key for key in keys}
        self.now = 1_000.0
        self.asked: list[str] = []
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.keys = Keys(self._find, lambda: self.now)

    def _find(self, public_key):
        self.asked.append(public_key)
        assert self.may_answer.wait(5)
        if self.table is None:
            raise RuntimeError("database is locked")
        return self.table.get(public_key)

    async def refreshed(self):
        """Waits for what is being asked in the background."""
        await asyncio.gather(*self.keys._asking.values(), return_exceptions=True)
        await asyncio.sleep(0)


@pytest.fixture
def known():
    made = Known(a_key())
    yield made
    made.may_answer.set()
    made.keys.close()


async def test_a_key_is_asked_for_once_in_ten_seconds(known):
    for _ in range(5):
        assert await known.keys(KEY) == a_key()
        known.now += 1.9

    assert known.asked == [KEY]


async def test_those_who_ask_at_once_share_one_answer(known):
    known.may_answer.clear()
    asking = [asyncio.create_task(known.keys(KEY)) for _ in range(50)]
    await asyncio.sleep(0)
    known.may_answer.set()

    assert await asyncio.gather(*asking) == [a_key()] * 50
    assert known.asked == [KEY]


async def test_one_asker_that_leaves_does_not_take_the_answer_from_the_others(known):
    known.may_answer.clear()
    leaving, staying = asyncio.create_task(known.keys(KEY)), asyncio.create_task(known.keys(KEY))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    known.may_answer.set()

    assert await staying == a_key()


async def test_after_ten_seconds_the_old_answer_serves_while_a_new_one_is_asked_for(known):
    await known.keys(KEY)
    known.table = {}
    known.now += 11

    assert await known.keys(KEY) == a_key()
    await known.refreshed()
    assert await known.keys(KEY) is None


async def test_a_key_that_nobody_used_for_long_is_asked_for_first(known):
    await known.keys(KEY)
    known.table = {KEY: a_key(is_active=False)}
    known.now += 71

    assert await known.keys(KEY) == a_key(is_active=False)


@pytest.mark.parametrize("seconds", [11, 71])
async def test_a_known_key_stays_good_while_the_database_is_away(known, seconds):
    await known.keys(KEY)
    known.table = None
    known.now += seconds

    assert await known.keys(KEY) == a_key()
    await known.refreshed()
    assert await known.keys(KEY) == a_key()
    assert known.asked == [KEY, KEY]


async def test_a_key_never_seen_is_an_error_while_the_database_is_away(known):
    known.table = None

    with pytest.raises(RuntimeError, match="locked"):
        await known.keys(KEY)


async def test_an_unknown_key_is_asked_for_again_after_two_seconds(known):
    assert await known.keys(OTHER_KEY) is None
    known.table[OTHER_KEY] = a_key(OTHER_KEY)
    known.now += 1.9
    assert await known.keys(OTHER_KEY) is None
    known.now += 0.2

    assert await known.keys(OTHER_KEY) == a_key(OTHER_KEY)
    assert known.asked == [OTHER_KEY, OTHER_KEY]


async def test_guessing_keys_takes_bounded_memory_and_forgets_no_real_key(known):
    await known.keys(KEY)
    for number in range(UNKNOWN_MOST):
        known.keys._unknown[f"{number:032x}"] = known.now + 2

    assert await known.keys(OTHER_KEY) is None
    assert len(known.keys._unknown) == UNKNOWN_MOST
    assert await known.keys(KEY) == a_key()
    assert known.asked == [KEY, OTHER_KEY]
