"""A service for all that somebody hears of: whether any of it does not come there, and turning it on."""

from tocsin.core.choices import ALWAYS, NEVER
from tocsin.core.people import Scope
from tocsin.core.registry import Provider
from tocsin.core.standing import Place, shared, standing, types_at
from tocsin.store.queries import preferences as queries
from tocsin.store.writes import preferences as writes
from tocsin.store.writes.preferences import Choice, Owner


def is_off(user_id: int, provider: Provider) -> bool:
    """Whether the service is off for anything that a person hears of everywhere; three queries."""
    choices = queries.of_person(user_id)
    defaults = shared(queries.defaults([one for one, _, _ in queries.organizations(user_id)]))
    everywhere = Place(Scope.USER, user_id)
    return any(
        standing(choices, defaults, (type_, provider.slug), everywhere, otherwise=provider.on_by_default).value
        == NEVER
        for type_ in _types(provider)
    )


def turn_on(user_id: int, provider: Provider) -> None:
    """Everything comes there from now on; what they chose for one organization or project stays."""
    choices = [Choice(type_, provider.slug, ALWAYS) for type_ in _types(provider)]
    writes.chose(Owner(user_id), Scope.USER, user_id, choices)


def done(provider: Provider) -> str:
    """What somebody is told who turned it on."""
    return f"{provider.name} is on for all that you hear of. What you chose for one organization or project stays."


def _types(provider: Provider) -> list[str]:
    return [one.slug for one in types_at(Scope.USER) if one.comes_by(provider.slug)]
