"""Over which services people and teams can choose to hear."""

from tocsin.core.registry import Provider
from tocsin.pipeline.catalogue import catalogue


def services_of_people() -> list[Provider]:
    """The services that reach a person, by address or by a linked account; the inbox last."""
    found = [one for one in catalogue().providers.values() if one.personal or one.account]
    return _in_order(found)


def services_of_teams() -> list[Provider]:
    """The services where a team can have a place of its own."""
    return _in_order([one for one in catalogue().providers.values() if one.account])


def _in_order(found: list[Provider]) -> list[Provider]:
    return sorted(found, key=lambda provider: (provider.slug == "inbox", provider.name))
