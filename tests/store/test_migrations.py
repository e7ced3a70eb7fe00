"""New folders get their tables at once, older ones step by step: both come to the same."""

from django.apps.registry import Apps
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

AT_ONCE, LAST_STEP = ("store", "0001_start"), ("store", "0013_lean_indexes")


def tables(state: ProjectState) -> dict[str, dict[str, object]]:
    """What makes the tables: fields, indexes and constraints, whatever the order in which they were added."""
    return {name: described(model) for (app, name), model in state.models.items() if app == "store"}


def described(model: ModelState) -> dict[str, object]:
    fields = {name: field.deconstruct()[1:] for name, field in model.fields.items()}
    named = [*model.options.get("indexes", []), *model.options.get("constraints", [])]
    return {"fields": fields, "named": {one.name: one.deconstruct() for one in named}}


def test_at_once_and_step_by_step_make_the_same_tables(settings):
    settings.MIGRATION_MODULES = {}  # quick runs make their tables without any
    steps = MigrationLoader(None, replace_migrations=False).project_state(LAST_STEP)
    at_once = ProjectState()
    MigrationLoader(None).disk_migrations[AT_ONCE].mutate_state(at_once, preserve=False)

    assert "delivery" in tables(at_once)
    assert tables(at_once) == tables(steps)


def test_a_missing_index_is_noticed():
    class Place(models.Model):
        at = models.IntegerField()

        class Meta:
            app_label = "store"
            apps = Apps()
            indexes = [models.Index(fields=["at"], name="place_at")]

    with_index = ModelState.from_model(Place)
    without = with_index.clone()
    without.options = {**without.options, "indexes": []}

    assert described(with_index) != described(without)
