"""What must not work does not, with a clear answer, and nothing sent beside it is lost: on the real server."""

import email
import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.badly import HOSTILE, KEY, REFUSED, TAKEN, Bad, envelope, failure
from tests.journeys.browsing import Visit, a_browser, a_visit
from tests.journeys.disk import a_small_disk
from tests.journeys.instance import PATIENCE, Instance, Received, copied, mail_server, slack, tell_slack
from tocsin.engine import sqlite

pytestmark = pytest.mark.journey

FIRST_SEEN = "first_seen_event.FirstSeenEventCondition"
# A channel is sent one message a second, so only the hostile event goes to it.
OF_A_CUSTOMER = {"id": "sentry.rules.filters.tagged_event.TaggedEventFilter", "key": "customer", "match": "is"}
TWICE = "d" * 32


class Answered(NamedTuple):
    """An answer as an SDK reads it."""

    status: int
    headers: Any
    content: dict[str, Any]


@dataclass
class Door:
    """An instance as an SDK sees it; `taken` are the ids that were answered 200."""

    instance: Instance
    dsn: str
    taken: list[str] = field(default_factory=list)

    def send(self, body: bytes, key: object = KEY, path: str = "/api/1/envelope/", **headers: str) -> Answered:
        sent = urlsplit(self.dsn).username if key is KEY else key
        auth = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={sent}"} if sent else {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.instance.port, timeout=30)) as connection:
            connection.request("POST", path, body, {**auth, **headers})
            answer = connection.getresponse()
            content = json.loads(answer.read())
        if answer.status == 200 and "id" in content:
            self.taken.append(content["id"])
        return Answered(answer.status, answer.headers, content)

    def report(self, kind: str) -> Answered:
        """One good event."""
        return self.send(envelope(failure(kind)))


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Instance, dict[str, str]]:
    """acme with its shop, not running; each test works on a copy."""
    instance = Instance(tmp_path_factory.mktemp("founded") / "data")
    said = instance.run(
        "init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"
    )
    return instance, json.loads(said)


@dataclass
class Exchange:
    """All bad input at one running instance, a good event after each, and what came of it."""

    door: Door
    said: dict[str, str]
    mails: list[EmailMessage]
    posts: list[dict[str, Any]]
    answers: dict[str, Answered]
    good: list[str]
    front: int
    workers: list[list[int]]

    def mail_about(self, title: str) -> EmailMessage:
        [found] = [mail for mail in self.mails if title in mail["Subject"]]
        return found


@pytest.fixture(scope="module")
def exchange(founded, tmp_path_factory) -> Iterator[Exchange]:
    mails, posts = Received(), Received()
    with mail_server(mails) as smtp, slack(posts) as api:
        environment = {"TOCSIN_EMAIL_URL": smtp, "TOCSIN_SLACK_API_URL": api}
        instance, said = copied(*founded, tmp_path_factory.mktemp("met") / "data", **environment)
        with instance.up() as process:
            tell_slack(instance, said, FIRST_SEEN, OF_A_CUSTOMER)
            door = Door(instance, said["dsn"])
            workers = [children_of(process.pid)]
            answers, good = send_everything(door)
            posts.wait_for(1)
            parsed = [
                email.message_from_bytes(mail.content, policy=policy.default)
                for mail in mails.wait_for(len(good) + len(TAKEN))
            ]
            workers.append(children_of(process.pid))
            yield Exchange(door, said, parsed, posts.items, answers, good, process.pid, workers)


def send_everything(door: Door) -> tuple[dict[str, Answered], list[str]]:
    """The answers by the name of what was sent, and the types of the good events in between."""
    answers, good = {}, []
    for number, bad in enumerate(REFUSED):
        answers[bad.name] = door.send(bad.body, bad.key, bad.path, **bad.headers)
        good.append(f"Good{number:02}")
        assert door.report(good[-1]).status == 200
    for kind, event in TAKEN.items():
        answers[kind] = door.send(envelope(event))
    for _ in range(3):
        door.send(envelope(failure("Repeated"), event_id=TWICE))
    door.report("Last")
    return answers, [*good, "Repeated", "Last"]


