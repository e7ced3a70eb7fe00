"""What happens to an issue, in the threads of its alerts: where, and why not there (behaviour §8.9)."""

from typing import Any

import pytest

from tests.builders import NOW, World, a_delivery, a_notification, a_reference, a_world, an_issue
from tocsin.core.issue import Happening
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.happen import happen
from tocsin.pipeline.happened import Happened
from tocsin.store.db import one_transaction
from tocsin.store.models import Delivery, Integration, Issue, Notification
from tocsin.store.queries.news import MOST_THREADS


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def issue(world) -> Issue:
    return an_issue(world.project)


@pytest.fixture
def slack(world) -> Integration:
    return a_workspace(world)


def a_workspace(world: World, name: str = "Acme", **columns: Any) -> Integration:
    return Integration.objects.create(
        organization=world.organization,
        provider="slack",
        name=name,
        settings=b"",
        date_added=NOW,
        date_updated=NOW,
        **columns,
    )


def an_alert(issue: Issue, workspace: Integration | None, channel: str = "#ops", ts: str = "17.1", **columns: Any):
    """A message about the issue that stands in a channel."""
    usual = {
        "provider": "slack",
        "integration": workspace,
        "address": {"channel": channel, "channel_id": f"C{channel}"},
        "label": channel,
        "conversation": f"issue:{issue.pk}",
        "state": "sent",
    }
    sent = a_delivery(a_notification(issue.project, issue), **{**usual, **columns})
    a_reference(sent, f"C{channel}", ts)
    return sent


def says(issue: Issue, happening: Happening = Happening.RESOLVED, **columns: Any) -> None:
    usual = {"actor_id": issue.project.organization.memberships.get().user_id, "data": {"text": "Hm"}}
    with one_transaction():
        happen([Happened(issue.project_id, issue.pk, happening, **{**usual, **columns})], NOW)


def replies() -> list[Delivery]:
    return list(Delivery.objects.filter(detail__act="reply").order_by("pk"))


def labels() -> list[str]:
    return [one.label for one in replies()]


def steps(label: str = "#ops") -> list[tuple[str, str]]:
    """What the trace says of a channel, as (verdict, reason)."""
    trace = Notification.objects.exclude(category__in=["alerts", "rewritten"]).latest("pk").trace
    return [(step["verdict"], step["reason"]) for step in trace if step["label"] == label]


# — what keeps it out


def test_a_rules_action_keeps_it_out_of_its_own_thread(issue, slack):
    an_alert(issue, slack, detail={"activity": "never"})
    an_alert(issue, slack, "#web")

    says(issue)

    assert labels() == ["#web"]
    assert steps() == [("removed", "thread_off")]


def test_a_rules_action_wants_it_though_the_organization_does_not(world, issue, slack):
    world.organization.threads_activity = False
    world.organization.save()
    an_alert(issue, slack, detail={"activity": "thread"})
    an_alert(issue, slack, "#web")

    says(issue)

    assert labels() == ["#ops"]
    assert steps("#web") == [("removed", "threads_off")]


def test_comments_are_kept_out_by_a_choice_of_their_own(world, issue, slack):
    world.organization.threads_comments = False
    world.organization.save()
    an_alert(issue, slack)

    says(issue, Happening.NOTE)

    assert labels() == []
    assert steps() == [("removed", "comments_off")]


def test_without_comments_all_else_is_said(world, issue, slack):
    world.organization.threads_comments = False
    world.organization.save()
    an_alert(issue, slack)

    says(issue)

    assert labels() == ["#ops"]


def test_comments_are_said_though_all_else_is_not(world, issue, slack):
    world.organization.threads_activity = False
    world.organization.save()
    an_alert(issue, slack)

    says(issue, Happening.NOTE)

    assert labels() == ["#ops"]


def test_what_was_written_in_a_thread_is_said_in_all_others(issue, slack):
    an_alert(issue, slack, "#ops", "17.1")
    an_alert(issue, slack, "#web", "17.1")

    says(issue, Happening.NOTE, thread="C#ops:17.1")

    assert labels() == ["#web"]
    assert steps() == [("removed", "said_there")]


# — what is missing


def test_a_place_without_a_channel_is_a_line_of_the_trace_and_the_others_hear(issue, slack):
    an_alert(issue, slack, address={})
    an_alert(issue, slack, "#web")

    says(issue)

    assert labels() == ["#web"]
    assert steps() == [("suppressed", "place_unreadable")]


def test_a_workspace_that_was_removed_is_a_line_of_the_trace(issue):
    an_alert(issue, None)

    says(issue)

    assert labels() == []
    assert steps() == [("suppressed", "place_disconnected")]


def test_a_service_that_is_no_more_keeps_nobody_from_resolving(issue, slack):
    an_alert(issue, slack, provider="pager-of-a-plug-in")

    says(issue)

    assert steps() == [("suppressed", "service_gone")]


def test_a_broken_workspace_hears_once_it_is_mended(world, issue, slack):
    slack.broken = "The token was revoked."
    slack.save()
    an_alert(issue, slack)
    an_alert(issue, a_workspace(world, "Umbra"), "#web")

    says(issue)

    assert [(one.label, one.state) for one in replies()] == [("#ops", "held"), ("#web", "queued")]
    assert steps() == [("held", "integration_broken")]


def test_services_without_threads_are_not_spoken_of(issue):
    an_alert(issue, None, provider="email", address={"email": "list@example.com"}, label="list@example.com")

    says(issue)

    assert not Notification.objects.exclude(category="alerts").exists()


# — many threads about one issue


def test_each_thread_of_an_issue_hears_in_its_own_conversation(issue, slack):
    lane = an_alert(issue, slack).lane
    an_alert(issue, slack, ts="18.2", conversation=f"issue:{issue.pk}/b", lane=lane)

    says(issue)

    assert [one.conversation for one in replies()] == [f"issue:{issue.pk}", f"issue:{issue.pk}/b"]


def test_of_very_many_threads_in_a_channel_the_newest_hear(issue, slack):
    lane = an_alert(issue, slack).lane
    for number in range(MOST_THREADS):
        conversation = f"issue:{issue.pk}/{number}"
        an_alert(issue, slack, ts=f"18.{number}", conversation=conversation, lane=lane)
    an_alert(issue, slack, "#web")

    says(issue)

    heard = [one.conversation.partition("/")[2] for one in replies() if one.label == "#ops"]
    assert heard == [str(number) for number in range(MOST_THREADS)]
    assert "#web" in labels()


def test_all_kinds_that_slack_is_told_of_have_words_for_a_thread():
    followed = {kind.happening for kind in catalogue().kinds.values() if kind.happening and kind.brief}

    assert followed >= {
        Happening.ASSIGNED,
        Happening.UNASSIGNED,
        Happening.REGRESSION,
        Happening.RESOLVED,
        Happening.RESOLVED_BY_AGE,
        Happening.RESOLVED_IN_COMMIT,
        Happening.RESOLVED_IN_PULL_REQUEST,
        Happening.RESOLVED_IN_RELEASE,
        Happening.ESCALATING,
        Happening.IGNORED,
        Happening.UNRESOLVED,
        Happening.EXTERNAL_ISSUE,
        Happening.NOTE,
    }
