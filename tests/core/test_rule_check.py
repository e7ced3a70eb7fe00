"""The decision behind POST and PUT of a rule, on a small catalogue of its own."""

from dataclasses import dataclass, replace

import pytest

from tocsin.core.facts import MATCHING_USERS, Need
from tocsin.core.fields import choice, integer, text
from tocsin.core.registry import Audience, Catalogue, Condition, Phase, Provider, RuleAction
from tocsin.core.rule_check import MOST_FAST, MOST_SLOW, Draft, Refusal, check
from tocsin.core.rule_lines import MOST_NODES
from tocsin.core.rule_place import Place, Standing


@dataclass(frozen=True)
class Nothing:
    """No options."""


@dataclass(frozen=True)
class Level:
    level: str = choice("Level", {"40": "error", "50": "fatal"})


@dataclass(frozen=True)
class Often:
    value: int = integer("Times", at_least=0)


@dataclass(frozen=True)
class People:
    targetType: str = choice("Tell", {"IssueOwners": "owners", "Team": "team", "Member": "member"})  # noqa: N815
    targetIdentifier: str = text("Who")  # noqa: N815
    fallthroughType: str = text("Else", default="ActiveMembers")  # noqa: N815


@dataclass(frozen=True)
class Channel:
    workspace: str = text("Workspace", default=None)
    channel: str = text("Channel", default=None)
    tags: str = text("Tags")


def a_condition(slug, phase, *ids, options=Nothing, **more):
    return Condition(slug, phase, ids, slug, options, lambda options, facts: True, **more)


def a_provider(slug, action):
    return Provider(slug, slug.title(), Nothing, Nothing, None, None, None, str, action)


CATALOGUE = Catalogue(
    providers={
        "mail": a_provider("mail", RuleAction(("mail.Action",), Audience.PEOPLE, People, "tell")),
        "chat": a_provider(
            "chat", RuleAction(("chat.Action",), Audience.DESTINATION, Channel, "post", integration="workspace")
        ),
    },
    conditions={
        "first": a_condition("first", Phase.WHEN, "when.First", "old.First"),
        "often": a_condition(
            "often", Phase.WHEN, "when.Often", options=Often, needs=lambda options: [Need("events", 60)]
        ),
        "level": a_condition("level", Phase.IF, "if.Level", options=Level),
        "new": a_condition("new", Phase.WHEN, "when.New", state="new"),
        "back": a_condition("back", Phase.WHEN, "when.Back", state="regressed"),
        "users": a_condition(
            "users", Phase.WHEN, "when.Users", options=Often, needs=lambda options: [Need(MATCHING_USERS, 60)]
        ),
    },
)
PLACE = Place(
    environments=frozenset({"production"}),
    members=frozenset({1, 2}),
    teams=frozenset({5, 6}),
    project_members=frozenset({1}),
    project_teams=frozenset({5}),
    integrations={9: "chat", 10: "other"},
)
MAIL = {"id": "mail.Action", "targetType": "IssueOwners"}
CHAT = {"id": "chat.Action", "workspace": "9", "channel": "#ops"}


def sent(**changes):
    return {
        "name": "Tell the owners",
        "actionMatch": "any",
        "filterMatch": "all",
        "frequency": 30,
        "conditions": [{"id": "when.First"}],
        "filters": [{"id": "if.Level", "level": "40"}],
        "actions": [MAIL],
        **changes,
    }


def checked(place=PLACE, rule_id=None, **changes):
    return check(CATALOGUE, place, sent(**changes), rule_id=rule_id)


def standing(rule_id=3, environment="", **changes):
    found = checked(**changes)
    assert isinstance(found, Draft)
    return Standing(rule_id, "The older one", environment, found.data)


