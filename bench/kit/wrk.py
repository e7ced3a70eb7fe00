"""Posts bodies to a local server over some connections, as fast as it answers: by wrk, or by a loop of our own."""

import asyncio
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import NamedTuple, cast

import uvloop

CONNECTIONS = 32

LUA = """
local requests, turn = {}, 0
function init(arguments)
  local file = io.open(arguments[1], "rb")
  for length in function() return file:read("*n") end do
    file:read(1)
    requests[#requests + 1] = file:read(length)
  end
end
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
"""


class Load(NamedTuple):
    """What came of one run: answers (each a 200), and answers per second."""

    answered: int
    rate: float


def generator() -> str:
    """The name of what makes the load on this machine."""
    return "wrk" if shutil.which("wrk") else "our own asyncio client, as wrk is not installed: apt-get install wrk"


def post(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """One request as bytes."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(folder: Path, port: int, requests: list[bytes], seconds: int) -> Load:
    """Sends the requests in turn for so long. Raises SystemExit when one is not answered 200."""
    if shutil.which("wrk"):
        return _wrk(folder, port, requests, seconds)
    return uvloop.run(_own(port, requests, seconds))


def _wrk(folder: Path, port: int, requests: list[bytes], seconds: int) -> Load:
    script, bodies = folder / "post.lua", folder / "requests"
    script.write_text(LUA)
    bodies.write_bytes(b"".join(b"%d\n%b" % (len(each), each) for each in requests))
    # Its own limit of 2 s counts a peer's slow answer as an error.
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout=20s", "-s", str(script)]
    command += [f"http://127.0.0.1:{port}", "--", str(bodies)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    answered = re.search(r"(\d+) requests in", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if "Non-2xx" in said or "Socket errors" in said or not answered or not rate:
        raise SystemExit(f"Not all were answered 200:\n{said}")
    return Load(int(answered[1]), float(rate[1]))


async def _own(port: int, requests: list[bytes], seconds: int) -> Load:
    loop = asyncio.get_running_loop()
    posters = [_Poster(requests[number:] + requests[:number]) for number in range(CONNECTIONS)]
    started = time.perf_counter()
    for poster in posters:
        await loop.create_connection(lambda poster=poster: poster, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.sleep(seconds)
    answered, took = sum(poster.answered for poster in posters), time.perf_counter() - started
    for poster in posters:
        poster.transport.close()
    wrong = next((poster.wrong for poster in posters if poster.wrong), b"")
    if wrong:
        raise SystemExit(f"Not all were answered 200:\n{wrong.decode('latin-1')}")
    return Load(answered, answered / took)


class _Poster(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last is whole."""

    def __init__(self, requests: list[bytes]) -> None:
        self.requests = requests
        self.answered = 0
        self.wrong = b""
        self._answer = b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so
        self.transport.write(self.requests[0])

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not _is_whole(self._answer):
            return
        if not self._answer.startswith(b"HTTP/1.1 200"):
            self.wrong = self._answer
        self.answered, self._answer = self.answered + 1, b""
        self.transport.write(self.requests[self.answered % len(self.requests)])


def _is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    return bool(found) and (length is None or len(body) >= int(length[1]))
