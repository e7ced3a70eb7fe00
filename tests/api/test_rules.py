"""Alert rules over the API, in the shapes that Sentry's clients send and read (behaviour §5.8)."""

import pytest

from tests.api.callers import a_caller
from tests.builders import NOW, a_member, a_user, a_world
from tocsin.core.fields import parse
from tocsin.pipeline.catalogue import catalogue
from tocsin.store.models import (
    AuditEntry,
    Environment,
    Firing,
    Integration,
    Issue,
    Organization,
    Project,
    ProjectTeam,
    Rule,
    Team,
)
from tocsin.store.queries import rules_digest

pytestmark = pytest.mark.django_db

RULES = "/projects/acme/shop/rules/"
FIRST_SEEN = "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"
REGRESSION = "sentry.rules.conditions.regression_event.RegressionEventCondition"
OFTEN = "sentry.rules.conditions.event_frequency.EventFrequencyCondition"
LEVEL = "sentry.rules.filters.level.LevelFilter"
TAGGED = "sentry.rules.filters.tagged_event.TaggedEventFilter"
MAIL = "sentry.mail.actions.NotifyEmailAction"
SLACK = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction"


@pytest.fixture
def world():
    return a_world()


@pytest.fixture
def caller(world):
    return a_caller(world.user, world.organization)


def a_rule(**changes):
    return {
        "name": "Tell the owners",
        "actionMatch": "any",
        "frequency": 30,
        "conditions": [{"id": FIRST_SEEN}],
        "actions": [{"id": MAIL, "targetType": "IssueOwners"}],
        **changes,
    }


def a_slack(organization, name="Acme workspace"):
    return Integration.objects.create(
        organization=organization, provider="slack", name=name, settings=b"", date_added=NOW, date_updated=NOW
    )


def test_a_rule_is_made_and_read_with_every_key_that_clients_know(world, caller):
    made = caller.post(RULES, a_rule(owner=f"team:{world.team.pk}"))

    assert made.status == 201
    (uuid,) = [action["uuid"] for action in made.json["actions"]]
    created = made.json.pop("dateCreated")
    assert created.endswith("Z")
    assert made.json == {
        "id": str(Rule.objects.get().pk),
        "name": "Tell the owners",
        "environment": None,
        "owner": f"team:{world.team.pk}",
        "actionMatch": "any",
        "filterMatch": "all",
        "frequency": 30,
        "conditions": [{"id": FIRST_SEEN, "name": "A new issue is created"}],
        "filters": [],
        "actions": [
            {
                "id": MAIL,
                "targetType": "IssueOwners",
                "uuid": uuid,
                "name": "Send a notification to the issue's owners and if none can be found then send a "
                "notification to the 20 most recently active members",
            }
        ],
        "createdBy": {"id": world.user.pk, "name": "Ana", "email": "ana@example.com"},
        "projects": ["shop"],
        "status": "active",
        "snooze": False,
        "snoozeForEveryone": False,
        "allProjects": False,
        "snoozeUntil": None,
        "snoozeReason": "",
        "disableDate": None,
        "disableReason": None,
        "optOutExplicit": False,
        "lastTriggered": None,
        "environments": [],
        "excludedEnvironments": [],
        "wait": 0,
        "hourlyLimit": 0,
        "tests": [],
        "errors": 0,
        "lastError": "",
        "lastErrorAt": None,
        "heldByLimit": 0,
        "unchecked": [],
    }
    assert caller.get(f"{RULES}{made.json['id']}/").json == {**made.json, "dateCreated": created}


def test_a_rule_as_sentrys_terraform_provider_sends_it_is_accepted(world, caller):
    """Every key always present, derived names and nulls included, ids as text, the project named again."""
    Environment.objects.create(project=world.project, name="production", first_seen=NOW)
    workspace = a_slack(world.organization)

    made = caller.post(
        RULES,
        {
            "name": "Notify errors",
            "projects": ["shop"],
            "owner": None,
            "environment": "production",
            "actionMatch": "all",
            "filterMatch": "any",
            "frequency": 30,
            "conditions": [
                {"id": FIRST_SEEN, "name": "A new issue is created"},
                {"id": REGRESSION, "name": None},
            ],
            "filters": [
                {"id": LEVEL, "match": "gte", "level": "40", "name": "derived"},
                {"id": TAGGED, "key": "customer", "match": "eq", "value": "gold"},
            ],
            "actions": [
                {
                    "id": SLACK,
                    "name": "Send a notification to the Acme workspace",
                    "workspace": str(workspace.pk),
                    "channel": "#ops",
                    "channel_id": "C024BE91L",
                    "tags": "environment,user",
                    "notes": "",
                },
                {
                    "id": MAIL,
                    "targetType": "Team",
                    "targetIdentifier": world.team.pk,
                    "fallthroughType": "ActiveMembers",
                },
            ],
        },
    )

    assert made.status == 201
    assert [node["id"] for node in made.json["filters"]] == [LEVEL, TAGGED]
    assert made.json["actions"][0]["name"].startswith("Send a notification to the Acme workspace Slack workspace")
    assert made.json["actions"][1]["targetIdentifier"] == world.team.pk
    assert made.json["environment"] == "production"


