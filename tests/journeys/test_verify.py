"""script/verify-delivery on real processes: one round at each point."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

import pytest
from bench.kit.frame import ROOT
from verify import embedded
from verify.load import events
from verify.points import EMBEDDED, Point
from verify.round import Start, play

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    with embedded.founded() as template:
        yield partial(embedded.instance, template)


@pytest.mark.parametrize("point", EMBEDDED, ids=lambda point: point.name)
def test_a_process_killed_there_loses_nothing_and_hides_no_duplicate(point: Point, start: Start):
    one = play(point, start, random.Random(1), events())

    assert one.reached
    assert one.verdict.lost == 0
    assert one.verdict.duplicates == one.verdict.admitted
    assert one.verdict.problems == ()


def test_the_last_line_has_the_agreed_names():
    command = [sys.executable, "-m", "verify", "--rounds", "1", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)

    assert list(json.loads(done.stdout.splitlines()[-1])) == [
        "rounds",
        "intents",
        "lost",
        "duplicates",
        "duplicates_admitted",
        "books_balance",
    ]
