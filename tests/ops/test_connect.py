import json

import pytest
from click.testing import CliRunner

from tests.builders import an_organization
from tocsin.ops.connect import command, read_values
from tocsin.ops.errors import WrongInputError
from tocsin.store.models import AuditEntry, Integration
from tocsin.store.queries import integrations

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(mail_server: str) -> str:
    return f"smtp://me:secret@{mail_server}"


@pytest.fixture
def mail(url: str) -> tuple[str, ...]:
    return ("email", f"url={url}", "sender=alerts@example.org")


def run(*words, stdin=None):
    return CliRunner().invoke(command, words, input=stdin)


def test_a_connection_is_made_and_printed_as_one_json_object(mail):
    place = an_organization()

    made = json.loads(run(*mail, "--json").stdout)

    row = Integration.objects.get()
    assert (made["id"], made["provider"], made["name"]) == (row.pk, "email", row.name)
    assert made["answer"]
    assert row.organization == place


def test_the_secret_is_sealed_in_the_row_and_nowhere_printed(mail, url):
    place = an_organization()

    printed = run(*mail, "--json").stdout

    row = Integration.objects.get()
    assert "secret" not in printed
    assert b"secret" not in bytes(row.settings)
    assert integrations.stored(place.pk, row.pk).settings["url"] == url
    assert "secret" not in str(AuditEntry.objects.get().data)


def test_connecting_the_same_again_changes_the_row_instead_of_adding_one(mail):
    an_organization()

    first, second = (json.loads(run(*mail, "--json").stdout) for _ in range(2))

    assert first["id"] == second["id"]
    assert (first["is_new"], second["is_new"]) == (True, False)


def test_a_connection_can_have_a_name(mail):
    an_organization()

    run(*mail, "--name", "The office")

    assert Integration.objects.get().name == "The office"


def test_with_several_organizations_one_has_to_be_named(mail):
    an_organization("acme")
    beta = an_organization("beta")

    unnamed = run(*mail)
    named = run(*mail, "--organization", "beta")

    assert (unnamed.exit_code, named.exit_code) == (2, 0)
    assert "acme, beta" in unnamed.stderr
    assert Integration.objects.get().organization == beta


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("pigeon", "wing=left"), "email, slack", id="an unknown service: the known ones are listed"),
        pytest.param(("email", "host=x"), "url, sender", id="an unknown setting: the known ones are listed"),
        pytest.param(("slack",), "Bot token is required", id="a setting is missing"),
        pytest.param(("email", "url"), "key=value", id="no equals sign"),
        pytest.param(("email", "url=a", "url=b"), "twice", id="a setting is given twice"),
        pytest.param(("email", "url=@/no/such/file"), "/no/such/file", id="a file that is not there"),
        pytest.param(
            ("email", "url=smtp://mail.example.org", "--organization", "nobody"),
            "acme",
            id="an unknown organization",
        ),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(words, told):
    an_organization()

    found = run(*words)

    assert found.exit_code == 2
    assert len(found.stderr.splitlines()) == 1
    assert told in found.stderr
    assert not Integration.objects.exists()


def test_before_there_is_an_organization_the_way_to_one_is_named(mail):
    found = run(*mail)

    assert found.exit_code == 2
    assert "tocsin init" in found.stderr


def test_a_value_can_come_from_a_file_or_from_standard_input(tmp_path, url):
    an_organization()
    secret = tmp_path / "mail.url"
    secret.write_text(f"{url}\n")
    other = url.replace("secret", "other")

    from_file = run("email", f"url=@{secret}", "--name", "file")
    from_input = run("email", "url=-", "--name", "input", stdin=f"{other}\n")

    assert (from_file.exit_code, from_input.exit_code) == (0, 0)
    stored = [integrations.stored(row.organization_id, row.pk) for row in Integration.objects.order_by("name")]
    assert [one.settings["url"] for one in stored] == [url, other]


def test_a_value_keeps_its_own_equals_signs():
    assert read_values(("url=https://example.org/?a=b",)) == {"url": "https://example.org/?a=b"}


def test_a_setting_without_a_name_is_refused():
    with pytest.raises(WrongInputError):
        read_values(("=x",))


def test_a_service_that_cannot_be_asked_is_not_connected():
    an_organization()

    found = run("slack", "token=xoxb-hidden", "api_url=http://127.0.0.1:9/")

    assert found.exit_code == 1
    assert len(found.stderr.splitlines()) == 1
    assert "xoxb-hidden" not in found.output
    assert not Integration.objects.exists()


def test_a_mail_server_that_does_not_take_the_password_is_said_with_its_own_answer(mail_server):
    an_organization()

    found = run("email", f"url=smtp://me:wrong@{mail_server}", "sender=alerts@example.org")

    assert found.exit_code == 1
    assert "does not accept the sign-in: 535" in found.stderr
    assert not Integration.objects.exists()


def test_a_mail_server_that_is_not_there_is_said(mail_server):
    an_organization()

    found = run("email", "url=smtp://127.0.0.1:1", "sender=alerts@example.org")

    assert (found.exit_code, "could not connect" in found.stderr) == (1, True)
