"""One issue: its event, who was told and why, its timeline."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.builders import (
    NOW,
    World,
    a_delivery,
    a_notification,
    an_activity,
    an_event,
    an_issue,
)

from tocsin.core.reasons import Reason, Step, Verdict
from tocsin.notifications.issue_alert import EXAMPLE
from tocsin.store.models import Activity

HOSTILE = "<script>alert(1)</script>"


def a_frame(name: str, *, in_app: bool = True, **more) -> dict:
    source = {
        "context_line": f"call_of_{name}()",
        "pre_context": ["before"],
        "post_context": ["after"],
        "lineno": 41,
    }
    return {"filename": f"{name}.py", "function": name, "in_app": in_app, **source, **more}


def raising(*frames: dict, type: str = "KeyError", value: str = "'a'") -> dict:  # noqa: A002
    return {"exception": {"values": [{"type": type, "value": value, "stacktrace": {"frames": list(frames)}}]}}


def page_of(client: Client, issue, query: str = ""):
    return client.get(f"/acme/issues/{issue.pk}/{query}")


def test_the_innermost_call_stands_on_top_with_its_source(ana: Client, world: World):
    issue = an_issue(world.project)
    an_event(issue, raising(a_frame("outer"), a_frame("inner")))

    page = page_of(ana, issue).text

    assert page.index("call_of_inner()") < page.index("call_of_outer()")
    assert '<span class="source-number">41</span><code>call_of_inner()' in page


def test_runs_of_library_calls_are_folded(ana: Client, world: World):
    issue = an_issue(world.project)
    an_event(issue, raising(*[a_frame(f"lib{n}", in_app=False) for n in range(5)], a_frame("own")))

    assert "5 calls in libraries" in page_of(ana, issue).text


def test_the_cause_of_an_exception_stands_below_it(ana: Client, world: World):
    issue = an_issue(world.project)
    chain = [{"type": "KeyError", "value": "first"}, {"type": "OrderError", "value": "then"}]
    an_event(issue, {"exception": {"values": chain}})

    page = page_of(ana, issue).text

    assert page.index("OrderError") < page.index("caused by") < page.index("KeyError")


def test_the_latest_event_is_shown_and_leads_to_the_one_before(ana: Client, world: World):
    issue = an_issue(world.project)
    before = an_event(issue, {"message": "before"}, timestamp=NOW - timedelta(minutes=1))
    an_event(issue, {"message": "latest"}, timestamp=NOW)

    page = page_of(ana, issue)

    assert page.context["event"].message == "latest"
    assert (page.context["picked"].older, page.context["picked"].newer) == (before.event_id, "")


def test_an_event_has_an_address_of_its_own(ana: Client, world: World):
    issue = an_issue(world.project)
    before = an_event(issue, {"message": "before"}, timestamp=NOW - timedelta(minutes=1))
    an_event(issue, {"message": "latest"})

    assert page_of(ana, issue, f"?event={before.event_id}").context["event"].message == "before"


def test_an_event_that_was_not_kept_is_named_and_the_latest_shown(ana: Client, world: World):
    issue = an_issue(world.project)
    an_event(issue, {"message": "latest"})

    page = page_of(ana, issue, "?event=0123")

    assert page.context["event"].message == "latest"
    assert "was counted and not kept" in page.text


def test_an_event_of_another_issue_cannot_be_reached_through_this_one(ana: Client, world: World):
    issue, other = an_issue(world.project), an_issue(world.project)
    foreign = an_event(other, {"message": "of the other"})

    assert "of the other" not in page_of(ana, issue, f"?event={foreign.event_id}").text


def test_an_issue_whose_events_are_all_past_their_time_still_has_its_page(ana: Client, world: World):
    assert "No event kept" in page_of(ana, an_issue(world.project)).text


def test_an_event_that_can_no_longer_be_read_says_so(ana: Client, world: World):
    issue = an_issue(world.project)
    an_event(issue, ["not", "an", "object"])

    assert "can no longer be read" in page_of(ana, issue).text


def test_every_step_of_a_decision_is_told_with_its_sentence(ana: Client, world: World):
    issue = an_issue(world.project)
    steps = [
        Step("rule:3", "Tell the owners", Verdict.ADDED, Reason.RULE_FIRED, "rule:3"),
        Step("user:7", "Ben", Verdict.ADDED, Reason.TARGET_MEMBER, "rule:3"),
        Step("user:7", "Ben", Verdict.REMOVED, Reason.PREFERENCE_NEVER, "preference:1"),
    ]
    a_notification(world.project, issue, trace=[step.as_json() for step in steps])

    story = page_of(ana, issue).context["stories"][0]

    assert story.rules == ("Tell the owners",)
    assert [(line.label, line.verdict) for line in story.lines] == [
        ("Tell the owners", "fired"),
        ("Ben", "added"),
        ("Ben", "removed"),
    ]
    assert story.lines[2].sentence == "their preference says never for this type"


def test_a_fired_rule_leads_to_its_page(ana: Client, world: World):
    issue = an_issue(world.project)
    step = Step("rule:3", "Tell the owners", Verdict.ADDED, Reason.RULE_FIRED, "rule:3")
    a_notification(world.project, issue, trace=[step.as_json()])

    assert 'href="/acme/projects/shop/rules/3/"' in page_of(ana, issue).text


def test_a_delivery_stands_with_its_service_state_attempts_and_link(ana: Client, world: World):
    issue = an_issue(world.project)
    delivery = a_delivery(
        a_notification(world.project, issue), provider="gone_service", label="#ops", state="retrying", attempts=3
    )

    page = page_of(ana, issue).text

    assert f'href="/acme/deliveries/{delivery.pk}/">#ops</a>' in page
    assert "gone_service" in page
    assert "Retrying" in page
    assert "3 attempts" in page


def test_an_issue_that_told_nobody_says_so_and_leads_to_the_rules(ana: Client, world: World):
    page = page_of(ana, an_issue(world.project)).text

    assert "Nobody, so far" in page
    assert "/acme/projects/shop/rules/" in page


def test_the_number_of_queries_does_not_grow_with_what_was_told(ana: Client, world: World):
    issue = an_issue(world.project)
    an_event(issue)
    a_delivery(a_notification(world.project, issue))
    with CaptureQueriesContext(connection) as few:
        page_of(ana, issue)
    for _ in range(10):
        notification = a_notification(world.project, issue)
        for _ in range(3):
            a_delivery(notification)
        an_activity(issue, user=world.user)
        an_event(issue)

    with CaptureQueriesContext(connection) as many:
        page_of(ana, issue)

    assert len(many) == len(few) <= 25


def test_the_timeline_names_who_did_what(ana: Client, world: World):
    issue = an_issue(world.project)
    an_activity(issue, "set_resolved", user=world.user)

    assert "Ana resolved SHOP-1" in page_of(ana, issue).text


def test_a_happening_that_nobody_did_stands_for_itself(ana: Client, world: World):
    issue = an_issue(world.project)
    an_activity(issue, "set_resolved")

    assert "Tocsin resolved SHOP-1" in page_of(ana, issue).text


@pytest.mark.parametrize(("status", "number"), [("resolved", 1), ("ignored", 2)])
def test_a_button_changes_the_issue_and_the_opposite_undoes_it(ana: Client, world: World, status: str, number: int):
    issue = an_issue(world.project)

    ana.post(f"/acme/issues/{issue.pk}/change/", {"status": status})
    issue.refresh_from_db()
    changed = issue.status
    ana.post(f"/acme/issues/{issue.pk}/change/", {"status": "unresolved"})

    issue.refresh_from_db()
    assert (changed, issue.status) == (number, 0)
    assert Activity.objects.filter(issue=issue, user=world.user).count() == 2


def test_no_text_of_an_event_is_ever_markup(ana: Client, world: World):
    issue = an_issue(
        world.project, title=HOSTILE, culprit=HOSTILE, first_release=HOSTILE, last_release=HOSTILE + "2"
    )
    an_event(issue, hostile_event(), environment=HOSTILE, release=HOSTILE, tags=[[HOSTILE, HOSTILE]])
    an_activity(issue, HOSTILE, data={"release": HOSTILE})
    facts = asdict(replace(EXAMPLE, title=HOSTILE))
    step = Step(HOSTILE, HOSTILE, Verdict.ADDED, Reason.TARGET_CHANNEL, HOSTILE)
    notification = a_notification(world.project, issue, kind=HOSTILE, facts=facts, trace=[step.as_json()])
    a_delivery(notification, label=HOSTILE, reason=HOSTILE, provider=HOSTILE[:40], state="queued")

    page = page_of(ana, issue).text

    assert HOSTILE not in page
    assert page.count("&lt;script&gt;") > 40


def hostile_event() -> dict:
    pairs = {HOSTILE: HOSTILE}
    frame = a_frame(HOSTILE, vars=pairs, pre_context=[HOSTILE], post_context=[HOSTILE], context_line=HOSTILE)
    request = {"method": HOSTILE, "url": HOSTILE, "query_string": HOSTILE, "data": HOSTILE}
    return {
        **raising(frame, type=HOSTILE, value=HOSTILE),
        "message": HOSTILE,
        "breadcrumbs": [
            {"category": HOSTILE, "message": HOSTILE, "level": HOSTILE, "data": pairs, "type": HOSTILE}
        ],
        "request": {**request, "headers": pairs, "cookies": pairs, "env": pairs},
        "user": pairs,
        "tags": pairs,
        "contexts": {HOSTILE: pairs},
        "extra": pairs,
        "modules": pairs,
        "sdk": {"name": HOSTILE, "version": HOSTILE},
    }