@pytest.mark.parametrize("kind", ["count", "percent"])
def test_an_empty_comparison_interval_is_read_as_the_default(caller, kind):
    often = {"id": OFTEN, "value": 5, "interval": "1h", "comparisonType": kind, "comparisonInterval": ""}

    made = caller.post(RULES, a_rule(conditions=[often]))

    assert made.status == 201
    (node,) = Rule.objects.get().data["conditions"]
    assert parse(catalogue().condition(OFTEN).options, node).comparisonInterval == "5m"


def test_what_is_stored_is_what_the_digest_evaluates(world, caller):
    caller.post(
        RULES, a_rule(filters=[{"id": LEVEL, "match": "eq", "level": "40", "name": "x"}], filterMatch="none")
    )

    (row,) = rules_digest.active({world.project.pk: world.organization.pk})[world.project.pk]

    assert row.data["filters"] == [{"id": LEVEL, "match": "eq", "level": "40"}]
    assert (row.data["actionMatch"], row.data["filterMatch"], row.data["frequency"]) == ("any", "none", 30)
    assert len(row.data["actions"][0]["uuid"]) == 36


def test_rules_are_listed_oldest_first_with_when_they_last_fired(world, caller):
    first, second = (caller.post(RULES, a_rule(name=name, frequency=n)).json for name, n in (("a", 5), ("b", 6)))
    issue = Issue.objects.create(
        project=world.project, number=1, title="x", first_seen=NOW, last_seen=NOW, active_at=NOW
    )
    Firing.objects.create(project=world.project, rule_id=first["id"], issue=issue, event_id="", date_added=NOW)

    listed = caller.get(RULES).json

    assert [rule["id"] for rule in listed] == [first["id"], second["id"]]
    assert [rule["lastTriggered"] for rule in listed] == ["2026-11-21T09:00:00Z", None]


def test_listing_rules_takes_the_same_number_of_queries_however_many_there_are(
    caller, django_assert_max_num_queries
):
    for minutes in range(5, 25):
        caller.post(RULES, a_rule(frequency=minutes))

    with django_assert_max_num_queries(8):
        assert len(caller.get(RULES).json) == 20


def test_a_rule_that_is_read_and_sent_back_stays_as_it_was(caller):
    made = caller.post(RULES, a_rule()).json

    changed = caller.put(f"{RULES}{made['id']}/", made)

    assert (changed.status, changed.json) == (200, made)


def test_a_change_replaces_the_whole_rule(caller):
    made = caller.post(RULES, a_rule(filters=[{"id": LEVEL, "match": "eq", "level": "40"}], filterMatch="any")).json

    changed = caller.put(f"{RULES}{made['id']}/", a_rule(name="By another name", frequency=60))

    assert (changed.json["name"], changed.json["frequency"], changed.json["filters"]) == ("By another name", 60, [])


def test_a_removed_rule_is_answered_202_and_gone(caller):
    made = caller.post(RULES, a_rule()).json

    assert caller.delete(f"{RULES}{made['id']}/").status == 202
    assert caller.get(f"{RULES}{made['id']}/").status == 404
    assert caller.get(RULES).json == []
    assert caller.delete(f"{RULES}{made['id']}/").status == 404


@pytest.mark.parametrize(
    ("body", "key"),
    [
        pytest.param({}, "name", id="no name"),
        pytest.param({"name": "x"}, "actions", id="no action"),
        pytest.param(a_rule(environment="nowhere"), "environment", id="an unknown environment"),
        pytest.param(a_rule(actions=[{"id": "no.Such"}]), "actions", id="an unknown action"),
        pytest.param(
            a_rule(filters=[{"id": LEVEL, "match": "eq", "level": "40"}]), "filterMatch", id="no filterMatch"
        ),
        pytest.param(
            a_rule(filters=[{"id": TAGGED, "key": "k", "match": "eq"}], filterMatch="all"), "filters", id="no value"
        ),
    ],
)
def test_a_rule_that_does_not_fit_is_400_with_its_keys_and_reasons(caller, body, key):
    answer = caller.post(RULES, body)

    assert answer.status == 400
    assert all(isinstance(reason, str) for reason in answer.json[key])
    assert not Rule.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut off"),
        pytest.param(b"", id="empty"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"rule"', id="a text"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b'{"name": NaN}', id="NaN"),
        pytest.param(b'{"name": "\\ud800"}', id="a lone surrogate"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b'{"name": "x", "actions": ' + b"[" * 900 + b"]" * 900 + b"}", id="nested deeply"),
    ],
)
def test_a_malformed_body_is_400_and_never_500(caller, body):
    assert caller.call("POST", RULES, body).status == 400


