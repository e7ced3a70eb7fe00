"""A signed-in person, an organization, and a clock that stands still."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from tests.builders import NOW, World, a_world


@pytest.fixture(autouse=True)
def _the_clock_stands_still() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        cache.clear()
        yield


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def ana(world: World, client: Client) -> Client:
    """The browser of the organization's owner, who was here a moment ago."""
    world.user.last_active = NOW
    world.user.save()
    client.force_login(world.user)
    return client
