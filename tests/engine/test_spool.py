import asyncio
import os
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager

import pytest

from tocsin.engine import sqlite
from tocsin.engine.spool import GROUP, SpoolReader, SpoolUnavailableError, SpoolWriter, append_one

BODY = b'{}\n{"type":"event"}\n{}\n'


def a_row(number: int = 0, body: bytes = BODY):
    return 7, 1_000.5, "envelope", "gzip", f"{number:032x}", "sentry.python/2.75.0", body


@pytest.fixture
def path(tmp_path):
    return tmp_path / "spool.sqlite3"


@pytest.fixture
def reader(path):
    opened = SpoolReader(path)
    yield opened
    opened.close()


@asynccontextmanager
async def writing(path, on_commit=lambda count: None, **options):
    writer = SpoolWriter(path, on_commit, **options)
    try:
        yield writer
    finally:
        await writer.close()


async def append_all(writer, rows):
    return await asyncio.gather(*(writer.append(row) for row in rows), return_exceptions=True)


def numbers(entries):
    return [int(entry.event_id, 16) for entry in entries]


@contextmanager
def largest_file(size):
    """The operating system refuses, with an error, to let any file of this process grow past a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_an_entry_comes_back_as_it_was_appended(path, reader):
    async with writing(path) as writer:
        await writer.append(a_row(5))

        [entry] = reader.read(0, 10, 1_000)

    assert entry[1:] == a_row(5)


async def test_entries_come_back_in_the_order_of_their_appending(path, reader):
    async with writing(path) as writer:
        await append_all(writer, [a_row(number) for number in range(1_500)])

    entries = reader.read(0, 10_000, 10**9)
    assert numbers(entries) == list(range(1_500))
    assert [entry.id for entry in entries] == sorted({entry.id for entry in entries})


async def test_many_at_once_share_a_commit(path):
    commits = []
    async with writing(path, commits.append) as writer:
        await append_all(writer, [a_row(number) for number in range(2 * GROUP)])

    assert commits == [GROUP, GROUP]


async def test_large_bodies_are_not_gathered_beyond_memory(path):
    commits = []
    async with writing(path, commits.append) as writer:
        await append_all(writer, [a_row(body=bytes(6_000_000)) for _ in range(5)])

    assert commits == [3, 2]


async def test_a_commit_is_told_once_its_entries_can_be_read(path, reader):
    seen = []
    async with writing(path, lambda count: seen.append((count, len(reader.read(0, 10, 1_000))))) as writer:
        await writer.append(a_row())

    assert seen == [(1, 1)]


async def test_a_reader_takes_no_more_than_its_limits(path, reader):
    async with writing(path) as writer:
        await append_all(writer, [a_row(number, b"x" * 100) for number in range(10)])

    assert numbers(reader.read(0, 3, 10**9)) == [0, 1, 2]
    assert numbers(reader.read(0, 10, 250)) == [0, 1, 2]
    assert numbers(reader.read(0, 10, 1)) == [0]
    assert numbers(reader.read(reader.read(0, 7, 10**9)[-1].id, 10, 10**9)) == [7, 8, 9]


async def test_what_is_forgotten_is_gone_and_its_id_is_never_used_again(path, reader):
    async with writing(path) as writer:
        await append_all(writer, [a_row(number) for number in range(3)])
        last = reader.read(0, 10, 1_000)[-1].id
        reader.forget(last)
    async with writing(path) as writer:
        await writer.append(a_row(9))

    [entry] = reader.read(0, 10, 1_000)
    assert entry.id > last


async def test_forgetting_leaves_what_came_later(path, reader):
    async with writing(path) as writer:
        await append_all(writer, [a_row(number) for number in range(5)])
    reader.forget(reader.read(0, 2, 1_000)[-1].id)

    assert numbers(reader.read(0, 10, 1_000)) == [2, 3, 4]


def test_a_file_keeps_its_identity_and_another_has_another(path, tmp_path):
    first, again, other = SpoolReader(path), SpoolReader(path), SpoolReader(tmp_path / "other.sqlite3")

    assert first.identity == again.identity != other.identity
    assert len(bytes.fromhex(first.identity)) == 16
    for reader in (first, again, other):
        reader.close()


def test_bodies_are_private_to_the_account_that_serves(path, reader):
    assert path.stat().st_mode & 0o777 == 0o600


class TestDepth:
    async def test_it_counts_what_was_accepted_and_not_forgotten(self, path, reader):
        async with writing(path) as writer:
            await append_all(writer, [a_row(number) for number in range(10)])
            assert writer.depth() == 10
            reader.forget(reader.read(0, 4, 1_000)[-1].id)
            await self._measured_anew(writer)

            assert writer.depth() == 6

    async def test_it_counts_what_waits_for_its_commit(self, path):
        async with writing(path) as writer:
            waiting = [writer.append(a_row(number)) for number in range(3)]

            assert writer.depth() == 3
            await asyncio.gather(*waiting)
            assert writer.depth() == 3

    async def test_it_counts_what_an_earlier_process_left(self, path, reader):
        async with writing(path) as writer:
            await append_all(writer, [a_row(number) for number in range(10)])
        async with writing(path) as writer:
            assert writer.depth() == 10

    async def test_it_falls_without_new_entries_once_it_is_asked(self, path, reader):
        async with writing(path) as writer:
            await append_all(writer, [a_row(number) for number in range(10)])
            reader.forget(10)
            await self._measured_anew(writer)

            assert writer.depth() == 0

    async def test_its_size_grows_with_the_bodies_and_falls_with_forgetting(self, path, reader):
        async with writing(path) as writer:
            empty = writer.size()
            await append_all(writer, [a_row(body=bytes(100_000)) for _ in range(10)])
            full = writer.size()
            reader.forget(10)
            await self._measured_anew(writer)

            assert full - empty >= 1_000_000
            assert writer.size() - empty < 100_000

    async def _measured_anew(self, writer):
        """Passes the quarter of a second, and waits for the measuring that a question then starts."""
        writer._measured_at = float("-inf")
        writer.depth()
        writer._idle = asyncio.Event()
        await writer._idle.wait()


class TestTrouble:
    async def test_a_locked_file_refuses_those_who_wait_and_takes_those_who_come_later(self, path, reader):
        async with writing(path) as writer:
            writer._connection.execute("PRAGMA busy_timeout = 0")
            await writer.append(a_row(1))
            other = sqlite.connect(path, isolation_level=None)
            other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(SpoolUnavailableError, match="locked"):
                await writer.append(a_row(2))
            other.execute("ROLLBACK")
            other.close()
            await writer.append(a_row(3))

            assert numbers(reader.read(0, 10, 1_000)) == [1, 3]
            assert writer.depth() == 2

    async def test_a_full_file_keeps_all_that_was_answered_and_nothing_else(self, path, reader):
        async with writing(path) as writer:
            pages = writer._connection.execute("PRAGMA page_count").fetchone()[0]
            writer._connection.execute(f"PRAGMA max_page_count = {pages + 20}")
            answers = []
            for number in range(10):
                answers += await append_all(writer, [a_row(number, os.urandom(10_000))])
                if answers[-1] is not None:
                    break
            await writer.append(a_row(99))

            taken = [number for number, answer in enumerate(answers) if answer is None]
            assert isinstance(answers[-1], SpoolUnavailableError)
            assert numbers(reader.read(0, 100, 10**9)) == [*taken, 99]

    async def test_a_disk_that_takes_no_more_refuses_until_it_does_again(self, path, reader):
        async with writing(path) as writer:
            await writer.append(a_row(1))
            with largest_file(200_000):
                refused = await append_all(writer, [a_row(2, os.urandom(400_000))])
                again = await append_all(writer, [a_row(3, os.urandom(400_000))])
            await writer.append(a_row(4))

        assert [type(answer) for answer in refused + again] == [SpoolUnavailableError] * 2
        assert numbers(reader.read(0, 10, 10**9)) == [1, 4]

    async def test_the_last_of_the_disk_is_left_to_the_digest(self, path):
        free = shutil.disk_usage(path.parent).free
        async with writing(path, reserve=free * 2) as writer:
            with pytest.raises(SpoolUnavailableError, match="that the digest needs to catch up"):
                await writer.append(a_row())

    async def test_trouble_is_logged_once_and_so_is_its_end(self, path, caplog):
        async with writing(path) as writer:
            writer._reserve = 2**62
            await append_all(writer, [a_row()])
            await append_all(writer, [a_row()])
            writer._reserve = 0
            await append_all(writer, [a_row()])
            await append_all(writer, [a_row()])

        assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]

    async def test_one_who_leaves_does_not_disturb_the_others(self, path, reader):
        async with writing(path) as writer:
            leaving, staying = writer.append(a_row(1)), writer.append(a_row(2))
            leaving.cancel()
            await staying

        assert numbers(reader.read(0, 10, 1_000)) == [1, 2]

    def test_a_folder_that_is_not_there_stops_the_start_with_its_name(self, tmp_path):
        with pytest.raises(SpoolUnavailableError, match=r"nowhere/spool\.sqlite3 cannot be opened"):
            SpoolWriter(tmp_path / "nowhere" / "spool.sqlite3", lambda count: None)


class TestClosing:
    async def test_what_waits_is_committed_first(self, path, reader):
        writer = SpoolWriter(path, lambda count: None)
        waiting = [writer.append(a_row(number)) for number in range(2_000)]

        await writer.close()

        assert all(future.done() and future.exception() is None for future in waiting)
        assert len(reader.read(0, 10_000, 10**9)) == 2_000

    async def test_afterwards_nothing_is_taken(self, path):
        writer = SpoolWriter(path, lambda count: None)
        await writer.close()

        with pytest.raises(SpoolUnavailableError, match="stopping"):
            writer.append(a_row())


def test_one_entry_can_be_appended_without_an_event_loop(path, reader):
    append_one(path, *a_row(4))

    assert numbers(reader.read(0, 10, 1_000)) == [4]


APPENDING = """
import asyncio, sys
from pathlib import Path
from tocsin.engine.spool import SpoolWriter

