"""The inbox: a row that is written has arrived."""

from tests.providers.driving import asked

from tocsin.core.people import Person
from tocsin.core.sending import Delivered
from tocsin.providers.inbox import EXAMPLE, PROVIDER, Address, Settings


def test_it_has_arrived_once_it_is_written():
    assert asked(PROVIDER.send(Settings(), EXAMPLE)) == ([], Delivered())


def test_everyone_has_one():
    assert PROVIDER.personal(Person(7, "Ana", "")) == Address(7, "Ana")


def test_it_is_called_by_its_owners_name():
    assert PROVIDER.describe(Address(7, "Ana")) == "Ana"


def test_it_needs_no_integration():
    assert PROVIDER.needs_integration is False
