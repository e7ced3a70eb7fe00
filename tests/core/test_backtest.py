"""What a rule would have done: the past played through the functions that decide about live events."""

from datetime import datetime, timedelta

import pytest
from tests.builders import NOW
from tests.conditions.asking import EVERY_EVENT, FIRST_SEEN, FREQUENCY, REGRESSION, a_rule, an_event, node

from tocsin.core.backtest import Backtest
from tocsin.core.issue import Priority, Status
from tocsin.core.past import Came, Changed, PastIssue, PastPlaces

SHARE = "sentry.rules.conditions.event_frequency.EventFrequencyPercentCondition"
ACTIVITY = "tocsin.conditions.activity.ActivityCondition"
OCCURRENCES = "sentry.rules.filters.issue_occurrences.IssueOccurrencesFilter"


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


def came(number: float, issue: int = 1, *, happened: frozenset[str] = frozenset(), **more) -> Came:
    at = minutes(number)
    event = an_event(timestamp=at.timestamp(), environment="production")
    return Came(at, issue, event, int(at.timestamp()), happened=happened, **more)


def resolved(number: float, issue: int = 1) -> Changed:
    return Changed(minutes(number), issue, {"status": Status.RESOLVED}, "set_resolved")


def fired(moments, *rules, begins: datetime = NOW, places: PastPlaces | None = None) -> list[tuple[float, int]]:
    """(minutes since the beginning, which of the rules) of all that would have fired within a day."""
    issues = {
        number: PastIssue(number, 1, f"SHOP-{number}", "Boom", "", "error", Priority.HIGH, None)
        for number in (1, 2, 3)
    }
    played = Backtest(rules, issues, places or PastPlaces(), begins)
    found = [one for moment in moments for one in played.step(moment)]
    found += played.end(minutes(1440))
    return [((one.at - NOW).total_seconds() / 60, rules.index(one.rule)) for one in found]


EACH = a_rule(conditions=[node(EVERY_EVENT)], frequency=10)


def test_a_rule_fires_once_for_each_issue_and_frequency():
    assert fired([came(0), came(9), came(9, 2), came(10)], EACH) == [(0, 0), (9, 0), (10, 0)]


def test_each_rule_fires_as_if_it_were_alone():
    other = a_rule(conditions=[node(EVERY_EVENT)], frequency=5)

    assert fired([came(0), came(6)], EACH, other) == [(0, 0), (0, 1), (6, 1)]


def test_what_is_new_and_what_came_back_is_what_was_recorded():
    moments = [came(0, happened=frozenset({"is_new"})), came(20), came(40, happened=frozenset({"is_regression"}))]

    new, back = (a_rule(conditions=[node(one)]) for one in (FIRST_SEEN, REGRESSION))
    assert fired(moments, new, back) == [(0, 0), (40, 1)]


def test_a_resolved_issue_fires_nothing_until_it_is_back():
    assert fired([resolved(0), came(1), came(20, happened=frozenset({"is_regression"}))], EACH) == [(20, 0)]


def test_events_before_the_beginning_count_and_fire_nothing():
    often = a_rule(conditions=[node(FREQUENCY, value=1, interval="1h")], frequency=5)

    assert fired([came(-20), came(0)], often) == [(0, 0)]


@pytest.mark.parametrize(("value", "at"), [(1, [1]), (2, [2]), (3, [])])
def test_a_count_has_to_be_strictly_greater_within_its_window(value, at):
    often = a_rule(conditions=[node(FREQUENCY, value=value, interval="5m")], frequency=1000)

    assert [when for when, _ in fired([came(0), came(1), came(2), came(100)], often)] == at


def test_counts_are_those_of_the_issue_alone():
    often = a_rule(conditions=[node(FREQUENCY, value=1, interval="1h")])

    assert fired([came(0), came(1, 2), came(2, 3)], often) == []


