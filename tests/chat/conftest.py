"""What all tests of the chat's doors begin with."""

import pytest
import time_machine

from tests.builders import NOW, World, a_world


@pytest.fixture(autouse=True)
def clock():
    """It stands still, so that what is signed stays fresh."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db) -> World:
    return a_world()
