"""Who hears of a firing, where, and why (behaviour §2.5 and §3): the sentences of the specification."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.core.routing import (
    ANA,
    BEN,
    BOTH,
    MAIL,
    MAIL_ONLY,
    ORGANIZATION,
    OTHER_PROJECT,
    PROJECT,
    SLACK,
    WEB,
    a_directory,
    a_rule,
    held_back,
    never,
    post,
    prefer,
    routed,
    steps,
    tell,
    told,
)

from tocsin.core.choices import nearest
from tocsin.core.people import Connection, Scope
from tocsin.core.plan import Routed, Services
from tocsin.core.reasons import Reason, Verdict
from tocsin.core.route import route
from tocsin.core.rule import Unknown
from tocsin.core.rule_snooze import RuleSnooze
from tocsin.core.targets import Occasion

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

# Preferences (§2.5)


def test_alerts_are_on_unless_switched_off():
    outcome = routed(tell("Member", ANA.id))

    assert (ANA.subject, Reason.PREFERENCE_DEFAULT) in steps(outcome, Verdict.KEPT)


def test_who_said_never_gets_nothing_over_any_service():
    outcome = routed(tell("Member", ANA.id), directory=prefer(never(ANA)), services=BOTH)

    assert told(outcome) == []
    assert held_back(outcome) == {
        "ana@example.com": Reason.PREFERENCE_NEVER,
        "device of 7": Reason.PREFERENCE_NEVER,
    }
    assert (ANA.subject, Reason.PREFERENCE_NEVER) in steps(outcome, Verdict.REMOVED)


def test_the_trace_names_the_preference_that_made_it_so():
    outcome = routed(tell("Member", ANA.id), directory=prefer(never(ANA)))

    (step,) = [step for step in outcome.trace if step.reason is Reason.PREFERENCE_NEVER]

    assert step.cause == "preference:47"


def test_a_service_that_is_switched_off_leaves_the_others():
    outcome = routed(tell("Member", ANA.id), directory=prefer(never(ANA, "mail")), services=BOTH)

    assert told(outcome) == ["device of 7"]
    assert held_back(outcome) == {"ana@example.com": Reason.PROVIDER_NEVER}


def test_one_persons_choice_is_no_other_persons():
    assert told(routed(tell("Team", WEB.id), directory=prefer(never(ANA)))) == ["ben@example.com"]


def test_a_choice_for_another_type_says_nothing_of_alerts():
    choice = replace(never(ANA), type="workflow")

    assert told(routed(tell("Member", ANA.id), directory=prefer(choice))) == ["ana@example.com"]


def test_a_choice_that_allows_is_named():
    choice = never(ANA, "mail", value="always")

    outcome = routed(tell("Member", ANA.id), directory=prefer(choice))

    assert (ANA.subject, Reason.PREFERENCE_ALLOWS) in steps(outcome, Verdict.KEPT)


@pytest.mark.parametrize(
    ("choices", "is_told"),
    [
        pytest.param([], True, id="no choice: the default"),
        pytest.param([(Scope.USER, 0, "never")], False, id="everywhere"),
        pytest.param([(Scope.ORGANIZATION, ORGANIZATION, "never")], False, id="in this organization"),
        pytest.param([(Scope.ORGANIZATION, 99, "never")], True, id="in another organization"),
        pytest.param([(Scope.PROJECT, PROJECT, "never")], False, id="in this project"),
        pytest.param([(Scope.PROJECT, OTHER_PROJECT, "never")], True, id="in another project"),
        pytest.param(
            [(Scope.USER, 0, "never"), (Scope.ORGANIZATION, ORGANIZATION, "always")],
            True,
            id="the organization over everywhere",
        ),
        pytest.param(
            [(Scope.ORGANIZATION, ORGANIZATION, "always"), (Scope.PROJECT, PROJECT, "never")],
            False,
            id="the project over the organization",
        ),
        pytest.param(
            [(Scope.PROJECT, PROJECT, "always"), (Scope.USER, 0, "never")],
            True,
            id="the project over everywhere, in whatever order they are read",
        ),
    ],
)
@pytest.mark.parametrize("provider", ["", "mail"], ids=["of the type", "of the service"])
def test_the_nearest_scope_decides(choices, is_told, provider):
    directory = prefer(*[never(ANA, provider, *choice) for choice in choices])

    assert bool(told(routed(tell("Member", ANA.id), directory=directory))) is is_told


def test_without_a_fitting_choice_none_was_made():
    assert (
        nearest([never(ANA, "mail")], "alerts", "push", {Scope.ORGANIZATION: ORGANIZATION, Scope.PROJECT: PROJECT})
        is None
    )


# Services


def test_a_service_that_is_not_connected_is_held_back_and_said():
    services = Services({"mail": MAIL}, {})

    outcome = routed(tell("Member", ANA.id), services=services)

    assert held_back(outcome) == {"ana@example.com": Reason.PROVIDER_NOT_CONNECTED}
    assert (ANA.subject, Reason.PROVIDER_NOT_CONNECTED) in steps(outcome, Verdict.SUPPRESSED)


def test_a_person_without_an_address_for_a_service_is_a_line_in_the_trace():
    directory = a_directory(people={ANA.id: replace(ANA, email=""), BEN.id: BEN})

    outcome = routed(tell("Member", ANA.id), directory=directory)

    assert outcome.planned == ()
    assert steps(outcome, Verdict.SUPPRESSED) == {(ANA.subject, Reason.NO_ADDRESS)}


def test_people_are_reached_through_the_organizations_own_integration():
    services = Services({"mail": MAIL}, {"mail": 12})

    (planned,) = routed(tell("Member", ANA.id), services=services).planned

    assert (planned.destination.integration_id, planned.destination.user_id) == (12, ANA.id)


# Channels


def test_a_channel_gets_its_own_notes_and_tags():
    (planned,) = routed(post(notes="Call Ana", tags=" browser , user,")).planned

    assert (planned.notes, planned.tags) == ("Call Ana", ("browser", "user"))
    assert planned.destination.integration_id == SLACK.id
    assert planned.destination.user_id is None


@pytest.mark.parametrize(
    "workspace", ["", "99", "x", "9" * 5000], ids=["none", "removed", "no number", "no number that fits"]
)
def test_a_channel_of_an_integration_that_is_gone_is_not_written_to(workspace):
    outcome = routed(post(workspace=workspace))

    assert outcome.planned == ()
    assert steps(outcome, Verdict.SUPPRESSED) == {("channel:#ops", Reason.INTEGRATION_MISSING)}


def test_a_channel_of_another_services_integration_is_not_written_to():
    directory = a_directory(connections={3: Connection(3, "pager", "Acme")})

    assert steps(routed(post(), directory=directory), Verdict.SUPPRESSED) == {
        ("channel:#ops", Reason.INTEGRATION_MISSING)
    }


def test_a_channel_of_a_broken_integration_is_held_back_and_said():
    directory = a_directory(connections={3: replace(SLACK, broken="token_revoked")})

    outcome = routed(post(), directory=directory)

    assert held_back(outcome) == {"#ops": Reason.INTEGRATION_BROKEN}
    assert [step.cause for step in outcome.trace if step.reason is Reason.INTEGRATION_BROKEN] == ["integration:3"]


def test_an_action_that_nobody_knows_is_said_and_the_others_run():
    rule = a_rule(post(), broken_actions=(Unknown("acme.Fax", "there is no action"),))

    outcome = route([rule], Occasion(PROJECT), a_directory(), MAIL_ONLY)

    assert told(outcome) == ["#ops"]
    assert [step.label for step in outcome.trace if step.reason is Reason.ACTION_UNKNOWN] == ["acme.Fax"]


@pytest.mark.parametrize("part", ["address", "describe"])
def test_an_action_that_raises_fails_alone_and_says_so(part):
    def explodes(_):
        raise ZeroDivisionError("no moon")

    known = post("#moon")
    broken = (
        replace(known, kind=replace(known.kind, address=explodes))
        if part == "address"
        else replace(known, provider=replace(known.provider, describe=explodes))
    )

    outcome = route(
        [a_rule(broken, post()), a_rule(post("#two"), id=2)], Occasion(PROJECT), a_directory(), MAIL_ONLY
    )

    assert told(outcome) == ["#ops", "#two"]
    (step,) = [one for one in outcome.trace if one.reason is Reason.ACTION_UNKNOWN]
    assert step.detail == {"reason": "ZeroDivisionError: no moon"}


# Several rules


def test_two_rules_that_reach_one_channel_write_once_and_are_both_named():
    rules = [a_rule(post(tags="a"), id=1), a_rule(post(notes="Call", tags="a,b"), id=2)]

    outcome = route(rules, Occasion(PROJECT), a_directory(), MAIL_ONLY)

    (planned,) = outcome.planned
    assert (planned.rule_ids, planned.notes, planned.tags) == ((1, 2), "Call", ("a", "b"))
    assert ("channel:#ops", Reason.ALREADY_TOLD) in steps(outcome, Verdict.KEPT)


def test_two_rules_that_reach_one_person_write_once_and_are_both_named():
    rules = [a_rule(tell("Member", ANA.id), id=1), a_rule(tell("Team", WEB.id), id=2)]

    outcome = route(rules, Occasion(PROJECT), a_directory(), MAIL_ONLY)

    by_address = {planned.destination.address.to: planned.rule_ids for planned in outcome.planned}
    assert by_address == {"ana@example.com": (1, 2), "ben@example.com": (2,)}


def test_two_actions_of_one_rule_that_reach_one_person_name_it_once():
    (planned,) = routed(tell("Member", ANA.id), tell("Member", ANA.id)).planned

    assert planned.rule_ids == (1,)


def test_the_same_channel_in_two_workspaces_is_two_destinations():
    directory = a_directory(connections={3: SLACK, 4: Connection(4, "chat", "Other")})

    outcome = routed(post(), post(workspace=4), directory=directory)

    assert [planned.destination.integration_id for planned in outcome.planned] == [3, 4]


def test_each_rule_that_fired_is_the_first_line_of_its_part_of_the_trace():
    rules = [a_rule(post(), id=1), a_rule(post("#web"), id=2)]

    outcome = route(rules, Occasion(PROJECT), a_directory(), MAIL_ONLY)

    assert [step.subject for step in outcome.trace if step.reason is Reason.RULE_FIRED] == ["rule:1", "rule:2"]


def test_nothing_fired_reaches_nobody():
    assert route([], Occasion(PROJECT), a_directory(), MAIL_ONLY) == Routed()


# Snoozes


def test_a_rule_snoozed_for_everyone_tells_nobody_and_says_so():
    rule = a_rule(tell(), post(), snoozes=(RuleSnooze(5, None, None, "Mending it"),))

    outcome = route([rule], Occasion(PROJECT), a_directory(), MAIL_ONLY, now=NOW)

    assert outcome.planned == ()
    (step,) = outcome.trace
    assert (step.verdict, step.reason, step.cause) == (Verdict.HELD, Reason.RULE_SNOOZED_FOR_ALL, "rule_snooze:5")
    assert step.detail == {"reason": "Mending it"}


def test_who_snoozed_a_rule_is_removed_with_that_reason_and_others_hear():
    rule = a_rule(tell(), snoozes=(RuleSnooze(5, ANA.id),))

    outcome = route([rule], Occasion(PROJECT), a_directory(), MAIL_ONLY, now=NOW)

    assert ANA.email not in told(outcome)
    assert BEN.email in told(outcome)
    (step,) = [step for step in outcome.trace if step.reason is Reason.RULE_SNOOZED]
    assert (step.subject, step.verdict, step.cause) == (ANA.subject, Verdict.REMOVED, "rule_snooze:5")
    assert [one.user_id for one in outcome.untold(a_directory())] == [ANA.id]


def test_a_person_who_snoozed_one_rule_hears_of_the_other():
    rules = [a_rule(tell(), id=1, snoozes=(RuleSnooze(5, ANA.id),)), a_rule(tell(), id=2)]

    outcome = route(rules, Occasion(PROJECT), a_directory(), MAIL_ONLY, now=NOW)

    (mine,) = [one for one in outcome.planned if one.destination.user_id == ANA.id]
    assert mine.rule_ids == (2,)


def test_a_snooze_that_is_over_holds_nothing():
    rule = a_rule(tell(), snoozes=(RuleSnooze(5, None, NOW), RuleSnooze(6, ANA.id, NOW)))

    assert ANA.email in told(route([rule], Occasion(PROJECT), a_directory(), MAIL_ONLY, now=NOW))
