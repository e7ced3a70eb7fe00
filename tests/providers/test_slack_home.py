"""Slack: the app's home, as views.publish takes it."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, ValidationError
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as SlackBlock
from slack_sdk.models.views import View
from tests.providers.blocks import texts
from tests.providers.driving import asked, play
from tests.providers.test_slack import SETTINGS, error, ok
from tests.providers.test_slack_hostile import HOSTILE, quick
from tests.real_parts import shared_schemas

from tocsin.core.message import Item, Link, Listing
from tocsin.core.sending import Delivered, Gone, Refused
from tocsin.core.spots import Home
from tocsin.notifications.chat_home import EXAMPLE as FACTS
from tocsin.notifications.chat_home import Facts, render
from tocsin.providers.slack import EXAMPLE, PROVIDER
from tocsin.providers.slack.home import blocks
from tocsin.providers.slack.send import spot

needs_schemas = pytest.mark.needs("shared_schemas")
LINK = "https://tocsin.example/acme/issues/12/"
ITEMS = st.builds(Item, st.builds(Link, HOSTILE, st.just(LINK) | HOSTILE), HOSTILE, HOSTILE)
LISTINGS = st.builds(
    Listing,
    st.builds(Link, HOSTILE, st.just(LINK) | HOSTILE),
    HOSTILE,
    st.lists(ITEMS, max_size=16).map(tuple),
)
HOMES = st.builds(
    Facts,
    url=st.just("https://tocsin.example"),
    at=HOSTILE,
    known=st.integers(0, 9),
    here=st.lists(LISTINGS, max_size=9).map(tuple),
    links=st.lists(st.builds(Link, HOSTILE, st.just(LINK) | HOSTILE), max_size=30).map(tuple),
)


def parcel(facts=FACTS):
    return replace(EXAMPLE, message=render(facts), address=spot(Home("U024BE7LH"), ""))


def view(facts=FACTS):
    [request], _ = asked(PROVIDER.send(SETTINGS, parcel(facts)), ok())
    return request.json["view"]


def is_taken_by_slack(shown):
    """Slack's own types, its SDK's limits, and the limits that neither knows."""
    path = shared_schemas() / "slack/block-kit.View.from-slack-types-3.2.0.json"
    Draft7Validator(json.loads(path.read_text())).validate(shown)
    View(**shown).to_dict()
    assert 0 < len(shown["blocks"]) <= 100
    assert {block["type"] for block in shown["blocks"]} <= {
        "header",
        "actions",
        "section",
        "divider",
        "context",
        "rich_text",
    }
    for block in shown["blocks"]:
        SlackBlock.parse(block).to_dict()
        buttons = block["elements"] if block["type"] == "actions" else []
        assert len({one["action_id"] for one in buttons}) == len(buttons) <= 25
        assert all(0 < len(one["text"]["text"]) <= 75 and len(one["url"]) <= 3_000 for one in buttons)
    assert all(0 < len(text) <= 3_000 for text in texts(shown["blocks"]))
    assert len(json.dumps(shown)) <= 250_000


def test_it_is_published_for_the_person_who_opened_it():
    [request], outcome = asked(PROVIDER.send(SETTINGS, parcel()), ok())

    assert request.url == "https://slack.com/api/views.publish"
    assert (request.json["user_id"], request.json["view"]["type"]) == ("U024BE7LH", "home")
    assert outcome == Delivered()


def test_it_reads_from_who_you_are_over_what_is_yours_to_when_that_was():
    shown = view()["blocks"]

    assert [block["type"] for block in shown] == ["header", "actions", "section", "section", "divider", "context"]
    assert [one["url"] for one in shown[1]["elements"]] == [FACTS.links[0].url]
    assert texts(shown) == [
        "*<https://tocsin.example/acme/issues/|Acme>*\nOpen: 12 in shop, 3 in door. Yours:",
        (
            f"*<{LINK}|ZeroDivisionError: division by zero>*\n"
            "`SHOP-12`  error in shop, new · seen 3 min ago, first 2 d ago"
        ),
        "As of 21 Nov 2026, 09:00 UTC",
    ]


def test_who_is_known_nowhere_reads_what_to_do():
    shown = json.dumps(view(replace(FACTS, here=(), known=0)))

    assert "Tocsin does not know who you are here." in shown
    assert FACTS.links[0].url in shown


def test_who_is_known_everywhere_has_no_button():
    assert "actions" not in {block["type"] for block in view(replace(FACTS, links=()))["blocks"]}


def test_more_than_a_view_takes_is_left_out_and_said():
    long = replace(FACTS.here[0], items=FACTS.here[0].items * 30)

    shown = view(replace(FACTS, here=(long,) * 5))["blocks"]

    assert len(shown) == 100
    assert texts(shown)[-2:] == ["_There is more on the pages._", "As of 21 Nov 2026, 09:00 UTC"]


def test_homes_share_one_lane_as_slack_counts_them_together():
    assert {PROVIDER.lane(spot(Home(user), ""), "x") for user in ("U1", "U2")} == {"homes"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("not_enabled", "Switch the Home Tab on"),
        ("user_not_found", "no such person"),
        ("no_permission", "does not let the app have a home"),
        ("view_too_large", "please report it"),
    ],
)
def test_a_home_that_slack_refuses_keeps_nobody_elses_from_being_published(name, words):
    outcome = play(PROVIDER.send(SETTINGS, parcel()), error(name))

    assert isinstance(outcome, Refused)
    assert words in outcome.reason


def test_a_token_that_is_over_breaks_the_integration_as_ever():
    assert isinstance(play(PROVIDER.send(SETTINGS, parcel()), error("token_expired")), Gone)


def test_too_many_at_once_are_published_later():
    assert play(PROVIDER.send(SETTINGS, parcel()), error("ratelimited", {"retry-after": "30"})).after == 30


# — whatever an event held


@needs_schemas
@quick
@given(HOMES)
def test_whatever_issues_are_called_and_however_many_slack_takes_the_home(facts):
    is_taken_by_slack(view(facts))


@quick
@given(HOMES)
def test_no_text_of_an_event_mentions_anybody_or_leads_elsewhere(facts):
    known = {
        link for listing in facts.here for link in (listing.title.url, *(one.link.url for one in listing.items))
    }
    for text in texts(blocks(render(facts))):
        assert {token.split("|")[0] for token in re.findall(r"<([^>]*)>", text)} <= known
        assert not re.search(r"[<>]", re.sub(r"<[^<>]*>", "", text))
        assert text.count("`") % 2 == 0


@needs_schemas
def test_the_checks_of_these_tests_can_fail():
    good = view()
    is_taken_by_slack(good)

    with pytest.raises(ValidationError):
        is_taken_by_slack(good | {"type": "house"})
    with pytest.raises((AssertionError, SlackObjectFormationError)):
        is_taken_by_slack(good | {"blocks": good["blocks"] * 20})
    with pytest.raises((AssertionError, SlackObjectFormationError)):
        is_taken_by_slack(good | {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}]})


@needs_schemas
def test_each_argument_is_one_that_slack_knows():
    known = json.loads((shared_schemas() / "slack/method-ref/views.publish.json").read_text())["args"]
    [request], _ = asked(PROVIDER.send(SETTINGS, parcel()), ok())

    assert set(request.json) <= set(known)
    assert "channel" not in known
