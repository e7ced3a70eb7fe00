"""Slack: what readers can press below a message, within what Slack takes, and how a press names its issue."""

import json
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, ValidationError
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as SlackBlock
from tests.chat.pressing import pressed
from tests.examples import examples
from tests.providers.blocks import a_message, elements, texts
from tests.providers.driving import asked
from tests.providers.test_slack import SETTINGS, ok
from tests.providers.test_slack_hostile import HOSTILE, MESSAGES, is_taken_by_slack, quick
from tests.real_parts import shared_schemas

from tocsin.core.acts import Now, controls
from tocsin.core.message import Assign, Choice, Code, Link, Note, Paragraph, Pick, Press
from tocsin.core.subjects import AboutAccount, AboutIssue, AboutRequest
from tocsin.notifications import issue_alert, member_request
from tocsin.providers.slack import EXAMPLE
from tocsin.providers.slack.blocks import body
from tocsin.providers.slack.controls import about, actions, groups, issue_of, subject_of
from tocsin.providers.slack.receive import Pressed, read
from tocsin.providers.slack.send import edit, reply, send

needs_schemas = pytest.mark.needs("shared_schemas")
WITH_A_SECRET = replace(SETTINGS, signing_secret="hush")
STATES = ("unresolved", "resolved", "archived")
NAMES = HOSTILE | st.text(min_size=70, max_size=400)
STANDING = st.builds(
    Now,
    status=st.sampled_from(STATES),
    assignee=NAMES,
    assigned_to=st.sampled_from(["", "user:9223372036854775807", "team:2"]),
    done=st.lists(NAMES, max_size=40).map(tuple),
    has_releases=st.booleans(),
)


def offering(*some, **parts):
    return a_message(controls=some, about=AboutIssue(12), **parts)


def standing(now, message=None):
    """A message as an alert's is written for an issue that stands so."""
    return replace(
        message or a_message(),
        controls=controls(now),
        about=AboutIssue(2**63 - 1),
        done=now.done,
        settled=not now.is_open,
    )


def shown(*some):
    [block] = actions(offering(*some))
    return block["elements"]


def all_texts(element):
    options = [*element.get("options", ()), *filter(None, [element.get("initial_option")])]
    found = [element.get("text"), element.get("placeholder"), *(option["text"] for option in options)]
    return [text["text"] for text in found if text]


@cache
def slacks_own_actions():
    path = shared_schemas() / "slack/block-kit.AnyBlock.from-slack-types-3.2.0.json"
    definitions = json.loads(path.read_text())["definitions"]
    return Draft7Validator({"$ref": "#/definitions/ActionsBlock", "definitions": definitions})


def are_taken_by_slack(block):
    """Slack's own type, its SDK's limits, and what both leave out."""
    slacks_own_actions().validate(block)
    SlackBlock.parse(block).to_dict()
    assert len(block["block_id"]) <= 255
    names = [element["action_id"] for element in block["elements"]]
    assert len(names) == len(set(names)) <= 25
    for element in block["elements"]:
        assert 0 < len(element["action_id"]) <= 255
        assert all(0 < len(text) <= 75 for text in all_texts(element))
        options = element.get("options", [{"value": ""}])
        assert 0 < len(options) <= 100
        assert all(len(option["value"]) <= 150 for option in options)


# — buttons and menus


@needs_schemas
@quick
@given(STANDING)
def test_whoever_has_it_and_whatever_was_done_slack_takes_the_controls(now):
    [block] = actions(standing(now))

    are_taken_by_slack(block)


@needs_schemas
def test_the_checks_of_these_tests_can_fail():
    [good] = actions(standing(Now()))
    are_taken_by_slack(good)

    with pytest.raises(ValidationError):
        slacks_own_actions().validate(good | {"elements": [{"type": "lever"}]})
    with pytest.raises(AssertionError):
        are_taken_by_slack(good | {"elements": [good["elements"][0]] * 2})
    with pytest.raises(SlackObjectFormationError):
        are_taken_by_slack(good | {"block_id": "x" * 256})


def test_a_button_brings_back_its_word():
    [button] = shown(Press("Reopen", "unresolved:ongoing"))

    assert button == {
        "type": "button",
        "action_id": "unresolved:ongoing",
        "text": {"type": "plain_text", "text": "Reopen", "emoji": False},
        "value": "unresolved:ongoing",
    }


def test_a_button_about_an_account_comes_back_with_its_connection():
    [block] = actions(a_message(controls=(Press("Turn on Slack", "all_slack"),), about=AboutAccount(3)))
    payload = pressed(0, "all_slack")
    payload["actions"] = [block["elements"][0] | {"block_id": block["block_id"]}]

    found = read(payload)

    assert isinstance(found, Pressed)
    assert (found.about, found.does) == (AboutAccount(3), "all_slack")


