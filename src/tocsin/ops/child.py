"""A second process of ours beside this one: started again when it dies, stopped in order with us."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import Sequence

import click

# Longer than the engine lets what it is sending end: killed before, it would leave sent messages unrecorded.
STOPS_WITHIN = 75.0
RESTART_AFTER = 1.0


async def keep(command: Sequence[str], stopping: asyncio.Event) -> None:
    """Runs `python -m tocsin.ops` with these words until `stopping` is set."""
    while not stopping.is_set():
        try:
            process = _start(command)
        except OSError as error:  # no memory or no process to spare just now
            click.echo(f"tocsin: the {command[0]} could not be started: {error}. Trying again.", err=True)
            await _rest(stopping)
            continue
        ended = asyncio.create_task(asyncio.to_thread(process.wait))
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({ended, stop}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set():
            await _stop(process, ended)
            return
        stop.cancel()
        said = f"tocsin: the {command[0]} ended with code {process.returncode}; starting it again."
        click.echo(said, err=True)
        await _rest(stopping)


async def _rest(stopping: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), RESTART_AFTER)


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process alone, which then stops the child in order. The pipe
    # tells the child when this process is gone, however it went.
    return subprocess.Popen(  # noqa: S603 — our own program
        [sys.executable, "-m", "tocsin.ops", *command], stdin=subprocess.PIPE, start_new_session=True
    )


async def _stop(process: subprocess.Popen[bytes], ended: asyncio.Task[int]) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    done, _ = await asyncio.wait({ended}, timeout=STOPS_WITHIN)
    if not done:
        process.kill()
        await ended
