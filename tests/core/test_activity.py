"""What all messages about an issue's activity have."""

import pytest

from tocsin.core.activity import example, moment, severity, version
from tocsin.core.message import Severity
from tocsin.notifications.resolved import NOTIFICATION_KIND


def test_the_message_is_about_the_issue_and_says_what_happened():
    message = NOTIFICATION_KIND.render(example())

    assert message.title == "ZeroDivisionError: division by zero"
    assert "Ana Ahn resolved SHOP-12." in message.plain()
    assert message.summary == "[shop] Ana Ahn resolved SHOP-12: ZeroDivisionError: division by zero"


def test_the_recipient_is_told_why():
    assert NOTIFICATION_KIND.render(example()).reason == "You are told because you follow this issue."


def test_in_a_thread_only_what_happened_is_said():
    brief = NOTIFICATION_KIND.brief(example())

    assert (brief.title, brief.blocks, brief.footer) == ("Ana Ahn resolved SHOP-12", (), ())


@pytest.mark.parametrize(
    ("release", "short"),
    [("shop@1.4.2", "1.4.2"), ("1.4.2", "1.4.2"), ("", ""), ("a" * 40, "a" * 12), ("shop@" + "0f" * 20, "0f" * 6)],
)
def test_a_release_is_shortened_to_what_people_say(release, short):
    assert version(release) == short


def test_a_time_is_written_as_people_do():
    assert moment("2026-11-26T09:00:00+01:00") == "26 Nov 2026, 08:00 UTC"


def test_what_is_no_time_stays_as_it_is():
    assert moment("soon") == "soon"


def test_an_unknown_level_is_an_error():
    assert severity("sample") is Severity.ERROR
