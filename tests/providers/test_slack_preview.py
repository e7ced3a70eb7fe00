"""Slack: what stands below a shared link, and the question who shared it."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError
from tests.providers.blocks import texts
from tests.providers.driving import asked, play
from tests.providers.test_slack import SETTINGS, error, ok
from tests.providers.test_slack_controls import slacks_own_actions
from tests.providers.test_slack_hostile import HOSTILE, quick, slacks_own_type
from tests.real_parts import shared_schemas

from tocsin.core.message import Card, Link, Severity
from tocsin.core.sending import Delivered, Gone, Refused, Reply, Retry
from tocsin.core.spots import Aside, Preview
from tocsin.notifications import chat_preview
from tocsin.notifications.chat_preview import Facts, render
from tocsin.providers.slack import EXAMPLE, PROVIDER
from tocsin.providers.slack.send import Address, spot

needs_schemas = pytest.mark.needs("shared_schemas")
CARD = chat_preview.EXAMPLE.cards[0]
POSTED = Preview("C024BE91L", "123452389.9875")
DRAFT = Preview("", "U1-909b5454-gryl3kb80b3w", is_draft=True)
ASKED = Facts(url="https://tocsin.example/extensions/slack/link-identity/x/")
CARDS = st.builds(
    Card,
    shared=st.just(CARD.shared),
    what=HOSTILE,
    title=st.builds(Link, HOSTILE, st.just(CARD.title.url) | HOSTILE),
    where=HOSTILE,
    severity=st.sampled_from(Severity),
    code=HOSTILE,
    items=st.lists(st.tuples(HOSTILE, HOSTILE), max_size=14).map(tuple),
    settled=st.booleans(),
)


def said(facts=chat_preview.EXAMPLE, at=POSTED):
    [request], _ = asked(PROVIDER.send(SETTINGS, parcel(facts, at)), ok())
    return request


def parcel(facts=chat_preview.EXAMPLE, at=POSTED):
    return replace(EXAMPLE, message=render(facts), address=spot(at, ""))


def below(card):
    """The blocks below the link that this card is about."""
    return said(Facts((card,))).json["unfurls"][card.shared]["blocks"]


def outcome(answer, facts=chat_preview.EXAMPLE):
    return play(PROVIDER.send(SETTINGS, parcel(facts)), answer)


def are_taken_below_a_link(blocks):
    """Slack's own types, without the rich text that it takes in messages alone."""
    for block in blocks:
        assert block["type"] in ("section", "context")
        slacks_own_type(block["type"]).validate(block)
    assert all(0 < len(text) <= 3_000 for text in texts(blocks))


# — what is asked


def test_each_link_is_named_exactly_as_it_was_shared():
    other = replace(CARD, shared="http://tocsin.example/acme/issues/12")

    request = said(Facts((CARD, other)))

    assert request.url == "https://slack.com/api/chat.unfurl"
    assert list(request.json["unfurls"]) == [CARD.shared, other.shared]


def test_a_message_is_named_by_its_channel_and_time():
    assert (said().json["channel"], said().json["ts"]) == ("C024BE91L", "123452389.9875")


def test_a_draft_is_named_by_its_own_id_as_it_stands_in_no_channel():
    request = said(at=DRAFT)

    assert (request.json["unfurl_id"], request.json["source"]) == (DRAFT.message, "composer")
    assert not {"channel", "ts"} & set(request.json)


def test_a_card_says_what_it_is_how_it_is_called_and_how_it_stands():
    assert texts(below(CARD)) == [
        ":red_circle: *<https://tocsin.example/acme/issues/12/|ZeroDivisionError: division by zero>*",
        "*Issue* SHOP-12 in shop  ·  `shop.cart in total`",
        (
            "State: *Unresolved, new*   Events: *3*   Users: *2*   Assigned to: *Ana*   "
            "As of: *21 Nov 2026, 09:00 UTC*"
        ),
    ]


def test_what_nobody_need_look_at_any_more_has_a_white_dot():
    assert texts(below(replace(CARD, settled=True)))[0].startswith(":white_circle: ")


