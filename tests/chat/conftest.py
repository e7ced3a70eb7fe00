"""What all tests of the chat's doors begin with."""

import pytest
import time_machine

from tests.builders import NOW, World, a_world, an_issue
from tests.chat.pressing import a_workspace, known
from tocsin.store.models import Issue


@pytest.fixture(autouse=True)
def clock():
    """It stands still, so that what is signed stays fresh."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def stranger(world) -> int:
    """A connected workspace in which nobody said who they are."""
    return a_workspace(world)


@pytest.fixture
def workspace(world, stranger) -> int:
    """One in which Ana did."""
    known(world, stranger)
    return stranger


@pytest.fixture
def issue(world, workspace) -> Issue:
    return an_issue(world.project)
