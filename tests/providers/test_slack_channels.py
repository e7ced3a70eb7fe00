"""Slack's channels and people: what is asked for them, and what the answers mean."""

import json

import pytest
from tests.providers.driving import asked, play

from tocsin.core.channels import PEOPLE, ROOMS, Channel, Listed, Wanted
from tocsin.core.sending import Failure, Gone, Refused, Reply, Retry, Unknown
from tocsin.providers.slack.channels import find, page, wanted
from tocsin.providers.slack.send import Settings

SETTINGS = Settings("xoxb-1", "http://slack.test/api/")
ROOM = {"id": "C024BE91L", "name": "ops", "is_private": False, "is_archived": False, "is_member": False}
PERSON = {"id": "U024BE7LH", "name": "ana.b", "profile": {"display_name": "Ana"}}


def said(**more) -> Reply:
    return Reply(200, {}, json.dumps({"ok": True, **more}).encode())


def refused(error, **more) -> Reply:
    return Reply(200, {}, json.dumps({"ok": False, "error": error, **more}).encode())


@pytest.mark.parametrize(
    ("name", "id_", "meant"),
    [
        pytest.param("#ops", "", Wanted("ops"), id="a channel's name"),
        pytest.param("ops", "", Wanted("ops"), id="without its sign"),
        pytest.param(" #Ops ", " C024BE91L ", Wanted("Ops", "C024BE91L"), id="blanks around them"),
        pytest.param("@ana", "", Wanted("ana", "", PEOPLE), id="a person's name"),
        pytest.param(
            "ana", "U024BE7LH", Wanted("ana", "U024BE7LH", PEOPLE), id="a person's id says that it is one"
        ),
        pytest.param("C024BE91L", "", Wanted("", "C024BE91L"), id="an id where a name is asked for"),
        pytest.param("W024BE91L", "", Wanted("", "W024BE91L", PEOPLE), id="a person's id there"),
        pytest.param("c024be91l", "", Wanted("c024be91l"), id="small letters are a name"),
    ],
)
def test_what_is_meant(name, id_, meant):
    assert wanted(name, id_) == meant


def test_a_channel_is_asked_for_by_its_id_with_a_form_and_nothing_is_posted():
    questions, outcome = asked(find(SETTINGS, "C024BE91L"), said(channel=ROOM))

    assert outcome == Listed(channels=(Channel("C024BE91L", "ops"),))
    assert [(one.url, one.form) for one in questions] == [
        ("http://slack.test/api/conversations.info", {"channel": "C024BE91L"})
    ]


def test_a_person_is_asked_for_by_their_id():
    questions, outcome = asked(find(SETTINGS, "U024BE7LH"), said(user=PERSON))

    assert outcome == Listed(channels=(Channel("U024BE7LH", "Ana", PEOPLE, "ana.b"),))
    assert questions[0].url.endswith("users.info")


def test_somebody_who_left_the_workspace_is_gone():
    assert isinstance(play(find(SETTINGS, "U024BE7LH"), said(user={**PERSON, "deleted": True})), Gone)


def test_a_private_channel_without_us_is_told_from_a_public_one_without_us():
    (private,) = play(find(SETTINGS, "C024BE91L"), said(channel={**ROOM, "is_private": True})).channels
    (public,) = play(find(SETTINGS, "C024BE91L"), said(channel=ROOM)).channels

    assert (private.is_open, public.is_open) == (False, True)


def test_a_direct_conversation_has_no_name():
    (one,) = play(
        find(SETTINGS, "D024BE91L"), said(channel={"id": "D024BE91L", "is_im": True, "name": "x"})
    ).channels

    assert one.name == ""


def test_a_page_asks_for_public_and_private_channels_and_says_where_it_goes_on():
    answer = said(channels=[ROOM], response_metadata={"next_cursor": "dGVhbQ=="})

    questions, outcome = asked(page(SETTINGS, ROOMS, ""), answer)

    assert outcome == Listed(channels=(Channel("C024BE91L", "ops"),), cursor="dGVhbQ==")
    assert questions[0].form == {
        "limit": "999",
        "types": "public_channel,private_channel",
        "exclude_archived": "false",
    }
    assert questions[0].longest > 1_000_000


