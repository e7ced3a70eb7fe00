"""Builds tell of releases with the real sentry-cli, against a real Tocsin."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.instance import Instance, Received, mail_server, report
from tests.real_parts import sentry_cli

pytestmark = [pytest.mark.journey, pytest.mark.needs("sentry_cli")]

VERSION = "shop@1.4.2+7"
GIT = ("-c", "user.name=Ana Ahn", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")


@dataclass
class Build:
    """A build: its checkout, and the program in it. `run` answers what the program printed."""

    instance: Instance
    said: dict[str, str]
    checkout: Path
    mails: Received

    def run(self, *arguments: str) -> str:
        done = self.attempt(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SENTRY_")}
        own = {
            "SENTRY_URL": self.instance.url,
            "SENTRY_AUTH_TOKEN": self.said["api_token"],
            "SENTRY_ORG": "acme",
            "SENTRY_PROJECT": "shop",
        }
        return subprocess.run(
            [str(sentry_cli()), *arguments],
            env={**kept, **own},
            cwd=self.checkout,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def post(self, address: str, body: dict[str, str]) -> None:
        """What no command of the program does."""
        request = urllib.request.Request(
            f"{self.instance.url}/api/0/organizations/acme/{address}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.said['api_token']}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()

    def commit(self, message: str, **files: str) -> str:
        for name, text in files.items():
            (self.checkout / f"{name}.py").write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *GIT, *arguments], cwd=self.checkout, check=True, capture_output=True, text=True
        ).stdout


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    mails = Received()
    with mail_server(mails) as url:
        yield from _built(tmp_path_factory, mails, url)


def _built(folders: pytest.TempPathFactory, mails: Received, email_url: str) -> Iterator[Build]:
    instance = Instance(folders.mktemp("data"), environment={"TOCSIN_EMAIL_URL": email_url})
    said = json.loads(
        instance.run("init", "--organization", "acme", "--project", "shop", "--email", "ana@example.com", "--json")
    )
    checkout = folders.mktemp("checkout")
    with instance.up():
        made = Build(instance, said, checkout, mails)
        made.git("init", "--quiet")
        made.git("remote", "add", "origin", "https://git.example/acme/shop.git")
        made.post("repos/", {"name": "acme/shop"})
        yield made


def test_a_build_makes_a_release_names_its_commits_finalizes_and_deploys_it(build):
    report(build.said["dsn"])
    build.mails.wait_for(1)  # of the alert: the issue is there
    first = build.commit("Round the total", cart="total = 1\n")
    build.commit("Fixes SHOP-1: carts may be empty", cart="total = 2\n", gift="")

    build.run("releases", "new", VERSION)
    build.run("releases", "set-commits", VERSION, "--local", "--initial-depth", "20")
    build.run("releases", "finalize", VERSION)
    build.run("deploys", "new", "--release", VERSION, "--env", "production", "--name", "night")

    assert VERSION in build.run("releases", "list", "--show-projects")
    assert "night" in build.run("deploys", "list", "--release", VERSION)
    assert first in build.run("releases", "info", VERSION, "--show-commits")
    rows = build.instance.rows
    assert rows("SELECT status FROM store_issue WHERE number = 1") == [(1,)]
    assert rows("SELECT kind, release FROM store_resolution") == [("in_release", VERSION)]
    assert rows("SELECT type FROM store_activity WHERE type LIKE 'set_resolved%'") == [("set_resolved_in_commit",)]
    assert rows("SELECT count(*) FROM store_release WHERE date_released IS NOT NULL") == [(1,)]
    build.mails.wait_for(1, lambda mail: b"Deployed 1.4.2+7 to production" in mail.content)


def test_the_next_release_lists_only_what_is_new_since_the_one_before(build):
    build.commit("Start", start="1")
    build.run("releases", "new", "shop@2.0.0")
    build.run("releases", "set-commits", "shop@2.0.0", "--local")
    head = build.commit("Add vouchers", voucher="1")

    build.run("releases", "new", "shop@2.1.0")
    build.run("releases", "set-commits", "shop@2.1.0", "--local")

    listed = build.instance.rows(
        "SELECT made.key FROM store_releasecommit AS listed JOIN store_commit AS made ON made.id = listed.commit_id"
        " WHERE listed.version = 'shop@2.1.0'"
    )
    assert listed == [(head,)]


def test_a_release_may_name_its_commit_by_the_repository(build):
    head = build.commit("Add gift cards", gift="1")
    build.run("releases", "new", "shop@3.0.0")

    build.run("releases", "set-commits", "shop@3.0.0", "--commit", f"acme/shop@{head}")

    assert head in build.run("releases", "info", "shop@3.0.0", "--show-commits")
    assert "acme/shop" in build.run("repos", "list")


def test_commits_that_were_named_can_be_cleared(build):
    build.run("releases", "new", "shop@4.0.0")
    build.run("releases", "set-commits", "shop@4.0.0", "--commit", "acme/shop@7e2d1fa93c55")

    build.run("releases", "set-commits", "shop@4.0.0", "--clear")

    assert build.instance.rows("SELECT 1 FROM store_releasecommit WHERE version = 'shop@4.0.0'") == []


def test_a_release_is_archived_restored_and_deleted(build):
    build.run("releases", "new", "shop@5.0.0")
    build.run("releases", "archive", "shop@5.0.0")
    assert "shop@5.0.0" not in build.run("releases", "list")

    build.run("releases", "restore", "shop@5.0.0")
    assert "shop@5.0.0" in build.run("releases", "list")

    build.run("releases", "delete", "shop@5.0.0")
    assert "shop@5.0.0" not in build.run("releases", "list")


def test_what_is_refused_is_said_in_the_builds_log(build):
    refused = build.attempt("releases", "new", "shop@6.0.0", "--project", "nowhere")

    assert refused.returncode != 0
    assert "There is no project 'nowhere' in this organization." in refused.stdout + refused.stderr
    assert build.instance.rows("SELECT 1 FROM store_release WHERE version = 'shop@6.0.0'") == []