def test_the_likeliest_button_stands_out():
    [button] = shown(Press("Resolve", "resolved", primary=True))

    assert button["style"] == "primary"


def test_a_menu_brings_back_the_word_of_what_was_chosen():
    [menu] = shown(Pick("Archive…", (Choice("For ever", "ignored:archived_forever"),)))

    assert menu["type"] == "static_select"
    assert [(line["text"]["text"], line["value"]) for line in menu["options"]] == [
        ("For ever", "ignored:archived_forever")
    ]


def test_a_menu_has_as_many_lines_as_slack_takes():
    [menu] = shown(Pick("Archive…", tuple(Choice(f"For {n} days", f"ignored:for:{n}") for n in range(1, 150))))

    assert len(menu["options"]) == 100


def test_whom_to_assign_to_is_asked_for_as_somebody_types():
    [menu] = shown(Assign("Assign to…", "assign"))

    assert (menu["type"], menu["action_id"], menu["min_query_length"]) == ("external_select", "assign", 0)
    assert "initial_option" not in menu


def test_whoever_has_it_is_chosen_already():
    [menu] = shown(Assign("Assign to…", "assign", "Ben Ode", "user:7"))

    assert menu["initial_option"] == {
        "text": {"type": "plain_text", "text": "Ben Ode", "emoji": False},
        "value": "user:7",
    }


@pytest.mark.parametrize("name", ["\x00", " ", "\u202e"])
def test_somebody_whose_name_shows_nothing_has_a_dash(name):
    [menu] = shown(Assign("Assign to…", "assign", name, "user:7"))

    assert menu["initial_option"]["text"]["text"] == "–"  # noqa: RUF001 — a dash


def test_a_message_about_nothing_that_can_be_done_has_no_block_for_it():
    assert actions(a_message()) == []


@settings(parent=quick)
@given(st.lists(st.tuples(NAMES, st.lists(st.tuples(NAMES, st.just("user:7")), max_size=3)), max_size=4))
def test_found_people_are_listed_within_slacks_limits(found):
    for group in groups(found)["option_groups"]:
        assert 0 < len(group["label"]["text"]) <= 75
        assert group["options"]
        assert all(0 < len(option["text"]["text"]) <= 75 for option in group["options"])


def test_a_group_has_at_most_a_hundred_lines():
    [group] = groups([("People", [(f"Ana {n}", f"user:{n}") for n in range(300)])])["option_groups"]

    assert len(group["options"]) == 100


@needs_schemas
@pytest.mark.parametrize("request_id", [1, 2**63 - 1])
def test_slack_takes_the_buttons_of_a_request(request_id):
    [block] = actions(member_request.render(replace(member_request.EXAMPLE, request_id=request_id)))

    are_taken_by_slack(block)


# — what a press is about


@given(st.sampled_from([AboutIssue, AboutRequest, AboutAccount]), st.integers(1, 2**63 - 1))
def test_a_block_says_what_it_is_about(kind, number):
    assert subject_of(about(kind(number))) == kind(number)


@pytest.mark.parametrize(
    ("block_id", "subject"),
    [
        ('{"issue":12}', AboutIssue(12)),
        ('{"issue":12,"rule":3}', AboutIssue(12)),
        ('{"member":12}', AboutRequest(12)),
    ],
)
def test_blocks_of_messages_that_stand_there_keep_their_meaning(block_id, subject):
    assert subject_of(block_id) == subject


def test_a_menu_of_people_is_about_an_issue_and_nothing_else():
    assert (issue_of('{"issue":12}'), issue_of('{"member":12}')) == (12, None)


def test_what_can_be_pressed_is_about_something():
    assert actions(a_message(controls=(Press("Reopen", "unresolved:ongoing"),))) == []


@pytest.mark.parametrize(
    "block_id",
    [
        "",
        "xyz",
        "null",
        "[]",
        "7",
        '"issue"',
        "{}",
        "{",
        '{"issue":null}',
        '{"member":null}',
        '{"member":"12"}',
        '{"member":9223372036854775808}',
        '{"rule":12}',
        '{"issue":"12"}',
        '{"issue":true}',
        '{"issue":0}',
        '{"issue":-1}',
        '{"issue":1.0}',
        '{"issue":[12]}',
        '{"issue":NaN}',
        '{"issue":9223372036854775808}',
        '{"issue":' + "9" * 5_000 + "}",
        "[" * 100_000,
    ],
)
def test_a_block_that_is_none_of_ours_is_about_nothing(block_id):
    assert subject_of(block_id) is None


@given(st.text())
def test_no_name_of_a_block_breaks_the_reading(block_id):
    found = subject_of(block_id)

    assert found is None or found.id > 0


