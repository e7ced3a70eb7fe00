"""What plug-ins add to messages: where it stands, how much of it, and that it never costs the message."""

from itertools import repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.providers.blocks import a_message
from tests.providers.test_slack_hostile import HOSTILE, is_taken_by_slack, mentions_and_links, needs_schemas

from tocsin.core.additions import MOST_BLOCKS, MOST_ROWS, TEXT, Addition, Occasion, added
from tocsin.core.message import Card, Code, Fields, Item, Link, Listing, Note, Paragraph
from tocsin.providers.slack.blocks import body

quick = settings(max_examples=examples(40), deadline=None)
OWN = Paragraph("It broke.")
NOTE = Note("Ask Ben.")
PAGE = Link("Runbook", "https://wiki.example.com/shop")


def an_addition(blocks, slug="plan", **fields) -> Addition:
    return Addition(slug, "Plan", blocks, **fields)


def giving(*blocks, **fields) -> Addition:
    return an_addition(lambda occasion: blocks, **fields)


def an_occasion(**parts) -> Occasion:
    return Occasion("issue_alert", "alerts", "acme", "shop", "slack", a_message(**{"blocks": (OWN, NOTE), **parts}))


def blocks_with(*additions: Addition):
    return added(additions, an_occasion())[0].blocks


def why_not(*blocks) -> str:
    message, [fault] = added([giving(*blocks)], an_occasion())
    assert message.blocks == (OWN, NOTE)
    return fault.reason


# — what stands where


def test_what_is_added_stands_below_the_messages_own_blocks_and_above_the_notes():
    assert blocks_with(giving(Paragraph("Your trial ends."))) == (OWN, Paragraph("Your trial ends."), NOTE)


def test_several_additions_stand_in_their_order():
    one, two = giving(Code("1")), giving(Code("2"), slug="other")

    assert blocks_with(one, two) == (OWN, Code("1"), Code("2"), NOTE)


def test_an_addition_is_told_what_the_message_is_and_where_it_goes():
    def said(occasion):
        words = (occasion.kind, occasion.category, occasion.organization, occasion.project, occasion.provider)
        yield Paragraph(f"{' '.join(words)}: {occasion.message.title}")

    assert Paragraph("issue_alert alerts acme shop slack: Boom") in blocks_with(an_addition(said))


def test_with_nothing_to_add_the_message_is_the_very_same():
    occasion = an_occasion()

    assert added([giving()], occasion) == (occasion.message, [])


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(Paragraph("Seen\ntwice"), id="a paragraph"),
        pytest.param(Code("a\n  b"), id="code"),
        pytest.param(Fields((("Plan", "Team"),), minor=True), id="fields"),
        pytest.param(Fields((("Plan", "Team"),), links=(Link("Plan", PAGE.url),)), id="a field that leads on"),
        pytest.param(Listing(PAGE, "What to do", (Item(PAGE, "3 min", "R-1"),)), id="a listing"),
    ],
)
def test_a_block_stands_as_it_was_given(block):
    assert blocks_with(giving(block))[1] == block


# — for what


@pytest.mark.parametrize(
    ("named", "kind", "category", "is_for"),
    [
        pytest.param({}, "issue_alert", "alerts", True, id="whoever names nothing is asked for all"),
        pytest.param({}, "chat_answer", "answer", False, id="but for answers"),
        pytest.param({"categories": {"answer"}}, "chat_answer", "answer", True, id="unless answers are named"),
        pytest.param({"kinds": ["issue_alert"]}, "issue_alert", "alerts", True, id="a kind, in a list"),
        pytest.param({"kinds": ["issue_alert"]}, "snooze_over", "alerts", False, id="and no other of its category"),
        pytest.param({"categories": ("alerts",)}, "assigned", "workflow", False, id="a category and no other"),
        pytest.param({"kinds": ["deploy"], "categories": ["alerts"]}, "issue_alert", "alerts", True, id="either"),
    ],
)
def test_an_addition_is_for_what_it_names(named, kind, category, is_for):
    assert giving(**named).is_for(kind, category) is is_for


@pytest.mark.parametrize("named", ["alerts", 5, None])
def test_an_addition_that_names_no_set_is_refused_as_it_is_made(named):
    with pytest.raises(TypeError):
        giving(categories=named)


# — what goes wrong


def test_an_addition_that_raises_is_left_out_and_the_others_stay():
    def broken(occasion):
        yield Paragraph("half")
        raise KeyError(occasion.message.title)

    message, [fault] = added([an_addition(broken), giving(Code("fine"), slug="other")], an_occasion())

    assert message.blocks == (OWN, Code("fine"), NOTE)
    assert fault.addition.slug == "plan"


def test_what_it_raised_is_told_by_its_place_and_not_by_its_words():
    def broken(occasion):
        raise ValueError(occasion.message.title)

    _, [fault] = added([an_addition(broken)], an_occasion(title="card 4111"))

    assert fault.reason.startswith("ValueError in tests.core.test_additions, line ")
    assert "4111" not in fault.reason


