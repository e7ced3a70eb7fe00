"""The walk as steps: what happened, what did not and why, what to do."""

import json
from dataclasses import asdict
from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_delivery, a_notification, a_world, an_attempt, an_event, an_issue
from tocsin.core.issue import Status
from tocsin.core.reasons import SENTENCES, Reason
from tocsin.notifications.issue_alert import EXAMPLE
from tocsin.pipeline.walk_steps import Standing, Step, Story, story
from tocsin.store.models import Firing, Issue, RejectedBody, Rule
from tocsin.store.queries.walk import Walk, of_event

EVENT = "0" * 32
BODY = b'{"event_id":"' + EVENT.encode() + b'"}'
FIRST_SEEN = {"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"}
REGRESSION = {"id": "sentry.rules.conditions.regression_event.RegressionEventCondition"}
FATAL = {"id": "sentry.rules.filters.level.LevelFilter", "match": "gte", "level": "50"}


@pytest.fixture
def world(db) -> World:
    return a_world()


def a_rule(world: World, *, filters: tuple = (), **columns) -> Rule:
    data = {"conditions": [FIRST_SEEN], "filters": list(filters), "actions": [], "frequency": 30}
    return Rule.objects.create(
        project=world.project, **{"label": "Tell us", "data": data, "date_added": NOW, **columns}
    )


def digested(world: World):
    issue = an_issue(world.project)
    payload = {"message": "it broke", "level": "error", "timestamp": NOW.timestamp()}
    an_event(issue, payload, event_id=EVENT)
    return issue


def fired(world: World, rule: Rule, issue):
    notification = a_notification(
        world.project, issue, event_id=EVENT, facts=json.loads(json.dumps(asdict(EXAMPLE)))
    )
    Firing.objects.create(
        project=world.project, rule=rule, issue=issue, event_id=EVENT, notification=notification, date_added=NOW
    )
    return notification


def told(world: World, after: timedelta = timedelta()) -> Story:
    return story(of_event(world.project.pk, EVENT, NOW), NOW, NOW + after)


def step(found: Story, title: str) -> Step:
    return next(one for one in found.steps if title in one.title)


def delivered(world: World, **columns) -> Story:
    issue, rule = digested(world), a_rule(world)
    a_delivery(fired(world, rule, issue), **columns)
    return told(world)


def test_an_event_that_waits_for_the_digest_is_looked_for_twice_a_second(world: World):
    found = told(world)

    assert [one.standing for one in found.steps] == ["done", "running", "waiting", "waiting", "waiting"]
    assert found.look_again == 0.5


def test_a_digest_that_takes_long_asks_for_the_worker(world: World):
    late = step(told(world, timedelta(seconds=12)), "Not digested")

    assert (late.standing, "tocsin worker" in late.reason) == (Standing.FAILED, True)


def test_after_five_minutes_nobody_looks_any_more(world: World):
    assert told(world, timedelta(minutes=6)).look_again is None


def test_a_body_that_could_not_be_read_is_said_with_its_reason(world: World):
    RejectedBody.objects.create(
        project_id=world.project.pk, received=NOW, reason="The event is not JSON", body=BODY
    )

    found = told(world)

    assert step(found, "Not digested").reason == "The event is not JSON"
    assert found.look_again is None


def test_an_earlier_rejected_body_is_not_blamed(world: World):
    before = NOW - timedelta(minutes=1)
    RejectedBody.objects.create(project_id=world.project.pk, received=before, reason="old", body=BODY)

    assert step(told(world), "Digesting").standing is Standing.RUNNING


def test_anothers_rejected_body_is_not_blamed(world: World):
    RejectedBody.objects.create(project_id=world.project.pk, received=NOW, reason="other", body=b'{"event_id":"1"}')

    assert step(told(world), "Digesting").standing is Standing.RUNNING


def test_a_digested_event_leads_to_its_issue(world: World):
    issue = digested(world)

    found = step(told(world), "Digested into SHOP-1")

    assert (found.kind, found.id) == ("issue", issue.pk)


def test_a_project_without_rules_tells_nobody_and_says_so(world: World):
    digested(world)

    assert step(told(world), "Alert rules").standing is Standing.FAILED


def test_a_rule_that_did_not_fire_says_which_line_did_not_hold(world: World):
    digested(world)
    a_rule(world, filters=(FATAL,))

    found = step(told(world), "did not fire")

    assert (found.standing, found.lines) == (Standing.FAILED, ("The event's level is at least fatal: no",))


def test_a_rule_that_did_not_fire_is_no_failure_when_another_did(world: World):
    issue = digested(world)
    fired(world, a_rule(world), issue)
    a_rule(world, filters=(FATAL,), label="Fatal ones")

    assert step(told(world), "Fatal ones").standing is Standing.SKIPPED


def test_a_rule_that_is_off_says_so(world: World):
    digested(world)
    a_rule(world, status="disabled")

    assert step(told(world), "did not fire").reason == "it is switched off"