def test_a_page_of_people_leaves_out_who_left():
    gone = {**PERSON, "id": "U2", "deleted": True}

    outcome = play(page(SETTINGS, PEOPLE, ""), said(members=[gone, PERSON]))

    assert [one.id for one in outcome.channels] == ["U024BE7LH"]
    assert outcome.cursor == ""


def test_a_cursor_that_ran_out_begins_anew():
    questions, outcome = asked(page(SETTINGS, ROOMS, "old"), refused("invalid_cursor"), said(channels=[ROOM]))

    assert [one.form.get("cursor") for one in questions] == ["old", None]
    assert isinstance(outcome, Listed)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        pytest.param(refused("channel_not_found"), Gone, "invite the app", id="not there, or private"),
        pytest.param(refused("not_in_channel"), Gone, "private", id="private"),
        pytest.param(refused("ratelimited"), Retry, "wait", id="in words"),
        pytest.param(Reply(429, {"retry-after": "30"}), Retry, "429", id="by status"),
        pytest.param(Reply(503), Retry, "503", id="down"),
        pytest.param(Failure("reset", written=True), Retry, "no answer", id="lost, and asking again does nothing"),
        pytest.param(refused("token_revoked"), Gone, "token", id="let in no more"),
        pytest.param(Reply(401), Gone, "token", id="let in no more, by status"),
        pytest.param(
            refused("unknown_method"), Unknown, "unknown_method", id="a stand-in that knows no such thing"
        ),
        pytest.param(Reply(404), Unknown, "404", id="nothing there"),
        pytest.param(Reply(501), Unknown, "501", id="not implemented"),
        pytest.param(Reply(200, {}, b"<html>"), Unknown, "does not say", id="a proxy's page"),
        pytest.param(said(channel="C1"), Unknown, "does not say", id="a stand-in that says yes to everything"),
        pytest.param(said(channel=None), Unknown, "does not say", id="nothing"),
        pytest.param(said(channel={"id": 7}), Unknown, "does not say", id="no id"),
        pytest.param(
            refused("missing_scope", needed="channels:read"), Unknown, "channels:read", id="by id it may stand"
        ),
    ],
)
def test_what_an_answer_about_one_channel_means(answer, kind, words):
    outcome = play(find(SETTINGS, "C024BE91L"), answer)

    assert isinstance(outcome, kind)
    assert words in outcome.reason


def test_it_waits_as_long_as_slack_asks():
    assert play(find(SETTINGS, "C024BE91L"), Reply(429, {"retry-after": "30"})).after == 30


@pytest.mark.parametrize(("listing", "scope"), [(ROOMS, "channels:read"), (PEOPLE, "users:read")])
def test_names_cannot_be_looked_up_without_their_scope_which_is_named(listing, scope):
    outcome = play(page(SETTINGS, listing, ""), refused("missing_scope"))

    assert isinstance(outcome, Refused)
    assert scope in outcome.reason


def test_the_scope_that_slack_names_is_said():
    outcome = play(page(SETTINGS, PEOPLE, ""), refused("missing_scope", needed="users:read.email"))

    assert "it lacks the scope users:read.email." in outcome.reason


def test_public_channels_are_listed_where_private_ones_may_not_be_seen():
    lacking = refused("missing_scope", needed="groups:read")

    questions, outcome = asked(page(SETTINGS, ROOMS, ""), lacking, said(channels=[ROOM]))

    assert questions[1].form["types"] == "public_channel"
    assert [one.id for one in outcome.channels] == ["C024BE91L"]


def test_without_either_scope_the_other_one_is_named():
    both, public = (refused("missing_scope", needed=one) for one in ("groups:read,channels:read", "channels:read"))

    outcome = play(page(SETTINGS, ROOMS, ""), both, public)

    assert isinstance(outcome, Refused)
    assert "it lacks the scope channels:read." in outcome.reason


@pytest.mark.parametrize(
    "hostile", [{"channels": 7}, {"channels": [7, None, {"id": ""}]}, {"channels": [{"id": "C1"}]}]
)
def test_a_page_that_makes_no_sense_lists_nothing(hostile):
    outcome = play(page(SETTINGS, ROOMS, ""), said(**hostile))

    assert isinstance(outcome, Unknown) or outcome.channels == ()