@pytest.mark.parametrize(
    ("block", "words"),
    [
        pytest.param(NOTE, "it gave Note", id="a note, in which mentions work"),
        pytest.param(Card("https://a.example", "Issue", PAGE, "shop"), "it gave Card", id="a card"),
        pytest.param({"type": "section"}, "it gave dict", id="a service's own markup"),
        pytest.param(None, "it gave NoneType", id="nothing"),
        pytest.param(Paragraph(7), "it gave int where a text stands", id="a number as a text"),
        pytest.param(Code(None), "it gave NoneType where a text stands", id="nothing as code"),
        pytest.param(Fields((("Seats", 3),)), "it gave int where a text stands", id="a number in a field"),
        pytest.param(Fields((("a", "b", "c"),)), "ValueError in tocsin.core.additions", id="three in a field"),
        pytest.param(Fields(3), "TypeError in tocsin.core.additions", id="fields that are none"),
        pytest.param(
            Fields((("a", "b"),), links=(Link("a", "javascript:alert(1)"),)),
            "leads to no page",
            id="a field's script",
        ),
        pytest.param(Fields((("a", "b"),), links=("a",)), "it gave str for a Link", id="words for a field's link"),
        pytest.param(Listing("Runbook", ""), "it gave str for a Link", id="words for a link"),
        pytest.param(Listing(PAGE, "", (PAGE,)), "it gave a Listing of Link", id="a listing of links"),
        pytest.param(Listing(Link("x", "javascript:alert(1)"), ""), "leads to no page", id="a script"),
        pytest.param(
            Listing(Link("x", "https://a.example/b c"), ""), "leads to no page", id="an address with a gap"
        ),
        pytest.param(
            Listing(Link("x", "https://a.example/" + "b" * 1000), ""), "leads to no page", id="a long one"
        ),
    ],
)
def test_what_cannot_stand_there_costs_the_addition(block, words):
    assert words in why_not(Paragraph("before"), block)


@pytest.mark.parametrize(
    "blocks", [None, lambda: (), lambda occasion: 5], ids=["nothing", "no argument", "a number"]
)
def test_blocks_that_cannot_be_asked_for_cost_the_addition(blocks):
    message, [fault] = added([an_addition(blocks)], an_occasion())

    assert (message.blocks, "TypeError" in fault.reason) == ((OWN, NOTE), True)


# — how much


def test_of_too_many_blocks_the_first_stay_and_it_is_said():
    message, [fault] = added([an_addition(lambda occasion: repeat(Code("x")))], an_occasion())

    assert message.blocks == (OWN, *[Code("x")] * MOST_BLOCKS, NOTE)
    assert "more than 5 blocks" in fault.reason


def test_what_is_beyond_the_room_is_left_out_and_it_is_said():
    long = Paragraph("x" * TEXT)

    message, [fault] = added([giving(long, long, long, Code("no more"))], an_occasion())

    assert message.blocks == (OWN, long, long, long, NOTE)
    assert "or 3000 characters" in fault.reason


def test_a_long_text_is_cut():
    assert blocks_with(giving(Paragraph("x" * 100_000)))[1] == Paragraph("x" * (TEXT - 1) + "…")


def test_of_many_rows_the_first_stay():
    many = Fields(tuple((str(number), "") for number in range(100)))

    assert [label for label, _ in blocks_with(giving(many))[1].items] == [
        str(number) for number in range(MOST_ROWS)
    ]


def test_a_hostile_character_does_not_pass():
    assert blocks_with(giving(Paragraph("a\x00b\u202ec\ud800")))[1] == Paragraph("abc")


LEADS = st.builds(Link, HOSTILE, st.just("https://t.example/l"))
GIVEN = st.one_of(
    st.builds(Paragraph, HOSTILE),
    st.builds(Code, HOSTILE),
    st.builds(
        Fields,
        st.lists(st.tuples(st.just("a") | HOSTILE, HOSTILE), max_size=20).map(tuple),
        st.booleans(),
        st.lists(st.builds(Link, st.just("a") | HOSTILE, st.just("https://t.example/l")), max_size=3).map(tuple),
    ),
    st.builds(Listing, LEADS, HOSTILE, st.lists(st.builds(Item, LEADS, HOSTILE, HOSTILE), max_size=20).map(tuple)),
)


@needs_schemas
@quick
@given(st.lists(st.lists(GIVEN, max_size=8), min_size=1, max_size=4))
def test_whatever_is_added_slack_takes_the_message_and_mentions_nobody(given_blocks):
    message, _ = added([giving(*blocks) for blocks in given_blocks], an_occasion(blocks=(OWN,)))

    said = body(message, "C1")

    is_taken_by_slack(said)
    for token in mentions_and_links(said["blocks"]):
        assert token.split("|")[0] in {message.link, "https://t.example/l"}
    assert "link_names" not in said
