"""Every kind of notification through every provider, without a line for either here."""

import email
import json
from dataclasses import asdict, replace
from email import policy

import pytest
from tests.providers.driving import asked
from tests.providers.test_conformance import settings_of

from tocsin import notifications, providers
from tocsin.core.registry import load
from tocsin.core.sending import Delivered, Mail, Reply, Request

KINDS = load(notifications, "NOTIFICATION_KIND")
PROVIDERS = load(providers, "PROVIDER")
ACCEPTED = Reply(200, {}, b'{"ok": true, "id": "1", "channel": "C1", "ts": "1.0"}')

pairs = pytest.mark.parametrize(
    ("kind", "provider"),
    [
        pytest.param(kind, provider, id=f"{kind.slug} by {provider.slug}")
        for kind in KINDS.values()
        for provider in PROVIDERS.values()
    ],
)
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def sent(kind, provider):
    parcel = replace(provider.example, message=kind.render(kind.example))
    return asked(provider.send(settings_of(provider), parcel), ACCEPTED)


def words_of(question):
    """All that a service is told, readable."""
    match question:
        case Request():
            return json.dumps(question.json, ensure_ascii=False) + str(question.form) + str(question.body)
        case Mail():
            mail = email.message_from_bytes(question.raw, policy=policy.SMTP)
            return "".join(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))


@pairs
def test_the_message_is_taken(kind, provider):
    assert isinstance(sent(kind, provider)[1], Delivered)


@pairs
def test_the_title_and_the_link_arrive(kind, provider):
    message = kind.render(kind.example)

    for question in sent(kind, provider)[0]:
        assert message.title in words_of(question)
        assert message.link in words_of(question)


@every_kind
def test_facts_survive_json(kind):
    there_and_back = json.loads(json.dumps(asdict(kind.example)))

    assert set(there_and_back) == set(kind.facts.__dataclass_fields__)


@every_kind
def test_the_same_facts_give_the_same_message(kind):
    assert kind.render(kind.example) == kind.render(kind.example)


@every_kind
def test_a_kind_has_the_words_that_every_service_needs(kind):
    message = kind.render(kind.example)

    for words in (message.heading, message.title, message.link, message.summary):
        assert words.strip()