def test_events_are_a_share_of_the_sessions_of_then():
    minute = int(NOW.timestamp()) // 60
    places = PastPlaces([(minute - 30, "production", "", 600)])
    share = a_rule(conditions=[node(SHARE, value=2, interval="5m")], frequency=5)

    # 600 sessions an hour are 50 in five minutes, of which two events are 4 %; after the hour none is left.
    assert fired([came(0), came(1), came(40), came(41)], share, places=places) == [(1, 0)]


def test_a_rule_that_waits_is_asked_again_when_the_wait_is_over():
    waits = a_rule(conditions=[node(EVERY_EVENT)], wait=5)

    assert fired([came(0), came(1), came(20)], waits) == [(5, 0)]


def test_it_does_not_fire_if_it_is_not_so_any_more():
    waits = a_rule(conditions=[node(EVERY_EVENT)], wait=5)

    assert fired([came(0), resolved(1)], waits) == []


def test_waits_of_several_rules_end_in_their_order():
    often = [node(FREQUENCY, value=1, interval="5m")]
    long, short = (a_rule(conditions=often, wait=wait, frequency=5) for wait in (9, 2))
    moments = [came(0), came(1), came(30)]

    # Beside a longer wait, a shorter one is asked about its own five minutes.
    assert fired(moments, long, short) == [(when, 1) for when, _ in fired(moments, short)]


def test_its_limit_for_an_hour_holds_back_and_counts():
    limited = a_rule(conditions=[node(EVERY_EVENT)], hourlyLimit=2)
    issues = {number: PastIssue(number, 1, "S", "Boom", "", "error", Priority.HIGH, None) for number in range(1, 6)}
    played = Backtest([limited], issues, PastPlaces(), NOW)

    at = [
        one.issue.id
        for when, number in ((0, 1), (1, 2), (2, 3), (60, 4))
        for one in played.step(came(when, number))
    ]

    assert (at, played.courses[0].over) == ([1, 2, 4], 1)


def test_what_happens_without_an_event_is_heard_by_the_rules_that_ask_for_it():
    hears = a_rule(conditions=[node(ACTIVITY, types=["set_resolved"])])

    assert fired([came(0), resolved(3)], hears) == [(3, 0)]


def test_an_event_that_brings_an_issue_back_is_heard_of_as_well():
    hears = a_rule(conditions=[node(ACTIVITY, types=["set_regression"])])

    assert fired([came(0), resolved(1), came(2, happened=frozenset({"is_regression"}))], hears) == [(2, 0)]


def test_a_rule_that_hears_waits_as_others_do():
    hears = a_rule(conditions=[node(ACTIVITY, types=["set_resolved"])], wait=5)

    assert fired([came(0), resolved(1)], hears) == [(6, 0)]


@pytest.mark.parametrize(("is_kept", "is_exact"), [(True, True), (False, False)])
def test_a_firing_with_a_stand_ins_part_in_it_is_an_estimate(is_kept, is_exact):
    many = a_rule(filters=[node(OCCURRENCES, value=2)])
    issue = PastIssue(1, 1, "S", "Boom", "", "error", Priority.HIGH, None)
    played = Backtest([many], {1: issue}, PastPlaces(), NOW)

    list(played.step(came(0, is_kept=is_kept)))
    (found,) = played.step(came(1))

    assert found.is_exact is is_exact


def test_an_event_of_an_issue_that_is_gone_is_passed_over():
    assert fired([came(0, 99), came(1)], EACH) == [(1, 0)]


def test_a_line_that_cannot_answer_is_counted_and_costs_no_other_rule():
    class Broken(PastPlaces):
        def value(self, need, where, facts):
            raise LookupError("nobody knows")

    share = a_rule(conditions=[node(SHARE, value=2, interval="5m")])
    issue = PastIssue(1, 1, "S", "Boom", "", "error", Priority.HIGH, None)
    played = Backtest([share, EACH], {1: issue}, Broken(), NOW)

    found = list(played.step(came(0)))

    assert [one.rule for one in found] == [EACH]
    assert played.courses[0].errors == 1
    assert played.courses[0].error.endswith("nobody knows")
