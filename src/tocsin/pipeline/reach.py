"""Through what each service reaches the people of an organization."""

from collections import defaultdict

from tocsin.core.people import Directory
from tocsin.core.plan import Services
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import environment, resolve_settings


def services_of(here: Directory) -> Services:
    """An integration of the organization that works, else the environment's settings."""
    integrations: dict[str, list[int]] = defaultdict(list)
    for connection in here.connections.values():
        if not connection.broken:
            integrations[connection.provider].append(connection.id)
    reachable: dict[str, int | None] = {}
    for slug, provider in catalogue().providers.items():
        if integrations[slug]:
            reachable[slug] = min(integrations[slug])
        elif not provider.needs_integration and resolve_settings(provider, {}, environment()) is not None:
            reachable[slug] = None
    return Services(catalogue().providers, reachable)
