"""CODEOWNERS files over the API (behaviour §4.4, §4.5)."""

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_member, a_world
from tocsin.store.models import AuditEntry, CodeOwners, ExternalActor, Team

pytestmark = pytest.mark.django_db

PATH = "/projects/acme/shop/codeowners/"


@pytest.fixture
def world():
    made = a_world()
    ExternalActor.objects.create(
        organization=made.organization, provider="github", external_name="@acme/Web", team=made.team, date_added=NOW
    )
    return made


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def test_a_file_is_imported_listed_changed_and_removed(caller):
    made = caller.post(PATH, {"raw": "/src/ @acme/web", "sourceRoot": "src/", "stackRoot": "app/"})
    listed = caller.get(PATH).json
    changed = caller.put(f"{PATH}{made.json['id']}/", {"raw": "*.py @acme/web", "repository": "acme/shop"})
    removed = caller.delete(f"{PATH}{made.json['id']}/")

    assert (made.status, listed, changed.status, removed.status) == (201, [made.json], 200, 204)
    assert made.json["ownershipSyntax"] == "codeowners:/app/ #acme"
    assert (changed.json["repository"], changed.json["stackRoot"]) == ("acme/shop", "app/")
    assert not CodeOwners.objects.exists()
    assert AuditEntry.objects.filter(event="project_ownership.edit").count() == 3


def test_names_that_stand_for_nobody_are_told_by_why(world, caller):
    other = Team.objects.create(organization=world.organization, slug="ops", name="Ops", date_added=NOW)
    bo = a_member(world.organization, email="bo@example.com")
    for name, who in {"@acme/ops": {"team": other}, "@bo": {"user": bo}}.items():
        ExternalActor.objects.create(
            organization=world.organization, provider="github", external_name=name, date_added=NOW, **who
        )
    made = caller.post(PATH, {"raw": "* @acme/web @acme/ops @bo @zoe @acme/zoo zoe@example.com ana@example.com"})

    assert made.json["errors"] == {
        "missing_external_teams": ["@acme/zoo"],
        "missing_external_users": ["@zoe"],
        "missing_user_emails": ["zoe@example.com"],
        "teams_without_access": ["@acme/ops"],
        "users_without_access": ["@bo"],
    }
    assert made.json["ownershipSyntax"] == "codeowners:* #acme ana@example.com"


def test_lines_that_are_left_out_are_noted(caller):
    made = caller.post(PATH, {"raw": "[Docs]\n!x @acme/web\n*.md @acme/web"})

    assert [note.partition(":")[0] for note in made.json["notes"]] == ["Line 1, column 1", "Line 2, column 1"]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "raw"),
        ({"raw": "  "}, "raw"),
        ({"raw": "#" * 100_001}, "raw"),
        ({"raw": "* @a\0"}, "raw"),
        ({"raw": "* @a", "stackRoot": "x" * 501}, "stackRoot"),
        ({"raw": "* @a", "branch": 7}, "branch"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_key(caller, body, key):
    answer = caller.post(PATH, body)

    assert (answer.status, list(answer.json)) == (400, [key])
    assert not CodeOwners.objects.exists()


def test_a_member_of_no_team_of_the_project_may_not_import(world):
    bo = a_caller(a_member(world.organization, email="bo@example.com"), world.organization)

    assert bo.post(PATH, {"raw": "* @acme/web"}).status == 403