def test_the_question_is_shown_to_the_person_alone_with_two_buttons():
    body = said(ASKED).json

    link, ignore = body["user_auth_blocks"][-1]["elements"]
    assert (body["unfurls"], body["user_auth_required"]) == ({}, True)
    assert (link["url"], link["style"]) == (ASKED.url, "primary")
    assert (ignore["value"], "url" in ignore) == ("ignore", False)


def test_a_question_is_taken_back_where_it_was_pressed():
    taken = replace(parcel(Facts()), address=spot(Aside("https://hooks.slack.com/actions/1", ends=True), ""))

    [request], result = asked(PROVIDER.send(SETTINGS, taken), 200)

    assert (request.url, request.json) == ("https://hooks.slack.com/actions/1", {"delete_original": True})
    assert result == Delivered()


def test_an_answer_from_before_there_were_other_places_is_still_one():
    answer = replace(EXAMPLE, address=Address("this person", answer_to="https://hooks.slack.com/actions/1"))

    [request], _ = asked(PROVIDER.send(SETTINGS, answer), 200)

    assert request.json["response_type"] == "ephemeral"


def test_previews_share_one_lane_as_slack_counts_them_together():
    lanes = {PROVIDER.lane(spot(one, ""), "x") for one in (POSTED, DRAFT, Preview("C2", "1.2"))}

    assert lanes == {"previews"}


# — what the answers mean


def test_a_preview_is_nothing_that_later_messages_rewrite():
    assert outcome(ok()) == Delivered()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cannot_unfurl_url", "domain"),
        ("cannot_find_message", "not there any more"),
        ("cannot_prompt", "does not want to be asked"),
        ("no_permission", "may not show links in that conversation"),
        ("channel_not_found", "cannot see that conversation"),
        ("invalid_blocks", "please report it"),
        ("is_archived", "archived"),
    ],
)
def test_what_slack_does_not_show_is_refused_and_holds_no_other_up(name, words):
    found = outcome(error(name))

    assert isinstance(found, Refused)
    assert words in found.reason


def test_a_token_that_is_over_breaks_the_integration_as_ever():
    assert outcome(error("token_revoked")).account is True
    assert isinstance(outcome(error("token_revoked")), Gone)


def test_too_many_at_once_are_sent_later():
    assert outcome(error("ratelimited", {"retry-after": "30"})).after == 30
    assert isinstance(outcome(Reply(429, {"retry-after": "30"})), Retry)


# — whatever an event held


@needs_schemas
@quick
@given(CARDS)
def test_whatever_an_issue_is_called_slack_takes_its_card(card):
    are_taken_below_a_link(below(card))


@quick
@given(CARDS)
def test_no_text_of_an_event_mentions_anybody_or_leads_elsewhere(card):
    for text in texts(below(card)):
        tokens = re.findall(r"<([^>]*)>", text)
        assert {token.split("|")[0] for token in tokens} <= {card.title.url}
        assert not re.search(r"[<>]", re.sub(r"<[^<>]*>", "", text))
        assert text.count("`") % 2 == 0


@needs_schemas
def test_the_question_is_made_of_blocks_that_slack_knows():
    section, buttons = said(ASKED).json["user_auth_blocks"]

    slacks_own_type("section").validate(section)
    slacks_own_actions().validate(buttons)


@needs_schemas
def test_the_checks_of_these_tests_can_fail():
    rich = {"type": "rich_text", "elements": []}

    with pytest.raises(AssertionError):
        are_taken_below_a_link([rich])
    with pytest.raises(ValidationError):
        are_taken_below_a_link([{"type": "section", "text": {"type": "markup", "text": "x"}}])
    with pytest.raises(AssertionError):
        are_taken_below_a_link([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}])


@needs_schemas
@pytest.mark.parametrize(
    ("facts", "at"), [(chat_preview.EXAMPLE, POSTED), (chat_preview.EXAMPLE, DRAFT), (ASKED, POSTED)]
)
def test_each_argument_is_one_that_slack_knows(facts, at):
    known = json.loads((shared_schemas() / "slack/method-ref/chat.unfurl.json").read_text())["args"]

    assert set(said(facts, at).json) <= set(known)
    assert "text" not in known
