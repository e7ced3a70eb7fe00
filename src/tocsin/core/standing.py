"""How a choice stands at one place: what was chosen there, what holds, and which choice makes it so.

For pages and API; the decisions themselves ask core.choices for the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tocsin.core.choices import DEFAULT, TYPES, Chosen, Type, of_service, of_type
from tocsin.core.people import OrganizationDefault, Preference, Scope


class Source(StrEnum):
    """Whose word holds; a later one wins over an earlier one."""

    PRODUCT = "product"
    DEFAULTS = "defaults"  # the organization's default for all
    USER = "user"
    TEAM = "team"
    ORGANIZATION = "organization"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a choice may be made: a scope with its id, and the organization of a project."""

    scope: Scope
    id: int
    organization_id: int = 0

    @property
    def path(self) -> dict[Scope, int]:
        """Where choices that hold here may have been made; ids start at 1, so 0 fits none."""
        match self.scope:
            case Scope.USER | Scope.TEAM:
                return {Scope.ORGANIZATION: 0, Scope.PROJECT: 0}
            case Scope.ORGANIZATION:
                return {Scope.ORGANIZATION: self.id, Scope.PROJECT: 0}
            case Scope.PROJECT:
                return {Scope.ORGANIZATION: self.organization_id, Scope.PROJECT: self.id}


@dataclass(frozen=True, slots=True)
class Standing:
    """`own` is the choice made at this very place ("default" for none), `value` what holds there and `source` whose
    word that is; `inherited` and `inherited_from` are the same without the own choice."""

    own: str
    value: str
    source: Source
    inherited: str
    inherited_from: Source


Choices = Sequence[Preference]
Defaults = Sequence[OrganizationDefault]


def standing(
    choices: Choices, defaults: Defaults, asked: tuple[str, str], place: Place, *, otherwise: bool = True
) -> Standing:
    """How a person's or a team's choice stands; `asked` is a type and a service, or "" for the type itself.

    `otherwise` is what the service is without any choice.
    """
    type_, provider = asked
    here = (type_, provider, place.scope, place.id)
    own = next((one for one in choices if (one.type, one.provider, one.scope, one.scope_id) == here), None)
    elsewhere = [one for one in choices if one is not own]
    holds = _chosen(choices, defaults, asked, place.path, otherwise=otherwise)
    above = _chosen(elsewhere, defaults, asked, place.path, otherwise=otherwise)
    return Standing(own.value if own else DEFAULT, holds.value, _source(holds), above.value, _source(above))


def standing_default(defaults: Defaults, asked: tuple[str, str], *, otherwise: bool = True) -> Standing:
    """How an organization's default stands, against the product's own."""
    holds = _chosen((), defaults, asked, {}, otherwise=otherwise)
    above = _chosen((), (), asked, {}, otherwise=otherwise)
    own = holds.value if holds.cause else DEFAULT
    return Standing(own, holds.value, _source(holds), above.value, Source.PRODUCT)


def _chosen(
    choices: Choices, defaults: Defaults, asked: tuple[str, str], path: Mapping[Scope, int], *, otherwise: bool
) -> Chosen:
    type_, provider = asked
    if provider:
        return of_service(choices, defaults, type_, provider, path, otherwise=otherwise)
    return of_type(choices, defaults, type_, path)


def _source(chosen: Chosen) -> Source:
    if chosen.scope is not None:
        return Source(chosen.scope.value)
    return Source.DEFAULTS if chosen.cause else Source.PRODUCT


def shared(defaults: Mapping[int, Defaults]) -> Defaults:
    """The defaults that all of a person's organizations agree on: what holds for them everywhere."""
    first, *others = defaults.values() or ((),)
    known = [{(one.type, one.provider, one.value) for one in each} for each in others]
    return [one for one in first if all((one.type, one.provider, one.value) in each for each in known)]


def types_at(scope: Scope) -> tuple[Type, ...]:
    """What can be chosen about in a scope: for a project or a team only what happens in projects."""
    everything = scope in (Scope.USER, Scope.ORGANIZATION)
    return tuple(one for one in TYPES.values() if everything or one.by_project)


def values_of(type_: Type, provider: str) -> tuple[str, ...]:
    """What can be chosen: a service is only on or off."""
    return ("always", "never") if provider else type_.values
