from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.ingest.auth import NOBODY, AuthError, Credentials, agreed, from_dsn, from_header, from_query

KEY = "a" * 32


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(f"Sentry sentry_version=7, sentry_key={KEY}, sentry_client=raven/1", id="today's"),
        pytest.param(f"Sentry sentry_version=7,sentry_key={KEY},sentry_client=raven/1", id="without blanks"),
        pytest.param(f"sentry  sentry_client=raven/1, sentry_key={KEY}", id="without a version"),
        pytest.param(
            f"Sentry sentry_timestamp=1.5, sentry_client=raven/1, sentry_version=2.0, sentry_key={KEY}, "
            "sentry_secret=b",
            id="of 2012",
        ),
    ],
)
def test_a_header_is_read(value):
    assert from_header(value.encode()) == Credentials(KEY, "raven/1")


@pytest.mark.parametrize("value", ["", "Basic YTpi", "Bearer x"])
def test_a_header_of_another_scheme_says_nothing(value):
    assert from_header(value.encode()) == NOBODY


@pytest.mark.parametrize("version", ["1", "8", "x", ""])
def test_an_unknown_version_is_refused_with_the_one_to_send(version):
    with pytest.raises(AuthError, match="send 7"):
        from_query(f"sentry_version={version}x&sentry_key={KEY}".encode())


def test_a_query_is_read_beside_what_else_is_in_it():
    assert from_query(f"a=b&sentry_key={KEY}&sentry_version=7".encode()) == Credentials(KEY)


def test_a_key_named_twice_differently_is_refused():
    with pytest.raises(AuthError, match="sentry_key twice"):
        from_query(f"sentry_key={KEY}&sentry_key={'b' * 32}".encode())


def test_a_query_of_endless_fields_is_refused_and_is_no_failure_of_ours():
    with pytest.raises(AuthError, match="more than 100 fields"):
        from_query("&".join(f"f{number}=1" for number in range(101)).encode())


def test_a_dsn_gives_its_key_and_its_project():
    assert from_dsn(f"https://{KEY}:secret@tocsin.example:8000/path/42") == (Credentials(KEY), "42")


def test_those_who_say_nothing_are_left_out_of_the_agreement():
    assert agreed([NOBODY, Credentials(KEY, "raven/1"), Credentials(KEY)]) == Credentials(KEY, "raven/1")
    assert agreed([NOBODY]) == NOBODY


@given(value=st.binary(max_size=80) | st.text(max_size=40).map(lambda text: f"Sentry sentry_key={text}".encode()))
def test_any_bytes_are_credentials_or_refused(value):
    for read in (from_header, from_query):
        with suppress(AuthError):
            assert isinstance(read(value), Credentials)


@given(dsn=st.none() | st.integers() | st.text() | st.text().map(lambda text: f"https://{text}@host/1"))
def test_anything_is_a_dsn_or_refused(dsn):
    with suppress(AuthError):
        assert from_dsn(dsn)