async def client(writer, number):
    while True:
        await writer.append((7, 1.0, "envelope", "", f"{number:032x}", "", b"x" * 3000))
        print(number, flush=True)
        number += 16

async def main():
    writer = SpoolWriter(Path(sys.argv[1]), lambda count: None)
    await asyncio.gather(*(client(writer, number) for number in range(16)))

asyncio.run(main())
"""


def test_a_process_killed_while_it_appends_has_lost_nothing_that_it_answered(path):
    process = subprocess.Popen([sys.executable, "-c", APPENDING, str(path)], stdout=subprocess.PIPE)
    answered = {int(process.stdout.readline()) for _ in range(500)}
    process.send_signal(signal.SIGKILL)
    answered |= {int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")}
    process.stdout.close()
    process.wait(10)

    reader = SpoolReader(path)
    kept = numbers(reader.read(0, 10**6, 10**9))
    reader.close()
    assert answered <= set(kept)
    assert len(kept) == len(set(kept))


READING = """
import sys
from pathlib import Path
from tocsin.engine.spool import SpoolReader

reader, after = SpoolReader(Path(sys.argv[1])), 0
while after < int(sys.argv[2]):
    for entry in reader.read(after, 100, 10**6):
        print(int(entry.event_id, 16))
        after = entry.id
    reader.forget(after)
"""


async def test_another_process_reads_and_forgets_while_this_one_appends(path):
    async with writing(path) as writer:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", READING, str(path), "2000", stdout=asyncio.subprocess.PIPE
        )
        for start in range(0, 2_000, 50):
            assert await append_all(writer, [a_row(start + number) for number in range(50)]) == [None] * 50
        said, _ = await asyncio.wait_for(process.communicate(), 30)

    assert [int(line) for line in said.split()] == list(range(2_000))
