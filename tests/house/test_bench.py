"""The benchmarks' frame: what machines read of it, and that the figures are counted as they are described."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bench import all as every
from bench import idle
from bench.kit import frame, load, sink
from bench.kit.frame import Result

LINE = ["bench", "value", "unit", "limit", "ratio", "peers", "ok"]


def test_the_last_line_of_a_bench_is_json_with_the_agreed_names(capsys: pytest.CaptureFixture[str]):
    frame.finish(Result("digest", 2500.4, "events/s", 5000.0, 0.50008, ok=True, peers={"bugsink": 33.333}))

    last = json.loads(capsys.readouterr().out.splitlines()[-1])

    assert list(last) == LINE
    assert last["value"] == 2500
    assert last["peers"] == {"bugsink": 33.33}


@pytest.mark.parametrize(("ok", "code"), [(True, 0), (False, 1)])
def test_a_bench_whose_bar_does_not_hold_ends_with_1(ok: bool, code: int):
    assert frame.finish(Result("idle", 1, "MB", 180, 1 / 180, ok=ok)) == code


def test_the_99th_percentile_of_20_is_the_largest():
    assert frame.percentile([float(number) for number in range(20)], 0.99) == 19


def test_the_median_of_20_is_the_tenth():
    assert frame.percentile([float(number) for number in range(20)], 0.5) == 9


def test_rounds_are_compared_with_their_neighbours():
    assert frame.paired_ratio([100, 10, 50], [200, 20, 200]) == 0.5


def test_a_developers_settings_do_not_reach_a_bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgres://production")

    assert "TOCSIN_DATABASE_URL" not in frame.data_environment(tmp_path)


def test_the_memory_of_a_tree_counts_the_children():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert child.pid in list(idle.tree(os.getpid()))
    finally:
        child.communicate()


async def test_a_load_is_answered_once_for_each_request_and_noted_when_it_began():
    heard: list[tuple[float, bytes]] = []
    server, port = await sink.listen(lambda at, request: heard.append((at, request)))
    sender = load.Load(port, connections=2)
    await sender.connect()

    answered = await sender.send([_request(number) for number in range(20)], rate=10_000)

    sender.close()
    server.close()
    assert sorted(request[-2:] for _, request in heard) == [b"%02d" % number for number in range(20)]
    assert len(answered) == 20
    assert min(at for at, _ in heard) <= min(answered)


async def test_a_message_that_comes_in_pieces_is_heard_once():
    heard: list[bytes] = []
    server, port = await sink.listen(lambda _, request: heard.append(request))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    for piece in (b"POST / HTTP/1.1\r\nContent-Le", b"ngth: 4\r\n\r\nab", b"cd"):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    answer = await reader.readuntil(b"}")

    writer.close()
    server.close()
    assert heard == [b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd"]
    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.journey
def test_the_digest_bench_digests_all_and_says_so():
    command = [sys.executable, "-m", "bench.digest", "--events", "120", "--rounds", "1", "--alone"]

    done = subprocess.run(command, cwd=frame.ROOT, capture_output=True, text=True, check=False, timeout=120)

    last = json.loads(done.stdout.splitlines()[-1])
    assert list(last) == LINE
    assert last["value"] > 0
    assert last["peers"] == {}


def test_a_row_of_the_table_says_plainly_that_a_bar_does_not_hold():
    result = json.loads(Result("idle", 200, "MB", 180, 200 / 180, ok=False).line())

    assert every.row(result).endswith("| **no** |")


def test_writing_the_table_leaves_the_rest_of_the_page():
    page = f"before\n{every.BEGIN}\nold\n{every.END}\nafter\n"

    assert every.placed(page, "new") == f"before\n{every.BEGIN}\nnew\n{every.END}\nafter\n"


def test_every_bench_has_a_bar_in_the_table():
    benches = {path.stem for path in (frame.ROOT / "bench").glob("[a-z]*.py")} - {"all", "envelopes"}

    assert benches == set(every.BARS)


def _request(number: int) -> bytes:
    return b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n%02d" % number
