"""The channels of a service, looked up before a rule names one: what was asked for, what is there, does it fit.

A channel here is any place of a service that has a name and an id: a room ("#ops"), or a person's direct messages
("@ana").
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin.core.sending import Delivered

ROOMS, PEOPLE = "#", "@"  # what a service lists, and the sign before its names
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Channel:
    """As the service tells of it. `name` is without its sign, "" where it has none (a conversation); `also` another
    name that it answers to. `is_open` is false for one that is private and has not let us in."""

    id: str
    name: str
    listing: str = ROOMS
    also: str = ""
    is_archived: bool = False
    is_private: bool = False
    is_open: bool = True

    @property
    def shown(self) -> str:
        return f"{self.listing}{self.name}" if self.name else self.id

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key_of(name) for name in (self.name, self.also) if name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a rule names: a name without its sign, in one of the service's listings; an id; or both."""

    name: str
    id: str = ""
    listing: str = ROOMS

    @property
    def shown(self) -> str:
        return f"{self.listing}{self.name}" if self.name else self.id

    @property
    def key(self) -> str:
        return key_of(self.name)


@dataclass(frozen=True, slots=True)
class Listed(Delivered):
    """What a service lists: the one that was asked for, or a page of all. `cursor` asks for the next page, "" after
    the last one."""

    channels: tuple[Channel, ...] = field(default=())
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a rule may not name it."""

    reason: str


def key_of(name: str) -> str:
    """Names are compared whatever the case of their letters."""
    return name.casefold()


def fitting(wanted: Wanted, found: Channel, service: str) -> Channel | Unfit:
    """The channel that an id led to, if it is the one that is meant and takes messages."""
    if wanted.name and found.keys and wanted.key not in found.keys:
        return Unfit(
            f"The id {found.id} is {found.shown} in {service}, not {wanted.shown}: correct the name or the id."
        )
    return taking(found, service)


def taking(found: Channel, service: str) -> Channel | Unfit:
    """The channel, if messages can go there."""
    if found.is_archived:
        return Unfit(f"{found.shown} is archived in {service}: unarchive it or choose another channel.")
    if found.is_private and not found.is_open:
        return Unfit(
            f"{found.shown} is private and the app is not in it: invite it there with /invite, then save again."
        )
    return found


def among(wanted: Wanted, found: Sequence[Channel], service: str) -> Channel | Unfit | None:
    """The one of a name; None where nothing has it. Archived ones count only where there is nothing else."""
    living = [one for one in found if not one.is_archived] or list(found)
    if not living:
        return None
    if len(living) == 1:
        return taking(living[0], service)
    named = ", ".join(f"{one.also or one.name} ({one.id})" for one in living[:MOST_NAMED])
    more = f" and {len(living) - MOST_NAMED} more" if len(living) > MOST_NAMED else ""
    return Unfit(
        f"Several are called {wanted.shown} in {service}: {named}{more}. Give the id of the one that you mean."
    )


def missing(wanted: Wanted, service: str) -> Unfit:
    """What to say of a name that the whole listing does not have."""
    if wanted.listing == PEOPLE:
        return Unfit(f"Nobody is called {wanted.shown} in {service}: check the name, or give the person's id.")
    return Unfit(
        f"There is no channel {wanted.shown} that the app can see in {service}. If it is private, invite the app "
        "there with /invite, then save again; otherwise check the name."
    )
