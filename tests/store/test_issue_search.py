"""What people type to find issues."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.issue import Status
from tocsin.store.queries.issue_search import Search, parse, within


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("", Search(), id="nothing typed, nothing asked"),
        pytest.param("is:unresolved", Search(status=Status.UNRESOLVED), id="open ones"),
        pytest.param("is:archived", Search(status=Status.IGNORED), id="archived is another word for ignored"),
        pytest.param("level:ERROR", Search(levels=("error",)), id="levels in any case"),
        pytest.param("level:error level:fatal", Search(levels=("error", "fatal")), id="one key twice widens"),
        pytest.param("environment:staging", Search(environments=("staging",)), id="environment"),
        pytest.param("release:shop@1.4.2", Search(releases=("shop@1.4.2",)), id="release"),
        pytest.param("project:api", Search(projects=("api",)), id="project"),
        pytest.param("assigned:me", Search(assigned="me"), id="mine"),
        pytest.param("assigned:#Backend", Search(assigned="#backend"), id="a team's"),
        pytest.param("browser:Firefox", Search(tags=(("browser", "Firefox"),)), id="any other key is a tag"),
        pytest.param('os:"Mac OS X"', Search(tags=(("os", "Mac OS X"),)), id="quotes keep spaces together"),
        pytest.param('"by zero"', Search(words=("by zero",)), id="quoted words"),
        pytest.param("division zero", Search(words=("division", "zero")), id="each word must be there"),
        pytest.param("https://a.example/x", Search(words=("https://a.example/x",)), id="a web address is text"),
    ],
)
def test_a_search_means_what_it_says(text: str, meant: Search):
    assert parse(text) == meant


@pytest.mark.parametrize("text", ["is:broken", "level:loud", "assigned:somebody", "!browser:Firefox"])
def test_a_term_that_makes_no_sense_is_left_out_and_named(text: str):
    search = parse(text)

    assert text in search.notes[0]
    assert search == Search(notes=search.notes)


def test_the_project_menu_is_one_more_term():
    assert within(parse("level:error"), "api") == parse("level:error project:api")


@given(st.text())
def test_whatever_is_typed_is_read(text: str):
    parse(text)
