"""Snoozing an alert rule over the API (behaviour §5.10)."""

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_member, a_world
from tocsin.store.models import Rule, RuleSnooze, Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def rule(world):
    return Rule.objects.create(project=world.project, label="Tell us", data={}, date_added=NOW)


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


@pytest.fixture
def stranger(world):
    """A member who is on none of the project's teams."""
    other = Team.objects.create(organization=world.organization, slug="other", name="Other", date_added=NOW)
    user = a_member(world.organization, other, email="ben@example.com")
    return a_caller(user, world.organization)


def address(rule):
    return f"/projects/acme/shop/rules/{rule.pk}/"


def snooze(rule):
    return f"{address(rule)}snooze/"


def test_snoozed_for_everyone_until_a_time(world, caller, rule):
    answer = caller.post(
        snooze(rule), {"target": "everyone", "until": "2099-01-01T00:00:00Z", "reason": "Mending it"}
    )

    assert answer.status == 201
    assert answer.json.pop("dateAdded").endswith("Z")
    assert answer.json == {
        "ownerId": world.user.pk,
        "userId": "everyone",
        "until": "2099-01-01T00:00:00Z",
        "ruleId": rule.pk,
        "alertRuleId": None,
        "reason": "Mending it",
    }


def test_snoozed_for_me_for_good(world, caller, rule):
    answer = caller.post(snooze(rule), {"target": "me"})

    assert answer.status == 201
    assert (answer.json["userId"], answer.json["until"]) == (world.user.pk, "forever")


def test_the_rule_says_to_whom_it_is_snoozed(caller, stranger, rule):
    caller.post(snooze(rule), {"target": "me", "reason": "Holiday"})

    mine, theirs = caller.get(address(rule)).json, stranger.get(address(rule)).json

    assert (mine["snooze"], mine["snoozeForEveryone"], mine["snoozeReason"]) == (True, False, "Holiday")
    assert not theirs["snooze"]


def test_the_same_again_is_410_and_the_other_kind_is_made(caller, rule):
    caller.post(snooze(rule), {"target": "me"})

    assert caller.post(snooze(rule), {"target": "me"}).status == 410
    assert caller.post(snooze(rule), {"target": "everyone"}).status == 201


@pytest.mark.parametrize(
    ("body", "key"), [({}, "target"), ({"target": "all"}, "target"), ({"target": "me", "until": "x"}, "until")]
)
def test_a_body_that_does_not_fit_is_400_with_its_key(caller, rule, body, key):
    answer = caller.post(snooze(rule), body)

    assert (answer.status, list(answer.json)) == (400, [key])
    assert not RuleSnooze.objects.exists()


def test_for_everyone_needs_the_right_to_change_the_rule(stranger, rule):
    assert stranger.post(snooze(rule), {"target": "everyone"}).status == 403
    assert stranger.post(snooze(rule), {"target": "me"}).status == 201


def test_a_rule_of_all_projects_takes_who_manages_all(world, rule):
    rule.project, rule.organization = None, world.organization
    rule.save()
    on_team = a_caller(a_member(world.organization, world.team, email="cid@example.com"), world.organization)

    assert on_team.post(snooze(rule), {"target": "everyone"}).status == 403
    assert on_team.post(snooze(rule), {"target": "me"}).status == 201


@pytest.mark.parametrize("rule_id", ["0", "x", "9" * 30])
def test_an_unknown_rule_is_404(caller, rule_id):
    for target in ("me", "everyone"):
        assert caller.post(f"/projects/acme/shop/rules/{rule_id}/snooze/", {"target": target}).status == 404
    assert caller.delete(f"/projects/acme/shop/rules/{rule_id}/snooze/").status == 404


def test_waking_ends_my_own_first_and_then_everyones(caller, rule):
    caller.post(snooze(rule), {"target": "me"})
    caller.post(snooze(rule), {"target": "everyone"})

    answers = [caller.delete(snooze(rule)).status]
    left = [one.user_id for one in RuleSnooze.objects.filter(ended_at__isnull=True)]
    answers += [caller.delete(snooze(rule)).status, caller.delete(snooze(rule)).status]

    assert left == [None]
    assert answers == [204, 204, 404]


def test_waking_everyones_needs_the_right_to_change_the_rule(caller, stranger, rule):
    caller.post(snooze(rule), {"target": "everyone"})

    assert stranger.delete(snooze(rule)).status == 403
    assert caller.get(address(rule)).json["snoozeForEveryone"]