@pytest.mark.parametrize("bad", REFUSED, ids=lambda bad: bad.name)
def test_each_is_refused_with_its_status_and_a_reason_where_sdks_look(exchange, bad: Bad):
    answer = exchange.answers[bad.name]

    assert answer.status == bad.status
    assert bad.reason in answer.headers["X-Sentry-Error"]
    assert answer.content == {"detail": answer.headers["X-Sentry-Error"]}


@pytest.mark.parametrize("kind", TAKEN, ids=lambda kind: kind.split("\r")[0])
def test_what_is_odd_but_can_be_read_is_taken(exchange, kind: str):
    assert exchange.answers[kind].status == 200


def test_every_event_between_bad_ones_is_an_issue_of_its_own(exchange):
    titles = [title for (title,) in exchange.door.instance.rows("SELECT title FROM store_issue")]

    odd = len(TAKEN)
    assert len(titles) == len(exchange.good) + odd
    assert {title.split(":")[0] for title in titles} >= set(exchange.good)


def test_every_id_that_was_answered_200_is_an_event(exchange):
    seen = {found for (found,) in exchange.door.instance.rows("SELECT event_id FROM store_eventseen")}

    assert set(exchange.door.taken) <= seen


def test_an_event_that_comes_three_times_counts_once(exchange):
    [(count,)] = exchange.door.instance.rows("SELECT times_seen FROM store_issue WHERE title LIKE 'Repeated%'")

    assert count == 1
    assert sum("Repeated" in mail["Subject"] for mail in exchange.mails) == 1


def test_the_worker_outlives_all_of_it(exchange):
    before, after = exchange.workers

    assert before == after


def test_bombs_are_not_unpacked_into_memory(exchange):
    # The front has about 110 MB of its own; one body of 50 MB unpacked may be held at a time.
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{exchange.front}/status").read_text())[1])

    assert peak < 400_000


@pytest.mark.parametrize("kind", ["FromTheFuture", "FromThePast", "NoTimeAtAll"])
def test_a_clock_that_cannot_be_right_is_replaced_by_the_time_of_receipt(exchange, kind):
    [(apart,)] = exchange.door.instance.rows(
        f"SELECT abs(julianday(last_seen) - julianday('now')) * 86400 FROM store_issue WHERE title LIKE '{kind}%'"
    )

    assert apart < 600


def test_a_mail_takes_no_header_from_an_event(exchange):
    mail = exchange.mail_about("MailHeaders")

    assert mail["Bcc"] is None
    assert mail.get_all("Subject") == [mail["Subject"]]
    assert {mail["To"] for mail in exchange.mails} == {"me@example.com"}
    assert [mail["X-Evil"] for mail in exchange.mails if mail["X-Evil"]] == []


def test_a_mail_shows_hostile_text_and_runs_none_of_it(exchange):
    html = exchange.mail_about("Hostile").get_body(("html",)).get_content()

    assert "&lt;script&gt;alert(1)" in html
    assert not re.search(r"<script|<img src=x|onerror=alert\(2\)>|href=.javascript", html)


def test_slack_is_told_of_no_mention_and_no_link_that_an_event_made_up(exchange):
    [post] = [post for post in exchange.posts if "Hostile" in post["text"]]

    texts = list(texts_that_slack_parses(post))
    assert any("&lt;!channel&gt;" in text for text in texts)
    assert [text for text in texts if re.search(r"<!|<@|<https://evil", text)] == []


