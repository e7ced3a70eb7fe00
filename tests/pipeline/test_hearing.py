"""Alert rules hear of what happens to issues without an event, by the same claims and routes as of events."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, a_user, an_event, an_issue
from tests.pipeline.conftest import EVERY_EVENT, MAIL
from tests.pipeline.spooling import a_payload, an_exception, an_id, digested
from tocsin.core.issue import OF_ISSUES, Happening
from tocsin.pipeline import pending
from tocsin.pipeline.assignment import Assignee, By, assign
from tocsin.pipeline.command import set_status
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.store.db import one_transaction
from tocsin.store.models import Firing, Issue, Membership, Notification, Rule, RuleHealth, RuleState, TeamMember
from tocsin.store.writes.founding import Founded, found

LEVEL = {"id": "sentry.rules.filters.level.LevelFilter", "match": "gte", "level": "50"}
OFTEN = {"id": "sentry.rules.conditions.event_frequency.EventFrequencyCondition", "value": 1, "interval": "1h"}
TYPES = [one.value for one in OF_ISSUES]


@pytest.fixture
def shop(db) -> Founded:
    made = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    Rule.objects.all().delete()
    return made


@pytest.fixture
def issue(shop) -> Issue:
    return an_issue(shop.project)


def hears(*types: str) -> dict:
    return {"id": "tocsin.conditions.activity.ActivityCondition", "types": list(types)}


def a_rule(shop: Founded, *conditions: dict, label: str = "Tell us", **data) -> Rule:
    data = {"conditions": list(conditions), "actions": [MAIL], "frequency": 30, **data}
    return Rule.objects.create(project=shop.project, label=label, data=data, date_added=NOW)


def happens(issue: Issue, *types: str, minutes: float = 0, quiet: bool = False) -> None:
    with one_transaction():
        one = [Happened(issue.project_id, issue.pk, Happening(kind), None, {}, quiet) for kind in types]
        happen(one, NOW + timedelta(minutes=minutes))


def fired() -> list[tuple[str, str]]:
    """(rule, event) of each firing, in their order."""
    return list(Firing.objects.order_by("pk").values_list("rule__label", "event_id"))


@pytest.mark.parametrize("kind", TYPES)
def test_a_rule_fires_for_what_it_names_and_speaks_of_the_latest_event(shop, issue, kind):
    an_event(issue, event_id=an_id(1), timestamp=NOW - timedelta(hours=2))
    an_event(issue, event_id=an_id(2), timestamp=NOW - timedelta(hours=1))
    a_rule(shop, hears(kind), label="Named")
    a_rule(shop, hears(*(other for other in TYPES if other != kind)), label="Others")

    happens(issue, kind)

    assert fired() == [("Named", an_id(2))]


@pytest.mark.parametrize(
    ("conditions", "data", "labels"),
    [
        ([hears("assigned")], {}, ["Tell us"]),
        ([EVERY_EVENT], {}, []),
        ([hears("assigned"), EVERY_EVENT], {"actionMatch": "any"}, ["Tell us"]),
        ([hears("assigned"), EVERY_EVENT], {"actionMatch": "all"}, []),
        ([hears("assigned")], {"filters": [LEVEL]}, []),
        ([hears("assigned"), OFTEN], {}, []),
        ([hears("assigned")], {"environments": ["staging"]}, []),
        ([hears("assigned")], {"environments": ["production"]}, ["Tell us"]),
    ],
    ids=["named", "events only", "any", "all", "filter", "frequency", "another environment", "its environment"],
)
def test_its_other_lines_hold_as_for_an_event(shop, issue, conditions, data, labels):
    an_event(issue)
    a_rule(shop, *conditions, **data)

    happens(issue, "assigned")

    assert [label for label, _ in fired()] == labels


def test_the_alert_says_what_happened(shop, issue):
    an_event(issue)
    a_rule(shop, hears("assigned"))

    happens(issue, "assigned")

    facts = Notification.objects.get(kind="issue_alert").facts
    assert facts["happened"] == "Assigned"
    assert facts["said"] == "SHOP-1 was assigned to an unknown user by itself"


def test_an_issue_without_a_kept_event_is_spoken_of_by_its_own_name(shop, issue):
    a_rule(shop, hears("set_resolved"))

    happens(issue, "set_resolved")

    assert fired() == [("Tell us", "")]
    assert Notification.objects.get(kind="issue_alert").facts["title"] == issue.title


def test_an_event_that_can_no_longer_be_read_is_as_none(shop, issue):
    an_event(issue, payload=None, event_id=an_id(1)).__class__.objects.update(payload=b"torn")
    a_rule(shop, hears("set_resolved"))

    happens(issue, "set_resolved")

    assert fired() == [("Tell us", "")]


def test_within_its_frequency_it_is_held_back_and_counted(shop, issue):
    rule = a_rule(shop, hears("assigned", "unassigned"))

    happens(issue, "assigned")
    happens(issue, "unassigned", minutes=29)

    assert len(fired()) == 1
    assert RuleState.objects.get(rule=rule).held == 1


def test_beyond_its_limit_for_an_hour_it_is_held_back_and_counted(shop):
    rule = a_rule(shop, hears("assigned"), hourlyLimit=1)

    happens(an_issue(shop.project), "assigned")
    happens(an_issue(shop.project), "assigned", minutes=1)

    assert len(fired()) == 1
    assert RuleHealth.objects.get(rule=rule).over_limit == 1


def test_a_wait_begins_with_what_happened_and_ends_with_it(shop, issue):
    an_event(issue, event_id=an_id(1))
    a_rule(shop, hears("assigned"), wait=10)

    happens(issue, "assigned")
    before = fired()
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        pending.ask_again()

    assert before == []
    assert fired() == [("Tell us", an_id(1))]
    facts = Notification.objects.get(kind="issue_alert").facts
    assert (facts["happened"], facts["said"]) == ("Assigned", "SHOP-1 was assigned to an unknown user by itself")


def test_a_wait_without_a_kept_event_ends_as_well(shop, issue):
    a_rule(shop, hears("assigned"), wait=10)

    happens(issue, "assigned")
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        pending.ask_again()

    assert fired() == [("Tell us", "")]


def test_rules_hear_of_each_of_many_issues_that_were_changed_at_once(shop):
    a_rule(shop, hears("set_resolved"))
    issues = [an_issue(shop.project) for _ in range(3)]

    set_status(
        organization_id=shop.organization.pk,
        issue_ids=[issue.pk for issue in issues],
        status="resolved",
        actor_id=None,
        now=NOW,
    )

    assert len(fired()) == 3


def test_a_person_who_assigns_an_issue_sets_it_off(shop, issue):
    ben = a_user("ben@example.com")
    Membership.objects.create(organization=shop.organization, user=ben, role="member", date_added=NOW)
    TeamMember.objects.create(team=shop.team, user=ben)
    a_rule(shop, hears("assigned"))

    assign(
        organization_id=shop.organization.pk,
        issue_ids=[issue.pk],
        to=Assignee(user_id=ben.pk),
        by=By(),
        now=NOW,
    )

    assert len(fired()) == 1


@pytest.mark.parametrize("times_seen", [1, 501], ids=["each event is kept", "one in a hundred is kept"])
def test_a_regression_speaks_of_the_event_that_brought_it(shop, times_seen):
    a_rule(shop, hears("set_regression"))
    failure = {"values": [an_exception(type="CartError")]}
    digested(shop.project.pk, a_payload(1, exception=failure, timestamp=NOW.timestamp()), first=1)
    Issue.objects.update(times_seen=times_seen)
    issue = Issue.objects.get()
    set_status(
        organization_id=shop.organization.pk, issue_ids=[issue.pk], status="resolved", actor_id=None, now=NOW
    )
    at = NOW + timedelta(minutes=5)

    digested(
        shop.project.pk,
        a_payload(2, exception=failure, timestamp=at.timestamp()),
        first=2,
        received=at.timestamp(),
        now=at,
    )

    assert fired() == [("Tell us", an_id(2))]


@pytest.mark.parametrize("types", [["assigned"], []], ids=["heard", "unheard"])
def test_the_number_of_statements_does_not_grow_with_the_batch(shop, types):
    a_rule(shop, hears(*types or ["deploy"]))

    def statements(many: int) -> int:
        issues = [an_issue(shop.project) for _ in range(many)]
        for one in issues:
            an_event(one)
        batch = [Happened(one.project_id, one.pk, Happening.ASSIGNED, quiet=True) for one in issues]
        with one_transaction(), CaptureQueriesContext(connection) as asked:
            happen(batch, NOW)
        return len(asked)

    statements(1)
    assert statements(12) == statements(3)


def test_the_sender_is_woken(shop, issue, rung, django_capture_on_commit_callbacks):
    a_rule(shop, hears("set_priority"))
    rung()

    with django_capture_on_commit_callbacks(execute=True):
        happens(issue, "set_priority")

    assert rung() == {"deliver"}
