import pytest

from tests.builders import a_world
from tocsin.store.queries.keys import Key, find

pytestmark = pytest.mark.django_db


def test_a_key_is_found_with_the_project_it_opens():
    world = a_world()

    assert find(world.key.public_key) == Key(world.key.public_key, world.project.id, True, 0, 0)


def test_a_key_that_is_switched_off_is_found_as_such():
    world = a_world()
    world.key.is_active = False
    world.key.save()

    found = find(world.key.public_key)

    assert found is not None
    assert not found.is_active


def test_a_keys_rate_limit_comes_with_it():
    world = a_world()
    world.key.rate_limit, world.key.rate_window = 100, 60
    world.key.save()

    found = find(world.key.public_key)

    assert found is not None
    assert (found.rate_limit, found.rate_window) == (100, 60)


def test_a_key_that_nobody_made_is_none():
    a_world()

    assert find("f" * 32) is None


def test_finding_a_key_takes_one_query(django_assert_num_queries):
    world = a_world()

    with django_assert_num_queries(1):
        find(world.key.public_key)
