"""Messages that are signed as Standard Webhooks says."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.builders import NOW

from tocsin.core.signed_webhook import Signature, key_of, proves

# Worked out with openssl: the key is 32 times the letter k.
TOKEN = "whsec_" + b64encode(b"k" * 32).decode()
BODY = b'{"object_kind": "push"}'
AT = str(int(NOW.timestamp()))
SIGNED = "v1,uvMtDMrXgEE1uu4FWZiLoKWhebCRyXXxjZ0PqzA096E="
SENT = Signature("msg_1", AT, SIGNED)
OTHER = "whsec_" + b64encode(b"o" * 32).decode()


def test_what_a_token_signed_is_proved():
    assert proves([TOKEN], SENT, BODY, NOW)


def test_one_of_several_tokens_and_of_several_signatures_is_enough():
    assert proves([OTHER, TOKEN], replace(SENT, signatures=f"v1,AAAA v1a,x {SIGNED}"), BODY, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "msg_2"},
        {"timestamp": str(int(AT) + 1)},
        {"timestamp": ""},
        {"timestamp": "soon"},
        {"timestamp": "9" * 40},
        {"timestamp": "-1"},
        {"signatures": SIGNED.removeprefix("v1,")},
        {"signatures": "v2," + SIGNED.removeprefix("v1,")},
        {"signatures": SIGNED[:-2]},
        {"signatures": "v1,é"},
        {"signatures": " ".join(["v1,AAAA"] * 20 + [SIGNED])},
    ],
)
def test_what_was_changed_on_its_way_is_not(changed):
    assert not proves([TOKEN], replace(SENT, **changed), BODY, NOW)


def test_neither_is_another_body_nor_what_another_token_signed():
    assert not proves([TOKEN], SENT, BODY + b" ", NOW)
    assert not proves([OTHER], SENT, BODY, NOW)
    assert not proves([], SENT, BODY, NOW)


@pytest.mark.parametrize(("seconds", "holds"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_a_message_counts_for_five_minutes(seconds, holds):
    assert proves([TOKEN], SENT, BODY, NOW + timedelta(seconds=seconds)) == holds


@pytest.mark.parametrize(
    "token", ["", "whsec_", "whsec_k", "secret", TOKEN.removeprefix("whsec_"), "whsec_" + "A" * 200, "whsec_ÄÄÄÄ"]
)
def test_what_is_no_token_has_no_key(token):
    assert key_of(token) is None