def test_a_body_beyond_the_limit_is_413(caller):
    assert caller.call("POST", RULES, b'{"name": "' + b"x" * 3_000_000 + b'"}').status == 413


def test_a_duplicate_is_refused_with_the_other_rules_name_and_id(caller):
    made = caller.post(RULES, a_rule()).json

    answer = caller.post(RULES, a_rule(name="Once more", environment=""))

    assert answer.status == 400
    assert "Tell the owners" in answer.json["name"][0]
    assert answer.json["ruleId"] == [int(made["id"])]


def test_a_disabled_rule_makes_no_duplicate(caller):
    caller.post(RULES, a_rule())
    Rule.objects.update(status="disabled")

    assert caller.post(RULES, a_rule()).status == 201


def test_each_change_is_in_the_audit_log_and_makes_a_new_version_of_the_project(world, caller):
    versions = [Project.objects.get().version]
    made = caller.post(RULES, a_rule()).json
    versions.append(Project.objects.get().version)
    caller.put(f"{RULES}{made['id']}/", a_rule(frequency=60))
    versions.append(Project.objects.get().version)
    caller.delete(f"{RULES}{made['id']}/")
    versions.append(Project.objects.get().version)

    changes = AuditEntry.objects.filter(event__startswith="rule.")
    entries = changes.order_by("pk").values_list("event", "target", "actor_id")
    target = f"rule:{made['id']}"
    assert list(entries) == [(event, target, world.user.pk) for event in ("rule.add", "rule.edit", "rule.remove")]
    assert versions == sorted(set(versions))


def test_a_refused_change_leaves_no_trace(caller):
    made = caller.post(RULES, a_rule()).json
    before = (AuditEntry.objects.count(), Project.objects.get().version)

    caller.put(f"{RULES}{made['id']}/", a_rule(frequency=1))

    assert (AuditEntry.objects.count(), Project.objects.get().version) == before


def test_a_member_may_read_rules_of_every_project_and_change_those_of_their_own_teams(world, caller):
    made = caller.post(RULES, a_rule()).json
    outsider = a_caller(a_member(world.organization, email="bo@example.com"), world.organization)
    insider = a_caller(a_member(world.organization, world.team, email="cy@example.com"), world.organization)

    assert outsider.get(RULES).status == 200
    assert outsider.post(RULES, a_rule(frequency=5)).status == 403
    assert outsider.put(f"{RULES}{made['id']}/", a_rule(frequency=5)).status == 403
    assert outsider.delete(f"{RULES}{made['id']}/").status == 403
    assert insider.post(RULES, a_rule(frequency=5)).status == 201


@pytest.mark.parametrize("role", ["owner", "manager", "admin"])
def test_those_who_administer_may_change_every_projects_rules(world, role):
    caller = a_caller(a_member(world.organization, email="dee@example.com", role=role), world.organization)

    assert caller.post(RULES, a_rule()).status == 201


def foreign_ids():
    """What another organization has, and this one must not be able to name."""
    other = a_world("other", "theirs", "eve@other.example")
    return {
        "their integration": {
            "actions": [{"id": SLACK, "workspace": a_slack(other.organization).pk, "channel": "#x"}]
        },
        "their team as the owner": {"owner": f"team:{other.team.pk}"},
        "their member as the owner": {"owner": f"user:{other.user.pk}"},
        "their team as the target": {
            "actions": [{"id": MAIL, "targetType": "Team", "targetIdentifier": other.team.pk}]
        },
        "their member as the target": {
            "actions": [{"id": MAIL, "targetType": "Member", "targetIdentifier": other.user.pk}]
        },
    }


def test_no_row_of_another_organization_can_be_named_in_a_rule(caller):
    for what, changes in foreign_ids().items():
        answer = caller.post(RULES, a_rule(**changes))

        assert answer.status == 400, what
        assert set(answer.json) == set(changes), what


def test_the_environment_of_another_project_does_not_exist_here(world, caller):
    other = a_world("other", "theirs", "eve@other.example")
    Environment.objects.create(project=other.project, name="production", first_seen=NOW)

    assert caller.post(RULES, a_rule(environment="production")).status == 400


