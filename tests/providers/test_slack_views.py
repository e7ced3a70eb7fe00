"""Slack: a dialog as a modal, and what was entered in it."""

import json
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, ValidationError
from tests.providers.driving import asked, play
from tests.providers.test_slack import SETTINGS, error, ok
from tests.providers.test_slack_hostile import HOSTILE, quick
from tests.real_parts import shared_schemas

from tocsin.core.acts import ARCHIVE_DIALOG, DIALOGS, RESOLVE_DIALOG
from tocsin.core.dialogs import dialog
from tocsin.core.sending import Delivered, Failure, Gone, Refused, Reply
from tocsin.core.spots import Asking
from tocsin.core.subjects import AboutIssue
from tocsin.notifications import chat_dialog
from tocsin.providers.slack import EXAMPLE, PROVIDER
from tocsin.providers.slack.entered import answers
from tocsin.providers.slack.send import spot
from tocsin.providers.slack.views import TOO_LATE, view

needs_schemas = pytest.mark.needs("shared_schemas")
ANSWER_TO = "https://hooks.slack.com/actions/T1/1/x"
ISSUE = AboutIssue(2**63 - 1)


@cache
def slacks_own_view():
    path = shared_schemas() / "slack/block-kit.View.from-slack-types-3.2.0.json"
    return Draft7Validator(json.loads(path.read_text()))


def modal(name=ARCHIVE_DIALOG, subject="SHOP-12 ZeroDivisionError", answer_to=ANSWER_TO):
    made = dialog(name, ISSUE, subject, has_releases=True)
    assert made is not None
    return view(made, answer_to)


def parcel(answer_to=ANSWER_TO):
    message = chat_dialog.render(chat_dialog.EXAMPLE)
    return replace(EXAMPLE, message=message, address=spot(Asking("1.2.abc", answer_to), ""))


def outcome(*replies, answer_to=ANSWER_TO):
    return play(PROVIDER.send(SETTINGS, parcel(answer_to)), *replies)


def test_a_dialog_is_opened_by_the_press_that_asked_for_it():
    [request], result = asked(PROVIDER.send(SETTINGS, parcel()), ok())

    assert request.url.endswith("/views.open")
    assert (request.json["trigger_id"], request.json["view"]["type"]) == ("1.2.abc", "modal")
    assert isinstance(result, Delivered)


@needs_schemas
@pytest.mark.parametrize("name", DIALOGS)
def test_it_is_what_slack_calls_a_view(name):
    slacks_own_view().validate(modal(name))


@needs_schemas
def test_and_slack_would_say_if_it_were_not():
    wrong = modal()
    wrong["blocks"][1]["element"]["type"] = "radio"

    with pytest.raises(ValidationError):
        slacks_own_view().validate(wrong)


@quick
@given(HOSTILE | st.text(min_size=200, max_size=4000))
def test_no_issue_is_too_long_or_too_strange_for_its_limits(subject):
    made = modal(subject=subject)

    assert len(made["title"]["text"]) <= 24
    assert len(made["private_metadata"]) <= 3000
    assert len(made["blocks"][0]["elements"][0]["text"]) <= 3000
    assert "<!" not in made["blocks"][0]["elements"][0]["text"]


def test_the_longest_answering_address_still_fits():
    assert len(modal(answer_to="https://hooks.slack.com/" + "x" * 1976)["private_metadata"]) <= 3000


@pytest.mark.parametrize("why", ["expired_trigger_id", "trigger_expired"])
def test_a_press_that_is_too_old_is_said_to_whoever_pressed(why):
    requests, result = asked(PROVIDER.send(SETTINGS, parcel()), error(why), Reply(200))

    assert (requests[-1].url, requests[-1].json["text"]) == (ANSWER_TO, TOO_LATE)
    assert result == Refused(f"Slack refused it: {why}. {TOO_LATE}", is_moot=True)


def test_without_such_an_address_it_is_only_in_the_ledger():
    assert isinstance(outcome(error("expired_trigger_id"), answer_to=""), Refused)


@pytest.mark.parametrize(
    "answer", [Failure("Slack does not answer", written=True), Reply(500), error("ratelimited")]
)
def test_a_dialog_is_never_opened_later(answer):
    """Whoever pressed has gone on: what comes after three seconds can't be opened any more."""
    assert isinstance(outcome(answer, Reply(200)), Refused)


def test_a_dead_token_is_the_integrations_matter():
    result = outcome(error("token_revoked"))

    assert isinstance(result, Gone)
    assert result.account


def state(**values):
    return {"values": {name: {name: value} for name, value in values.items()}}


def test_what_was_entered_is_read():
    entered = state(
        until={"type": "radio_buttons", "selected_option": {"value": "events"}},
        count={"type": "number_input", "value": "5"},
        time={"type": "datetimepicker", "selected_date_time": 1795255200},
    )

    assert answers(entered) == {"until": "events", "count": "5", "time": "1795255200"}


def test_what_was_left_empty_is_not_there():
    entered = state(count={"value": None}, time={"selected_date_time": None}, until={"selected_option": None})

    assert answers(entered) == {}


@pytest.mark.parametrize(
    "strange",
    [
        None,
        [],
        "x",
        {},
        {"values": 3},
        {"values": {"a": 3}},
        {"values": {"a": {"a": [1]}}},
        state(time={"selected_date_time": True}),
    ],
)
def test_what_makes_no_sense_is_nothing(strange):
    assert answers(strange) == {}


@pytest.mark.parametrize("name", [ARCHIVE_DIALOG, RESOLVE_DIALOG])
def test_each_input_comes_back_by_its_own_name(name):
    inputs = [block for block in modal(name)["blocks"] if block["type"] == "input"]

    assert all(block["block_id"] == block["element"]["action_id"] for block in inputs)