def test_a_rule_that_was_made_later_says_so(world: World):
    digested(world)
    a_rule(world, date_added=NOW + timedelta(days=1))

    assert step(told(world), "did not fire").reason == "it was made after this event"


def test_a_rule_whose_lines_all_hold_was_held_by_its_frequency(world: World):
    digested(world)
    a_rule(world)

    assert step(told(world), "did not fire").reason == SENTENCES[Reason.RULE_HELD_FREQUENCY]


def test_an_issue_resolved_since_does_not_change_why_a_rule_fired_or_not(world: World):
    issue = digested(world)
    a_rule(world, filters=(FATAL,))
    type(issue).objects.update(status=1)

    assert step(told(world), "did not fire").lines == ("The event's level is at least fatal: no",)


def test_a_rule_about_regressions_is_explained_by_the_event_that_was_one(world: World):
    issue = digested(world)
    Issue.objects.update(first_seen=NOW - timedelta(days=9), status=Status.RESOLVED)
    issue.activities.create(project=world.project, type="set_regression", data={"event_id": EVENT}, date_added=NOW)
    a_rule(world, data={"conditions": [REGRESSION], "filters": [FATAL], "actions": [], "frequency": 30})

    (missed,) = step(told(world), "did not fire").lines

    assert "level" in missed


def test_nobody_to_tell_is_a_failure_with_what_to_do(world: World):
    issue = digested(world)
    fired(world, a_rule(world), issue)

    found = step(told(world), "Nobody is told")

    assert (found.standing, "Put a team on the project" in found.reason) == (Standing.FAILED, True)


def test_who_is_told_over_two_services_is_one_person(world: World):
    issue = digested(world)
    notification = fired(world, a_rule(world), issue)
    a_delivery(notification, user=world.user)
    a_delivery(notification, user=world.user, provider="inbox", address={"user_id": world.user.pk})
    a_delivery(notification, provider="slack", address={"channel": "#ops"}, label="#ops")

    assert step(told(world), "person").title == "1 person, 1 channel"


def test_when_all_is_suppressed_nobody_is_told(world: World):
    found = delivered(world, state="suppressed", reason=SENTENCES[Reason.PREFERENCE_NEVER])

    assert [one.title for one in found.steps if one.title == "Nobody is told"]


def test_a_sent_delivery_shows_the_services_own_answer(world: World):
    issue = digested(world)
    delivery = a_delivery(fired(world, a_rule(world), issue), state="sent", date_done=NOW)
    an_attempt(delivery, status=250, excerpt="2.0.0 queued", milliseconds=12)

    found = step(told(world), "E-mail to ana@example.com")

    assert (found.standing, found.reason, found.lines) == (
        Standing.DONE,
        "delivered in 12 ms",
        ("250 2.0.0 queued",),
    )


def test_a_delivery_on_its_way_is_looked_for_again(world: World):
    assert delivered(world, state="queued").look_again == 0.5


def test_a_retry_is_red_with_its_reason_and_looked_for_more_slowly(world: World):
    found = delivered(world, state="retrying", reason="The mail server asked to wait: 451.")

    assert (step(found, "E-mail").standing, found.look_again) == (Standing.FAILED, 5.0)


def test_a_service_that_is_not_set_up_says_what_to_do(world: World):
    found = delivered(world, state="suppressed", reason=SENTENCES[Reason.PROVIDER_NOT_CONNECTED])

    assert step(found, "E-mail").reason == (
        "suppressed: E-mail is not set up. To be told there, set TOCSIN_EMAIL_URL or connect it under "
        "Integrations; the outbox shows this one."
    )


def test_what_could_not_leave_is_held_back_and_no_failure(world: World):
    found = delivered(world, state="suppressed", reason=SENTENCES[Reason.PROVIDER_NOT_CONNECTED])

    assert step(found, "E-mail").standing is Standing.HELD_BACK


def test_what_waits_for_a_broken_integration_is_held_and_no_failure(world: World):
    found = step(delivered(world, state="held", reason=SENTENCES[Reason.INTEGRATION_BROKEN]), "E-mail")

    assert (found.standing, found.reason) == (Standing.HELD, "held: the integration is broken")


def test_what_a_person_declined_is_no_failure(world: World):
    found = delivered(world, state="suppressed", reason=SENTENCES[Reason.PREFERENCE_NEVER])

    assert step(found, "E-mail").standing is Standing.SKIPPED


def test_a_finished_walk_is_not_looked_for_again(world: World):
    assert delivered(world, state="failed", reason="no").look_again is None


def test_the_events_of_another_project_are_not_found(world: World):
    digested(world)

    assert of_event(world.project.pk + 1, EVENT, NOW) == Walk()


def test_the_number_of_queries_does_not_grow_with_rules_and_deliveries(world: World, django_assert_num_queries):
    issue = digested(world)
    for number in range(5):
        notification = fired(world, a_rule(world, label=f"rule {number}"), issue)
        an_attempt(a_delivery(notification, state="sent"))

    with django_assert_num_queries(8):
        of_event(world.project.pk, EVENT, NOW)
