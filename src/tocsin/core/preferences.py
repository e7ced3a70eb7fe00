"""What a person hears of in one place over one service, and which choice makes it so (behaviour §2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.core.choices import nearest
from tocsin.core.people import Preference, Scope

ALWAYS, NEVER, DEFAULT = "always", "never", "default"


@dataclass(frozen=True, slots=True)
class Effective:
    """`own` is the choice made at this very place ("default" for none), `value` what holds there, `source`
    the scope of the choice that makes it so, None when nobody chose and the default holds."""

    own: str
    value: str
    source: Scope | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a choice may be made: a scope with its id, and the organization of a project."""

    scope: Scope
    id: int
    organization_id: int = 0


def effective(choices: Sequence[Preference], type_: str, provider: str, place: Place) -> Effective:
    """How a choice stands at a place; `provider` "" asks for the type itself."""
    here = (type_, provider, place.scope, place.id)
    own = next((one.value for one in choices if (one.type, one.provider, one.scope, one.scope_id) == here), DEFAULT)
    project_id = place.id if place.scope is Scope.PROJECT else 0
    here_too = {Scope.ORGANIZATION: place.organization_id, Scope.PROJECT: project_id}
    found = nearest(choices, type_, provider, here_too)
    return Effective(own, found.value if found else ALWAYS, found.scope if found else None)
