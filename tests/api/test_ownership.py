"""Ownership rules over the API (behaviour §4.5)."""

import pytest

from tests.api.callers import a_caller
from tests.builders import a_member, a_world
from tocsin.core.ownership_check import MOST_CHARACTERS
from tocsin.store.models import AuditEntry, Ownership, Project, TeamMember

pytestmark = pytest.mark.django_db

PATH = "/projects/acme/shop/ownership/"


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def test_before_anything_was_written_there_are_the_defaults(caller):
    assert caller.get(PATH).json == {
        "raw": None,
        "fallthrough": True,
        "dateCreated": None,
        "lastUpdated": None,
        "isActive": True,
        "autoAssignment": "Auto Assign to Issue Owner",
        "codeownersAutoSync": True,
        "schema": None,
    }


def test_rules_are_kept_as_written_and_read_with_the_names_of_their_owners(world, caller):
    raw = "# ours\nsrc/* #acme Ana@example.com\n"
    saved = caller.put(PATH, {"raw": raw})

    assert (saved.status, saved.json) == (200, caller.get(PATH).json)
    assert saved.json["raw"] == raw
    assert saved.json["schema"] == {
        "$version": 1,
        "rules": [
            {
                "matcher": {"type": "path", "pattern": "src/*"},
                "owners": [
                    {"type": "team", "id": str(world.team.pk), "name": "acme"},
                    {"type": "user", "id": str(world.user.pk), "name": "ana@example.com"},
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("body", "key", "said"),
    [
        ({"raw": "src/* ana"}, "raw", "Line 1, column 7: Expected an e-mail address or #team, found “ana”."),
        ({"raw": "a #zoo\nb #ops"}, "raw", "These owners are not on this project: #ops, #zoo."),
        ({"raw": "codeowners:/src/ #acme"}, "raw", "imported CODEOWNERS"),
        ({"raw": "#" * (MOST_CHARACTERS + 1)}, "raw", "100,001 characters"),
        ({"raw": "src/\0 #acme"}, "raw", "Line 1, column 5: A NUL character"),
        ({"raw": 7}, "raw", "Must be the rules as text"),
        ({"autoAssignment": "Sometimes"}, "autoAssignment", "Invalid choice 'Sometimes'"),
        ({"autoAssignment": []}, "autoAssignment", "Invalid choice"),
        ({"fallthrough": "yes"}, "fallthrough", "Must be true or false"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_key_and_nothing_is_written(caller, body, key, said):
    answer = caller.put(PATH, {"isActive": False, **body})

    assert answer.status == 400
    assert said in answer.json[key][0]
    assert not Ownership.objects.exists()


def test_a_text_that_is_over_the_limit_already_may_be_changed(world, caller):
    caller.put(PATH, {"raw": "# a"})
    Ownership.objects.update(raw="#" * (MOST_CHARACTERS + 10))

    assert caller.put(PATH, {"raw": "#" * (MOST_CHARACTERS + 5)}).status == 200


@pytest.mark.parametrize(
    "choice", ["Auto Assign to Issue Owner", "Auto Assign to Suspect Commits", "Turn off Auto-Assignment"]
)
def test_the_choice_of_assignment_is_kept(caller, choice):
    assert caller.put(PATH, {"autoAssignment": choice}).json["autoAssignment"] == choice
    assert caller.get(PATH).json["autoAssignment"] == choice


def test_what_is_not_sent_stays(caller):
    caller.put(PATH, {"raw": "src/* #acme", "autoAssignment": "Turn off Auto-Assignment"})

    kept = caller.put(PATH, {"fallthrough": False}).json
    assert (kept["raw"], kept["autoAssignment"]) == ("src/* #acme", "Turn off Auto-Assignment")


def test_an_owner_who_left_is_no_longer_read(world, caller):
    bo = a_member(world.organization, world.team, email="bo@example.com")
    caller.put(PATH, {"raw": "src/* #acme bo@example.com\nlib/* bo@example.com"})
    TeamMember.objects.filter(user=bo).delete()

    rules = caller.get(PATH).json["schema"]["rules"]
    assert [[owner["name"] for owner in rule["owners"]] for rule in rules] == [["acme"]]


def test_a_member_of_the_team_may_change_the_text_alone(world):
    bo = a_caller(a_member(world.organization, world.team, email="bo@example.com"), world.organization)

    assert bo.put(PATH, {"raw": "src/* #acme"}).status == 200
    assert bo.put(PATH, {"raw": "", "fallthrough": False}).status == 403
    assert bo.get(PATH).json["raw"] == "src/* #acme"


def test_a_member_of_no_team_of_the_project_may_read_alone(world):
    bo = a_caller(a_member(world.organization, email="bo@example.com"), world.organization)

    assert (bo.get(PATH).status, bo.put(PATH, {"raw": ""}).status) == (200, 403)


def test_a_change_is_audited_and_makes_a_new_version_of_the_project(world, caller):
    before = Project.objects.get().version
    caller.put(PATH, {"raw": "src/* #acme"})

    assert AuditEntry.objects.latest("pk").event == "project_ownership.edit"
    assert Project.objects.get().version > before
