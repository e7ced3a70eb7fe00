import json
import os
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests.api.callers import Caller
from tests.builders import NOW
from tocsin.ops.init import command
from tocsin.store.models import ApiToken, AuditEntry, Organization, User
from tocsin.store.queries import accounts
from tocsin.store.writes import api_tokens

WORDS = ["--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"]


def run(*words):
    return CliRunner().invoke(command, words or WORDS)


@pytest.mark.django_db
def test_everything_that_a_program_needs_is_in_one_json_object():
    made = json.loads(run().output)

    assert set(made) == {"dsn", "api_token", "sign_in_url", "organization", "project"}
    assert (made["organization"], made["project"]) == ("acme", "shop")
    assert re.fullmatch(r"http://[0-9a-f]{32}@testserver/\d+", made["dsn"])


@pytest.mark.django_db
def test_the_token_opens_the_api():
    made = json.loads(run().output)

    assert Caller(made["api_token"]).get("/projects/acme/shop/rules/").status == 200


@pytest.mark.django_db
def test_the_link_belongs_to_the_person_who_was_named():
    made = json.loads(run().output)

    token = re.fullmatch(r"http://testserver/sign-in/link/([^/]+)/", made["sign_in_url"])[1]
    assert accounts.sign_in_link(token).user.email == "me@example.com"


@pytest.mark.django_db
def test_a_second_run_prints_the_same_dsn_and_token_and_makes_nothing():
    first, second = (json.loads(run().output) for _ in range(2))

    assert (first["dsn"], first["api_token"]) == (second["dsn"], second["api_token"])
    assert Caller(first["api_token"]).get("/organizations/").status == 200
    assert (ApiToken.objects.count(), Organization.objects.count(), User.objects.count()) == (1, 1, 1)
    assert AuditEntry.objects.filter(event="api-token.add").count() == 1


@pytest.mark.django_db
def test_the_token_itself_is_not_kept():
    token = json.loads(run().output)["api_token"]

    assert token.removeprefix("tocsin_") not in str(list(ApiToken.objects.values()))


@pytest.mark.django_db
def test_a_token_that_was_revoked_does_not_come_back():
    first = json.loads(run().output)["api_token"]
    kept = ApiToken.objects.get()
    api_tokens.revoke(kept.user_id, kept.pk, NOW)

    second = json.loads(run().output)["api_token"]

    assert second == json.loads(run().output)["api_token"]
    assert Caller(first).get("/organizations/").status == 401
    assert Caller(second).get("/organizations/").status == 200


@pytest.mark.django_db
def test_each_organization_has_a_token_of_its_own():
    first = json.loads(run().output)["api_token"]
    other = json.loads(run("--organization", "globex", *WORDS[2:]).output)["api_token"]

    assert first != other
    assert Caller(first).get("/organizations/").status == 200


@pytest.mark.django_db
def test_without_json_the_same_is_readable():
    printed = run(*WORDS[:-1]).output

    assert "sign in url: http://testserver/sign-in/link/" in printed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--organization", "settings", "--project", "shop"], "settings"),
        (["--organization", "acme", "--project", "…"], "…"),
        (["--organization", "acme", "--project", "shop", "--email", "me"], "me"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(words, named):
    found = run(*words)

    assert found.exit_code == 2
    assert len(found.stderr.splitlines()) == 1
    assert named in found.stderr


@pytest.mark.journey
def test_an_empty_folder_becomes_an_instance_and_stays_the_same_one(tmp_path):
    """As a real program, with its own migrations."""
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("TOCSIN_", "DJANGO_"))}

    def program():
        words = [sys.executable, "-m", "tocsin.ops", "init", *WORDS, "--data", str(tmp_path / "data")]
        done = subprocess.run(words, env=variables, capture_output=True, text=True, timeout=60, check=True)
        return json.loads(done.stdout)

    first, second = program(), program()

    assert (first["dsn"], first["api_token"]) == (second["dsn"], second["api_token"])
    assert "@127.0.0.1:8000/" in first["dsn"]
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600
