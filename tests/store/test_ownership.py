"""The compiled ownership of a batch's projects."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, World, a_member, a_project, a_user, a_world
from tocsin.core.event import Event, Frame
from tocsin.core.ownership import NOTHING, owners_of
from tocsin.core.ownership_rule import as_schema
from tocsin.pipeline.ownership import save
from tocsin.store.models import CodeOwners, ExternalActor, Membership, Ownership, ProjectTeam, User, UserAddress
from tocsin.store.queries import ownership, projects

CART = Event(event_id="a" * 32, timestamp=0.0, frames=(Frame(filename="src/cart.py", in_app=True),))


@pytest.fixture
def world(db) -> World:
    return a_world()


def owned(*project_ids: int) -> list[str]:
    compiled = ownership.of(projects.by_id(project_ids).values())
    return [str(found.owner) for one in project_ids for found in owners_of(compiled[one], CART)]


def written(project, raw: str) -> None:
    assert isinstance(save(project, {"raw": raw}, actor_id=None, now=NOW), Ownership)


def a_file(project, raw: str) -> CodeOwners:
    return CodeOwners.objects.create(project=project, raw=raw, date_created=NOW, date_updated=NOW)


def test_a_projects_own_rules_beat_its_files_and_the_later_file_the_earlier(world: World):
    a_file(world.project, "* ana@example.com")
    a_file(world.project, "/src/ ana@example.com")
    written(world.project, "src/* #acme")

    assert owned(world.project.pk) == ["#acme", "ana@example.com", "ana@example.com"]


def test_a_project_without_rules_has_none(world: World):
    assert ownership.of(projects.by_id([world.project.pk]).values()) == {world.project.pk: NOTHING}


def test_rules_that_are_off_own_nothing(world: World):
    written(world.project, "src/* #acme")
    row = Ownership.objects.get()
    row.is_active = False
    row.save()

    assert owned(world.project.pk) == []


@pytest.mark.parametrize("change", ["text", "file", "team", "person", "name"])
def test_a_change_counts_from_the_next_batch_on(world: World, change: str):
    bo = a_member(world.organization, world.team, email="bo@example.com")
    written(world.project, "src/* #acme bo@example.com")
    a_file(world.project, "* @bo")
    before = owned(world.project.pk)
    if change == "text":
        written(world.project, "src/* bo@example.com #acme")
    elif change == "file":
        a_file(world.project, "*.py bo@example.com")
    elif change == "team":
        for link in ProjectTeam.objects.all():
            link.delete()
    elif change == "person":
        bo.is_active = False
        bo.save()
    else:
        ExternalActor.objects.create(
            organization=world.organization, provider="github", external_name="@BO", user=bo, date_added=NOW
        )

    assert owned(world.project.pk) != before


def test_an_owner_keeps_owning_under_a_new_address(world: World):
    written(world.project, "src/* ana@example.com")
    user = User.objects.get()
    user.email = "ana@new.example"
    user.save()

    assert owned(world.project.pk) == ["ana@example.com"]


def test_people_own_by_each_address_that_is_theirs(world: World):
    UserAddress.objects.create(user=world.user, email="ana@home.example", verified=NOW, date_added=NOW)
    UserAddress.objects.create(user=world.user, email="ana@open.example", date_added=NOW)

    found = ownership.resolvable([world.project.pk])[world.project.pk]
    assert found.people == {"ana@example.com": world.user.pk, "ana@home.example": world.user.pk}


def test_who_is_invited_switched_off_or_in_another_team_cannot_own(world: World):
    a_member(world.organization, email="no-team@example.com")
    a_member(world.organization, world.team, email="off@example.com", is_active=False)
    a_member(world.organization, world.team, email="invited@example.com")
    Membership.objects.filter(user__email="invited@example.com").update(pending=True)
    a_user("stranger@example.com")

    found = ownership.resolvable([world.project.pk])[world.project.pk]
    assert (set(found.people), set(found.teams)) == ({"ana@example.com"}, {"acme"})


def test_an_id_of_another_organization_owns_nothing(world: World):
    other = a_world("other", "theirs", "eve@other.example")
    written(other.project, "src/* #other eve@other.example")
    theirs = Ownership.objects.get()
    Ownership.objects.create(
        project=world.project, raw=theirs.raw, schema=theirs.schema, date_created=NOW, last_updated=NOW
    )

    assert owned(world.project.pk) == []


def test_the_number_of_statements_does_not_grow_with_the_projects(world: World):
    some = [a_project(world.organization, world.team, f"p{number}") for number in range(12)]
    for project in some:
        written(project, "src/* #acme")
        a_file(project, "* ana@example.com")
    facts = list(projects.by_id([project.pk for project in some]).values())

    with CaptureQueriesContext(
        connection,
    ) as first:
        ownership.of(facts)
    with CaptureQueriesContext(connection) as again:
        ownership.of(facts)

    assert (len(first), len(again)) == (6, 0)


def test_a_stored_schema_of_nothing_is_read(world: World):
    Ownership.objects.create(project=world.project, schema=as_schema(()), date_created=NOW, last_updated=NOW)

    assert owned(world.project.pk) == []