def test_a_rule_that_names_only_what_is_there_may_be_stored():
    found = checked(environment="production", owner="team:6")

    assert found == Draft(
        label="Tell the owners",
        environment="production",
        data={
            "conditions": [{"id": "when.First"}],
            "filters": [{"id": "if.Level", "level": "40"}],
            "actions": [MAIL],
            "actionMatch": "any",
            "filterMatch": "all",
            "frequency": 30,
        },
        owner_team_id=6,
    )


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        pytest.param({"name": None}, "name", id="a name is required"),
        pytest.param({"name": "  "}, "name", id="blanks are no name"),
        pytest.param({"name": 7}, "name", id="a number is no name"),
        pytest.param({"name": "x" * 257}, "name", id="257 characters are too long for a name"),
        pytest.param({"name": "a\r\nBcc: b@example.com"}, "name", id="a name is one line"),
        pytest.param({"environment": "staging"}, "environment", id="the environment must exist"),
        pytest.param({"environment": 7}, "environment", id="an environment is a name"),
        pytest.param({"owner": "user:3"}, "owner", id="an owner must be a member"),
        pytest.param({"owner": "team:7"}, "owner", id="an owning team must be the organization's"),
        pytest.param({"owner": "5"}, "owner", id="an owner says what it is"),
        pytest.param({"owner": ["team:5"]}, "owner", id="an owner is text"),
        pytest.param({"owner": "user:" + "9" * 30}, "owner", id="an owner's id fits a column"),
        pytest.param({"actions": []}, "actions", id="a rule without actions does nothing"),
        pytest.param({"actions": None}, "actions", id="no actions at all"),
        pytest.param({"actions": "mail"}, "actions", id="actions are a list"),
        pytest.param({"actions": ["mail"]}, "actions", id="an action is an object"),
        pytest.param({"actions": [{}]}, "actions", id="an action has an id"),
        pytest.param({"actions": [{"id": 7}]}, "actions", id="an id is text"),
        pytest.param({"actions": [{"id": "no.Such"}]}, "actions", id="an action must be known"),
        pytest.param({"actions": [MAIL] * (MOST_NODES + 1)}, "actions", id="too many actions"),
        pytest.param(
            {"actions": [{"id": "chat.Action", "workspace": "9"}]}, "actions", id="the channel is missing"
        ),
        pytest.param(
            {"actions": [{**CHAT, "workspace": "11"}]}, "actions", id="another organization's integration"
        ),
        pytest.param({"actions": [{**CHAT, "workspace": "10"}]}, "actions", id="an integration of another service"),
        pytest.param({"actions": [{**CHAT, "workspace": "9x"}]}, "actions", id="an integration that is no number"),
        pytest.param({"actions": [{**CHAT, "notes": "a\x00b"}]}, "actions", id="a NUL character"),
        pytest.param({"actions": [{**CHAT, "x": [[[[[[1]]]]]]}]}, "actions", id="nested too deeply"),
        pytest.param(
            {"actions": [{**MAIL, "targetType": "Member", "targetIdentifier": 2}]},
            "actions",
            id="a member who is on no team of the project",
        ),
        pytest.param(
            {"actions": [{**MAIL, "targetType": "Team", "targetIdentifier": "6"}]},
            "actions",
            id="a team that is not on the project",
        ),
        pytest.param({"actions": [{**MAIL, "targetType": "Team"}]}, "actions", id="no team is chosen"),
        pytest.param({"actions": [{**MAIL, "targetType": "Everyone"}]}, "actions", id="an unknown target"),
        pytest.param({"conditions": [{"id": "no.Such"}]}, "conditions", id="a condition must be known"),
        pytest.param({"conditions": {"id": "when.First"}}, "conditions", id="conditions are a list"),
        pytest.param({"filters": [{"id": "if.Level"}]}, "filters", id="an option is missing"),
        pytest.param({"filters": [{"id": "if.Level", "level": "41"}]}, "filters", id="an option is wrong"),
        pytest.param({"filterMatch": None}, "filterMatch", id="filters need to be combined"),
        pytest.param({"filterMatch": "some"}, "filterMatch", id="an unknown way to combine filters"),
        pytest.param({"actionMatch": "most"}, "actionMatch", id="an unknown way to combine conditions"),
        pytest.param({"actionMatch": ["any"]}, "actionMatch", id="a way to combine is text"),
        pytest.param({"frequency": 4}, "frequency", id="four minutes are too often"),
        pytest.param({"frequency": 43201}, "frequency", id="a minute more than thirty days"),
        pytest.param({"frequency": "often"}, "frequency", id="a frequency is a number"),
        pytest.param({"frequency": "1_000"}, "frequency", id="a frequency is digits"),
        pytest.param({"frequency": [30]}, "frequency", id="a frequency is one number"),
        pytest.param({"frequency": True}, "frequency", id="true is no frequency"),
        pytest.param({"frequency": 5.5}, "frequency", id="half a minute is no whole one"),
        pytest.param(
            {"actions": [{**CHAT, "more": "x" * 70_000}]}, "nonFieldErrors", id="longer than a rule may be"
        ),
    ],
)
def test_what_does_not_fit_is_refused_under_its_key(changes, key):
    found = checked(**changes)

    assert isinstance(found, Refusal)
    assert list(found.reasons) == [key]
    assert all(found.reasons[key])


