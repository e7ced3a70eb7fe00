"""Whom a comment speaks to: @ana@example.com, @Ana Ahn's short form @ana, #web for a team (behaviour §10.5)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# A mention begins a word; an address in the text ("write to ana@example.com") is none.
_PERSON = re.compile(r"(?<![\w@.])@([\w.+-]+@[\w-]+(?:\.[\w-]+)+|[\w.-]+)")
_TEAM = re.compile(r"(?<![\w#&/])#([a-z0-9][a-z0-9_-]{0,63})\b")
MOST = 50


@dataclass(frozen=True, slots=True)
class Mentioned:
    user_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] = ()


def mentioned(text: str, people: Mapping[str, int], teams: Mapping[str, int]) -> Mentioned:
    """Those whom a text names, at most 50; `people` by lower-case address, its local part and name without spaces;
    `teams` by slug. What names nobody is just text."""
    users = (people.get(found.group(1).rstrip(".-").lower()) for found in _PERSON.finditer(text))
    groups = (teams.get(found.group(1)) for found in _TEAM.finditer(text))
    return Mentioned(_first(users), _first(groups))


def _first(found: Iterable[int | None]) -> tuple[int, ...]:
    known = dict.fromkeys(one for one in found if one is not None)
    return tuple(known)[:MOST]
