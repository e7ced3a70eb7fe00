"""A wrong setting stops the start with one line; a right one does not."""

import pytest
from pydantic import ValidationError

from tocsin.ops.settings import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email_url", "mail.example.org"),
        ("email_url", "smtp://mail.example.org:abc"),
        ("email_url", "smtp://mail.example.org:99999"),
        ("slack_api_url", "slack.example"),
        ("slack_api_url", "https://slack.example:abc/api/"),
        ("url", "alerts.example.org"),
        ("outbound_allow", "10.0.0.0/99"),
        ("secret_key", "short"),
    ],
)
def test_a_wrong_setting_is_refused(name: str, value: str):
    with pytest.raises(ValidationError):
        Settings(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email_url", "smtp://user:password@mail.example.org"),
        ("email_url", "smtps://[::1]:465"),
        ("slack_api_url", "http://127.0.0.1:4003/api/"),
        ("slack_api_url", ""),
        ("url", "https://alerts.example.org"),
        ("outbound_allow", "10.0.0.0/8, 192.168.1.7/32"),
    ],
)
def test_a_right_setting_is_taken(name: str, value: str):
    assert getattr(Settings(**{name: value}), name) == value
