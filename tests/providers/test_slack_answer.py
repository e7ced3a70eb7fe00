"""Slack: what is said to one person below what they pressed, and what Slack's answers to that mean."""

from dataclasses import replace

import pytest
from tests.providers.driving import asked, play
from tests.providers.test_slack import SETTINGS

from tocsin.core.sending import Delivered, Failure, Refused, Reply, Retry, Unknown
from tocsin.core.spots import Aside
from tocsin.providers.slack import PROVIDER
from tocsin.providers.slack.send import spot

URL = "https://hooks.slack.com/actions/T1/1/x"
ANSWER = replace(PROVIDER.example, address=spot(Aside(URL), ""))
NO_MORE = Refused("Slack takes no more answers to this press: half an hour is over, or five were given.")


def answered(reply):
    return play(PROVIDER.send(SETTINGS, ANSWER), reply)


def test_it_is_for_that_person_alone_and_leaves_the_message_as_it_is():
    [question], _ = asked(PROVIDER.send(SETTINGS, ANSWER), Reply(200, {}, b"ok"))

    assert question.url == URL
    assert (question.json["response_type"], question.json["replace_original"]) == ("ephemeral", False)


def test_the_token_stays_here_as_the_address_is_the_proof():
    [question], _ = asked(PROVIDER.send(SETTINGS, ANSWER), Reply(200, {}, b"ok"))

    assert "xoxb-secret" not in f"{question.headers} {question.json}"


NESTED = pytest.param(b"[" * 100_000, id="nested without end")


@pytest.mark.parametrize("page", [b"ok", b'{"ok":true}', b"", b"[]", b"\xff", NESTED])
def test_slack_took_it(page):
    assert answered(Reply(200, {}, page)) == Delivered()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(403),
        Reply(404, {}, b"expired_url"),
        Reply(410),
        Reply(200, {}, b'{"ok":false,"error":"expired_url"}'),
        Reply(200, {}, b'{"ok":false,"error":"Expired url"}'),
        Reply(200, {}, b'{"ok":false,"error":"used_url"}'),
    ],
)
def test_an_address_that_is_over_is_no_failure_of_the_workspace(reply):
    assert answered(reply) == NO_MORE


def test_what_else_slack_says_against_it_is_kept():
    assert answered(Reply(200, {}, b'{"ok":false,"error":"no_text"}')) == Refused(
        "Slack refused the answer: no_text."
    )


def test_too_many_at_once_are_said_later():
    assert answered(Reply(429, {"retry-after": "3"})) == Retry("Slack answered HTTP 429.", 3)


@pytest.mark.parametrize(("written", "kind"), [(False, Retry), (True, Unknown)])
def test_no_answer_is_no_refusal(written, kind):
    assert isinstance(answered(Failure("lost", written=written)), kind)
