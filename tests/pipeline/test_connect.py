"""Connecting a service: checked with the service, kept encrypted, updated rather than doubled."""

import pytest

from tests.builders import NOW, World, a_world
from tocsin.core.fields import InvalidFieldsError
from tocsin.core.sending import Delivered, Outcome, Refused, Sending
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.connect import (
    NotConnectedError,
    UnknownServiceError,
    change,
    connect,
    is_set_by_environment,
    resolve_settings,
)
from tocsin.store.models import AuditEntry, Integration
from tocsin.store.queries import integrations
from tocsin.store.writes.integrations import NameTakenError

ACME = Delivered({"team": "Acme", "team_id": "T1", "user": "tocsin"})
GLOBEX = Delivered({"team": "Globex", "team_id": "T2"})


def answering(outcome: Outcome):
    """Asks nobody and always has this answer."""

    def ask(sending: Sending) -> Outcome:
        sending.close()
        return outcome

    return ask


@pytest.fixture
def world(db) -> World:
    return a_world()


def connected(world: World, outcome: Outcome = ACME, **more):
    columns = {"provider": "slack", "values": {"token": "xoxb-1"}, "actor_id": world.user.pk, "now": NOW, **more}
    return connect(organization_id=world.organization.pk, ask=answering(outcome), **columns)


def stored(world: World, integration_id: int):
    found = integrations.stored(world.organization.pk, integration_id)
    assert found is not None
    return found


def changed(world: World, integration_id: int, values: dict, name: str = "Acme", outcome: Outcome = ACME):
    return change(
        organization_id=world.organization.pk,
        stored=stored(world, integration_id),
        values=values,
        name=name,
        actor_id=world.user.pk,
        now=NOW,
        ask=answering(outcome),
    )


def test_a_connection_is_named_after_the_account_that_the_service_tells(world: World):
    made = connected(world)

    assert (made.name, made.is_new, made.answer) == ("Acme", True, "Slack accepted the settings for Acme.")


def test_the_same_account_again_is_brought_up_to_date_and_not_doubled(world: World):
    first = connected(world)

    again = connected(world, values={"token": "xoxb-2"})

    assert (again.id, again.is_new, Integration.objects.count()) == (first.id, False, 1)
    assert stored(world, first.id).settings["token"] == "xoxb-2"


def test_another_account_is_another_connection(world: World):
    connected(world)

    connected(world, GLOBEX)

    assert Integration.objects.count() == 2


def test_a_refusal_of_the_service_connects_nothing(world: World):
    with pytest.raises(NotConnectedError, match="invalid_auth"):
        connected(world, Refused("Slack refused the message: invalid_auth."))

    assert not Integration.objects.exists()


def test_a_missing_field_is_named(world: World):
    with pytest.raises(InvalidFieldsError) as wrong:
        connected(world, values={})

    assert wrong.value.reasons == {"token": "Bot token is required."}


@pytest.mark.parametrize("slug", ["carrier_pigeon", "inbox"])
def test_what_cannot_be_connected_is_refused(world: World, slug: str):
    with pytest.raises(UnknownServiceError, match=r"Known services: .*slack"):
        connected(world, provider=slug)


def test_the_secret_is_encrypted_at_rest(world: World):
    made = connected(world, values={"token": "xoxb-secret"})

    assert b"xoxb-secret" not in bytes(Integration.objects.get(pk=made.id).settings)


def test_connecting_leaves_an_audit_entry_without_the_secret(world: World):
    made = connected(world, values={"token": "xoxb-secret"})

    entry = AuditEntry.objects.get()
    assert (entry.event, entry.target, entry.actor_id) == (
        "integration.add",
        f"integration:{made.id}",
        world.user.pk,
    )
    assert "xoxb" not in str(entry.data)


def test_a_change_never_moves_a_connection_to_another_account(world: World):
    made = connected(world)

    with pytest.raises(NotConnectedError, match="another account, Globex"):
        changed(world, made.id, {"token": "xoxb-2"}, outcome=GLOBEX)

    kept = stored(world, made.id)
    assert (kept.connected.external_id, kept.settings["token"]) == ("T1", "xoxb-1")


def test_an_empty_secret_stays_as_it_was(world: World):
    made = connected(world)

    changed(world, made.id, {"token": ""}, name="Ours")

    kept = stored(world, made.id)
    assert (kept.connected.name, kept.settings["token"]) == ("Ours", "xoxb-1")


def test_a_changed_host_does_not_get_the_saved_secret(world: World):
    made = connected(world)

    with pytest.raises(InvalidFieldsError) as wrong:
        changed(world, made.id, {"token": "", "api_url": "https://evil.example/api"})

    assert list(wrong.value.reasons) == ["token"]
    assert stored(world, made.id).settings["api_url"] == ""


def test_a_host_that_only_begins_like_the_old_one_does_not_get_the_secret(world: World):
    made = connected(world, values={"token": "xoxb-1", "api_url": "https://slack.example"})

    with pytest.raises(InvalidFieldsError):
        changed(world, made.id, {"token": "", "api_url": "https://slack.example.evil.test"})


def test_a_changed_host_is_taken_with_the_secret_given_again(world: World):
    made = connected(world)

    changed(world, made.id, {"token": "xoxb-9", "api_url": "https://slack.example/api"})

    found = stored(world, made.id).settings
    assert (found["token"], found["api_url"]) == ("xoxb-9", "https://slack.example/api")


def test_a_changed_sender_keeps_the_mail_servers_password_as_it_goes_nowhere_else(world: World):
    url = "smtp://ana:secret@mail.example:587"
    made = connected(world, provider="email", values={"url": url})

    changed(world, made.id, {"url": "", "sender": "alerts@example.org"}, name="Mail")

    assert stored(world, made.id).settings == {"url": url, "sender": "alerts@example.org"}


def test_a_change_mends_what_was_broken(world: World):
    made = connected(world)
    Integration.objects.update(broken="the token was revoked")

    changed(world, made.id, {"token": "xoxb-2"})

    assert stored(world, made.id).connected.broken == ""


def test_two_connections_of_a_service_cannot_have_one_name(world: World):
    connected(world)
    other = connected(world, GLOBEX)

    with pytest.raises(NameTakenError, match="choose another name"):
        changed(world, other.id, {"token": ""}, name="Acme", outcome=GLOBEX)


def test_two_organizations_may_connect_the_same_account(world: World):
    connected(world)

    connected(a_world("globex", "other", "eve@example.com"))

    assert Integration.objects.count() == 2


def test_an_empty_field_takes_what_the_operator_set():
    settings = resolve_settings(
        catalogue().providers["email"], {"url": ""}, {"TOCSIN_EMAIL_URL": "smtp://mail.example:25"}
    )

    assert settings.url == "smtp://mail.example:25"


def test_what_was_typed_wins_over_what_the_operator_set():
    email = catalogue().providers["email"]
    settings = resolve_settings(
        email, {"url": "smtp://own.example:25"}, {"TOCSIN_EMAIL_URL": "smtp://mail.example:25"}
    )

    assert settings.url == "smtp://own.example:25"


def test_a_service_with_a_required_field_missing_has_no_settings():
    assert (
        resolve_settings(catalogue().providers["slack"], {}, {"TOCSIN_SLACK_API_URL": "https://x.example"}) is None
    )


def test_an_address_alone_does_not_connect_slack_by_the_environment():
    environ = {"TOCSIN_SLACK_API_URL": "https://x.example", "TOCSIN_EMAIL_URL": "smtp://mail.example:25"}

    found = {slug for slug, one in catalogue().providers.items() if is_set_by_environment(one, environ)}

    assert found == {"email"}
