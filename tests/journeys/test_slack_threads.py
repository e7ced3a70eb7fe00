"""Comments both ways: what is written below an alert stands on its issue, and the other way round."""

import json
import re
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.chat.pressing import signature
from tests.journeys.browsing import a_browser, a_visit
from tests.journeys.emulated import a_slack, ask, tell, until
from tests.journeys.instance import PATIENCE, Instance, report
from tests.journeys.test_slack_both_ways import SECRET, an_instance, message_of

pytestmark = [pytest.mark.journey, pytest.mark.needs("emulate", "node24", "chromium")]


@dataclass(frozen=True)
class Member:
    """Somebody of the emulated workspace who writes below an alert, of which Slack then tells."""

    instance: Instance
    api: str
    team: str
    user: str
    channel: str
    parent: str

    def writes(self, text: str) -> str:
        """Says it in the thread; what Slack calls it. The emulator itself tells nobody of events."""
        said = ask(self.api, "chat.postMessage", channel=self.channel, thread_ts=self.parent, text=text)
        self._told({"user": self.user, "text": text, "ts": said["ts"], "thread_ts": self.parent})
        return str(said["ts"])

    def rewords(self, at: str, before: str, text: str) -> None:
        ask(self.api, "chat.update", channel=self.channel, ts=at, text=text)
        words = {"user": self.user, "ts": at, "thread_ts": self.parent}
        changed = {"message": {**words, "text": text}, "previous_message": {**words, "text": before}}
        self._told({"subtype": "message_changed", **changed})

    def commands(self, text: str) -> str:
        """All that is answered to `/tocsin …`."""
        fields = {"team_id": self.team, "user_id": self.user, "user_name": "ana", "channel_id": self.channel}
        return self._posted("commands", urlencode({**fields, "command": "/tocsin", "text": text}).encode())

    def _told(self, event: dict[str, Any]) -> None:
        whole = {"type": "message", "channel": self.channel, "channel_type": "channel", **event}
        name = f"Ev{time.time_ns()}"
        payload = {"type": "event_callback", "team_id": self.team, "event_id": name, "event": whole}
        self._posted("event", json.dumps(payload).encode())

    def _posted(self, door: str, body: bytes) -> str:
        signed = signature(body, datetime.fromtimestamp(time.time(), UTC), SECRET)
        request = urllib.request.Request(f"{self.instance.url}/extensions/slack/{door}/", body, signed)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def thread(self) -> list[str]:
        """What stands below the alert."""
        found = ask(self.api, "conversations.replies", channel=self.channel, ts=self.parent)["messages"]
        return [one["text"] for one in found if one["ts"] != self.parent]


def asked(instance: Instance, said: dict[str, str], method: str, path: str, body: Any = None) -> Any:
    """Our API, as a client uses it."""
    request = urllib.request.Request(
        f"{instance.url}/api/0/organizations/acme/{path}",
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {said['api_token']}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.loads(answer.read())


def test_a_thread_and_an_issue_hold_the_same_talk(tmp_path):
    with a_slack(tmp_path) as api, a_browser() as browser:
        instance, said = an_instance(tmp_path, api)
        team = ask(api, "auth.test")["team_id"]
        channel = ask(api, "conversations.create", name="ops")["channel"]
        user = ask(api, "conversations.members", channel=channel["id"])["members"][0]
        with instance.up(), a_visit(browser, instance) as visit:
            asked(instance, said, "PUT", "", {"takesComments": True})
            tell(instance, said, channel)
            report(said["dsn"])
            alert = until(visit, lambda: message_of(api, channel["id"]))
            ana = Member(instance, api, team, user, channel["id"], alert["ts"])

            ana.writes("Nobody knows me yet.")
            told = "deliveries/?kind=chat_answer&state=sent"
            until(visit, lambda: asked(instance, said, "GET", told)["deliveries"])

            visit.open(said["sign_in_url"])
            visit.press("Sign in")
            link = re.search(r"/extensions/slack/link-identity/[^\s\"\\|<>]+", ana.commands("link"))[0]
            visit.open(link)
            visit.press("Yes, link it")

            at = ana.writes("The code is empty for &lt;gift cards&gt;.")
            visit.open("/acme/issues/1/")
            visit.refresh_until("in Slack")
            assert visit.says("The code is empty for <gift cards>.")
            assert not visit.says("Nobody knows me yet.")

            ana.rewords(at, "The code is empty for &lt;gift cards&gt;.", "The code is empty.")
            visit.refresh_until("The code is empty.")

            visit.page.get_by_label("Comment", exact=True).fill("Then I have a fix.")
            visit.press("Comment")
            until(visit, lambda: any("commented on SHOP-1" in one for one in ana.thread()))
            assert len(ana.thread()) == 3  # two that Ana wrote, and the one from the page: nothing came back