GROUP = "tocsin.conditions.Group"
NEW, BACK = {"id": "when.New"}, {"id": "when.Back"}


def a_group(*nodes, match="any"):
    return {"id": GROUP, "match": match, "nodes": list(nodes)}


def deep(levels):
    node = NEW
    for _ in range(levels):
        node = a_group(node)
    return node


def test_a_group_is_stored_as_it_was_sent_without_names_in_it():
    inner = a_group({**NEW, "name": "An issue is new"}, {"id": "if.Level", "level": "50"}, match="none")

    found = checked(conditions=[{**a_group(inner, match="all"), "name": "a group"}])

    assert found.data["conditions"] == [
        a_group(a_group(NEW, {"id": "if.Level", "level": "50"}, match="none"), match="all")
    ]


def test_a_group_stands_where_it_was_sent():
    found = checked(filters=[a_group({"id": "if.Level", "level": "50"})])

    assert [node["id"] for node in found.data["filters"]] == [GROUP]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        pytest.param({"conditions": [a_group()]}, "conditions", id="a group of nothing"),
        pytest.param({"conditions": [a_group(NEW, match="most")]}, "conditions", id="a match that nobody knows"),
        pytest.param({"conditions": [a_group(NEW, match=["any"])]}, "conditions", id="a match that is a list"),
        pytest.param({"conditions": [{"id": GROUP, "nodes": NEW}]}, "conditions", id="nodes that are no list"),
        pytest.param({"conditions": [a_group({"id": "no.Such"})]}, "conditions", id="an unknown line in a group"),
        pytest.param({"filters": [a_group({"id": "if.Level"})]}, "filters", id="an option missing in a group"),
        pytest.param({"filters": [a_group("x")]}, "filters", id="a line in a group that is no object"),
        pytest.param({"conditions": [deep(6)]}, "conditions", id="groups nested six deep"),
        pytest.param({"conditions": [deep(400)]}, "conditions", id="groups nested 400 deep"),
        pytest.param({"conditions": [a_group(*[NEW] * 51)]}, "conditions", id="51 lines in a group"),
        pytest.param({"conditions": [NEW] * 10_000}, "conditions", id="10,000 conditions"),
        pytest.param(
            {"conditions": [a_group(*[a_group(*[NEW] * 40)] * 40)]}, "conditions", id="1,600 conditions in groups"
        ),
        pytest.param({"actionMatch": "all", "conditions": [NEW, BACK]}, "conditions", id="new and back at once"),
        pytest.param(
            {"conditions": [a_group(NEW, BACK, match="all")]}, "conditions", id="new and back at once in a group"
        ),
        pytest.param(
            {"actionMatch": "all", "conditions": [NEW, a_group(BACK, match="all")]},
            "conditions",
            id="new and, in a group, back at once",
        ),
        pytest.param(
            {"actionMatch": "all", "conditions": [NEW, a_group(a_group(BACK, match="any"), match="all")]},
            "conditions",
            id="new and, in a group of a group of one, back at once",
        ),
        pytest.param(
            {
                "conditions": [{"id": "when.Users", "value": 3}],
                "filters": [{"id": "if.Level", "level": "40"}, {"id": "if.Level", "level": "50"}],
                "filterMatch": "any",
            },
            "filterMatch",
            id="users of events that pass any filter",
        ),
        pytest.param({"environments": "production"}, "environments", id="environments are a list"),
        pytest.param({"environments": ["moon"]}, "environments", id="each environment must exist"),
        pytest.param({"environments": [7]}, "environments", id="an environment is a name"),
        pytest.param({"excludedEnvironments": ["x" * 65]}, "excludedEnvironments", id="a name of 65 characters"),
        pytest.param(
            {"environment": "production", "excludedEnvironments": ["production"]},
            "excludedEnvironments",
            id="the only environment is left out",
        ),
        pytest.param(
            {"environments": ["production"], "excludedEnvironments": ["production", "test"]},
            "excludedEnvironments",
            id="all environments of the list are left out",
        ),
        pytest.param({"excludedEnvironments": ["x"] * 51}, "excludedEnvironments", id="51 environments"),
        pytest.param({"wait": "long"}, "wait", id="a wait is a number"),
        pytest.param({"wait": 10_081}, "wait", id="a minute more than a week"),
        pytest.param({"wait": -1}, "wait", id="no time goes backwards"),
        pytest.param({"wait": 1.5}, "wait", id="half a minute"),
        pytest.param({"hourlyLimit": True}, "hourlyLimit", id="true is no limit"),
        pytest.param({"hourlyLimit": 10_001}, "hourlyLimit", id="a limit that limits nothing"),
    ],
)
def test_what_goes_beyond_other_products_is_checked_as_well(changes, key):
    found = checked(**changes)

    assert isinstance(found, Refusal)
    assert list(found.reasons) == [key]


