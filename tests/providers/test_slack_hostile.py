"""Slack and hostile text: whatever an event holds, nobody is mentioned and nothing is broken out of."""

import json
import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, ValidationError
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as SlackBlock
from tests.examples import examples
from tests.providers.blocks import LINK, a_message, elements, texts
from tests.real_parts import shared_schemas

from tocsin.core.message import Code, Fields, Item, Link, Listing, Message, Note, Paragraph, Severity
from tocsin.providers.slack.blocks import body

# The machine may be busy: no deadline for one example.
quick = settings(max_examples=examples(40), deadline=None)
DEFINITIONS = {"rich_text": "RichTextBlock", "context": "ContextBlock", "section": "SectionBlock"}


@cache
def slacks_own_type(block_type):
    """The definition of one block; through AnyBlock each check would try all twenty."""
    path = shared_schemas() / "slack/block-kit.AnyBlock.from-slack-types-3.2.0.json"
    definitions = json.loads(path.read_text())["definitions"]
    return Draft7Validator({"$ref": f"#/definitions/{DEFINITIONS[block_type]}", "definitions": definitions})


def is_taken_by_slack(said):
    """Slack's own types, its SDK's limits, and the limits that neither knows."""
    blocks = said["blocks"]
    assert len(blocks) <= 50
    for block in blocks:
        assert block["type"] in DEFINITIONS
        slacks_own_type(block["type"]).validate(block)
        SlackBlock.parse(block).to_dict()
    assert all(0 < len(text) <= 3000 for text in texts(blocks))
    assert all(0 < len(element.get("text", " ")) <= 3000 for element in elements(blocks))
    assert (
        sum(len(text) for text in texts(blocks)) + sum(len(element.get("text", "")) for element in elements(blocks))
        <= 12_000
    )
    assert len(said["text"]) <= 4000
    json.dumps(said, ensure_ascii=False).encode()


def mentions_and_links(blocks):
    found = [token for text in texts(blocks) for token in re.findall(r"<([^>]*)>", text)]
    stray = [text for text in texts(blocks) if re.search(r"[<>]", re.sub(r"<[^<>]*>", "", text))]
    assert not stray
    return found


needs_schemas = pytest.mark.needs("shared_schemas")
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [
                "<!channel>",
                "<!here|x>",
                "<@U024BE7LH>",
                "<https://evil.example|click>",
                "`",
                "```",
                "*",
                "_",
                "~",
                "&lt;",
                "&",
                "\n",
                "\x00",
                "\u202e",
                "@here",
                "@jane",
                "<",
                ">",
                "|",
                " ",
                "a",
                "\ud800",
                "🎉",
            ]
        ),
        max_size=12,
    ).map("".join),
    st.builds(lambda text, times: text * times, st.text("<&>`a", min_size=1, max_size=4), st.integers(500, 2500)),
)
LEADS = st.builds(Link, HOSTILE, st.just("https://t.example/l") | HOSTILE)
# Labels that links name too, so that there are items that lead somewhere.
LABELS = st.sampled_from(("Release", "a")) | HOSTILE
FIELDS = st.builds(
    Fields,
    st.lists(st.tuples(LABELS, HOSTILE), max_size=14).map(tuple),
    st.booleans(),
    st.lists(st.builds(Link, LABELS, st.just("https://t.example/l") | HOSTILE), max_size=4).map(tuple),
)
MESSAGES = st.builds(
    Message,
    heading=HOSTILE,
    title=HOSTILE,
    subtitle=HOSTILE,
    link=st.just(LINK) | HOSTILE,
    severity=st.sampled_from(Severity),
    summary=HOSTILE,
    project=HOSTILE,
    short_id=HOSTILE,
    reason=HOSTILE,
    blocks=st.lists(
        st.one_of(
            st.builds(Paragraph, HOSTILE),
            st.builds(Code, HOSTILE),
            FIELDS,
            st.builds(
                Listing, LEADS, HOSTILE, st.lists(st.builds(Item, LEADS, HOSTILE, HOSTILE), max_size=14).map(tuple)
            ),
        ),
        max_size=6,
    ).map(tuple),
    actions=st.lists(st.builds(Link, HOSTILE, st.just("https://t.example/a") | HOSTILE), max_size=3).map(tuple),
    footer=st.lists(st.builds(Link, HOSTILE, st.just("https://t.example/f") | HOSTILE), max_size=12).map(tuple),
)


