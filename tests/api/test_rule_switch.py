"""An alert rule switched off and on again."""

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_member, a_world
from tocsin.store.models import AuditEntry, Rule, Team
from tocsin.store.queries import rules_digest

pytestmark = pytest.mark.django_db

FIRST_SEEN = {"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"}
MAIL = {"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners"}
DATA = {"conditions": [FIRST_SEEN], "actions": [MAIL]}


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def a_rule(world, **columns):
    return Rule.objects.create(
        **{"project": world.project, "label": "Tell us", "data": DATA, "date_added": NOW} | columns
    )


def put(caller, rule, what, base="/projects/acme/shop/rules/"):
    return caller.put(f"{base}{rule.pk}/{what}/", {})


def active(world):
    return [row.id for row in rules_digest.active({world.project.pk: world.organization.pk})[world.project.pk]]


def test_off_it_is_asked_no_more_and_on_again_it_is(world, caller):
    rule = a_rule(world)

    assert put(caller, rule, "disable").status == 202
    off = active(world)
    assert put(caller, rule, "enable").status == 202

    assert (off, active(world)) == ([], [rule.pk])
    entries = AuditEntry.objects.filter(target=f"rule:{rule.pk}").order_by("pk").values_list("event", flat=True)
    assert list(entries) == ["rule.disable", "rule.enable"]


@pytest.mark.parametrize(("status", "what"), [("active", "enable"), ("disabled", "disable")])
def test_what_is_so_already_is_400(world, caller, status, what):
    answer = put(caller, a_rule(world, status=status), what)

    assert answer.status == 400
    assert "already" in answer.json["detail"][0]


def test_one_that_another_repeats_meanwhile_stays_off(world, caller):
    rule, other = a_rule(world, status="disabled"), a_rule(world, label="The same")

    answer = put(caller, rule, "enable")

    assert (answer.status, answer.json["ruleId"]) == (400, [other.pk])
    assert active(world) == [other.pk]


def test_beyond_the_limit_it_stays_off(world, caller, monkeypatch):
    monkeypatch.setattr("tocsin.core.rule_check.MOST_FAST", 1)
    a_rule(world, data={**DATA, "frequency": 5})

    assert put(caller, a_rule(world, status="disabled"), "enable").status == 400


def test_it_needs_the_right_to_change_the_rule(world):
    other = Team.objects.create(organization=world.organization, slug="other", name="Other", date_added=NOW)
    stranger = a_caller(a_member(world.organization, other, email="ben@example.com"), world.organization)

    assert put(stranger, a_rule(world), "disable").status == 403


def test_a_rule_of_all_projects_is_switched_at_its_own_address(world, caller):
    rule = a_rule(world, project=None, organization=world.organization)

    assert put(caller, rule, "disable").status == 404
    assert put(caller, rule, "disable", "/organizations/acme/rules/").status == 202
    assert active(world) == []


def test_an_unknown_rule_is_404(world, caller):
    assert caller.put("/projects/acme/shop/rules/0/enable/", {}).status == 404
