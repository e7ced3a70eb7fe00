"""Kills the product with kill -9 at every point where something could be lost, and checks that nothing was.

Each round is a fresh instance in real processes: events go in as an SDK sends them, a process dies at the round's
point, everything is killed and started again. Then every intent must have arrived at a Slack on the loopback,
whatever arrived twice must be admitted by the ledger, and the books must balance.
"""

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial

from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from verify import celery, embedded
from verify.load import events
from verify.points import Point
from verify.round import Round, Start, play

# Two instances beside each other: while one starts, the other works.
AT_ONCE = 2
ENGINES = {"embedded": embedded, "celery": celery}


def main(arguments: Sequence[str]) -> int:
    given = _parser().parse_args(arguments)
    console = Console(stderr=True)
    engine = ENGINES[given.engine]
    if lacking := engine.lacking():
        console.print(f"The {given.engine} engine cannot be verified: {lacking}")
        return 2
    count = given.rounds or 2 * len(engine.POINTS)
    with engine.founded() as template:
        start = partial(engine.instance, template)
        points = [engine.POINTS[number % len(engine.POINTS)] for number in range(count)]
        rounds = list(_shown(_play(points, start, given.seed), len(points), console))
    _tell(rounds, engine.POINTS, Console(stderr=given.json))
    line = _line(rounds)
    if given.json:
        print(json.dumps(line))
    return 0 if all(one.verdict.is_good for one in rounds) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/verify-delivery", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=_positive, help="default: two at each point")
    parser.add_argument("--engine", choices=list(ENGINES), default="embedded", help="what runs the stages")
    parser.add_argument("--seed", type=int, default=1, help="draws when each round's process dies (default: 1)")
    parser.add_argument("--json", action="store_true", help="end with one line for machines")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least one round")
    return number


def _play(points: Sequence[Point], start: Start, seed: int) -> Iterator[Round]:
    sent = events()
    with ThreadPoolExecutor(AT_ONCE) as hands:
        begun = [
            hands.submit(play, point, start, random.Random(seed * 1_000_003 + number), sent)
            for number, point in enumerate(points)
        ]
        for done in as_completed(begun):
            yield done.result()


def _shown(rounds: Iterator[Round], count: int, console: Console) -> Iterator[Round]:
    columns = (
        TextColumn("kill -9"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=count)
        for one in rounds:
            progress.update(bar, advance=1, description=one.point.name)
            yield one


def _tell(rounds: Sequence[Round], points: Sequence[Point], console: Console) -> None:
    table = Table(box=SIMPLE, padding=0, collapse_padding=True, pad_edge=False)
    table.add_column("killed at", no_wrap=True)
    for heading in ("rounds", "intents", "lost", "twice", "admitted", "in doubt", "s each"):
        table.add_column(heading, justify="right", no_wrap=True)
    by_point: dict[Point, list[Round]] = defaultdict(list)
    for one in rounds:
        by_point[one.point].append(one)
    for point in points:
        if point in by_point:
            table.add_row(point.name, *_cells(by_point[point]))
    table.add_section()
    table.add_row("all", *_cells(rounds))
    console.print(table)
    for one in rounds:
        if not one.reached:
            console.print(
                f"[yellow]{one.point.name}:[/yellow] a round ended before it got there; killed at its end."
            )
        for problem in one.verdict.problems:
            console.print(f"[red]{one.point.name}:[/red] {problem}")


def _cells(rounds: Sequence[Round]) -> list[str]:
    verdicts = [one.verdict for one in rounds]
    sums = [
        len(rounds),
        sum(one.intents for one in verdicts),
        sum(one.lost for one in verdicts),
        sum(one.duplicates for one in verdicts),
        sum(one.admitted for one in verdicts),
        sum(one.doubts for one in verdicts),
    ]
    return [f"{number:,}" for number in sums] + [f"{sum(one.seconds for one in rounds) / len(rounds):.1f}"]


def _line(rounds: Sequence[Round]) -> dict[str, object]:
    verdicts = [one.verdict for one in rounds]
    return {
        "rounds": len(rounds),
        "intents": sum(one.intents for one in verdicts),
        "lost": sum(one.lost for one in verdicts),
        "duplicates": sum(one.duplicates for one in verdicts),
        "duplicates_admitted": sum(one.admitted for one in verdicts),
        "books_balance": not any(one.problems for one in verdicts),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
