"""CODEOWNERS files read and converted (behaviour §4.4)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tocsin.core.codeowners import Line, Roots, anchored, convert, read
from tocsin.core.ownership_rule import Owner

WEB = Owner("team", "web", 1)
ANA = Owner("user", "ana@example.com", 2)
KNOWN = {"@acme/web": WEB, "@ana": ANA, "ana@example.com": ANA}


def test_a_line_names_a_pattern_and_its_owners():
    assert read("# who\n\n/src/ @ana @acme/web  # why\n").lines == (Line(3, "/src/", ("@ana", "@acme/web")),)


def test_a_pattern_without_owners_owns_nothing_and_is_no_mistake():
    found = read("/src/generated/")

    assert (found.lines, found.notes) == ((), ())


@pytest.mark.parametrize("line", ["!/src/ @ana", "/a\\ b/ @ana", "/[ab].py @ana", "\\#x @ana"])
def test_a_pattern_that_cannot_be_used_is_noted_with_its_line(line):
    found = read(f"*.py @ana\n{line}")

    assert [(one.line, one.rule) for one in found.notes] == [(2, line)]
    assert len(found.lines) == 1


@pytest.mark.parametrize("section", ["[Documentation]", "^[Optional]", "[Two][2]", "[Web] @acme/web"])
def test_a_section_of_gitlab_is_skipped_with_a_note(section):
    found = read(f"{section}\n*.md @ana")

    assert (found.notes[0].line, found.lines) == (1, (Line(2, "*.md", ("@ana",)),))


def test_owners_are_turned_into_people_and_teams_in_any_case():
    found = convert(read("*.py @ACME/web ana@example.com"), KNOWN, Roots())

    assert [str(rule) for rule in found.rules] == ["codeowners:*.py #web ana@example.com"]


def test_unknown_owners_are_skipped_and_named():
    found = convert(read("*.py @bo @ana\n*.js @bo\n*.md @zoe/x"), KNOWN, Roots())

    assert [(rule.line, rule.owners) for rule in found.rules] == [(1, (ANA,))]
    assert found.unknown == ("@bo", "@zoe/x")


@pytest.mark.parametrize(
    ("pattern", "roots", "expected"),
    [
        ("/src/shop/", Roots("src/", "app/"), "/app/shop/"),
        ("src/shop/", Roots("/src", "/srv"), "/srv/shop/"),
        ("/src/shop/", Roots("", "/srv/app/"), "/srv/app/src/shop/"),
        ("/docs//guides/", Roots(), "/docs/guides/"),
        ("/src/", Roots("src/", ""), "/"),
        ("*.py", Roots("src/", "app/"), "*.py"),
        ("shop/", Roots("src/", "app/"), "shop/"),
        ("**/shop", Roots("src/", "app/"), "**/shop"),
    ],
)
def test_an_anchored_pattern_moves_from_the_repository_to_the_stack(pattern, roots, expected):
    assert anchored(pattern, roots) == expected


@settings(max_examples=examples(500))
@given(st.text(st.sampled_from("ab/*.[]^!#@\\ \t\n\r"), max_size=60))
def test_no_file_breaks_the_reader(text):
    found = read(text)

    assert all(line.names for line in found.lines)