@pytest.mark.parametrize(
    "changes",
    [
        {"actionMatch": "any", "conditions": [NEW, BACK]},
        {"actionMatch": "all", "conditions": [NEW, a_group(BACK, NEW)]},
        {"actionMatch": "all", "conditions": [NEW, BACK], "environment": "production"},
        {"environments": ["production"], "excludedEnvironments": ["anything"], "wait": 30, "hourlyLimit": "5"},
        {"wait": 0, "hourlyLimit": None, "environments": []},
        {
            "place": replace(PLACE, environments=frozenset({"production", "test"})),
            "environments": ["production", "test"],
            "excludedEnvironments": ["test"],
        },
        {"conditions": [deep(5)]},
    ],
)
def test_what_can_hold_may_be_stored(changes):
    assert isinstance(checked(**changes), Draft)


def test_what_is_beyond_is_stored_only_where_it_says_something():
    plain = checked(wait=0, hourlyLimit=0, environments=[], excludedEnvironments=[]).data
    full = checked(wait="30", hourlyLimit=5, environments=["production"], excludedEnvironments=["test"]).data

    assert set(full) - set(plain) == {"wait", "hourlyLimit", "environments", "excludedEnvironments"}
    assert (full["wait"], full["hourlyLimit"]) == (30, 5)


@pytest.mark.parametrize("number", [0, "0", "00"])
def test_no_times_an_hour_is_no_limit_for_a_client_and_refused_where_a_person_types_it(number):
    typed = check(CATALOGUE, PLACE, sent(hourlyLimit=number), is_typed=True)

    assert "hourlyLimit" not in checked(hourlyLimit=number).data
    assert typed.reasons == {
        "hourlyLimit": ["0 times an hour would be never; leave it empty for no limit, or switch the rule off."]
    }


def test_a_limit_left_empty_is_none_where_a_person_types_it():
    assert "hourlyLimit" not in check(CATALOGUE, PLACE, sent(hourlyLimit=""), is_typed=True).data


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"hourlyLimit": "-1"},
            "The limit must be a whole number, 1 to 10000 times an hour, not '-1'; leave it empty for no limit.",
        ),
        (
            {"wait": "soon"},
            "The wait must be a whole number, 1 to 10080 minutes, not 'soon'; leave it empty for no wait.",
        ),
        ({"conditions": [NEW, a_group()]}, "Condition 2: add a line to the group, or remove it."),
        (
            {"environment": "production", "excludedEnvironments": ["production"]},
            "With production left out as well, the rule watches no environment and would never fire.",
        ),
    ],
)
def test_a_reason_says_what_to_do_in_words(changes, reason):
    assert [*checked(**changes).reasons.values()] == [[reason]]


