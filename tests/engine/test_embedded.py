"""The engine that runs the stages: here the stages are plain functions, the bell is real, and nothing sleeps."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from tocsin.engine.embedded import Embedded, Job, Pace, Sender
from tocsin.engine.wake import Listener, ring

SOON = 10.0  # generous: only a failing test waits so long
NOTHING = (0, 0)


# Looks so seldom that only a ring can wake a loop.
PACE = Pace(look_again=600.0, after_error=0.0)


class Outbox:
    """The sending stage: `waiting` jobs are claimed and tried; `recorded` is what came back."""

    def __init__(self, *waiting: str) -> None:
        self.waiting, self.recorded, self.started = list(waiting), [], []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failures = 0
        self.most_at_once = self._at_once = 0
        self.idle = 600.0

    def turn(self, tried, limit):
        if self.failures:
            self.failures -= 1
            raise OSError("database is locked")
        self.recorded += tried
        claimed, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return claimed

    async def send(self, job):
        self.started.append(job)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        if job != "quick":
            await self.gate.wait()
        self._at_once -= 1
        if job == "bug":
            raise RuntimeError("a bug")
        return f"{job} sent"

    def record(self, tried):
        if self.failures:
            self.failures -= 1
            raise OSError("database is locked")
        self.recorded += tried

    def idle_for(self):
        return self.idle

    @property
    def sender(self) -> Sender:
        return Sender(self.turn, self.send, self.record, self.idle_for)


@asynccontextmanager
async def running(tmp_path, digest_some=lambda: NOTHING, outbox=None, jobs=(), **pace) -> AsyncIterator[Embedded]:
    """The engine at work; stopped, and all that it began ended, on the way out."""
    listener = Listener(tmp_path / "wake.sock")
    engine = Embedded(listener, digest_some, (outbox or Outbox()).sender, jobs, pace=replace(PACE, **pace))
    task = asyncio.create_task(engine.run())
    try:
        yield engine
    finally:
        engine.stop()
        try:
            await asyncio.wait_for(task, SOON)
        finally:
            listener.close()


async def until(condition: Callable[[], object]) -> None:
    """Waits for what another task or thread brings about."""
    async with asyncio.timeout(SOON):
        while not condition():  # noqa: ASYNC110 — what it asks about is no event of this loop
            await asyncio.sleep(0)


def in_turn(*results):
    """A digest that gives these results one after the other, then nothing."""
    left = list(results)

    def digest_some():
        found = left.pop(0) if left else NOTHING
        if isinstance(found, Exception):
            raise found
        return found

    return digest_some


async def test_a_ring_is_digested_without_waiting_for_the_next_look(tmp_path):
    turns = threading.Semaphore(0)

    def digest_some():
        turns.release()
        return NOTHING

    async with running(tmp_path, digest_some):
        await asyncio.to_thread(turns.acquire, timeout=SOON)  # the first look, at the start

        ring("digest", tmp_path / "wake.sock")

        assert await asyncio.to_thread(turns.acquire, timeout=SOON)


async def test_the_spool_is_digested_to_its_end_before_the_digest_rests(tmp_path):
    batches = [(500, 0), (500, 0), (3, 0)]
    done = []

    def digest_some():
        done.append(batches.pop(0) if batches else NOTHING)
        return done[-1]

    async with running(tmp_path, digest_some):
        await until(lambda: done and done[-1] == NOTHING)

    assert done[:3] == [(500, 0), (500, 0), (3, 0)]


async def test_what_a_digest_queued_is_sent_at_once(tmp_path):
    outbox = Outbox()

    def digest_some():
        if outbox.recorded or outbox.waiting or outbox.started:
            return NOTHING
        outbox.waiting.append("mail")
        return 1, 1

    async with running(tmp_path, digest_some, outbox):
        await until(lambda: outbox.recorded == ["mail sent"])


async def test_a_batch_that_fails_is_tried_again(tmp_path, caplog):
    done = []
    results = in_turn(OSError("disk full"), OSError("disk full"), (2, 0))

    def digest_some():
        found = results()
        done.append(found)
        return found

    async with running(tmp_path, digest_some):
        await until(lambda: (2, 0) in done)

    assert "stays in the spool" in caplog.text


async def test_a_digest_that_fails_does_not_stop_the_sender(tmp_path, caplog):
    outbox = Outbox("mail")

    async with running(tmp_path, in_turn(*[OSError("disk full")] * 3), outbox):
        await until(lambda: outbox.recorded == ["mail sent"])


async def test_a_ring_for_deliver_sends_what_waits(tmp_path):
    outbox = Outbox()

    async with running(tmp_path, outbox=outbox):
        await until(lambda: True)
        outbox.waiting.append("slack")
        ring("deliver", tmp_path / "wake.sock")

        await until(lambda: outbox.recorded == ["slack sent"])


async def test_deliveries_are_sent_at_the_same_time(tmp_path):
    outbox = Outbox("a", "b", "c")
    outbox.gate.clear()

    async with running(tmp_path, outbox=outbox):
        await until(lambda: len(outbox.started) == 3)
        outbox.gate.set()

    assert outbox.most_at_once == 3


async def test_never_more_are_sent_at_once_than_there_is_room_for(tmp_path):
    outbox = Outbox(*map(str, range(50)))

    async with running(tmp_path, outbox=outbox, at_once=4):
        await until(lambda: len(outbox.recorded) == 50)

    assert outbox.most_at_once <= 4


async def test_a_slow_delivery_holds_up_no_other(tmp_path):
    outbox = Outbox("slow")
    outbox.gate.clear()

    async with running(tmp_path, outbox=outbox):
        await until(lambda: outbox.started == ["slow"])
        outbox.waiting.append("quick")
        ring("deliver", tmp_path / "wake.sock")

        await until(lambda: outbox.recorded == ["quick sent"])
        outbox.gate.set()


async def test_what_comes_due_while_another_is_being_sent_goes_when_it_is_due(tmp_path):
    outbox = Outbox("slow")
    outbox.gate.clear()
    outbox.idle = 0.0  # something is due now, and nothing rings for it

    async with running(tmp_path, outbox=outbox):
        await until(lambda: outbox.started == ["slow"])
        outbox.waiting.append("retry")

        await until(lambda: "retry" in outbox.started)
        outbox.gate.set()


async def test_a_full_sender_does_not_spin_while_more_is_due(tmp_path):
    outbox = Outbox("a", "b")
    outbox.gate.clear()
    outbox.idle = 0.0
    looks = []
    outbox.idle_for = lambda: looks.append(1) or 0.0

    async with running(tmp_path, outbox=outbox, at_once=1):
        await until(lambda: outbox.started == ["a"])
        for _ in range(1000):
            await asyncio.sleep(0)
        outbox.gate.set()
        await until(lambda: len(outbox.recorded) == 2)

    assert len(looks) < 100


async def test_finished_tries_are_not_lost_when_a_turn_fails(tmp_path, caplog):
    outbox = Outbox("mail")
    outbox.gate.clear()

    async with running(tmp_path, outbox=outbox):
        await until(lambda: outbox.started == ["mail"])
        outbox.failures = 3
        outbox.gate.set()

        await until(lambda: outbox.recorded == ["mail sent"])

    assert outbox.recorded == ["mail sent"]
    assert "could not be read or written" in caplog.text


async def test_an_outbox_that_cannot_say_when_the_next_is_due_does_not_end_the_worker(tmp_path, caplog):
    outbox = Outbox()
    answers = [OSError("database is locked"), 600.0]

    def idle_for():
        answer = answers.pop(0) if answers else 600.0
        if isinstance(answer, Exception):
            raise answer
        return answer

    outbox.idle_for = idle_for

    async with running(tmp_path, outbox=outbox):
        await until(lambda: not answers)
        outbox.waiting.append("mail")
        ring("deliver", tmp_path / "wake.sock")

        await until(lambda: outbox.recorded == ["mail sent"])


async def test_a_delivery_that_raises_ends_alone(tmp_path, caplog):
    outbox = Outbox("bug", "mail")

    async with running(tmp_path, outbox=outbox):
        await until(lambda: outbox.recorded == ["mail sent"])

    assert "could not be tried" in caplog.text


async def test_stopping_finishes_what_is_being_sent_and_records_it(tmp_path):
    outbox = Outbox("a", "b")
    outbox.gate.clear()

    async with running(tmp_path, outbox=outbox) as engine:
        await until(lambda: len(outbox.started) == 2)
        engine.stop()
        outbox.gate.set()

    assert sorted(outbox.recorded) == ["a sent", "b sent"]


async def test_stopping_begins_nothing_more(tmp_path):
    outbox = Outbox("a", "b")
    outbox.gate.clear()

    async with running(tmp_path, outbox=outbox, at_once=1) as engine:
        await until(lambda: outbox.started == ["a"])
        engine.stop()
        outbox.gate.set()

    assert outbox.started == ["a"]
    assert outbox.waiting == ["b"]


async def test_the_last_tries_are_recorded_though_the_database_is_busy_for_a_moment(tmp_path, caplog):
    outbox = Outbox("mail")
    outbox.gate.clear()

    async with running(tmp_path, outbox=outbox) as engine:
        await until(lambda: outbox.started == ["mail"])
        engine.stop()
        outbox.failures = 2
        outbox.gate.set()

    assert outbox.recorded == ["mail sent"]


async def test_a_try_that_outlasts_the_stop_keeps_its_lease_and_the_others_are_recorded(tmp_path):
    outbox = Outbox("quick", "stuck")
    never = asyncio.Event()

    async def send(job):
        outbox.started.append(job)
        if job == "stuck":
            await never.wait()
        return f"{job} sent"

    outbox.send = send

    async with running(tmp_path, outbox=outbox, stop_within=0.05):
        await until(lambda: len(outbox.started) == 2)

    assert outbox.recorded == ["quick sent"]


async def test_stopping_lets_the_batch_in_hand_end(tmp_path):
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def digest_some():
        begun.set()
        go_on.wait(SOON)
        ended.set()
        return 1, 0

    async with running(tmp_path, digest_some) as engine:
        await asyncio.to_thread(begun.wait, SOON)
        engine.stop()
        go_on.set()

    assert ended.is_set()


async def test_a_scheduled_job_runs_again_and_again(tmp_path):
    runs = []

    async with running(tmp_path, jobs=[Job("tick", 0.0, lambda: runs.append(1))]):
        await until(lambda: len(runs) >= 3)


async def test_a_scheduled_job_that_fails_stops_nothing(tmp_path, caplog):
    runs, outbox = [], Outbox()

    def fail():
        runs.append(1)
        raise RuntimeError("a bug")

    async with running(tmp_path, outbox=outbox, jobs=[Job("tidy", 0.0, fail)]):
        await until(lambda: len(runs) >= 2)
        outbox.waiting.append("mail")
        ring("deliver", tmp_path / "wake.sock")
        await until(lambda: outbox.recorded == ["mail sent"])

    assert "The scheduled job tidy failed" in caplog.text


async def test_each_stage_keeps_one_thread_so_that_it_keeps_one_connection(tmp_path):
    threads = {"digest": set(), "outbox": set()}
    outbox, batches = Outbox(*map(str, range(20))), [(1, 0)] * 20

    def digest_some():
        threads["digest"].add(threading.get_ident())
        return batches.pop() if batches else NOTHING

    plain = outbox.turn

    def turn(tried, limit):
        threads["outbox"].add(threading.get_ident())
        return plain(tried, limit)

    outbox.turn = turn

    async with running(tmp_path, digest_some, outbox, at_once=2):
        await until(lambda: len(outbox.recorded) == 20 and not batches)

    assert {name: len(found) for name, found in threads.items()} == {"digest": 1, "outbox": 1}
    assert threads["digest"] != threads["outbox"]
