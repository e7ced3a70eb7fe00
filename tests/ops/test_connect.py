import json

import pytest
from click.testing import CliRunner

from tests.builders import an_organization
from tocsin.ops.connect import command, read_values
from tocsin.ops.errors import WrongInputError
from tocsin.store.models import AuditEntry, Integration
from tocsin.store.queries import integrations

pytestmark = pytest.mark.django_db

MAIL = ("email", "url=smtp://me:secret@mail.example.org:587", "sender=alerts@example.org")


def run(*words, stdin=None):
    return CliRunner().invoke(command, words, input=stdin)


def test_a_connection_is_made_and_printed_as_one_json_object():
    place = an_organization()

    made = json.loads(run(*MAIL, "--json").output)

    row = Integration.objects.get()
    assert (made["id"], made["provider"], made["name"]) == (row.pk, "email", row.name)
    assert made["answer"]
    assert row.organization == place


def test_the_secret_is_sealed_in_the_row_and_nowhere_printed():
    place = an_organization()

    printed = run(*MAIL, "--json").output

    row = Integration.objects.get()
    assert "secret" not in printed
    assert b"secret" not in bytes(row.settings)
    assert integrations.stored(place.pk, row.pk).settings["url"] == "smtp://me:secret@mail.example.org:587"
    assert "secret" not in str(AuditEntry.objects.get().data)


def test_connecting_the_same_again_changes_the_row_instead_of_adding_one():
    an_organization()

    first, second = (json.loads(run(*MAIL, "--json").output) for _ in range(2))

    assert first["id"] == second["id"]
    assert (first["is_new"], second["is_new"]) == (True, False)


def test_a_connection_can_have_a_name():
    an_organization()

    run(*MAIL, "--name", "The office")

    assert Integration.objects.get().name == "The office"


def test_with_several_organizations_one_has_to_be_named():
    an_organization("acme")
    beta = an_organization("beta")

    unnamed = run(*MAIL)
    named = run(*MAIL, "--organization", "beta")

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
        pytest.param((*MAIL, "--organization", "nobody"), "acme", id="an unknown organization"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(words, told):
    an_organization()

    found = run(*words)

    assert found.exit_code == 2
    assert len(found.stderr.splitlines()) == 1
    assert told in found.stderr
    assert not Integration.objects.exists()


def test_before_there_is_an_organization_the_way_to_one_is_named():
    found = run(*MAIL)

    assert found.exit_code == 2
    assert "tocsin init" in found.stderr


def test_a_value_can_come_from_a_file_or_from_standard_input(tmp_path):
    an_organization()
    secret = tmp_path / "mail.url"
    secret.write_text("smtp://me:secret@mail.example.org:587\n")

    from_file = run("email", f"url=@{secret}", "--name", "file")
    from_input = run("email", "url=-", "--name", "input", stdin="smtp://me:other@mail.example.org:587\n")

    assert (from_file.exit_code, from_input.exit_code) == (0, 0)
    stored = [integrations.stored(row.organization_id, row.pk) for row in Integration.objects.order_by("name")]
    assert [one.settings["url"] for one in stored] == [
        "smtp://me:secret@mail.example.org:587",
        "smtp://me:other@mail.example.org:587",
    ]


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
