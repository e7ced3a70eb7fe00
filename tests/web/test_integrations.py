"""Integrations: a form made of declared fields, secrets that are never shown, and a test with the true answer."""

from types import SimpleNamespace

import pytest
from django.test import Client
from tests.builders import NOW, World, a_delivery, a_lane, a_notification, a_world

from tocsin.core.fields import boolean, choice, integer, long_text, secret, text
from tocsin.store.models import AuditEntry, Delivery, Integration
from tocsin.store.queries import integrations
from tocsin.store.secrets import seal
from tocsin.web.fields import fields, given

PAGE = "/acme/integrations/"
URL = "smtp://ana:geheim@mail.example.org:587"


def a_connection(world: World, provider: str = "email", url: str = URL, **columns) -> Integration:
    row = Integration.objects.create(
        organization=world.organization,
        provider=provider,
        settings=b"",
        date_added=NOW,
        date_updated=NOW,
        **{"name": "Mail", **columns},
    )
    row.settings = seal(f"integration:{row.pk}", {"url": url, "sender": "alerts@example.org"})
    row.save()
    return row


@pytest.fixture
def mail_by_environment(settings):
    settings.TOCSIN = SimpleNamespace(
        email_url=URL, outbound_allow="", url="http://testserver", model_fields_set={"email_url"}
    )


def test_every_service_with_something_to_fill_in_can_be_connected(ana: Client):
    page = ana.get(PAGE)

    assert [service.slug for service in page.context["others"]] == ["email", "slack"]


def test_connecting_keeps_what_was_typed_encrypted(ana: Client, world: World, mail_server: str):
    url = f"smtp://ana:geheim@{mail_server}"

    ana.post(PAGE + "email/new/", {"url": url, "sender": "alerts@example.org", "name": "Our mail"})

    row = Integration.objects.get()
    stored = integrations.stored(world.organization.pk, row.pk)
    assert stored is not None
    assert (row.name, stored.settings["url"], b"geheim" in bytes(row.settings)) == ("Our mail", url, False)


def test_a_missing_field_is_said_beside_it_and_the_rest_is_kept(ana: Client):
    answer = ana.post(PAGE + "email/new/", {"url": "", "sender": "alerts@example.org"})

    assert (answer.status_code, Integration.objects.exists()) == (422, False)
    assert "Mail server is required." in answer.text
    assert "alerts@example.org" in answer.text


def test_a_secret_is_not_written_back_into_the_form_that_was_refused(ana: Client):
    answer = ana.post(PAGE + "slack/new/", {"token": "xoxb-secret", "api_url": "x" * 9000})

    assert (answer.status_code, "xoxb-secret" in answer.text) == (422, False)


def test_a_saved_secret_is_never_shown(ana: Client, world: World):
    row = a_connection(world)

    page = ana.get(f"{PAGE}{row.pk}/").text

    assert "geheim" not in page
    assert "Saved; leave empty to keep it" in page


def test_an_empty_secret_stays(ana: Client, world: World, mail_server: str):
    row = a_connection(world, url=f"smtp://ana:geheim@{mail_server}")

    ana.post(f"{PAGE}{row.pk}/", {"url": "", "sender": "other@example.org", "name": "Mail"})

    stored = integrations.stored(world.organization.pk, row.pk)
    assert stored is not None
    assert dict(stored.settings) == {"url": f"smtp://ana:geheim@{mail_server}", "sender": "other@example.org"}


def test_a_name_that_is_taken_is_refused_with_the_reason(ana: Client, world: World, mail_server: str):
    a_connection(world, name="First")
    second = a_connection(world, url=f"smtp://{mail_server}", name="Second")

    answer = ana.post(f"{PAGE}{second.pk}/", {"url": "", "sender": "a@example.org", "name": "First"})

    assert (answer.status_code, "choose another name" in answer.text) == (422, True)


def test_a_broken_connection_says_why(ana: Client, world: World):
    row = a_connection(world, broken="The token was revoked")

    assert "The token was revoked" in ana.get(PAGE).text
    assert "The token was revoked" in ana.get(f"{PAGE}{row.pk}/").text


def test_a_secret_that_no_longer_opens_says_what_to_do(ana: Client, world: World):
    row = a_connection(world)
    Integration.objects.update(settings=seal("integration:999", {}))

    assert "connect again" in ana.get(f"{PAGE}{row.pk}/").text


def test_disconnecting_asks_first(ana: Client, world: World):
    row = a_connection(world)

    ana.get(f"{PAGE}{row.pk}/remove/")

    assert Integration.objects.exists()


def test_disconnecting_keeps_the_ledger_and_leaves_an_audit_entry(ana: Client, world: World):
    row = a_connection(world)
    ana.post(f"{PAGE}{row.pk}/test/")

    ana.post(f"{PAGE}{row.pk}/remove/")

    assert not Integration.objects.exists()
    assert Delivery.objects.get().integration_id is None
    assert AuditEntry.objects.filter(event="integration.remove").exists()


