"""script/verify-delivery on real processes: one round at each point."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

import pytest
from bench.kit.frame import ROOT
from verify import celery, embedded
from verify.load import events
from verify.points import CELERY, EMBEDDED, By, Point
from verify.round import Start, play

pytestmark = pytest.mark.journey


# Where only several nodes can lose something; script/verify-delivery --engine celery goes to every point.
ONLY_THERE = [point for point in CELERY if point not in EMBEDDED and point.by is not By.PRODUCT]


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    with embedded.founded() as template:
        yield partial(embedded.instance, template)


@pytest.fixture(scope="module")
def start_nodes() -> Iterator[Start]:
    with celery.founded() as template:
        yield partial(celery.instance, template)


@pytest.mark.parametrize("point", EMBEDDED, ids=lambda point: point.name)
def test_a_process_killed_there_loses_nothing_and_hides_no_duplicate(point: Point, start: Start):
    one = play(point, start, random.Random(1), events())

    assert one.reached
    assert one.verdict.lost == 0
    assert one.verdict.duplicates == one.verdict.admitted
    assert one.verdict.problems == ()


@pytest.mark.needs("postgresql", "rabbitmq")
@pytest.mark.parametrize("point", ONLY_THERE, ids=lambda point: point.name)
def test_a_node_killed_there_loses_nothing_and_hides_no_duplicate(point: Point, start_nodes: Start):
    one = play(point, start_nodes, random.Random(1), events())

    assert one.reached
    assert one.verdict.lost == 0
    assert one.verdict.duplicates == one.verdict.admitted
    assert one.verdict.problems == ()


def test_the_last_line_has_the_agreed_names():
    command = [sys.executable, "-m", "verify", "--rounds", "1", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=True)

    assert list(json.loads(done.stdout.splitlines()[-1])) == [
        "rounds",
        "intents",
        "lost",
        "duplicates",
        "duplicates_admitted",
        "books_balance",
    ]
