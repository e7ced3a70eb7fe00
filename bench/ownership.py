"""How long it takes to say who owns an event: `script/bench ownership`.

1,000 rules of all kinds, compiled once, against an event of 100 distinct frames. The peer is the obvious loop, each
rule's pattern by the standard library's fnmatch against each path, in the same process and rounds. At the end
stand rules and an event that are made to be slow. Times are the processor's, which no neighbour lengthens.
"""

import argparse
import fnmatch
import statistics
import sys
import time
from collections.abc import Callable

from bench.kit.frame import Result, finish
from tocsin.core.event import Event, ExceptionValue, Frame
from tocsin.core.ownership import Compiled, compile_ownership, owners_of
from tocsin.core.ownership_parse import parse

RULES = 1000
FRAMES = 100
ROUNDS = 300
PEER_ROUNDS = 5
LIMIT_MS = 2.0
TEAMS = 50

KINDS = (
    "src/shop/team{team}/module{number}/*",
    "path:*/module{number}/*.py",
    "path:*widget{number}*",
    "module:shop.team{team}.module{number}.*",
    "tags.customer:gold-{number}*",
    "url:https://shop.example/{number}/*",
    "codeowners:/src/shop/team{team}/module{number}/",
    "path:src/shop/team{team}/[a-m]odule{number}/*.?y",
    "src/**/file{number}.py",
    "module:*.module{number}",
)


def main(rounds: int) -> int:
    started = time.process_time()
    rules = parse(text()).rules
    read = time.process_time()
    compiled = compile_ownership(rules)
    made = time.process_time()
    event = an_event()
    found = owners_of(compiled, event)
    if len(rules) != RULES or len(found) < 5:
        raise SystemExit(f"The bench has {len(rules)} rules and {len(found)} that fit")
    each = [milliseconds(lambda: owners_of(compiled, event)) for _ in range(rounds)]
    paths = [path for frame in event.exceptions[0].frames for path in (frame.filename, frame.abs_path)]
    peer = [milliseconds(lambda: by_fnmatch(compiled, paths)) for _ in range(PEER_ROUNDS)]
    print(f"1,000 rules are read in {1000 * (read - started):.1f} ms and compiled in {1000 * (made - read):.1f} ms")
    print(f"{len(found)} of them fit; median of {rounds} rounds, slowest {max(each):.2f} ms")
    print(f"made to be slow, one event: {slow():.1f} ms")
    value = statistics.median(each)
    ok = value <= LIMIT_MS
    peers = {"fnmatch, rule by rule": statistics.median(peer)}
    return finish(Result("ownership", value, "ms", LIMIT_MS, value / LIMIT_MS, ok, peers))


def text() -> str:
    lines = (
        f"{KINDS[number % len(KINDS)].format(team=number % TEAMS, number=number)} #team{number % TEAMS}"
        for number in range(RULES)
    )
    return "\n".join(lines)


def an_event() -> Event:
    """100 frames in 100 files, as an SDK reports them: relative to the project, and whole."""
    frames = []
    for number in range(FRAMES):
        path = f"src/shop/team{number % TEAMS}/module{number * 7 % RULES}/file{number}.py"
        module = path.removeprefix("src/").removesuffix(".py").replace("/", ".")
        frames.append(Frame(filename=path, abs_path=f"/srv/app/{path}", module=module, in_app=number % 2 == 0))
    return Event(
        event_id="a" * 32,
        timestamp=0.0,
        tags=(("customer", "gold-7"),),
        request_url="https://shop.example/15/checkout",
        exceptions=(ExceptionValue(type="ValueError", frames=tuple(frames)),),
    )


def by_fnmatch(compiled: Compiled, paths: list[str]) -> int:
    return sum(any(fnmatch.fnmatchcase(path, rule.matcher.pattern) for path in paths) for rule, _ in compiled.rules)


def slow() -> float:
    """100,000 characters of rules whose stars would be tried again and again, and paths that nearly fit."""
    lines = "\n".join(f"{'a*' * 500}b{number} #team" for number in range(95))
    compiled = compile_ownership(parse(lines).rules)
    frames = tuple(Frame(filename="a" * 400 + f"b{number}x") for number in range(FRAMES))
    event = Event(event_id="a" * 32, timestamp=0.0, frames=frames)
    return milliseconds(lambda: owners_of(compiled, event))


def milliseconds(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return 1000 * (time.process_time() - started)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    sys.exit(main(parser.parse_args().rounds))
