"""What a reply means by default."""

import pytest

from tocsin.core.replies import asked_to_wait, by_status, retry_after, unanswered
from tocsin.core.sending import Delivered, Failure, Gone, Refused, Reply, Retry, Unknown

HINT = "Check the address."


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Delivered),
        (204, Delivered),
        (301, Refused),
        (400, Refused),
        (401, Refused),
        (403, Refused),
        (404, Gone),
        (408, Retry),
        (410, Gone),
        (413, Refused),
        (429, Retry),
        (500, Retry),
        (503, Retry),
    ],
)
def test_a_status_has_its_usual_meaning(status, outcome):
    assert isinstance(by_status(Reply(status), "Acme", hint=HINT), outcome)


def test_a_refusal_names_the_service_the_status_and_what_to_do():
    assert by_status(Reply(403), "Acme", hint=HINT) == Refused(
        "Acme refused the message (HTTP 403). Check the address."
    )


def test_a_redirect_says_where_to_and_is_not_followed():
    reply = Reply(302, {"location": "http://169.254.169.254/"})

    assert "169.254.169.254" in by_status(reply, "Acme", hint=HINT).reason


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry-after": "30"}, 30.0, id="seconds"),
        pytest.param({"retry-after": "0.5"}, 0.5, id="parts of a second"),
        pytest.param(
            {
                "retry-after": "Sat, 21 Nov 2026 09:02:00 GMT",
                "date": "Sat, 21 Nov 2026 09:00:00 GMT",
            },
            120.0,
            id="a date, measured against the service's own clock",
        ),
        pytest.param({"retry-after": "Sat, 21 Nov 2026 09:02:00 GMT"}, None, id="a date without a clock"),
        pytest.param({"retry-after": "soon"}, None, id="words"),
        pytest.param({"retry-after": "-5"}, None, id="negative"),
        pytest.param({"retry-after": "inf"}, None, id="for ever"),
        pytest.param({"retry-after": "nan"}, None, id="not a number"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers, seconds):
    assert retry_after(headers) == seconds


AT_NINE = {"date": "Sat, 21 Nov 2026 09:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        pytest.param({"retry-after": "30"}, b"", 30.0, id="Slack, in the header"),
        pytest.param({}, b'{"retry_after": 0.35, "global": false}', 0.35, id="Discord, in the body"),
        pytest.param({}, b'{"ok": false, "parameters": {"retry_after": 12}}', 12.0, id="Telegram, in the body"),
        pytest.param({"x-ratelimit-reset-after": "1.2"}, b"", 1.2, id="Discord, what is left"),
        pytest.param({**AT_NINE, "x-ratelimit-reset": "1795251660"}, b"", 60.0, id="GitHub, since 1970"),
        pytest.param({**AT_NINE, "ratelimit-reset": "1795251660"}, b"", 60.0, id="GitLab, since 1970"),
        pytest.param({**AT_NINE, "x-ratelimit-reset": "2026-11-21T09:02Z"}, b"", 120.0, id="Jira, in ISO 8601"),
        pytest.param({"x-ratelimit-reset": "7"}, b"", 7.0, id="Mattermost, what is left"),
        pytest.param({**AT_NINE, "x-ratelimit-reset": "1795251000"}, b"", 0.0, id="already lifted"),
        pytest.param({"retry-after": "3", "x-ratelimit-reset": "7"}, b"", 3.0, id="Retry-After before all else"),
        pytest.param({"x-ratelimit-reset": "1795251660"}, b"", None, id="a moment without a clock"),
        pytest.param({**AT_NINE, "x-ratelimit-reset": "2026-11-21T09:02"}, b"", None, id="a moment without a zone"),
        pytest.param({**AT_NINE, "x-ratelimit-reset": "9e99"}, b"", None, id="a moment beyond all calendars"),
        pytest.param({}, b'{"retry_after": "soon"}', None, id="words in the body"),
        pytest.param({}, b'{"retry_after": null}', None, id="nothing in the body"),
        pytest.param({}, b'[{"retry_after": 3}]', None, id="a body of another shape"),
        pytest.param({}, b"<html>", None, id="a body that is not JSON"),
        pytest.param({}, b"[" * 100_000, None, id="a body that is nested without end"),
    ],
)
def test_too_many_says_in_many_ways_how_long_to_wait(headers, body, seconds):
    assert asked_to_wait(Reply(429, headers, body)) == seconds


def test_a_limit_that_is_not_reached_is_no_reason_to_wait():
    assert asked_to_wait(Reply(503, {"x-ratelimit-reset": "3000"})) is None


def test_never_connected_is_tried_again():
    assert isinstance(unanswered(Failure("could not connect"), "Acme"), Retry)


def test_lost_after_it_was_written_is_unknown():
    assert isinstance(unanswered(Failure("lost", written=True), "Acme"), Unknown)


def test_what_cannot_get_better_is_refused():
    assert isinstance(unanswered(Failure("bad certificate", permanent=True), "Acme"), Refused)
