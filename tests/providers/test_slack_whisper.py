"""Slack: what one person alone is told in a thread."""

import json
from dataclasses import replace

import pytest
from tests.providers.driving import asked
from tests.providers.test_slack import SETTINGS, error, ok
from tests.real_parts import shared_schemas

from tocsin.core.sending import Delivered, Gone, Refused, Retry
from tocsin.core.spots import Whisper
from tocsin.providers.slack import PROVIDER
from tocsin.providers.slack.send import spot

TO_ANA = replace(PROVIDER.example, address=spot(Whisper("C024BE91L:17.1", "U024BE7LH"), ""))


def test_it_is_shown_to_one_person_in_the_thread():
    [question], outcome = asked(PROVIDER.send(SETTINGS, TO_ANA), ok(message_ts="18.2"))

    assert question.url.endswith("/chat.postEphemeral")
    told = question.json
    assert (told["channel"], told["thread_ts"], told["user"]) == ("C024BE91L", "17.1", "U024BE7LH")
    assert outcome == Delivered()


@pytest.mark.needs("shared_schemas")
def test_slack_knows_each_argument_and_lacks_none():
    method = json.loads((shared_schemas() / "slack/method-ref/chat.postEphemeral.json").read_text())
    [question], _ = asked(PROVIDER.send(SETTINGS, TO_ANA), ok())

    assert set(question.json) <= set(method["args"])
    assert {name for name, told in method["args"].items() if told["required"]} <= set(question.json)


@pytest.mark.parametrize("name", ["channel_not_found", "user_not_in_channel", "is_archived", "not_in_channel"])
def test_who_is_not_there_any_more_closes_nothing_for_others(name):
    assert isinstance(asked(PROVIDER.send(SETTINGS, TO_ANA), error(name))[1], Refused)


def test_a_dead_token_closes_the_account_as_ever():
    outcome = asked(PROVIDER.send(SETTINGS, TO_ANA), error("token_revoked"))[1]

    assert outcome == Gone(outcome.reason, account=True)


def test_a_busy_slack_is_asked_again():
    assert isinstance(asked(PROVIDER.send(SETTINGS, TO_ANA), error("ratelimited"))[1], Retry)


def test_whispers_share_few_lanes():
    lanes = {PROVIDER.lane(spot(Whisper(f"C{number}:1.1", "U1"), ""), f"c{number}") for number in range(200)}

    assert len(lanes) <= 16
