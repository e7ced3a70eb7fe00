"""For how long the sender may rest: what is on its way already is nothing to look for."""

from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_world
from tocsin.core.plan import Destination
from tocsin.notifications.test_notification import EXAMPLE
from tocsin.pipeline import deliver
from tocsin.pipeline.announce import announce
from tocsin.providers.email import Address

LATER = NOW + timedelta(seconds=1)
A_DAY = 86_400.0


@pytest.fixture
def world(db) -> World:
    return a_world()


def queued(world: World, email: str) -> None:
    to = Destination("email", Address(email), email)
    announce(
        organization_id=world.organization.pk,
        kind="test_notification",
        facts=EXAMPLE,
        destinations=[to],
        now=NOW,
        wake=False,
    )


def test_while_all_that_is_due_is_on_its_way_the_sender_rests(world: World):
    queued(world, "ana@example.com")
    deliver.turn([], 10, NOW)

    assert deliver.idle_for(LATER) == A_DAY


def test_what_is_due_beside_what_is_on_its_way_is_looked_for_at_once(world: World):
    queued(world, "ana@example.com")
    deliver.turn([], 10, NOW)
    queued(world, "ben@example.com")

    assert deliver.idle_for(LATER) == 0.0
