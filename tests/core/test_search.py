"""What people type to find issues."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.search import LONGEST, MOST_TERMS, Filter, Pattern, Search, parse, pattern
from tocsin.core.search_keys import KEYS, bounds

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def one(key: str, *values: str, no: bool = False, operator: str = "=") -> tuple[Filter, ...]:
    return (Filter(key, tuple(Pattern((value,)) for value in values), no, operator),)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("", (), id="nothing typed, nothing asked"),
        pytest.param("is:Unresolved", one("is", "unresolved"), id="states in any case"),
        pytest.param("level:ERROR", one("level", "error"), id="levels in any case"),
        pytest.param("level:[error, fatal]", one("level", "error", "fatal"), id="a list is any of them"),
        pytest.param('os:["Mac OS X", Linux]', one("os", "Mac OS X", "Linux"), id="a list may have quotes"),
        pytest.param("!level:info", one("level", "info", no=True), id="an exclamation mark turns round"),
        pytest.param("assigned:#Backend", one("assigned", "#Backend"), id="a team's"),
        pytest.param("first-release:1.2", one("firstRelease", "1.2"), id="another way of writing a key"),
        pytest.param("TIMESSEEN:>=10", one("timesSeen", "10", operator=">="), id="numbers are compared"),
        pytest.param("age:-24h", one("age", "-24h"), id="times are relative"),
        pytest.param("browser:Firefox", one("browser", "Firefox"), id="any other key is a tag"),
        pytest.param("browser:>5", one("browser", ">5"), id="tags are not compared"),
        pytest.param('os:"Mac OS X"', one("os", "Mac OS X"), id="quotes keep spaces together"),
        pytest.param(r'a:"say \"hi\""', one("a", 'say "hi"'), id="a quote within quotes"),
        pytest.param(r"path:C:\Users", one("path", r"C:\Users"), id="a backslash before a letter is one"),
        pytest.param("browser:Fire*", (Filter("browser", (Pattern(("Fire", "")),)),), id="a star is a wildcard"),
        pytest.param(r"glob:\*.py", one("glob", "*.py"), id="an escaped star is a star"),
        pytest.param('"by zero"', one("", "by zero"), id="quoted words"),
        pytest.param("division zero", one("", "division") + one("", "zero"), id="each word must be there"),
        pytest.param("https://a.example/x", one("", "https://a.example/x"), id="a web address is text"),
        pytest.param("a\x00b", one("", "a") + one("", "b"), id="a NUL parts words"),
    ],
)
def test_a_search_means_what_it_says(text: str, meant: tuple[Filter, ...]):
    assert parse(text) == Search(meant)


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("is:broken", "is:broken", "is: takes unresolved"),
        ("level:loud", "level:loud", "level: takes fatal"),
        ("assigned:somebody", "assigned:somebody", "an e-mail address or #team"),
        ("bookmarks:you", "bookmarks:you", "takes me"),
        ("timesSeen:many", "timesSeen:many", "a whole number"),
        ("age:24h", "age:24h", "-24h (within)"),
        ("lastSeen:>tomorrow", "lastSeen:>tomorrow", "2026-01-31"),
        ("user:ana*", "user:ana*", "without *"),
        ("browser:", "browser:", "a value is expected after browser:"),
        ('browser:""', 'browser:""', "!has:browser"),
        ('os:"Mac', 'os:"Mac', 'a closing " or ] is missing'),
        ('"by zero', '"by zero', 'a closing " is missing'),
        ('""', '""', "words are expected"),
        ("level:[error", "level:[error", 'a closing " or ] is missing'),
    ],
)
def test_what_makes_no_sense_is_a_fault_at_its_place(text: str, said: str, expected: str):
    search = parse("level:error " + text)

    assert search.filters == one("level", "error")
    (fault,) = search.faults
    assert (fault.said, fault.start) == (said, 12)
    assert expected in fault.expected


def test_terms_after_a_fault_still_hold():
    assert parse("is:broken level:error").filters == one("level", "error")


def test_a_search_that_is_too_long_is_cut_and_says_so():
    search = parse("x" * 10_000)

    assert len(search.filters[0].values[0].text) == LONGEST
    assert "at most 2,000 characters" in str(search.faults[0])


def test_a_search_of_too_many_terms_stops_and_says_so():
    search = parse("a " * (MOST_TERMS + 5))

    assert len(search.filters) == MOST_TERMS
    assert "at most 50 terms" in str(search.faults[0])


def test_the_project_menu_is_one_more_term():
    assert parse("level:error").within("api") == parse("level:error project:api")


@given(st.text() | st.text(alphabet='ab:!"[]*\\,<>=- is'))
def test_whatever_is_typed_is_read_and_reads_the_same_when_written(text: str):
    search = parse(text)

    assert parse(str(search)) == Search(search.filters)


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text and text.strip()))
def test_any_value_can_be_written(value: str):
    search = Search((Filter("tag", (Pattern((value,)),)),))

    assert parse(str(search)) == search or len(str(search)) > LONGEST


@pytest.mark.parametrize(
    ("value", "operator", "span"),
    [
        ("-24h", "=", (NOW - DAY, None)),
        ("+7d", "=", (None, NOW - 7 * DAY)),
        ("-24h", ">", (None, NOW - DAY)),
        ("2026-11-20", "=", (datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))),
        ("2026-11-20", ">", (datetime(2026, 11, 21, tzinfo=UTC), None)),
        ("2026-11-20", "<", (None, datetime(2026, 11, 20, tzinfo=UTC))),
        ("2026-11-20T10:00", ">=", (datetime(2026, 11, 20, 10, tzinfo=UTC), None)),
        ("9999-12-31", "=", None),
        ("0001-01-01T00:00+23:00", "<", None),
    ],
)
def test_times_are_spans(value: str, operator: str, span: object):
    assert bounds(value, operator, NOW) == span


def test_every_key_says_what_it_finds():
    assert all(key.help for key in KEYS)


def test_a_pattern_is_written_as_it_is_read():
    assert str(pattern(r"a\*b*c\\")) == r"a\*b*c\\"
