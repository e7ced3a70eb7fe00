"""Who is in an account of a service, as the service says: to find those whose address is a member's here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tocsin.core.sending import Delivered, Sending


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person in an account of a service. `email` is in lower case, and is "" where the service does not vouch for
    it, or the person is a guest, a program, or gone."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Listed(Delivered):
    """Some of the people of an account; `more` is where the next page begins, "" after the last."""

    people: tuple[Somebody, ...] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """How a service is asked who is in an account.

    `page` asks for some of them (settings, where the page begins), `one` for one by their id (settings, id); both
    end as Listed. `may` says whether the settings allow us to be told addresses.
    """

    page: Callable[[Any, str], Sending]
    one: Callable[[Any, str], Sending]
    may: Callable[[Any], bool]
