"""Alert rules of all projects of an organization, over the API."""

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_member, a_project, a_user, a_world
from tocsin.pipeline.compiled import rules_of
from tocsin.store.models import AuditEntry, Environment, Rule
from tocsin.store.queries import projects

pytestmark = pytest.mark.django_db

RULES = "/organizations/acme/rules/"
FIRST_SEEN = "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"
MAIL = "sentry.mail.actions.NotifyEmailAction"


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def a_rule(**changes):
    return {
        "name": "Everywhere",
        "actionMatch": "any",
        "conditions": [{"id": FIRST_SEEN}],
        "actions": [{"id": MAIL, "targetType": "IssueOwners"}],
        **changes,
    }


def watches(project) -> list[str]:
    return [rule.label for rule in rules_of(projects.by_id([project.pk]).values())[project.pk].rules]


def test_it_is_made_and_watches_every_project_also_one_that_comes_later(world, caller):
    made = caller.post(RULES, a_rule())

    assert made.status == 201
    assert (made.json["allProjects"], made.json["projects"]) == (True, [])
    assert watches(world.project) == ["Everywhere"]
    assert watches(a_project(world.organization, slug="till")) == ["Everywhere"]


def test_it_is_read_listed_changed_and_removed(caller):
    made = caller.post(RULES, a_rule()).json
    one = f"{RULES}{made['id']}/"

    assert caller.get(RULES).json == [made]
    assert caller.get(one).json == made
    assert caller.put(one, a_rule(name="Anywhere")).json["name"] == "Anywhere"
    assert caller.delete(one).status == 202
    assert caller.get(one).status == 404


def test_a_change_is_evaluated_and_in_the_audit(world, caller):
    made = caller.post(RULES, a_rule()).json
    watches(world.project)

    caller.put(f"{RULES}{made['id']}/", a_rule(name="Anywhere"))
    caller.delete(f"{RULES}{made['id']}/")

    assert watches(world.project) == []
    entries = (
        AuditEntry.objects.filter(target=f"rule:{made['id']}").order_by("pk").values_list("event", "data__project")
    )
    assert list(entries) == [("rule.add", None), ("rule.edit", None), ("rule.remove", None)]


@pytest.mark.parametrize("role", ["owner", "manager", "admin"])
def test_those_who_manage_all_projects_may_change_it(world, role):
    user = a_member(world.organization, email="cid@example.com", role=role)

    assert a_caller(user, world.organization).post(RULES, a_rule()).status == 201


def test_a_member_may_read_it_and_not_change_it(world, caller):
    made = caller.post(RULES, a_rule()).json
    member = a_caller(a_member(world.organization, world.team, email="ben@example.com"), world.organization)

    assert member.get(RULES).json[0]["id"] == made["id"]
    assert member.post(RULES, a_rule(name="Mine")).status == 403
    assert member.put(f"{RULES}{made['id']}/", a_rule()).status == 403
    assert member.delete(f"{RULES}{made['id']}/").status == 403
    assert member.put(f"{RULES}{made['id']}/disable/", {}).status == 403


def test_billing_reads_none(world):
    user = a_member(world.organization, email="bill@example.com", role="billing")

    assert a_caller(user, world.organization).get(RULES).status == 403


def test_at_a_projects_address_it_is_read_and_its_own_address_named(caller):
    made = caller.post(RULES, a_rule()).json
    there = f"/projects/acme/shop/rules/{made['id']}/"

    assert caller.get(there).json["allProjects"]
    for answer in (caller.put(there, a_rule()), caller.delete(there)):
        assert answer.status == 403
        assert f"/api/0{RULES}{made['id']}/" in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"name": ""}, "name"),
        ({"actions": []}, "actions"),
        ({"environment": "staging"}, "environment"),
        ({"actions": [{"id": MAIL, "targetType": "Member", "targetIdentifier": "9"}]}, "actions"),
        ({"owner": "user:9"}, "owner"),
    ],
)
def test_what_does_not_fit_is_400_with_its_key(caller, body, key):
    answer = caller.post(RULES, a_rule(**body))

    assert (answer.status, list(answer.json)) == (400, [key])


def test_it_may_name_what_any_project_has(world, caller):
    till = a_project(world.organization, slug="till")
    Environment.objects.create(project=till, name="staging", first_seen=NOW)
    member = a_member(world.organization, email="ben@example.com")
    tell = {"id": MAIL, "targetType": "Member", "targetIdentifier": str(member.pk)}

    assert caller.post(RULES, a_rule(environment="staging", actions=[tell])).status == 201


def test_nobody_of_another_organization_can_be_named(caller):
    stranger = a_user("eve@example.com")
    tell = {"id": MAIL, "targetType": "Member", "targetIdentifier": str(stranger.pk)}

    assert caller.post(RULES, a_rule(actions=[tell])).status == 400


def test_a_duplicate_is_refused_with_the_other_rules_name_and_id(caller):
    made = caller.post(RULES, a_rule()).json
    again = caller.post(RULES, a_rule(name="Another", environment="", filters=None))

    assert again.status == 400
    assert again.json["ruleId"] == [int(made["id"])]
    assert "Everywhere" in again.json["name"][0]


def test_a_project_may_not_repeat_it(caller):
    caller.post(RULES, a_rule())

    assert caller.post("/projects/acme/shop/rules/", a_rule(name="Here too")).status == 400


def test_a_rule_of_a_project_is_none_of_all_projects(world, caller):
    mine = Rule.objects.create(project=world.project, label="Mine", data={}, date_added=NOW)

    assert caller.get(f"{RULES}{mine.pk}/").status == 404
    assert caller.delete(f"{RULES}{mine.pk}/").status == 404