def test_two_rules_whose_groups_say_the_same_in_another_order_are_alike():
    level = {"id": "if.Level", "level": "50"}
    place = Place(environments=PLACE.environments, rules=(standing(conditions=[a_group(NEW, level)]),))

    assert checked(place, conditions=[a_group(level, NEW)]).duplicate_of == 3


def test_a_rule_with_another_wait_is_another_rule():
    place = Place(environments=PLACE.environments, rules=(standing(),))

    assert isinstance(checked(place, wait=30), Draft)


def test_a_condition_that_counts_is_slow_in_a_group_too():
    rules = tuple(
        Standing(number, str(number), "", {"conditions": [{"id": "when.Often", "value": number}]})
        for number in range(MOST_SLOW)
    )

    found = checked(Place(rules=rules), conditions=[a_group({"id": "when.Often", "value": 7}, NEW)])

    assert "count events over time" in found.reasons["conditions"][0]


def test_every_reason_is_told_at_once():
    found = checked(name="", frequency=1, actions=[{"id": "no.Such"}, {"id": "chat.Action"}])

    assert isinstance(found, Refusal)
    assert {key: len(reasons) for key, reasons in found.reasons.items()} == {
        "name": 1,
        "frequency": 1,
        "actions": 2,
    }


def test_a_reason_says_which_line_is_meant():
    found = checked(actions=[MAIL, {"id": "chat.Action", "workspace": "9"}])

    assert found.reasons == {"actions": ["Action 2: Channel is required."]}


@pytest.mark.parametrize("match", ["all", "any", "none"])
def test_conditions_and_filters_combine_in_three_ways(match):
    found = checked(actionMatch=match, filterMatch=match)

    assert (found.data["actionMatch"], found.data["filterMatch"]) == (match, match)


def test_what_is_left_out_has_its_default():
    found = check(CATALOGUE, PLACE, {"name": "Short", "actions": [MAIL]})

    assert (found.data["actionMatch"], found.data["filterMatch"], found.data["frequency"]) == ("all", "all", 30)


def test_names_and_empty_values_are_not_stored_and_zero_is():
    node = {"id": "when.Often", "value": 0, "name": "derived", "interval": "", "extra": None}

    assert checked(conditions=[node]).data["conditions"] == [{"id": "when.Often", "value": 0}]


def test_a_filter_among_the_conditions_goes_where_it_belongs():
    level = {"id": "if.Level", "level": "50"}

    found = checked(conditions=[{"id": "when.First"}, level], filters=None, filterMatch=None)

    assert (found.data["conditions"], found.data["filters"]) == ([{"id": "when.First"}], [level])


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        pytest.param({}, {"name": "By another name"}, id="the name makes no difference"),
        pytest.param({}, {"owner": "team:5"}, id="the owner makes no difference"),
        pytest.param({}, {"environment": ""}, id="no environment, spelt as empty"),
        pytest.param({}, {"environment": None}, id="no environment, spelt as null"),
        pytest.param({}, {"actions": [{**MAIL, "uuid": "1"}]}, id="an action's uuid makes no difference"),
        pytest.param({}, {"actions": [{**MAIL, "fallthroughType": "ActiveMembers"}]}, id="a default, spelt out"),
        pytest.param({}, {"conditions": [{"id": "old.First"}]}, id="an alias of the id"),
        pytest.param({"actions": [MAIL, CHAT]}, {"actions": [CHAT, MAIL]}, id="the order of actions"),
        pytest.param({"actions": [CHAT]}, {"actions": [{**CHAT, "workspace": 9}]}, id="a number for its text"),
    ],
)
def test_a_rule_that_does_the_same_as_another_is_refused_by_its_name(older, newer):
    place = Place(**{**vars_of(PLACE), "rules": (standing(**older),)})

    found = checked(place, **{**older, **newer})

    assert isinstance(found, Refusal)
    assert found.duplicate_of == 3
    assert "The older one" in found.reasons["name"][0]


