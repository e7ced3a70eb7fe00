"""What holds for every provider; a new file in providers/ is held to it without a line here."""

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from tests.providers.driving import asked, play

from tocsin import providers
from tocsin.core.fields import Kind, specs
from tocsin.core.people import Person
from tocsin.core.registry import load
from tocsin.core.sending import Failure, Gone, Mail, Refused, Reply, Request, Retry, Unknown

PROVIDERS = load(providers, "PROVIDER")
SECRET = "s3cr3t-that-must-not-show"
VALUES = {Kind.INTEGER: 1, Kind.BOOLEAN: True}


def settings_of(provider):
    given = {
        name: SECRET if spec.kind is Kind.SECRET else VALUES.get(spec.kind, spec.placeholder or "x")
        for name, spec, _ in specs(provider.settings)
    }
    if "url" in given:
        given["url"] = f"smtp://user:{SECRET}@mail.example.org"
    given.pop("api_url", None)
    return provider.settings(**given)


def first_question(provider):
    return asked(provider.send(settings_of(provider), provider.example), 200)[0][:1]


every = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=list(PROVIDERS))
OVER_HTTP = [p for p in PROVIDERS.values() if first_question(p) and isinstance(first_question(p)[0], Request)]
OVER_SMTP = [p for p in PROVIDERS.values() if first_question(p) and isinstance(first_question(p)[0], Mail)]
over_http = pytest.mark.parametrize("provider", OVER_HTTP, ids=lambda provider: provider.slug)
asking = pytest.mark.parametrize("provider", OVER_HTTP + OVER_SMTP, ids=lambda provider: provider.slug)


def outcome_of(provider, answer):
    return play(provider.send(settings_of(provider), provider.example), answer)


def test_slugs_are_file_names():
    folder = Path(providers.__file__).parent

    for slug in PROVIDERS:
        assert (folder / f"{slug}.py").exists() or (folder / slug).is_dir()


@over_http
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_service_is_asked_again(provider, status):
    assert isinstance(outcome_of(provider, status), Retry)


@over_http
def test_retry_after_is_heard(provider):
    assert outcome_of(provider, Reply(429, {"retry-after": "30"})).after == 30


@over_http
@pytest.mark.parametrize("status", [401, 403])
def test_wrong_credentials_are_final_with_a_hint(provider, status):
    outcome = outcome_of(provider, status)

    assert isinstance(outcome, Refused) or outcome == Gone(outcome.reason, account=True)
    assert "replay" in outcome.reason


@over_http
@pytest.mark.parametrize("status", [404, 410])
def test_a_destination_that_is_no_more_is_gone(provider, status):
    assert isinstance(outcome_of(provider, status), Gone)


@over_http
def test_a_redirect_is_not_followed(provider):
    outcome = outcome_of(provider, Reply(302, {"location": "http://127.0.0.1/"}))

    assert isinstance(outcome, Refused)


@asking
def test_a_service_that_was_not_reached_is_asked_again(provider):
    assert isinstance(outcome_of(provider, Failure("could not connect")), Retry)


@asking
def test_a_lost_answer_is_unknown(provider):
    assert isinstance(outcome_of(provider, Failure("lost", written=True)), Unknown)


@asking
def test_a_certificate_that_does_not_verify_is_refused(provider):
    assert isinstance(outcome_of(provider, Failure("bad certificate", permanent=True)), Refused)


@every
def test_settings_do_not_show_their_secrets(provider):
    assert SECRET not in repr(settings_of(provider))


@asking
def test_questions_do_not_show_their_secrets(provider):
    [question] = first_question(provider)

    assert SECRET not in repr(question)


@asking
def test_the_same_parcel_is_asked_the_same_way_each_time(provider):
    assert first_question(provider) == first_question(provider)


@every
def test_an_address_can_be_said_in_a_few_words(provider):
    assert 0 < len(provider.describe(provider.example_address)) <= 80


@every
def test_an_address_survives_json(provider):
    address = provider.example_address
    there = json.dumps({field.name: getattr(address, field.name) for field in fields(address)})

    assert provider.address(**json.loads(there)) == address


@every
def test_a_personal_address_is_one_of_the_providers_own(provider):
    if provider.personal is not None:
        assert isinstance(provider.personal(Person(7, "Ana", "ana@example.org")), provider.address)


@every
def test_a_rule_action_fills_its_sentence_with_its_options(provider):
    if provider.action is not None:
        names = {name: "x" for name, _, _ in specs(provider.action.options)}

        assert provider.action.sentence.format(**names)


@asking
def test_a_hostile_message_is_sent_all_the_same(provider):
    hostile = "<!channel> @here \x00\u202e\ud800 `*_~ &amp; \r\nBcc: x@y.z" * 500
    message = replace(provider.example.message, title=hostile, subtitle=hostile, summary=hostile)

    [question] = asked(provider.send(settings_of(provider), replace(provider.example, message=message)), 200)[0]

    assert question
