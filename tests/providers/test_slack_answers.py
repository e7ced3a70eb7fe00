"""What Slack's Web API answers, and what comes in its place."""

import json

import pytest
from tests.providers.driving import play

from tocsin.core.sending import Failure, Refused, Reply, Retry, Unknown
from tocsin.providers.slack import EXAMPLE, channels, people
from tocsin.providers.slack.answers import error_of, next_page, part, read, said_in, word
from tocsin.providers.slack.send import Settings, check, send

SETTINGS = Settings("xoxb-1", scopes="users:read.email")
NESTED = b"[" * 100_000
UNREADABLE = [
    pytest.param(b"<html>", id="a proxy's page"),
    pytest.param(b"", id="nothing"),
    pytest.param(b"[]", id="a list"),
    pytest.param(NESTED, id="nested without end"),
]


def refused(said, _):
    return Refused(error_of(said))


@pytest.mark.parametrize("body", UNREADABLE)
def test_what_is_no_object_is_none(body):
    assert said_in(Reply(200, {}, body)) is None
    assert said_in(Reply(200, {}, b'{"ok": true}')) == {"ok": True}


@pytest.mark.parametrize("body", UNREADABLE)
@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(lambda: send(SETTINGS, EXAMPLE), id="send"),
        pytest.param(lambda: check(SETTINGS), id="check"),
        pytest.param(lambda: people.page(SETTINGS, ""), id="people"),
        pytest.param(lambda: channels.find(SETTINGS, "C024BE91L"), id="channel"),
    ],
)
def test_whoever_asked_does_not_know_then(asked, body):
    assert isinstance(play(asked(), Reply(200, {}, body)), Unknown)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(Failure("no route"), Retry, id="no answer"),
        pytest.param(Reply(503), Retry, id="a status that passes"),
        pytest.param(Reply(302), Refused, id="a redirect"),
        pytest.param(Reply(200, {}, b'{"ok": false, "error": "nope"}'), Refused, id="Slack's no"),
        pytest.param(Reply(200, {}, b'{"ok": 1}'), Refused, id="only true is yes"),
    ],
)
def test_what_went_wrong_is_an_outcome(answer, outcome):
    assert isinstance(read(answer, "Look there.", refused)[0], outcome)


def test_what_slack_said_is_given_where_nothing_went_wrong():
    assert read(Reply(200, {}, b'{"ok": true, "a": 1}'), "", refused) == (None, {"ok": True, "a": 1})


def test_an_error_is_one_short_line():
    assert error_of({"error": "a\nb" + "c" * 100}).startswith("a b")
    assert len(error_of({"error": "c" * 100})) <= 80
    assert error_of({}) == "no reason given"


@pytest.mark.parametrize("value", [None, 1, ["a"], "text"])
def test_what_is_not_what_it_should_be_is_empty(value):
    said = json.loads(json.dumps({"a": value, "response_metadata": value}))

    assert part(said, "a") == {}
    assert next_page(said) == ""
    assert word({"a": {"b": "c"}}, "a") == ""


def test_the_next_page_is_where_slack_says():
    assert next_page({"response_metadata": {"next_cursor": "dXNlcjpV"}}) == "dXNlcjpV"
    assert next_page({"response_metadata": {"next_cursor": 7}}) == ""
