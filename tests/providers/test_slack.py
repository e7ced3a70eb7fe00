"""Slack: what is posted, what may never be in it, and what the answers mean."""

import json
from dataclasses import replace

import pytest
from tests.providers.blocks import LINK, a_message, texts
from tests.providers.driving import asked, play

from tocsin.core.message import Fields, Item, Link, Listing
from tocsin.core.sending import Delivered, Failure, Gone, Refused, Reply, Retry, Unknown
from tocsin.notifications import issue_alert
from tocsin.providers.slack import EXAMPLE, Options, address_of, describe
from tocsin.providers.slack.blocks import body
from tocsin.providers.slack.send import Address, Settings, check, send

SETTINGS = Settings("xoxb-secret")


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
    assert (
        "Release: <https://tocsin.example/acme/releases/shop%401.4.2/?project=shop|shop@1.4.2>" in texts(blocks)[2]
    )
    assert texts(blocks)[3] == (
        f"Suspect commit: <{issue_alert.EXAMPLE.suspect.url}|Ben Ode, 3f2a1b9c0d4e: Share the total among all>"
    )
    assert texts(blocks)[4] == "notes: Ask Jane"
    assert "<https://tocsin.example/acme/shop/rules/3/|Alert rule Tell the owners>" in texts(blocks)[5]


@pytest.mark.parametrize("minor", [True, False])
def test_a_field_that_leads_somewhere_is_a_link(minor):
    block = Fields(
        (("Release", "a<b>`c`"), ("Events", "3")), minor, (Link("Release", "https://t.example/?a=1&b=2"),)
    )

    said = texts(body(a_message(blocks=(block,)), "C1")["blocks"])

    assert "Release: <https://t.example/?a=1&amp;b=2|a&lt;b&gt;ˋcˋ>   Events: *3*" in said  # noqa: RUF001


@pytest.mark.parametrize(
    "address", ["", "javascript:alert(1)", "https://t.example/>x", "https://t.example/" + "a" * 1000]
)
def test_a_field_that_leads_to_no_page_is_its_value(address):
    block = Fields((("Release", "shop@1"),), links=(Link("Release", address),))

    assert "Release: `shop@1`" in texts(body(a_message(blocks=(block,)), "C1")["blocks"])


def test_of_fields_with_long_addresses_as_many_are_shown_as_one_text_takes():
    links = tuple(Link(str(number), "https://t.example/" + "a" * 900) for number in range(5))
    block = Fields(tuple((link.label, "value") for link in links), links=links)

    [shown] = [text for text in texts(body(a_message(blocks=(block,)), "C1")["blocks"]) if "value" in text]

    assert shown.count("|value>") == 3


def test_a_listing_leads_to_what_it_lists():
    page = Link("Runbook", "https://wiki.example.com/shop")

    said = body(a_message(blocks=(Listing(page, "What to do", (Item(page, "3 min", "R-1"),)),)), "C1")

    assert (
        "*<https://wiki.example.com/shop|Runbook>*\nWhat to do\n"
        "• `R-1`  <https://wiki.example.com/shop|Runbook>  3 min"
    ) in texts(said["blocks"])


def test_a_further_action_is_a_link():
    message = a_message(actions=(Link("View issue", LINK), Link("Runbook", "https://wiki.example/?a=1&b=2")))

    assert "<https://wiki.example/?a=1&amp;b=2|Runbook>" in texts(body(message, "C1")["blocks"])


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://e.example/>", "https://e.example/" + "x" * 2000])
def test_what_is_no_web_address_does_not_become_a_link(url):
    message = a_message(link=url, footer=(Link("here", url),))

    blocks = body(message, "C1")["blocks"]

    assert texts(blocks)[-1] == "here"
    assert "link" not in {element["type"] for element in blocks[0]["elements"][0]["elements"]}


# — what the answers mean


@pytest.mark.parametrize("name", ["ratelimited", "service_unavailable", "internal_error", "org_login_required"])
def test_a_passing_trouble_is_tried_again(name):
    assert isinstance(sent(error(name)), Retry)


def test_ratelimited_says_how_long():
    assert sent(error("ratelimited", {"retry-after": "12"})).after == 12


@pytest.mark.parametrize("name", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_dead_token_closes_the_whole_account_and_says_what_to_do(name):
    assert sent(error(name)) == Gone(
        f"Slack refused the message: {name}. Enter a working bot token under Integrations, then replay.",
        account=True,
    )


def test_not_in_channel_says_what_to_do():
    assert sent(error("not_in_channel")) == Refused(
        "Slack refused the message: not_in_channel. Invite the app to #ops with /invite, then replay."
    )


def test_a_missing_scope_names_the_scope():
    assert "chat:write.public" in sent(error("missing_scope", needed="chat:write.public")).reason


@pytest.mark.parametrize(
    "name", ["channel_not_found", "is_archived", "user_not_found", "user_not_visible", "messages_tab_disabled"]
)
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
    assert "invalid_auth" in play(check(SETTINGS), error("invalid_auth")).reason


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
