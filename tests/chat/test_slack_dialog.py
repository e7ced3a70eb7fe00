"""Dialogs below an alert: opened by a press, answered, done (§8.3)."""

import json
from datetime import timedelta

import pytest

from tests.builders import NOW, an_issue
from tests.chat.pressing import ANSWER_TO, a_workspace, entered, press, pressed, said, to_slacks_door
from tests.pipeline.sending import once
from tocsin.core.issue import Status
from tocsin.core.sending import Reply
from tocsin.pipeline.preview import preview
from tocsin.store.models import Activity, Attempt, ChatAction, Delivery, Snooze
from tocsin.store.queries import deliveries

pytestmark = pytest.mark.django_db


def chosen(word: str) -> dict[str, object]:
    return {"type": "radio_buttons", "selected_option": {"value": word}}


def test_a_press_for_more_opens_a_dialog_and_changes_nothing(issue):
    press(pressed(issue.pk, "archive_dialog"))

    issue.refresh_from_db()
    row = Delivery.objects.get()
    assert issue.status == Status.UNRESOLVED
    assert (row.address["place"], row.address["message"], row.address["answer_to"]) == (
        "dialog",
        "1.2.3",
        ANSWER_TO,
    )
    assert row.notification.facts["name"] == "archive_dialog"


def test_who_is_not_linked_is_asked_to_instead(world):
    a_workspace(world)

    press(pressed(an_issue(world.project).pk, "archive_dialog"))

    assert said()[0].startswith("Tocsin does not know who you are here")


def test_what_was_entered_is_done(issue):
    answer = press(entered(issue.pk, "archive_dialog", until=chosen("events"), count={"value": "25"}))

    issue.refresh_from_db()
    assert (answer.status_code, answer.content) == (200, b"")
    assert (issue.status, Snooze.objects.get().count) == (Status.IGNORED, 25)


def test_until_a_time(issue):
    until = NOW + timedelta(days=2)

    press(
        entered(
            issue.pk, "archive_dialog", until=chosen("time"), time={"selected_date_time": int(until.timestamp())}
        )
    )

    assert Snooze.objects.get().until == until


def test_what_makes_no_sense_is_said_in_the_dialog_and_nothing_is_done(issue):
    answer = to_slacks_door(entered(issue.pk, "archive_dialog", until=chosen("events"), count={"value": "0"}))

    assert answer.json() == {
        "response_action": "errors",
        "errors": {"count": "Say how many: a whole number above 0."},
    }
    assert not ChatAction.objects.exists()


def test_a_release_that_nobody_told_of_is_one_to_come(issue):
    """As over the API: whoever fixes something names the version before it is built."""
    press(entered(issue.pk, "resolve_dialog", when=chosen("in"), version={"value": "9.9"}))

    issue.refresh_from_db()
    assert (issue.status, said()) == (Status.RESOLVED, [])
    assert Activity.objects.get().data == {"version": "9.9"}


def test_a_dialog_that_nobody_offers_does_nothing(issue):
    assert press(entered(issue.pk, "delete_dialog")).status_code == 200
    assert not said()


@pytest.mark.parametrize("carried", [None, "", "[]", "{", '{"about": 3}', '{"about": "{\\"issue\\": -1}"}'])
def test_a_dialog_about_nothing_of_ours_does_nothing(issue, carried):
    payload = entered(issue.pk, "archive_dialog", until=chosen("forever"))
    payload["view"]["private_metadata"] = carried

    press(payload)

    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED


@pytest.mark.parametrize("view", [None, [], "x"])
def test_a_submission_without_a_view_makes_no_sense(issue, view):
    assert to_slacks_door({**entered(issue.pk, "archive_dialog"), "view": view}).status_code == 400


def test_an_issue_that_was_deleted_meanwhile_is_said(issue):
    entered_before = entered(issue.pk, "archive_dialog", until=chosen("forever"))
    issue.delete()

    press(entered_before)

    assert said()[0].startswith("This issue is not there any more")


def test_where_somebody_is_answered_alone_is_not_in_the_ledger(issue):
    """Whoever knows it could speak there as the app, for half an hour; a modal carries it along."""
    press(pressed(issue.pk, "archive_dialog"))
    row = Delivery.objects.get()
    shown = preview(deliveries.one(row.organization_id, row.pk), {})
    assert "private_metadata" in shown.body
    assert "hooks.slack.com" not in shown.body

    once(Reply(200, {}, json.dumps({"ok": True, "view": {"private_metadata": ANSWER_TO}}).encode()))

    assert (Attempt.objects.get().outcome, Attempt.objects.get().excerpt) == ("delivered", "")
