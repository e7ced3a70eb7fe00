"""Loads the catalogue's folders and plug-ins once; a new file in one of them needs nothing here."""

from functools import lru_cache

from tocsin import conditions, notifications, providers
from tocsin.core.registry import Catalogue, load, load_plug_ins


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return Catalogue(
        providers=load(providers, "PROVIDER"),
        kinds=load(notifications, "NOTIFICATION_KIND"),
        conditions=load(conditions, "CONDITION"),
        additions=load_plug_ins("tocsin.additions", "ADDITION"),
    )
