"""The sending stage for a while: it ends when nothing is due, and records what it began whatever happens."""

import asyncio

import pytest

from tocsin.engine.drain import Drain
from tocsin.engine.embedded import Sender


class Outbox:
    """`waiting` jobs are claimed and sent; `recorded` is what came back."""

    def __init__(self, *waiting: str) -> None:
        self.waiting, self.recorded = list(waiting), []
        self.turns = self.failures = self.at_once = self.most_at_once = 0
        self.endless = False

    def turn(self, tried, limit):
        self.turns += 1
        self.recorded += tried
        if self.failures and self.turns > 1:
            raise OSError("the database is away")
        claimed, self.waiting = self.waiting[:limit], self.waiting[limit:]
        if self.endless and limit:
            return ["one more"]
        return claimed

    async def send(self, job):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if job == "bug":
            raise RuntimeError("a bug")
        return f"{job} sent"

    def record(self, tried):
        self.recorded += tried

    def drain(self, **options) -> Drain:
        return Drain(Sender(self.turn, self.send, self.record, lambda: 0.0), **options)


async def test_all_that_is_due_is_sent_and_recorded():
    outbox = Outbox("a", "b", "c")

    assert not await outbox.drain().run()
    assert sorted(outbox.recorded) == ["a sent", "b sent", "c sent"]


async def test_where_nothing_is_due_it_is_over_after_one_look():
    outbox = Outbox()

    assert not await outbox.drain().run()
    assert outbox.turns == 1


async def test_no_more_are_on_their_way_than_allowed():
    outbox = Outbox(*map(str, range(20)))

    await outbox.drain(at_once=3).run()

    assert len(outbox.recorded) == 20
    assert outbox.most_at_once <= 3


async def test_after_its_time_it_says_that_there_may_be_more():
    outbox = Outbox()
    outbox.endless = True

    assert await outbox.drain(within=0.05).run()
    assert outbox.recorded


async def test_a_try_that_breaks_is_left_to_its_lease_and_stops_no_other(caplog):
    outbox = Outbox("bug", "a")

    await outbox.drain().run()

    assert outbox.recorded == ["a sent"]
    assert "its lease runs out" in caplog.text


async def test_what_was_sent_is_recorded_even_where_the_database_fails_meanwhile():
    outbox = Outbox("a")
    outbox.failures = 1

    with pytest.raises(OSError, match="away"):
        await outbox.drain().run()

    assert outbox.recorded.count("a sent") >= 1