def test_an_action_whose_integration_is_gone_is_shown_as_removed(world, caller):
    workspace = a_slack(world.organization)
    action = {"id": SLACK, "workspace": str(workspace.pk), "channel": "#ops"}
    made = caller.post(RULES, a_rule(actions=[action])).json

    workspace.delete()

    shown = caller.get(f"{RULES}{made['id']}/").json
    assert "[removed]" in shown["actions"][0]["name"]


def test_a_stored_node_that_this_product_does_not_know_is_shown_and_kept(world, caller):
    node = {"id": "sentry.rules.actions.notify_event.NotifyEventAction"}
    Rule.objects.create(project=world.project, label="Old", data={"actions": [node]}, date_added=NOW)

    (shown,) = caller.get(RULES).json

    assert shown["actions"] == [{**node, "name": f"[unknown: {node['id']}]"}]


def test_an_action_keeps_its_uuid_and_a_hostile_one_is_replaced(caller):
    mine = "0b6a2e1c-7f9d-4c39-9f5e-2d5b6f0f3a11"
    nodes = [
        {"id": MAIL, "targetType": "IssueOwners", "uuid": mine},
        {"id": MAIL, "targetType": "IssueOwners", "fallthroughType": "NoOne", "uuid": "<script>"},
    ]

    kept, replaced = (action["uuid"] for action in caller.post(RULES, a_rule(actions=nodes)).json["actions"])

    assert kept == mine
    assert "<" not in replaced


def test_the_configuration_lists_what_a_rule_can_be_made_of(caller):
    found = caller.get(RULES + "configuration/").json

    assert FIRST_SEEN in [one["id"] for one in found["conditions"]]
    (level,) = [one for one in found["filters"] if one["id"] == LEVEL]
    assert level["formFields"]["level"]["type"] == "choice"
    assert ["40", "error"] in level["formFields"]["level"]["choices"]


def test_an_action_that_needs_an_integration_is_enabled_once_there_is_one(world, caller):
    def slack():
        actions = caller.get(RULES + "configuration/").json["actions"]
        (found,) = [one for one in actions if one["id"] == SLACK]
        return found

    before = slack()
    workspace = a_slack(world.organization)
    after = slack()

    assert (before["enabled"], after["enabled"]) == (False, True)
    assert after["formFields"]["workspace"]["choices"] == [[str(workspace.pk), "Acme workspace"]]


def test_a_team_that_leaves_the_project_takes_its_members_right_along(world, caller):
    insider = a_caller(a_member(world.organization, world.team, email="cy@example.com"), world.organization)
    ProjectTeam.objects.all().delete()

    assert insider.post(RULES, a_rule()).status == 403


def test_a_project_of_the_same_slug_in_another_organization_is_another_one(caller):
    elsewhere = Organization.objects.create(slug="beta", name="Beta", date_added=NOW)
    Team.objects.create(organization=elsewhere, slug="beta", name="Beta", date_added=NOW)
    twin = Project.objects.create(organization=elsewhere, slug="shop", name="Shop", date_added=NOW)
    theirs = Rule.objects.create(project=twin, label="Theirs", data={}, date_added=NOW)
    a_user("zoe@example.com")

    assert caller.get(RULES).json == []
    assert caller.get(f"{RULES}{theirs.pk}/").status == 404


NEW = {"name": "a new issue", "given": {"happened": ["new"]}, "fires": True}
OLD = {"name": "an old issue", "given": {}, "fires": True}


def test_a_rules_tests_are_kept_with_it_and_stay_when_a_client_knows_nothing_of_them(caller):
    made = caller.post(RULES, a_rule(tests=[NEW]))
    changed = caller.put(f"{RULES}{made.json['id']}/", a_rule(name="Renamed"))

    assert made.json["tests"] == changed.json["tests"] == [NEW]


def test_a_rule_that_fails_its_tests_is_not_saved(caller):
    answer = caller.post(RULES, a_rule(tests=[NEW, OLD]))

    assert (answer.status, list(answer.json)) == (400, ["tests"])
    assert answer.json["tests"][0].startswith("“an old issue” fails: the rule does not fire.")
    assert not Rule.objects.exists()


def test_a_change_that_breaks_a_stored_test_is_not_saved(caller):
    made = caller.post(RULES, a_rule(tests=[NEW]))

    answer = caller.put(f"{RULES}{made.json['id']}/", a_rule(conditions=[{"id": REGRESSION}]))

    assert (answer.status, list(answer.json)) == (400, ["tests"])
