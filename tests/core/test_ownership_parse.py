"""The ownership language: what is read, and what is said of what is not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tocsin.core.ownership_parse import MOST_PROBLEMS, parse
from tocsin.core.ownership_rule import Matcher, Owner, OwnershipRule, as_schema, as_text, from_schema

PAYMENTS = Owner("team", "payments")
ANA = Owner("user", "ana@example.com")


def only(text: str) -> OwnershipRule:
    parsed = parse(text)
    assert not parsed.problems
    return parsed.rules[0]


def said(text: str) -> list[str]:
    return [str(problem) for problem in parse(text).problems]


@pytest.mark.parametrize(
    ("line", "kind", "pattern"),
    [
        ("src/* #payments", "path", "src/*"),
        ("path:src/* #payments", "path", "src/*"),
        ("url:https://shop.test/* #payments", "url", "https://shop.test/*"),
        ("module:shop.cart #payments", "module", "shop.cart"),
        ("codeowners:/src/ #payments", "codeowners", "/src/"),
        ("tags.customer:gold* #payments", "tags.customer", "gold*"),
        ("tags.sentry-x.y:1 #payments", "tags.sentry-x.y", "1"),
        ("C:\\shop\\* #payments", "path", "C:\\shop\\*"),
        ('path:"src/a b\\"c\\\\d" #payments', "path", 'src/a b"c\\d'),
        ('"a b" #payments', "path", "a b"),
        ("path:#odd #payments", "path", "#odd"),
        ("  \tsrc/*\t #payments  \r", "path", "src/*"),
    ],
)
def test_a_line_says_what_it_matches(line, kind, pattern):
    assert only(line).matcher == Matcher(kind, pattern)


def test_owners_are_people_in_lower_case_and_teams_each_once():
    assert only("src/* Ana@Example.com #payments ana@example.com").owners == (ANA, PAYMENTS)


@pytest.mark.parametrize("comment", ["# why", "#", "## why", "#! why"])
def test_what_follows_a_blank_and_a_hash_is_a_comment(comment):
    assert only(f"src/* #payments {comment}").owners == (PAYMENTS,)


def test_comments_and_empty_lines_count_as_lines():
    assert only("# who owns what\n\n   \nsrc/* #payments").line == 4


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("src/*", "Line 1, column 6: Expected an owner, as an e-mail address or #team, found the end of the line."),
        ("src/* ana", "Line 1, column 7: Expected an e-mail address or #team, found “ana”."),
        ("src/* #a/b", "Line 1, column 7: Expected an e-mail address or #team, found “#a/b”."),
        ('"src/* #a', 'Line 1, column 1: Expected a closing quote (") before the end of the line.'),
        ('path:"" #a', "Line 1, column 6: Expected a pattern between the quotes, found nothing."),
        ('"a b"c #a', "Line 1, column 6: Expected a blank after the closing quote, found “c”."),
        ("url: #a", "Line 1, column 5: Expected a pattern right after the colon, found a blank."),
        ("url:", "Line 1, column 5: Expected a pattern right after the colon, found the end of the line."),
        ("tags.:x #a", "Line 1, column 6: Expected the name of a tag after “tags.”, found “:x”."),
        ("src/\0 #a", "Line 1, column 5: A NUL character cannot be kept; remove it."),
    ],
)
def test_a_problem_says_where_it_is_and_what_was_expected(line, problem):
    assert said(line) == [problem]


def test_every_line_and_every_owner_that_is_wrong_is_named():
    assert [text.partition(":")[0] for text in said("a ana bo\nb #ok\nc")] == [
        "Line 1, column 3",
        "Line 1, column 7",
        "Line 3, column 2",
    ]


def test_lines_that_are_right_are_read_beside_ones_that_are_not():
    assert [str(rule) for rule in parse("a\nb #ok").rules] == ["path:b #ok"]


def test_a_hundred_problems_are_enough():
    assert len(parse("x\n" * 5000).problems) == MOST_PROBLEMS


def test_a_word_of_any_length_is_named_in_short():
    assert len(said("a " + "b" * 90_000)[0]) < 200


kinds = st.one_of(
    st.sampled_from(["url", "path", "module", "codeowners"]),
    st.text("abc.-_", min_size=1, max_size=5).map("tags.{}".format),
)
signs = st.characters(blacklist_categories=("Cs",), blacklist_characters="\n\0")
owners = st.one_of(
    st.builds(Owner, st.just("team"), st.text("abc-_.", min_size=1)),
    st.builds(Owner, st.just("user"), st.text("abc.", min_size=1).map("{}@example.com".format)),
)
rules = st.builds(
    lambda kind, pattern, who, line: OwnershipRule(Matcher(kind, pattern), tuple(dict.fromkeys(who)), line),
    kinds,
    st.text(signs, min_size=1, max_size=20),
    st.lists(owners, min_size=1, max_size=3),
    st.just(1),
)


@settings(max_examples=examples(1000))
@given(rules)
def test_what_is_written_is_read_again(rule):
    assert only(as_text([rule])) == rule


@settings(max_examples=examples(1000))
@given(st.text(st.sampled_from('ab*:."\\#@ \n\tu\0é'), max_size=60))
def test_no_text_breaks_the_parser_and_what_it_reads_is_stable(text):
    read = parse(text).rules

    assert [(rule.matcher, rule.owners) for rule in parse(as_text(read)).rules] == [
        (rule.matcher, rule.owners) for rule in read
    ]


@given(st.lists(rules, max_size=3))
def test_the_stored_form_gives_the_rules_back(some):
    assert from_schema(as_schema(some)) == tuple(some)


def test_the_stored_form_is_the_one_of_the_wire():
    assert as_schema([OwnershipRule(Matcher("path", "src/*"), (Owner("team", "payments", 7),), 3)]) == {
        "$version": 1,
        "rules": [
            {
                "matcher": {"type": "path", "pattern": "src/*"},
                "owners": [{"type": "team", "identifier": "payments", "id": 7}],
                "line": 3,
            }
        ],
    }
