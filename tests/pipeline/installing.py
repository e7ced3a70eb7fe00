"""A Slack app that is set, and a Slack that answers what it is told to."""

from types import SimpleNamespace

from tocsin.core.sending import Granted, Outcome, Sending

URL = "https://alerts.example.org"


def an_app(settings, **more) -> None:
    """The operator set a whole Slack app."""
    known = {
        "slack_client_id": "1.2",
        "slack_client_secret": "geheim",
        "slack_signing_secret": "sig",
        "slack_api_url": "https://slack.com/api/",
    } | more
    settings.TOCSIN = SimpleNamespace(
        url=URL, outbound_allow="", email_url="", **known, model_fields_set=set(known)
    )


def granted(team: str = "T1", name: str = "Acme", lasts: float | None = None, **given: str) -> Granted:
    settings = {
        "token": "xoxb-1",
        "refresh_token": "",
        "scopes": "chat:write",
        "domain": "acme.slack.com",
        "app_id": "A1",
        **given,
    }
    return Granted({"team_id": team, "team": name}, settings, lasts)


def answering(outcome: Outcome, asked: list[Sending] | None = None):
    """Asks nobody and always has this answer."""

    def ask(sending: Sending) -> Outcome:
        sending.close()
        if asked is not None:
            asked.append(sending)
        return outcome

    return ask
