"""Slack: what is posted, what may never be in it, and what the answers mean."""

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
from tests.providers.driving import asked, play
from tests.real_parts import shared_schemas

from tocsin.core.message import Code, Fields, Link, Message, Note, Paragraph, Severity
from tocsin.core.sending import Delivered, Failure, Gone, Refused, Reply, Retry, Unknown
from tocsin.notifications import issue_alert
from tocsin.providers.slack import EXAMPLE, Options, address_of, describe
from tocsin.providers.slack.blocks import body
from tocsin.providers.slack.send import Address, Settings, check, send

SETTINGS = Settings("xoxb-secret")
LINK = "https://t.example/i/1/"


def a_message(**parts):
    defaults = {"heading": "New issue", "title": "Boom", "link": LINK, "severity": Severity.ERROR, "summary": "s"}
    return Message(**(defaults | parts))


def ok(**said):
    return Reply(200, {}, json.dumps({"ok": True, "channel": "C1", "ts": "17.1"} | said).encode())


def error(name, headers=None, **said):
    return Reply(200, headers or {}, json.dumps({"ok": False, "error": name} | said).encode())


def sent(answer, settings=SETTINGS, parcel=EXAMPLE):
    return play(send(settings, parcel), answer)


# — what is asked


def test_a_message_is_posted_with_the_bot_token():
    [request], _ = asked(send(SETTINGS, EXAMPLE), ok())

    assert (request.method, request.url) == ("POST", "https://slack.com/api/chat.postMessage")
    assert request.headers["Authorization"] == "Bearer xoxb-secret"


@pytest.mark.parametrize("address", ["http://127.0.0.1:4700/api", "http://127.0.0.1:4700/api/"])
def test_the_api_address_is_a_setting(address):
    [request], _ = asked(send(Settings("xoxb-1", address), EXAMPLE), ok())

    assert request.url == "http://127.0.0.1:4700/api/chat.postMessage"


@pytest.mark.parametrize(("address", "channel"), [(Address("#ops", "C1"), "C1"), (Address("#ops"), "#ops")])
def test_the_channels_id_is_used_where_it_is_known(address, channel):
    [request], _ = asked(send(SETTINGS, replace(EXAMPLE, address=address)), ok())

    assert request.json["channel"] == channel


def test_the_reference_is_where_the_message_stands():
    assert sent(ok()) == Delivered({"channel": "C1", "ts": "17.1"})


def test_later_news_answers_in_the_thread_and_in_the_channel():
    said = body(a_message(), "C1", {"channel": "C1", "ts": "16.0"})

    assert (said["thread_ts"], said["reply_broadcast"]) == ("16.0", True)


def test_links_are_not_unfurled():
    said = body(a_message(), "C1")

    assert (said["unfurl_links"], said["unfurl_media"]) == (False, False)


def test_an_alert_is_laid_out_from_the_title_down_to_the_small_print():
    facts = replace(issue_alert.EXAMPLE, show_tags=("customer",), notes="Ask Jane", reason="")

    blocks = body(issue_alert.render(facts), "C1")["blocks"]

    assert [block["type"] for block in blocks] == [
        "rich_text",
        "context",
        "rich_text",
        "section",
        "context",
        "section",
        "context",
    ]
    assert blocks[0]["elements"][0]["elements"] == [
        {"type": "emoji", "name": "red_circle"},
        {"type": "text", "text": " "},
        {
            "type": "link",
            "url": "https://tocsin.example/acme/issues/12/",
            "text": "ZeroDivisionError: division by zero",
            "style": {"bold": True},
        },
    ]
    assert texts(blocks)[0] == "*New issue* in shop  ·  `shop.cart in total`"
    assert blocks[2]["elements"][0]["type"] == "rich_text_preformatted"
    assert texts(blocks)[1] == "customer: *gold*"
    assert "Events: *3*" in texts(blocks)[2]
    assert texts(blocks)[3] == "notes: Ask Jane"
    assert "<https://tocsin.example/acme/shop/rules/3/|Alert rule Tell the owners>" in texts(blocks)[4]


def test_a_further_action_is_a_link():
    message = a_message(actions=(Link("View issue", LINK), Link("Runbook", "https://wiki.example/?a=1&b=2")))

    assert "<https://wiki.example/?a=1&amp;b=2|Runbook>" in texts(body(message, "C1")["blocks"])


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://e.example/>", "https://e.example/" + "x" * 2000])
def test_what_is_no_web_address_does_not_become_a_link(url):
    message = a_message(link=url, footer=(Link("here", url),))

    blocks = body(message, "C1")["blocks"]

    assert texts(blocks)[-1] == "here"
    assert "link" not in {element["type"] for element in blocks[0]["elements"][0]["elements"]}