@pytest.mark.parametrize(
    "newer",
    [
        pytest.param({"environment": "production"}, id="another environment"),
        pytest.param({"frequency": 60}, id="another frequency"),
        pytest.param({"actionMatch": "all"}, id="another way to combine"),
        pytest.param({"filters": [{"id": "if.Level", "level": "50"}]}, id="another level"),
        pytest.param({"actions": [MAIL, CHAT]}, id="one more action"),
        pytest.param({"conditions": [{"id": "when.First"}] * 2}, id="a line twice"),
    ],
)
def test_a_rule_that_does_something_else_may_stand_beside_another(newer):
    place = Place(**{**vars_of(PLACE), "rules": (standing(),)})

    assert isinstance(checked(place, **newer), Draft)


def test_a_rule_is_no_duplicate_of_itself():
    place = Place(**{**vars_of(PLACE), "rules": (standing(),)})

    assert isinstance(checked(place, rule_id=3), Draft)


@pytest.mark.parametrize(
    ("conditions", "most"),
    [([{"id": "when.First"}], MOST_FAST), ([{"id": "when.Often", "value": 7}], MOST_SLOW)],
    ids=["fast", "slow"],
)
def test_a_project_may_have_so_many_rules_and_no_more(conditions, most):
    others = tuple(standing(n, conditions=conditions, frequency=100 + n) for n in range(most))
    full = Place(**{**vars_of(PLACE), "rules": others})
    nearly = Place(**{**vars_of(PLACE), "rules": others[1:]})

    found = checked(full, conditions=conditions)

    assert isinstance(found, Refusal)
    assert str(most) in found.reasons["conditions"][0]
    assert isinstance(checked(nearly, conditions=conditions), Draft)
    assert isinstance(checked(full, conditions=conditions, rule_id=0), Draft)


def test_fast_rules_do_not_use_up_the_room_of_slow_ones():
    others = tuple(standing(n, frequency=100 + n) for n in range(MOST_SLOW + 1))
    place = Place(**{**vars_of(PLACE), "rules": others})

    assert isinstance(checked(place, conditions=[{"id": "when.Often", "value": 7}]), Draft)


def test_a_stored_rule_that_can_no_longer_be_read_is_compared_as_it_was_written():
    broken = {"id": "chat.Action", "gone": "1"}
    rule = Standing(4, "Broken", "", {**standing().data, "actions": [broken, {"id": "no.Such"}]})
    place = Place(**{**vars_of(PLACE), "rules": (rule,)})

    assert isinstance(checked(place), Draft)


def vars_of(place):
    return {name: getattr(place, name) for name in Place.__dataclass_fields__}


def test_a_reason_says_which_field_it_is_about():
    nodes = [{"id": "when.First"}, {"id": GROUP, "nodes": [{"id": "when.Often", "value": "many"}]}]
    actions = [{"id": "chat.Action", "channel": "#ops"}, {"id": "nobody.Knows"}]

    found = check(CATALOGUE, Place(), {"name": "", "conditions": nodes, "actions": actions, "frequency": 1})

    assert isinstance(found, Refusal)
    assert set(found.at) == {"name", "conditions.1.0.value", "actions.0.workspace", "actions.1", "frequency"}
    assert found.at["conditions.1.0.value"] == "Times must be a whole number, not 'many'."


def test_a_line_that_nobody_knows_may_stay_in_the_rule_that_has_it_and_in_no_other():
    unknown = {"id": "elsewhere.Moon", "phase": "full"}
    other = {"conditions": [{**unknown, "phase": "new"}]}
    sent = {"name": "n", "conditions": [unknown], "actions": [{"id": "mail.Action", "targetType": "IssueOwners"}]}

    kept = check(CATALOGUE, Place(), sent, stored={"conditions": [unknown]})

    assert isinstance(kept, Draft)
    assert kept.data["conditions"] == [unknown]
    assert isinstance(check(CATALOGUE, Place(), sent), Refusal)
    assert isinstance(check(CATALOGUE, Place(), sent, stored=other), Refusal)
