"""Which environments a rule watches: all, some, or all but some."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MOST = 50
NAME_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Environments:
    """`only` empty stands for all; of those, `never` are left out."""

    only: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    def __contains__(self, name: object) -> bool:
        return (not self.only or name in self.only) and name not in self.never

    @property
    def is_one(self) -> bool:
        """Whether one environment, by name, is all that is watched."""
        return len(self.only - self.never) == 1

    @property
    def words(self) -> str:
        """ "production or staging", "not staging", "" for all."""
        only, never = " or ".join(sorted(self.only)), " or ".join(sorted(self.never))
        return ", ".join(filter(None, (only, never and f"not {never}")))


EVERYWHERE = Environments()


def environments(column: str, only: Any, never: Any) -> Environments:
    """The environments of a stored rule: its own column, and the lists that it may hold besides."""
    found = Environments(frozenset(filter(None, (column, *names(only)))), frozenset(names(never)))
    return found if found != EVERYWHERE else EVERYWHERE


def names(stored: Any) -> Iterable[str]:
    """The names in a stored list; what is no name is left out."""
    return [name for name in stored if isinstance(name, str) and name] if isinstance(stored, list | tuple) else []