@needs_schemas
@quick
@given(MESSAGES)
def test_whatever_an_event_holds_slack_takes_the_message(message):
    is_taken_by_slack(body(message, "C1"))


@needs_schemas
@quick
@given(MESSAGES, HOSTILE)
def test_notes_never_make_a_message_too_large(message, note):
    is_taken_by_slack(body(replace(message, blocks=(*message.blocks, *[Note(note)] * 3)), "C1"))


@needs_schemas
def test_the_checks_of_these_tests_can_fail():
    good = body(a_message(), "C1")

    with pytest.raises(ValidationError):
        is_taken_by_slack(good | {"blocks": [{"type": "section", "text": {"type": "markup", "text": "x"}}]})
    with pytest.raises(SlackObjectFormationError):
        is_taken_by_slack(good | {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]})
    with pytest.raises(AssertionError):
        is_taken_by_slack(good | {"blocks": [{"type": "carousel"}]})
    with pytest.raises(AssertionError):
        is_taken_by_slack(good | {"blocks": good["blocks"] * 30})


@quick
@given(MESSAGES)
def test_no_event_text_mentions_anyone_or_leads_elsewhere(message):
    said = body(message, "C1")

    own = {LINK, "https://t.example/a", "https://t.example/f", "https://t.example/l"}
    for token in mentions_and_links(said["blocks"]):
        assert token.split("|")[0] in own
    assert {element["type"] for element in elements(said["blocks"])} <= {"emoji", "text", "link"}
    assert {element["url"] for element in elements(said["blocks"]) if "url" in element} <= own
    assert not re.search(r"[<>]", said["text"])
    assert "link_names" not in said


@quick
@given(MESSAGES)
def test_no_event_text_ends_its_code_span(message):
    for text in texts(body(message, "C1")["blocks"]):
        assert text.count("`") % 2 == 0
        assert "``" not in text


@quick
@given(MESSAGES)
def test_no_control_or_bidirectional_character_arrives(message):
    everything = json.dumps(body(message, "C1"), ensure_ascii=False)

    assert not re.search("[\x00\u202a-\u202e\u2066-\u2069\ud800-\udfff]|\\\\u0000", everything)


@pytest.mark.parametrize(
    ("written", "mention"),
    [
        ("@U024BE7LH", "<@U024BE7LH>"),
        ("<@U024BE7LH>", "<@U024BE7LH>"),
        ("@<U024BE7LH>", "<@U024BE7LH>"),
        ("<!subteam^S0614TZR7>", "<!subteam^S0614TZR7>"),
        ("@here", "<!here>"),
        ("<!channel>", "<!channel>"),
    ],
)
def test_only_an_actions_notes_may_mention(written, mention):
    said = body(a_message(blocks=(Note(f"look {written} please"), Paragraph(written))), "C1")

    assert f"notes: look {mention} please" in texts(said["blocks"])
    assert [element for element in elements(said["blocks"]) if element.get("text") == written]


def test_a_note_with_a_bare_name_asks_slack_to_find_it_and_defuses_names_elsewhere():
    fields = Fields((("user", "@here"),))

    said = body(a_message(summary="@channel", blocks=(fields, Note("Ask @jane"))), "C1")

    assert said["link_names"] is True
    assert "notes: Ask @jane" in texts(said["blocks"])
    assert "@here" not in "".join(texts(said["blocks"]))
    assert "@channel" not in said["text"]


def test_an_address_in_a_note_is_no_name():
    assert "link_names" not in body(a_message(blocks=(Note("Write to ana@example.org"),)), "C1")


def test_what_does_not_fit_is_left_out_and_said():
    said = body(a_message(blocks=tuple(Code("x" * 1500) for _ in range(20))), "C1")

    assert "_There is more on the issue's page._" in texts(said["blocks"])
