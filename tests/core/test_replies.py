"""What a reply means by default."""

import pytest

from tocsin.core.replies import by_status, retry_after, unanswered
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


def test_never_connected_is_tried_again():
    assert isinstance(unanswered(Failure("could not connect"), "Acme"), Retry)


def test_lost_after_it_was_written_is_unknown():
    assert isinstance(unanswered(Failure("lost", written=True), "Acme"), Unknown)


def test_what_cannot_get_better_is_refused():
    assert isinstance(unanswered(Failure("bad certificate", permanent=True), "Acme"), Refused)