def test_the_test_button_shows_the_true_answer(ana: Client, world: World):
    """No mail server may be dialled on this machine itself, and that is what the page then says."""
    row = a_connection(world)
    sealed = {"url": "smtp://127.0.0.1:1", "sender": "alerts@example.org"}
    Integration.objects.update(settings=seal(f"integration:{row.pk}", sealed))

    page = ana.post(f"{PAGE}{row.pk}/test/")

    delivery = Delivery.objects.get()
    assert (delivery.provider, delivery.label, delivery.integration_id) == ("email", "ana@example.com", row.pk)
    assert not page.context["answer"].is_good
    assert page.context["answer"].reason in page.text.replace("&#x27;", "'").replace("&quot;", '"')


def test_a_test_without_a_channel_says_so_beside_the_input(ana: Client, world: World):
    row = a_connection(world, provider="slack")

    answer = ana.post(f"{PAGE}{row.pk}/test/", {"channel": ""})

    assert (answer.status_code, "Channel is required." in answer.text) == (422, True)


def test_a_service_of_the_environment_is_shown_as_such(ana: Client, mail_by_environment: None):
    assert "Set by the environment" in ana.get(PAGE).text
    assert "geheim" not in ana.get(PAGE + "email/environment/").text


def test_with_mail_by_the_environment_something_can_leave(ana: Client, mail_by_environment: None):
    assert "No mail server and no chat workspace" not in ana.get(PAGE).text


def test_what_the_environment_does_not_set_has_no_page(ana: Client):
    assert ana.get(PAGE + "email/environment/").status_code == 404


def test_an_unknown_service_is_not_found(ana: Client):
    assert ana.get(PAGE + "pigeon/new/").status_code == 404


def test_a_connection_to_a_retired_service_is_still_shown(ana: Client, world: World):
    row = a_connection(world, provider="pigeon", name="Loft")

    assert "Loft" in ana.get(PAGE).text
    assert "no longer has the service pigeon" in ana.get(f"{PAGE}{row.pk}/").text


def test_the_number_of_queries_does_not_grow_with_the_connections(
    ana: Client, world: World, django_assert_max_num_queries
):
    for number in range(20):
        a_connection(world, name=str(number))

    with django_assert_max_num_queries(8):
        ana.get(PAGE)


def a_form(saved: dict | None = None) -> list:
    from dataclasses import make_dataclass

    declared = make_dataclass(
        "Declared",
        [
            ("token", str, secret("Token")),
            ("host", str, text("Host", default=None)),
            ("notes", str, long_text("Notes")),
            ("port", int, integer("Port", default=25)),
            ("tls", bool, boolean("TLS")),
            ("mode", str, choice("Mode", {"a": "A", "b": "B"}, default="a")),
        ],
    )
    return fields(declared, {}, {"host": "Host is required."}, saved=saved)


def test_each_kind_of_field_has_its_input():
    assert [field.kind for field in a_form()] == ["secret", "text", "long_text", "integer", "boolean", "choice"]


def test_an_error_stands_at_its_field():
    assert [field.error for field in a_form() if field.error] == ["Host is required."]


def test_a_saved_secret_is_kept_and_not_a_value():
    token = a_form({"token": "xoxb", "host": "h"})[0]

    assert (token.is_kept, token.value, token.is_required) == (True, "", False)


def test_an_unticked_box_means_no():
    from dataclasses import make_dataclass

    declared = make_dataclass("Declared", [("tls", bool, boolean("TLS", default=True))])

    assert given(declared, {}) == {"tls": "false"}


def test_a_place_that_is_gone_and_a_breaker_that_is_open_are_on_the_page(ana: Client, world: World):
    row = a_connection(world, breaker="open", breaker_until=NOW, breaker_failures=7)
    a_lane(name=f"email:{row.pk}:#ops", integration=row, broken="#ops is archived.")

    page = ana.get(f"{PAGE}{row.pk}/").text

    assert "7 tries failed in a row" in page
    assert "#ops is archived." in page


def test_what_is_held_is_counted(ana: Client, world: World):
    row = a_connection(world, broken="token_revoked")
    a_delivery(a_notification(world.project), integration=row, state="held")

    assert ana.get(f"{PAGE}{row.pk}/").context["health"].held == 1


def test_who_may_manage_chooses_between_a_repeat_and_a_miss(ana: Client, world: World):
    row = a_connection(world)

    ana.post(f"{PAGE}{row.pk}/once/", {"at_most_once": "1"})

    row.refresh_from_db()
    assert row.at_most_once
    assert AuditEntry.objects.get().event == "integration.at_most_once"


def test_another_organizations_integration_cannot_be_set(ana: Client):
    row = a_connection(a_world("other", "web", "bo@example.com"))

    assert ana.post(f"{PAGE}{row.pk}/once/", {"at_most_once": "1"}).status_code == 404
