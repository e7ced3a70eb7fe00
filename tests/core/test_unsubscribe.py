"""What a link ends, and what an ended issue means for who would be told."""

import pytest

from tocsin.core.people import Person
from tocsin.core.plan import Destination, Planned, Routed
from tocsin.core.reasons import Reason, Verdict
from tocsin.core.unsubscribe import Ends, Level, what_ends, wider, without

ACME, SHOP, ISSUE = 1, 2, 3
ANA = {7: Person(7, "Ana", "ana@example.com")}


@pytest.mark.parametrize(
    ("category", "project", "issue", "ends"),
    [
        pytest.param("alerts", SHOP, ISSUE, Ends(Level.ISSUE, ISSUE, "alerts", ACME, SHOP), id="an issue's alert"),
        pytest.param("workflow", SHOP, ISSUE, Ends(Level.ISSUE, ISSUE, "workflow", ACME, SHOP), id="its news"),
        pytest.param("alerts", SHOP, None, Ends(Level.PROJECT, SHOP, "alerts", ACME, SHOP), id="a digest"),
        pytest.param("deploy", SHOP, None, Ends(Level.ORGANIZATION, ACME, "deploy", ACME), id="a deploy"),
        pytest.param("reports", None, None, Ends(Level.ORGANIZATION, ACME, "reports", ACME), id="a report"),
        pytest.param("account", None, None, None, id="a change of address is no choice"),
        pytest.param("test", SHOP, ISSUE, None, id="nor is a test"),
    ],
)
def test_what_a_message_ends(category, project, issue, ends):
    assert what_ends(category, ACME, project, issue) == ends


def test_whoever_ends_an_issue_may_end_its_project():
    assert wider(Ends(Level.ISSUE, ISSUE, "alerts", ACME, SHOP)) == Ends(Level.PROJECT, SHOP, "alerts", ACME, SHOP)


def test_there_is_nothing_wider_than_a_project():
    assert wider(Ends(Level.PROJECT, SHOP, "alerts", ACME, SHOP)) is None


def to(user_id: int | None, provider: str = "email", suppressed: Reason | None = None) -> Planned:
    return Planned(Destination(provider, provider, provider, None, user_id), suppressed=suppressed)


def test_who_ended_an_issue_is_told_over_no_service_and_the_trace_says_why():
    routed = without(Routed((to(7), to(7, "inbox"), to(8))), {7: 12}, ANA)

    assert [one.suppressed for one in routed.planned] == [Reason.UNSUBSCRIBED, Reason.UNSUBSCRIBED, None]
    (step,) = routed.trace
    assert (step.subject, step.label, step.verdict) == ("user:7", "Ana", Verdict.REMOVED)
    assert (step.reason, step.cause) == (Reason.UNSUBSCRIBED, "subscription:12")


def test_a_channel_is_told_whoever_ended_the_issue():
    assert without(Routed((to(None, "slack"),)), {7: 12}, {}).planned[0].suppressed is None


def test_who_declined_already_keeps_that_reason():
    before = Routed((to(7, suppressed=Reason.PREFERENCE_NEVER),))

    assert without(before, {7: 12}, {}) == before


def test_nobody_is_named_who_would_not_have_been_told():
    assert without(Routed((to(8),)), {7: 12}, ANA).trace == ()
