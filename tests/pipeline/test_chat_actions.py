"""A press is done soon after it was acknowledged: once, in order, and whatever becomes of the others."""

import re

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, a_world, an_issue
from tests.chat.pressing import TEAM, USER, a_workspace, known
from tocsin.core.chat_action import ChatAction, Talker
from tocsin.core.issue import Status
from tocsin.core.subjects import AboutIssue
from tocsin.pipeline import chat_actions
from tocsin.store import models
from tocsin.store.models import Activity, Delivery, Integration, Notification

pytestmark = pytest.mark.django_db
ANSWER_TO = "https://hooks.slack.com/actions/1"


@pytest.fixture
def world(db):
    return a_world()


@pytest.fixture
def workspace(world):
    found = a_workspace(world)
    known(world, found)
    return found


def keep(
    workspace: int, about_id: int, does: str = "resolved", *, user: str = USER, provider: str = "slack"
) -> None:
    talker = Talker(provider, TEAM, user, "ana", ANSWER_TO)
    chat_actions.keep(ChatAction(talker, (workspace,), AboutIssue(about_id), does, NOW))


def statuses() -> list[int]:
    return list(models.Issue.objects.order_by("pk").values_list("status", flat=True))


def test_what_is_done_is_gone(world, workspace):
    keep(workspace, an_issue(world.project).pk)

    assert chat_actions.do_all() == 1
    assert not models.ChatAction.objects.exists()


def test_nothing_is_done_where_nothing_waits(db):
    assert chat_actions.do_all() == 0


def test_two_presses_on_one_issue_are_done_in_order(world, workspace):
    issue = an_issue(world.project)
    keep(workspace, issue.pk, "resolved")
    keep(workspace, issue.pk, "unresolved:ongoing")

    chat_actions.do_all()

    assert statuses() == [Status.UNRESOLVED]
    assert [one.type for one in Activity.objects.order_by("pk")] == ["set_resolved", "set_unresolved"]


def test_many_are_done_batch_by_batch(world, workspace):
    for number in range(chat_actions.AT_ONCE + 1):
        keep(workspace, an_issue(world.project, number=number + 1).pk)

    assert chat_actions.do_all() == chat_actions.AT_ONCE + 1
    assert set(statuses()) == {Status.RESOLVED}


def test_issues_that_one_person_presses_are_a_few_statements_each(world, workspace, django_assert_max_num_queries):
    for number in range(chat_actions.AT_ONCE):
        keep(workspace, an_issue(world.project, number=number + 1).pk)

    with django_assert_max_num_queries(50):
        chat_actions.do_all()


@pytest.mark.postgresql
def test_issues_are_held_together_and_in_their_order_whichever_was_pressed_first(world, workspace):
    """Else a press would wait for whoever changes many issues, and they for the press: a second each time."""
    first, second = an_issue(world.project, number=1), an_issue(world.project, number=2)
    keep(workspace, second.pk, "resolved")
    keep(workspace, first.pk, "ignored")

    with CaptureQueriesContext(connection) as asked:
        chat_actions.do_all()

    held = [one["sql"] for one in asked if 'FROM "store_issue"' in one["sql"] and "FOR UPDATE" in one["sql"]]
    assert {str(first.pk), str(second.pk)} <= set(re.findall(r"\d+", held[0]))
    assert "ORDER BY 1 ASC" in held[0] or 'ORDER BY "store_issue"."id" ASC' in held[0]


def test_people_hear_of_each_issue_though_several_were_pressed_together(world, workspace):
    for number in (1, 2):
        keep(workspace, an_issue(world.project, number=number).pk)

    chat_actions.do_all()

    traces = Notification.objects.filter(kind="resolved").values_list("trace", flat=True)
    assert not [step for trace in traces for step in trace if step["reason"] == "many_at_once"]


def test_one_that_cannot_be_done_keeps_no_other_from_it(world, workspace):
    issue = an_issue(world.project)
    for about_id in (999, issue.pk):
        keep(workspace, about_id)

    chat_actions.do_all()

    assert statuses() == [Status.RESOLVED]
    assert Delivery.objects.filter(notification__kind="chat_answer").count() == 1


def test_of_several_pressed_together_only_the_one_that_cannot_be_is_refused(world, workspace):
    """Only one of two projects has releases."""
    one, two = an_issue(world.project), an_issue(a_second_project(world))
    a_release(world)
    for issue in (one, two):
        keep(workspace, issue.pk, "resolved:inCurrentRelease")

    chat_actions.do_all()

    assert statuses() == [Status.RESOLVED, Status.UNRESOLVED]


def test_a_bug_costs_its_own_press_and_the_person_is_told(world, workspace, caplog):
    def broken(actions, connected, now):
        raise RuntimeError("a bug")

    keep(workspace, an_issue(world.project).pk)

    chat_actions.do_all({AboutIssue: broken})

    assert Notification.objects.get(kind="chat_answer").facts["said"] == chat_actions.BUG
    assert "could not be done" in caplog.text


def test_where_nobody_can_be_told_of_a_bug_the_presses_of_others_are_done_all_the_same(world, workspace):
    """Of a service whose plug-in was taken out meanwhile."""
    issue, theirs = an_issue(world.project), a_workspace(world, "Moon")
    Integration.objects.filter(pk=theirs).update(provider="moon")
    keep(theirs, 999, provider="moon")
    keep(workspace, issue.pk)

    chat_actions.do_all()

    assert statuses() == [Status.RESOLVED]
    assert not models.ChatAction.objects.exists()


def test_while_the_database_is_away_a_press_waits(world, workspace):
    def away(actions, connected, now):
        raise OperationalError("the database is away")

    keep(workspace, an_issue(world.project).pk)

    with pytest.raises(OperationalError):
        chat_actions.do_all({AboutIssue: away})
    assert models.ChatAction.objects.count() == 1


def test_a_workspace_that_was_disconnected_since_then_is_not_believed(world, workspace):
    keep(workspace, an_issue(world.project).pk)
    Integration.objects.all().delete()

    chat_actions.do_all()

    assert statuses() == [Status.UNRESOLVED]


def test_a_connection_that_did_not_sign_it_is_not_believed(world, workspace):
    """The same workspace, connected by another organization with another app."""
    other = a_world("umbra", "door", "eve@example.com")
    a_workspace(other, secret="theirs")
    keep(workspace, an_issue(other.project).pk)

    chat_actions.do_all()

    assert statuses() == [Status.UNRESOLVED]


def test_what_this_version_does_not_know_is_forgotten(world, workspace):
    keep(workspace, 1)
    models.ChatAction.objects.update(about="moon")

    chat_actions.do_all()

    assert not models.ChatAction.objects.exists()


def test_ids_of_any_length_can_be_kept(world, workspace):
    keep(workspace, 1, user="U" * 2000)

    assert len(models.ChatAction.objects.get().external_id) == 200


def a_second_project(world):
    return models.Project.objects.create(
        organization=world.organization, slug="second", name="Second", date_added=NOW
    )


def a_release(world) -> None:
    models.Release.objects.create(project=world.project, version="1.0.0", first_seen=NOW)
