"""New folders get their tables at once, older ones step by step: both come to the same."""

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from tests.builders import a_delivery, a_notification, a_reference, a_world
from tocsin.store.models import Reference

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


def step_anew(name: str, before: str) -> None:
    """A step is taken back, and taken again over the rows that are there, in one transaction as by an upgrade."""
    loader = MigrationLoader(None)
    for move in ("unapply", "apply"):
        with connection.schema_editor() as editor:
            getattr(loader.disk_migrations["store", name], move)(loader.project_state(("store", before)), editor)


@pytest.mark.django_db(transaction=True)
def test_what_stands_in_channels_already_can_be_answered_there(settings):
    settings.MIGRATION_MODULES = {}
    world = a_world()
    long = {"channel": "C" * 200, "ts": "19.1"}
    for number, reference in enumerate([{"channel": "C1", "ts": "17.1"}, {"ts": "18.2"}, {}, long]):
        sent = a_delivery(a_notification(world.project), provider="slack", conversation=f"issue:{number}")
        a_reference(sent, about="", thread=None, reference=reference)
    mail = a_delivery(a_notification(world.project), conversation="issue:9")
    a_reference(mail, about="", thread=None, reference={"channel": "C1", "ts": "17.1"})

    step_anew("0025_thread_choices", "0024_link_offers")

    found = dict(Reference.objects.order_by("pk").values_list("about", "thread"))
    assert len(found.pop("issue:3")) == 120
    assert found == {"issue:0": "C1:17.1", "issue:1": None, "issue:2": None, "issue:9": None}


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


@pytest.mark.django_db
def test_what_a_node_of_the_version_before_records_is_taken():
    """Nodes are brought up to date one after the other: the columns that it does not know have their values."""
    sent = a_delivery(a_notification(a_world().project), provider="slack", conversation="issue:1")
    a_reference(sent)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO store_reference (conversation, lane_id, delivery_id, reference, date_added)"
            " SELECT 'issue:2', lane_id, delivery_id, reference, date_added FROM store_reference"
        )

    assert Reference.objects.get(conversation="issue:2").about == ""