# — what may never be in it


def texts(blocks):
    """All mrkdwn of a message, in reading order."""
    return [
        holder["text"]
        for block in blocks
        for holder in (block.get("text"), *block.get("elements", ()))
        if holder and holder.get("type") == "mrkdwn"
    ]


def elements(blocks):
    return [
        element
        for block in blocks
        if block["type"] == "rich_text"
        for part in block["elements"]
        for element in part["elements"]
    ]


# The machine may be busy: no deadline for one example.
quick = settings(max_examples=40, deadline=None)
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
            st.builds(Fields, st.lists(st.tuples(HOSTILE, HOSTILE), max_size=14).map(tuple), st.booleans()),
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

    own = {LINK, "https://t.example/a", "https://t.example/f"}
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


# — what the answers mean


@pytest.mark.parametrize("name", ["ratelimited", "service_unavailable", "internal_error", "org_login_required"])
def test_a_passing_trouble_is_tried_again(name):
    assert isinstance(sent(error(name)), Retry)


def test_ratelimited_says_how_long():
    assert sent(error("ratelimited", {"retry-after": "12"})).after == 12


@pytest.mark.parametrize("name", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_dead_token_is_refused_with_a_hint(name):
    assert sent(error(name)) == Refused(
        f"Slack refused the message: {name}. Enter a working bot token under Integrations, then replay."
    )


def test_not_in_channel_says_what_to_do():
    assert sent(error("not_in_channel")) == Refused(
        "Slack refused the message: not_in_channel. Invite the app to #ops with /invite, then replay."
    )


def test_a_missing_scope_names_the_scope():
    assert "chat:write.public" in sent(error("missing_scope", needed="chat:write.public")).reason


@pytest.mark.parametrize("name", ["channel_not_found", "is_archived", "user_not_found", "messages_tab_disabled"])
def test_a_channel_that_is_no_more_is_gone(name):
    assert isinstance(sent(error(name)), Gone)


def test_a_restriction_of_any_kind_is_explained():
    assert "restricts who may post to #ops" in sent(error("restricted_action_read_only_channel")).reason


@pytest.mark.parametrize("name", ["invalid_blocks", "msg_too_long", "something_new"])
def test_what_slack_does_not_take_is_refused(name):
    assert isinstance(sent(error(name)), Refused)


def test_a_failure_half_way_may_have_arrived():
    assert isinstance(sent(error("fatal_error")), Unknown)


@pytest.mark.parametrize("page", [b"<html>proxy</html>", b"", b"[]", b"\xff\xfe", b"null"])
def test_an_answer_that_cannot_be_read_may_have_arrived(page):
    assert isinstance(sent(Reply(200, {}, page)), Unknown)


def test_hostile_words_of_the_service_are_kept_short_and_on_one_line():
    reason = sent(error("x\n" * 500)).reason

    assert len(reason) < 250
    assert "\n" not in reason


def test_a_check_says_whose_token_it_is():
    answer = ok(team="Acme", team_id="T1", user="tocsin", url="https://acme.slack.com/")

    questions, outcome = asked(check(SETTINGS), answer)

    assert questions[0].url == "https://slack.com/api/auth.test"
    assert outcome == Delivered({"team": "Acme", "team_id": "T1", "user": "tocsin"})


def test_a_check_with_a_wrong_token_says_so():
    assert isinstance(play(check(SETTINGS), error("invalid_auth")), Refused)


def test_a_check_without_an_answer_says_so():
    assert isinstance(play(check(SETTINGS), Failure("could not connect to slack.com")), Retry)


# — rule actions


@pytest.mark.parametrize(
    ("options", "address"),
    [
        (Options("1", "#ops"), Address("#ops", "")),
        (Options("1", "#ops", "C1"), Address("#ops", "C1")),
        (Options("1", "#ops", "", "C2"), Address("#ops", "C2")),
    ],
)
def test_a_rule_action_names_its_channel(options, address):
    assert address_of(options) == address


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (Address("#ops"), "#ops"),
        (Address("ops"), "#ops"),
        (Address("@ana", "U1"), "@ana"),
        (Address("", "C1"), "C1"),
    ],
)
def test_an_address_is_said_as_people_write_it(address, words):
    assert describe(address) == words