@pytest.mark.needs("chromium")
def test_pages_show_hostile_text_and_run_none_of_it(exchange):
    [(issue,)] = exchange.door.instance.rows("SELECT id FROM store_issue WHERE title LIKE 'Hostile%'")
    [(delivery,)] = exchange.door.instance.rows(
        f"SELECT d.id FROM store_delivery d JOIN store_notification n ON n.id = d.notification_id "
        f"WHERE n.issue_id = {issue} AND d.provider = 'email'"
    )
    with a_browser() as browser, a_visit(browser, exchange.door.instance) as visit:
        visit.page.on("dialog", lambda dialog: visit.complaints.append(f"{dialog.message} was shown"))
        visit.open(exchange.said["sign_in_url"])
        visit.press("Sign in")
        for path in (
            f"issues/{issue}/",
            "issues/?query=Hostile",
            "deliveries/?text=Hostile",
            f"deliveries/{delivery}/",
        ):
            shows_as_text(visit, f"/acme/{path}")
        shows_as_text(visit, "/inbox/")

    assert visit.complaints == []
    assert visit.strangers == []


def shows_as_text(visit: Visit, path: str) -> None:
    page = visit.open(path)
    expect(page.locator("main")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator("main script, main img, main [onerror], main a[href^=javascript]")).to_have_count(0)
    assert HOSTILE[:60] in page.locator("main").inner_text()


def test_a_full_disk_is_503_until_there_is_room_and_keeps_what_was_answered(founded, tmp_path):
    with a_small_disk(tmp_path / "disk") as disk:
        instance, said = copied(*founded, disk.folder / "data")
        with instance.up() as process:
            door = Door(instance, said["dsn"])
            with locked(instance.data / "tocsin.sqlite3"):  # so that nothing is digested before the disk is full
                before = [door.report(f"Before{number}").status for number in range(5)]
                disk.fill([process.pid, *children_of(process.pid)])
            said_by(process, "it stays in the spool and is tried again")
            meanwhile = [door.report(f"Meanwhile{number}") for number in range(5)]
            disk.free()
            after = [door.report(f"After{number}").status for number in range(5)]

            all_are_issues(door)

    assert (before, after) == ([200] * 5, [200] * 5)
    assert {(answer.status, answer.headers["Retry-After"]) for answer in meanwhile} == {(503, "5")}


def test_a_locked_spool_is_503_until_it_is_free_and_keeps_what_was_answered(founded, tmp_path):
    instance, said = copied(*founded, tmp_path / "data")
    with instance.up():
        door = Door(instance, said["dsn"])
        door.report("Before")
        with locked(instance.data / "spool.sqlite3"):
            refused = door.report("Meanwhile")
        after = door.report("After")

        all_are_issues(door)

    assert (refused.status, refused.headers["Retry-After"], after.status) == (503, "5", 200)


def test_a_locked_database_stops_no_event_at_the_door(founded, tmp_path):
    instance, said = copied(*founded, tmp_path / "data")
    with instance.up():
        door = Door(instance, said["dsn"])
        with locked(instance.data / "tocsin.sqlite3"):
            statuses = [door.report(f"Meanwhile{number}").status for number in range(20)]
            assert instance.rows("SELECT count(*) FROM store_issue") == [(0,)]

        all_are_issues(door)

    assert statuses == [200] * 20


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """The file is held by another process's transaction."""
    with closing(sqlite.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def all_are_issues(door: Door) -> None:
    """Waits until every event that was answered 200 is an issue."""
    wanted = set(door.taken)
    deadline = monotonic() + PATIENCE
    while missing := wanted - {found for (found,) in door.instance.rows("SELECT event_id FROM store_event")}:
        assert monotonic() < deadline, f"{len(missing)} of {len(wanted)} events are not there: {missing}"


def said_by(process: subprocess.Popen[str], words: str) -> None:
    """Reads on in what the instance says until it says this."""
    assert process.stdout is not None
    assert any(words in line for line in process.stdout)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def texts_that_slack_parses(value: object) -> Iterator[str]:
    """Where Slack looks for mentions and links: the fallback and mrkdwn; rich and plain text it shows as is."""
    match value:
        case {"type": "mrkdwn", "text": str(text)}:
            yield text
        case {"channel": _, "text": str(text), "blocks": blocks}:
            yield text
            yield from texts_that_slack_parses(blocks)
        case dict():
            for inner in value.values():
                yield from texts_that_slack_parses(inner)
        case list():
            for inner in value:
                yield from texts_that_slack_parses(inner)
