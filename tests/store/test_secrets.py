"""Secrets at rest open with this instance's key, in their own place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.store.secrets import SecretUnreadableError, seal, unseal

PLACE = "integration:7"


def test_what_was_sealed_opens_in_its_place():
    assert unseal(PLACE, seal(PLACE, {"token": "xoxb-1"})) == {"token": "xoxb-1"}


def test_the_sealed_text_does_not_show_the_secret_or_its_name():
    sealed = seal(PLACE, {"token": "xoxb-1"})

    assert b"xoxb-1" not in sealed
    assert b"token" not in sealed


def test_the_same_secret_never_looks_the_same_twice():
    assert seal(PLACE, {"token": "xoxb-1"}) != seal(PLACE, {"token": "xoxb-1"})


def test_a_secret_copied_to_another_row_does_not_open_there():
    sealed = seal(PLACE, {"token": "xoxb-1"})

    with pytest.raises(SecretUnreadableError, match="integration:8 belongs to integration:7"):
        unseal("integration:8", sealed)


def test_another_key_opens_nothing_and_says_what_to_do(settings):
    sealed = seal(PLACE, {"token": "xoxb-1"})
    settings.SECRET_KEY = "another key for tests, of forty-odd letters"

    with pytest.raises(SecretUnreadableError, match="Restore the key"):
        unseal(PLACE, sealed)


def test_one_letter_altered_opens_nothing():
    sealed = bytearray(seal(PLACE, {"token": "xoxb-1"}))
    sealed[40] ^= 1

    with pytest.raises(SecretUnreadableError):
        unseal(PLACE, bytes(sealed))


@given(st.binary(max_size=200))
def test_noise_opens_nothing(noise):
    with pytest.raises(SecretUnreadableError):
        unseal(PLACE, noise)


def test_the_error_never_tells_the_secret(settings):
    sealed = seal(PLACE, {"token": "xoxb-1"})

    with pytest.raises(SecretUnreadableError) as caught:
        unseal("integration:8", sealed)

    assert "xoxb-1" not in str(caught.value)
