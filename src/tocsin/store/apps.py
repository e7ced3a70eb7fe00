"""Django's handle on the store."""

from importlib import import_module

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "tocsin.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("tocsin.store.versions")
        import_module("tocsin.store.postgresql")
