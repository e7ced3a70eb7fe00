"""The channels of a rule over the API: the id in the answer, reasons by key, and 202 while it is not known."""

import pytest

from tests.api.callers import Caller, a_caller
from tests.builders import NOW, World, a_member, a_world
from tests.pipeline.sending import connected
from tests.pipeline.workspace import OPS, Workspace, by_http, refused, too_many
from tocsin.store.models import ChannelListing, Rule, RuleTask
from tocsin.store.writes.rule_tasks import failed

SLACK = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction"
RULES, OF_ALL = "/projects/acme/shop/rules/", "/organizations/acme/rules/"


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def caller(world: World) -> Caller:
    return a_caller(world.user, world.organization)


@pytest.fixture
def slack(settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"outbound_allow": "127.0.0.0/8"})
    return Workspace()


@pytest.fixture
def a_rule(world: World, slack: Workspace):
    with by_http(slack) as api:
        integration = connected(world, api_url=api)
        yield lambda channel="#ops", **more: {
            "name": "Tell us",
            "actions": [{"id": SLACK, "workspace": str(integration), "channel": channel, **more}],
        }


def test_the_answer_has_the_channels_id(caller, a_rule):
    made = caller.post(RULES, a_rule())

    assert made.status == 201
    assert made.json["actions"][0]["channel_id"] == OPS["id"]
    assert made.json["unchecked"] == []


def test_a_channel_that_is_not_there_is_a_400_with_its_reason(caller, a_rule):
    found = caller.post(RULES, a_rule("#nowhere"))

    assert found.status == 400
    assert "There is no channel #nowhere" in found.json["actions"][0]


def test_what_nobody_could_tell_is_said_in_the_answer(caller, a_rule, slack):
    slack.next.append(refused("unknown_method"))

    found = caller.post(RULES, a_rule())

    assert found.status == 201
    assert "unknown_method" in found.json["unchecked"][0]


@pytest.mark.parametrize(
    ("rules", "task"),
    [(RULES, "/projects/acme/shop/rule-task/"), (OF_ALL, "/organizations/acme/rule-task/")],
    ids=["of a project", "of all projects"],
)
def test_a_rule_whose_channel_is_not_known_yet_is_a_202_with_the_address_to_ask(caller, a_rule, slack, rules, task):
    slack.next.append(too_many(30))

    found = caller.post(rules, a_rule())

    assert found.status == 202
    asked = caller.get(f"{task}{found.json['uuid']}/")
    assert (asked.status, asked.json) == (200, {"status": "pending", "rule": None, "error": None, "errors": {}})


def test_a_change_waits_alike(caller, a_rule, slack):
    made = caller.post(RULES, a_rule())
    ChannelListing.objects.all().delete()  # or what was read just now is the answer
    slack.next.append(too_many(30))

    found = caller.put(f"{RULES}{made.json['id']}/", a_rule("#elsewhere"))

    assert found.status == 202


def test_a_rule_that_was_saved_meanwhile_is_in_the_answer(caller, a_rule, slack, world):
    rule = Rule.objects.create(project=world.project, label="Tell us", data={}, date_added=NOW)
    slack.next.append(too_many(30))
    uuid = caller.post(RULES, a_rule()).json["uuid"]
    RuleTask.objects.update(status="success", rule=rule)

    found = caller.get(f"/projects/acme/shop/rule-task/{uuid}/").json

    assert (found["status"], found["rule"]["id"]) == ("success", str(rule.pk))


def test_a_rule_that_was_refused_meanwhile_says_why(caller, a_rule, slack):
    slack.next.append(too_many(30))
    uuid = caller.post(RULES, a_rule()).json["uuid"]
    failed(RuleTask.objects.get(), {"actions": ["Action 1: no."], "ruleId": [3]}, {})

    found = caller.get(f"/projects/acme/shop/rule-task/{uuid}/").json

    assert (found["status"], found["error"]) == ("failed", "Action 1: no.")
    assert found["errors"]["actions"] == ["Action 1: no."]


@pytest.mark.parametrize("uuid", ["0" * 32, "7", "nobody", "x" * 300])
def test_an_id_that_nothing_waits_by_is_missing(caller, uuid):
    assert caller.get(f"/projects/acme/shop/rule-task/{uuid}/").status == 404


def test_what_waits_in_another_project_is_missing_here(caller, a_rule, slack):
    slack.next.append(too_many(30))
    uuid = caller.post(OF_ALL, a_rule()).json["uuid"]

    assert caller.get(f"/projects/acme/shop/rule-task/{uuid}/").status == 404


def test_another_organization_sees_nothing_of_it(caller, a_rule, slack):
    slack.next.append(too_many(30))
    uuid = caller.post(RULES, a_rule()).json["uuid"]
    other = a_world("other", "shop", "o@example.com")

    stranger = a_caller(other.user, other.organization)

    assert stranger.get(f"/projects/acme/shop/rule-task/{uuid}/").status == 404
    assert stranger.get(f"/projects/other/shop/rule-task/{uuid}/").status == 404


def test_who_may_not_change_rules_may_not_ask(world, a_rule, slack, caller):
    slack.next.append(too_many(30))
    uuid = caller.post(RULES, a_rule()).json["uuid"]
    outsider = a_caller(a_member(world.organization, email="o@example.com"), world.organization)

    assert outsider.get(f"/projects/acme/shop/rule-task/{uuid}/").status == 403
