"""A wrong setting stops the start with one line; a right one does not."""

import pytest
from pydantic import ValidationError

from tocsin import providers
from tocsin.core.fields import specs
from tocsin.core.registry import load
from tocsin.ops.main import main
from tocsin.ops.settings import Settings, unknown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email_url", "mail.example.org"),
        ("email_url", "smtp://mail.example.org:abc"),
        ("email_url", "smtp://mail.example.org:99999"),
        ("email_from", "alerts"),
        ("email_from", "Alerts <example.org>"),
        ("email_from", "alerts example.org"),
        ("slack_api_url", "slack.example"),
        ("slack_command", "tocsin"),
        ("slack_command", "/Alerts Now"),
        ("slack_command", "/" + "a" * 32),
        ("slack_signing_secret", "  "),
        ("slack_api_url", "https://slack.example:abc/api/"),
        ("url", "alerts.example.org"),
        ("url", "https://example.org/alerts"),
        ("url", "https://example.org/alerts/"),
        ("url", "https://example.org?team=1"),
        ("url", "https://ana:secret@example.org"),
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
        ("email_from", "alerts@example.org"),
        ("email_from", "Alerts <alerts@example.org>"),
        ("slack_api_url", "http://127.0.0.1:4003/api/"),
        ("slack_api_url", ""),
        ("slack_command", "/prod-alerts"),
        ("url", "https://alerts.example.org"),
        ("outbound_allow", "10.0.0.0/8, 192.168.1.7/32"),
    ],
)
def test_a_right_setting_is_taken(name: str, value: str):
    assert getattr(Settings(**{name: value}), name) == value


def test_a_mistyped_variable_is_named_with_the_nearest_that_there_is():
    assert unknown(["TOCSIN_EMIAL_URL", "PATH"]) == [
        "TOCSIN_EMIAL_URL is not known; did you mean TOCSIN_EMAIL_URL?"
    ]


def test_a_variable_like_none_that_there_is_leads_to_the_list():
    assert unknown(["TOCSIN_COFFEE"]) == ["TOCSIN_COFFEE is not known; docs/reference/settings.md lists what is."]


def test_nothing_is_said_of_variables_that_something_reads():
    named = [spec.environment for one in load(providers, "PROVIDER").values() for _, spec, _ in specs(one.settings)]

    assert unknown(filter(None, [*named, "TOCSIN_DATA", "tocsin_url", "TOCSIN_FAULT"])) == []


def test_each_command_begins_by_naming_what_is_mistyped(monkeypatch, capsys):
    monkeypatch.setenv("TOCSIN_EMIAL_URL", "smtp://mail.example.org")
    monkeypatch.setattr("sys.argv", ["tocsin", "--version"])

    with pytest.raises(SystemExit):
        main()

    assert capsys.readouterr().err == "tocsin: TOCSIN_EMIAL_URL is not known; did you mean TOCSIN_EMAIL_URL?\n"


APP = {"slack_client_id": "1.2", "slack_client_secret": "s", "slack_signing_secret": "t"}


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("slack_client_secret", "TOCSIN_SLACK_CLIENT_SECRET"),
        ("slack_signing_secret", "TOCSIN_SLACK_SIGNING_SECRET"),
        ("slack_client_id", "TOCSIN_SLACK_CLIENT_ID"),
    ],
)
def test_half_a_slack_app_is_refused_and_the_other_half_named(missing: str, named: str):
    with pytest.raises(ValidationError, match=f"also needs {named}"):
        Settings(**APP | {missing: ""})


def test_a_whole_slack_app_is_taken_and_a_signing_secret_alone():
    assert Settings(**APP).slack_client_id == "1.2"
    assert Settings(slack_signing_secret="t").slack_client_id == ""
