import pytest
from django.test import Client

from tests.api.callers import a_caller
from tests.builders import a_member, a_project, a_world
from tocsin.store.models import ProjectKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def test_the_index_says_who_is_calling(world, caller):
    assert caller.get("/").json["user"] == {"id": str(world.user.pk), "name": "Ana", "email": "ana@example.com"}


def test_a_bad_token_is_told_so_at_the_root_too(db):
    answer = Client().get("/api/0/", headers={"Authorization": "Bearer tocsin_wrong"})

    assert answer.status_code == 401
    assert "Bearer" in answer.json()["detail"]


def test_the_index_answers_strangers_too():
    answer = Client().get("/api/0/")

    assert (answer.status_code, answer.json()) == (200, {"version": "0", "user": None, "auth": None})


def test_organizations_are_listed_with_what_clients_read(caller):
    (found,) = caller.get("/organizations/").json

    assert (found["slug"], found["name"], found["dateCreated"]) == ("acme", "Acme", "2026-11-21T09:00:00Z")
    assert isinstance(found["id"], str)


def test_projects_are_listed_with_their_teams(world, caller):
    a_project(world.organization, slug="api")

    found = caller.get("/organizations/acme/projects/").json

    assert [(one["slug"], [team["slug"] for team in one["teams"]]) for one in found] == [
        ("api", []),
        ("shop", ["acme"]),
    ]


def test_listing_projects_takes_the_same_number_of_queries_however_many_there_are(
    world, caller, django_assert_max_num_queries
):
    for number in range(12):
        a_project(world.organization, world.team, slug=f"p{number}")

    with django_assert_max_num_queries(8):
        assert len(caller.get("/organizations/acme/projects/").json) == 13


def test_a_key_comes_with_the_dsn_that_an_sdk_is_given(world, caller):
    (found,) = caller.get("/projects/acme/shop/keys/").json

    assert found["dsn"]["public"] == f"http://{world.key.public_key}@testserver/{world.project.pk}"
    assert found["rateLimit"] is None


def test_a_keys_rate_limit_is_a_count_in_a_window(world, caller):
    ProjectKey.objects.update(rate_limit=100, rate_window=60)

    (found,) = caller.get("/projects/acme/shop/keys/").json

    assert found["rateLimit"] == {"window": 60, "count": 100}


def test_a_project_may_be_named_by_its_id(world, caller):
    assert caller.get(f"/projects/{world.organization.pk}/{world.project.pk}/keys/").status == 200


def test_the_description_names_every_address_and_its_bodies():
    described = Client().get("/api/0/openapi.json").json()

    undescribed = [
        f"{method} {path}"
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if not operation.get("summary") or not operation.get("responses")
    ]
    assert undescribed == []
    assert "/api/0/projects/{organization}/{project}/rules/{rule}/" in described["paths"]
    post = described["paths"]["/api/0/projects/{organization}/{project}/rules/"]["post"]
    assert "actions" in post["requestBody"]["content"]["application/json"]["schema"]["required"]


def test_the_description_says_how_to_sign_in_and_what_a_refusal_looks_like():
    described = Client().get("/api/0/openapi.json").json()

    schemes = described["components"]["securitySchemes"]
    assert [scheme["scheme"] for scheme in schemes.values()] == ["bearer"]
    post = described["paths"]["/api/0/projects/{organization}/{project}/rules/"]["post"]
    assert set(post["responses"]) == {"201", "202", "400", "401", "403", "404"}
    assert post["security"]


# — what it chose for the threads of its alerts

ACME = "/organizations/acme/"


def choices(answer) -> tuple:
    found = answer.json
    names = ("issueAlertsThreadFlag", "laterAlerts", "threadsActivity", "threadsComments", "takesComments")
    return tuple(found[name] for name in names)


def test_an_organization_says_what_it_chose(caller):
    assert choices(caller.get(ACME)) == (True, "broadcast", True, True, False)


def test_each_choice_is_made_by_itself(caller):
    answer = caller.put(ACME, {"laterAlerts": "thread", "takesComments": True})

    assert (answer.status, choices(answer)) == (200, (True, "thread", True, True, True))
    assert choices(caller.get(ACME)) == choices(answer)


def test_sentrys_flag_takes_alerts_and_activity_out_of_threads_and_back(caller):
    assert choices(caller.put(ACME, {"issueAlertsThreadFlag": False}))[:3] == (False, "anew", False)
    assert choices(caller.put(ACME, {"issueAlertsThreadFlag": True}))[:3] == (True, "broadcast", True)


def test_the_flag_leaves_alone_how_alerts_stand_in_threads(caller):
    caller.put(ACME, {"laterAlerts": "thread"})

    assert choices(caller.put(ACME, {"issueAlertsThreadFlag": True}))[1] == "thread"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"laterAlerts": "shouted"}, "laterAlerts"),
        ({"laterAlerts": ""}, "laterAlerts"),
        ({"laterAlerts": ["thread"]}, "laterAlerts"),
        ({"takesComments": "perhaps"}, "takesComments"),
        ({"issueAlertsThreadFlag": "yes"}, "issueAlertsThreadFlag"),
    ],
)
def test_what_nobody_offers_is_refused_by_name(caller, body, field):
    answer = caller.put(ACME, body)

    assert (answer.status, list(answer.json)) == (400, [field])
    assert choices(caller.get(ACME)) == (True, "broadcast", True, True, False)


def test_a_member_reads_and_does_not_choose(world):
    ben = a_caller(a_member(world.organization, email="ben@example.com"), world.organization)

    assert ben.get(ACME).status == 200
    assert ben.put(ACME, {"takesComments": True}).status == 403
