"""A channel that is gone: the owner hears of it by mail, the pages show it, and a replay brings what was missed."""

import email
import json
from email import policy
from typing import Any

import pytest

from tests.journeys.browsing import Visit, a_browser, a_visit
from tests.journeys.emulated import a_slack, ask, tell
from tests.journeys.instance import Instance, Received, mail_server, report

pytestmark = [pytest.mark.journey, pytest.mark.needs("emulate", "node24", "chromium")]


def subject_of(mail: Any) -> str:
    return str(email.message_from_bytes(mail.content, policy=policy.default)["subject"])


def see_what_failed(visit: Visit, channel: dict[str, Any]) -> None:
    """The page of what failed names the channel and what to do, and replays it."""
    visit.open("/acme/deliveries/?state=failed")
    visit.refresh_until("archived")
    assert visit.says(f"#{channel['name']}")
    visit.page.get_by_role("link", name="Failure0").first.click()
    assert visit.says("unarchive it or choose another channel")


def test_a_channel_that_is_gone_is_told_by_mail_and_replayed_once_it_is_back(tmp_path):
    mails = Received()
    with a_slack(tmp_path) as api, mail_server(mails) as smtp, a_browser() as browser:
        environment = {"TOCSIN_EMAIL_URL": smtp, "TOCSIN_SLACK_API_URL": api}
        instance = Instance(tmp_path / "data", environment=environment)
        said = json.loads(
            instance.run(
                "init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"
            )
        )
        channel = ask(api, "conversations.create", name="ops")["channel"]
        with instance.up():
            tell(instance, said, channel)
            assert ask(api, "conversations.archive", channel=channel["id"])["ok"]
            report(said["dsn"])
            [told] = mails.wait_for(1, lambda mail: "SHOP-1" not in subject_of(mail))
            with a_visit(browser, instance) as visit:
                visit.open(said["sign_in_url"])
                visit.press("Sign in")
                see_what_failed(visit, channel)
                assert ask(api, "conversations.unarchive", channel=channel["id"])["ok"]
                visit.press("Replay")
                visit.refresh_until("delivered")
                assert visit.says("Queued again by")
        history = ask(api, "conversations.history", channel=channel["id"])["messages"]

    assert f"#{channel['name']} is archived" in str(email.message_from_bytes(told.content, policy=policy.default))
    assert sum("Failure0" in json.dumps(message) for message in history) == 1
