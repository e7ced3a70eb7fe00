"""`tocsin demo` as a real program against a loopback door that keeps what the SDK sends."""

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest

from tocsin.ops.demo_shop.visits import MISHAPS, VERSIONS, visits

pytestmark = pytest.mark.journey

DECODERS = {"gzip": gzip.decompress, "br": brotli.decompress}  # the SDK prefers br where it is installed
KEY = "0123456789abcdef0123456789abcdef"


class Door(ThreadingHTTPServer):
    """Answers the SDK and keeps each event."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.events = []

    @property
    def dsn(self):
        return f"http://{KEY}@127.0.0.1:{self.server_port}/7"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = DECODERS[self.headers["Content-Encoding"]](body)
        header, item, payload, *_ = body.split(b"\n")
        assert self.path == "/api/7/envelope/"
        assert json.loads(item)["type"] == "event", header
        self.server.events.append(json.loads(payload))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        """The test's output is not a server's log."""


def demo(*words):
    words = [sys.executable, "-m", "tocsin.ops", "demo", *words]
    # A data folder of its own, whatever database the suite runs on.
    own = {name: value for name, value in os.environ.items() if name != "TOCSIN_DATABASE_URL"}
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, env=own)


@pytest.fixture(scope="module")
def shown():
    """One run, and what arrived."""
    with Door() as door:
        threading.Thread(target=door.serve_forever, daemon=True).start()
        done = demo("--dsn", door.dsn, "--seconds", "0")
        door.shutdown()
        return done, door.events


def types(event):
    return [one["type"] for one in event.get("exception", {}).get("values", [])]


def by_page(events, path):
    (found,) = [event for event in events if event["tags"]["page"] == path]
    return found


def test_each_mishap_arrives_once_and_the_way_to_it_is_told(shown):
    done, events = shown

    assert done.returncode == 0, done.stderr
    assert len(events) == len(MISHAPS)
    assert f"{len(MISHAPS)} events of {len(MISHAPS)} kinds arrived" in done.stdout
    assert "Look at http://127.0.0.1:" in done.stdout


def test_the_mishaps_are_of_a_dozen_kinds(shown):
    _, events = shown

    kinds = {
        (types(event) or [event.get("logentry", {}).get("message") or event.get("message")])[-1] for event in events
    }
    assert len(kinds) == len(MISHAPS) >= 12


def test_a_failure_has_its_own_code_with_source_and_variables(shown):
    _, events = shown

    frames = by_page(events, "/rating")["exception"]["values"][-1]["stacktrace"]["frames"]
    assert [frame["function"] for frame in frames if frame["in_app"]] == ["application", "rating", "average_rating"]
    assert frames[-1]["context_line"].strip() == "return sum(ratings) / len(ratings)"
    assert frames[-1]["vars"] == {"ratings": []}


def test_a_failure_keeps_the_one_that_caused_it(shown):
    _, events = shown

    assert types(by_page(events, "/checkout")) == ["TimeoutError", "PaymentFailedError"]


def test_an_unhandled_failure_is_told_from_one_that_the_shop_dealt_with(shown):
    _, events = shown

    def handled(path):
        return by_page(events, path)["exception"]["values"][-1]["mechanism"]["handled"]

    assert (handled("/checkout"), handled("/order")) == (False, True)


def test_levels_differ_with_what_happened(shown):
    _, events = shown

    levels = {path: by_page(events, path)["level"] for path in ("/stock", "/receipts", "/evening", "/label")}
    assert levels == {"/stock": "warning", "/receipts": "error", "/evening": "fatal", "/label": "error"}


def test_an_event_says_who_was_there_and_what_they_asked_for(shown):
    _, events = shown

    event = by_page(events, "/cart/coupon")
    assert set(event["user"]) >= {"id", "username", "email"}
    assert (event["request"]["method"], event["request"]["query_string"]) == ("POST", "code=SUMMER")
    assert event["request"]["url"] == "https://shop.example/cart/coupon"
    assert event["tags"]["coupon"] == "SUMMER"
    assert event["transaction"] == "/cart/coupon"
    assert event["breadcrumbs"]["values"]


def test_nothing_of_one_visit_is_left_in_the_next(shown):
    _, events = shown

    assert all(len(event["breadcrumbs"]["values"]) <= 3 for event in events)
    assert "coupon" not in by_page(events, "/label")["tags"]


def test_visits_come_from_several_people_and_versions():
    seen = list(visits(200))

    assert {visit.version for visit in seen} == set(VERSIONS)
    assert len({visit.user["id"] for visit in seen}) == 12
    assert [visit.mishap for visit in seen[: len(MISHAPS)]] == list(MISHAPS)


def test_the_same_visits_come_every_time():
    assert list(visits(50)) == list(visits(50))


def test_where_nobody_listens_the_demo_stops_at_once_and_says_so():
    done = demo("--dsn", f"http://{KEY}@127.0.0.1:9/7", "--seconds", "600")

    assert done.returncode == 1
    assert "Is tocsin up running there?" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_is_no_dsn_is_one_line_and_exit_code_2():
    done = demo("--dsn", "http://127.0.0.1/", "--seconds", "0")

    assert done.returncode == 2
    assert "is no DSN" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_before_there_is_a_project_the_way_to_one_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TOCSIN_DATA", str(tmp_path))

    done = demo("--seconds", "0")

    assert done.returncode == 2
    assert "tocsin init" in done.stderr


def test_without_a_project_it_says_so_and_names_the_data_folder_that_was_asked_for(tmp_path):
    outcome = demo("--data", str(tmp_path))

    assert outcome.returncode == 2
    assert f"There is no project in {tmp_path} yet; run tocsin up or tocsin init first." in outcome.stderr
