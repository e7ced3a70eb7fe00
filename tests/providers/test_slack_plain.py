"""What people write in Slack, as plain text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from tocsin.providers.slack.plain import MOST_SPOKEN_TO, plain, spoken_to

PEOPLE = {"U024BE7LH": "Ana Ahn"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Look at it", "Look at it"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt; stays what was typed", "&lt; stays what was typed"),
        ("<@U024BE7LH> look", "@Ana Ahn look"),
        ("<@U024BE7LH|ana> look", "@Ana Ahn look"),
        ("<@U0UNKNOWN|ben> look", "@ben look"),
        ("<@U0UNKNOWN> look", "@U0UNKNOWN look"),
        ("see <#C024BE7LR|ops>", "see #ops"),
        ("see <#C024BE7LR>", "see #C024BE7LR"),
        ("<!here> <!channel> <!everyone> <!here|here>", "@here @channel @everyone @here"),
        ("<!subteam^S012|@web> <!subteam^S012>", "@web @S012"),
        ("on <!date^1392734382^{date}|Feb 18, 2014>", "on Feb 18, 2014"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com|the page>", "the page (https://example.com)"),
        ("<http://example.com|example.com>", "example.com"),
        ("<mailto:ana@example.com|ana@example.com>", "ana@example.com"),
        ("<tel:+4912|+4912>", "+4912"),
        ("`x = <y>` ```code```", "`x = y` ```code```"),
        ("&lt;@U024BE7LH&gt;", "<@U024BE7LH>"),
        ("*bold* _and_ ~so on~", "*bold* _and_ ~so on~"),
        ("an open < and <unclosed", "an open < and <unclosed"),
        ("<>", ""),
        ("", ""),
    ],
)
def test_slacks_marks_are_read(written, read):
    assert plain(written, PEOPLE) == read


def test_whoever_is_mentioned_is_found_once():
    assert spoken_to("<@U1> <@U2|ben> <@U1> &lt;@U3&gt; <#C1> <@u4>") == ("U1", "U2")


def test_of_very_many_mentions_the_first_fifty_are_found():
    assert len(spoken_to("".join(f"<@U{number}>" for number in range(100)))) == MOST_SPOKEN_TO


@settings(max_examples=examples(100), deadline=None)
@given(st.text())
def test_what_was_typed_is_read_as_it_was_typed(typed):
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert plain(escaped, {}) == typed


def test_forty_thousand_characters_full_of_marks_are_read():
    assert len(plain("<@U1>" * 40_000, {"U1": "Ana"})) == 160_000