# — the message as it stands


def test_what_stands_in_a_thread_has_none_as_only_the_first_message_is_kept_true():
    parcel = replace(EXAMPLE, message=standing(Now()), parent={"channel": "C1", "ts": "17.1"})

    [request, *_], _ = asked(reply(WITH_A_SECRET, parcel), ok())

    assert "actions" not in [block["type"] for block in request.json["blocks"]]


@pytest.mark.parametrize("way", [send, edit])
@pytest.mark.parametrize(("known", "has_controls"), [(SETTINGS, False), (WITH_A_SECRET, True)])
def test_buttons_are_shown_where_slack_can_tell_of_presses(way, known, has_controls):
    parcel = replace(EXAMPLE, message=standing(Now()), parent={"channel": "C1", "ts": "17.1"})

    [request, *_], _ = asked(way(known, parcel), ok())

    assert ("actions" in [block["type"] for block in request.json["blocks"]]) is has_controls


@pytest.mark.parametrize(
    ("status", "dot"), [("unresolved", "red_circle"), ("resolved", "white_circle"), ("archived", "white_circle")]
)
def test_the_dot_is_white_when_nobody_need_look_any_more(status, dot):
    facts = issue_alert.as_it_stands(issue_alert.EXAMPLE, Now(status))

    assert elements(body(issue_alert.render(facts), "C1")["blocks"])[0] == {"type": "emoji", "name": dot}


@pytest.mark.parametrize("interactive", [False, True])
def test_what_was_done_stands_above_what_can_be_done_and_the_small_print(interactive):
    facts = issue_alert.as_it_stands(
        issue_alert.EXAMPLE, Now("resolved", done=("Ana resolved it", "Assigned to Ben"))
    )

    blocks = body(issue_alert.render(facts), "C1", interactive=interactive)["blocks"]

    last = blocks[-3:] if interactive else blocks[-2:]
    assert [block["type"] for block in last] == ["context", *["actions"] * interactive, "context"]
    assert texts(last)[0] == "Ana resolved it\nAssigned to Ben"


def test_notes_stand_above_what_was_done():
    message = replace(standing(Now("resolved", done=("Ana resolved it",))), blocks=(Note("Ask Jane"),))

    found = texts(body(message, "C1", interactive=True)["blocks"])

    assert found.index("notes: Ask Jane") < found.index("Ana resolved it")


def test_a_name_that_would_mention_everybody_mentions_nobody():
    said = body(standing(Now("resolved", done=("<!channel> *resolved* it `now`",))), "C1")

    assert texts(said["blocks"])[-1] == "&lt;!channel&gt; ∗resolved∗ it ˋnowˋ"  # noqa: RUF001


def test_a_name_in_what_was_done_is_not_looked_for_when_a_note_asks_for_one():
    message = replace(standing(Now("resolved", done=("@jane resolved it",))), blocks=(Note("Ask @ben"),))

    said = body(message, "C1", interactive=True)

    assert "@jane" not in "".join(texts(said["blocks"]))


@needs_schemas
@settings(parent=quick, max_examples=examples(60))
@given(MESSAGES, STANDING, HOSTILE)
def test_with_all_that_was_done_and_can_be_done_slack_takes_the_message(message, now, note):
    full = replace(standing(now, message), blocks=(*message.blocks, *[Note(note)] * 3))

    said = body(full, "C1", interactive=True)

    [block] = [block for block in said["blocks"] if block["type"] == "actions"]
    are_taken_by_slack(block)
    shown_texts = [text for element in block["elements"] for text in all_texts(element)]
    assert sum(map(len, [*shown_texts, *texts(said["blocks"])])) <= 12_000
    is_taken_by_slack(said | {"blocks": [one for one in said["blocks"] if one is not block]})
    assert len(said["blocks"]) <= 50


def test_a_message_of_very_many_blocks_keeps_its_buttons_and_stays_below_fifty_blocks():
    message = a_message(blocks=(*[Paragraph("x")] * 200, *[Note("a")] * 3))

    blocks = body(standing(Now(done=("Assigned to Ben",)), message), "C1", interactive=True)["blocks"]

    assert len(blocks) <= 50
    assert blocks[-1]["type"] == "actions"


def test_the_title_is_never_what_is_left_out():
    message = a_message(
        title="名" * 300,
        footer=tuple(Link("名" * 80, "https://t.example/f") for _ in range(30)),
        blocks=(Code("x" * 1500),),
    )
    now = Now(done=tuple("名" * 200 for _ in range(40)), has_releases=True)

    blocks = body(standing(now, message), "C1", interactive=True)["blocks"]

    assert [block["type"] for block in blocks[:1]] == ["rich_text"]
    assert elements(blocks)[-1]["text"] == "名" * 300
