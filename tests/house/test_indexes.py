"""Each index is written with each row, so none repeats what another one, that begins with its column, answers."""

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db import models


def whole_indexes(model: type[models.Model]) -> set[str]:
    """The first columns of the indexes and unique constraints that hold every row."""
    fields = [index.fields for index in model._meta.indexes if not index.condition]
    fields += [
        list(one.fields)
        for one in model._meta.constraints
        if isinstance(one, models.UniqueConstraint) and not one.condition
    ]
    return {model._meta.get_field(names[0].removeprefix("-")).attname for names in fields if names}


def repeated(known: Iterable[type[models.Model]]) -> set[str]:
    """Fields with an index of their own that another begins with."""
    return {
        f"{model.__name__}.{field.name}"
        for model in known
        for field in model._meta.local_fields
        if getattr(field, "db_index", False) and not field.unique and field.attname in whole_indexes(model)
    }


def test_no_index_repeats_another():
    assert repeated(apps.get_app_config("store").get_models()) == set()


@pytest.fixture
def doubly_indexed():
    class Doubly(models.Model):
        place = models.IntegerField(db_index=True)
        at = models.IntegerField()

        class Meta:
            app_label = "store"
            indexes = [models.Index(fields=["-place", "at"], name="place_and_time")]

    yield Doubly
    del apps.all_models["store"]["doubly"]
    apps.clear_cache()


def test_an_index_that_another_begins_with_is_noticed(doubly_indexed):
    assert repeated([doubly_indexed]) == {"Doubly.place"}
