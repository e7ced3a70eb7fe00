"""Rows of choices as clients read them, whoever's they are."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tocsin.api.errors import RefusedError
from tocsin.core.choices import TYPES
from tocsin.core.people import Preference, Scope
from tocsin.core.wanted import Wanted


def as_json(row: Preference, team_id: int | None = None) -> dict[str, Any]:
    shown = {
        "id": str(row.id),
        "scopeType": row.scope.value,
        "scopeIdentifier": str(row.scope_id),
        "type": row.type,
        "value": row.value,
        "user_id": None if team_id else str(row.user_id),
        "team_id": str(team_id) if team_id else None,
    }
    return {**shown, "provider": row.provider} if row.provider else shown


def of_type(rows: Iterable[Preference], type_: str | None) -> Iterator[Preference]:
    """The rows about a type, about all of them for None.

    Raises RefusedError for a type that there is not.
    """
    if type_ is not None and type_ not in TYPES:
        raise RefusedError({"type": ["Invalid type"]})
    return (row for row in rows if type_ in (None, row.type) and row.type in TYPES)


def at(rows: Iterable[Preference], wanted: Wanted, provider: str) -> Preference | None:
    """The row of one choice."""
    here = (wanted.scope, wanted.scope_id, wanted.type, provider)
    return next((row for row in rows if (row.scope, row.scope_id, row.type, row.provider) == here), None)


def named(ids: Iterable[int]) -> dict[str, int]:
    return {str(one): one for one in ids}


Scopes = Mapping[Scope, Mapping[str, int]]
