"""What people write in the threads of a workspace."""

from typing import Any

import pytest

from tocsin.core.threads import Became
from tocsin.providers.slack.receive import event
from tocsin.providers.slack.remarks import LONGEST, Remark, remark


def said(**columns: Any) -> dict[str, Any]:
    usual = {
        "type": "message",
        "channel": "C024BE91L",
        "channel_type": "channel",
        "user": "U024BE7LH",
        "text": "I have a fix.",
        "ts": "1355517523.000005",
        "thread_ts": "1355517500.000001",
    }
    return {**usual, **columns}


def changed(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C024BE91L",
        "channel_type": "channel",
        "ts": "1355517600.000009",
        "message": now,
        "previous_message": before,
    }


def deleted(before: dict[str, Any], at: str = "1355517523.000005") -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "channel": "C024BE91L",
        "channel_type": "channel",
        "ts": "1355517600.000009",
        "deleted_ts": at,
        "previous_message": before,
    }


THREAD, NAME = "C024BE91L:1355517500.000001", "C024BE91L:1355517523.000005"


@pytest.mark.parametrize("kind", ["channel", "group"])
def test_a_reply_in_a_channel_is_a_remark(kind):
    found = event({"team_id": "T1", "event": said(channel_type=kind)})

    assert found == Remark(Became.SAID, THREAD, NAME, "U024BE7LH", "I have a fix.")


@pytest.mark.parametrize("subtype", ["thread_broadcast", "me_message", "file_share"])
def test_so_is_one_that_the_channel_sees_or_that_has_a_file(subtype):
    assert remark(said(subtype=subtype)).became is Became.SAID


@pytest.mark.parametrize(
    "told",
    [
        said(thread_ts=None),
        said(thread_ts="1355517523.000005"),
        said(bot_id="B1"),
        said(subtype="bot_message"),
        said(subtype="channel_join"),
        said(subtype="message_replied"),
        said(subtype=7),
        said(user=None),
        said(user=["U1"]),
        said(channel=""),
        said(channel="C1:2"),
        said(channel="C" * 500),
        said(ts="now"),
        said(ts=1355517523.5),
        said(thread_ts="1355517500"),
    ],
)
def test_what_is_no_reply_of_a_person_is_none(told):
    assert remark(told) is None


def test_a_file_without_words_is_its_name_with_its_page_in_slack():
    file = {"name": "trace.txt", "permalink": "https://acme.slack.com/files/U1/F1/trace.txt"}

    assert remark(said(text="", files=[file])).text == "<https://acme.slack.com/files/U1/F1/trace.txt|trace.txt>"


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ({"name": "<!here>|x"}, "!here  x"),
        ({"name": "a", "permalink": "javascript:alert(1)"}, "a"),
        ({"name": "a", "permalink": "https://x.example/|b>"}, "a"),
        ({"mode": "tombstone"}, "file"),
        ({"name": ""}, "file"),
    ],
)
def test_a_file_says_nothing_but_its_name(file, line):
    assert remark(said(text="", files=[file])).text == line


@pytest.mark.parametrize("files", ["x", {}, [None, 7], None])
def test_files_that_make_no_sense_are_left_out(files):
    assert remark(said(files=files)).text == "I have a fix."


def test_what_no_database_takes_is_left_out():
    assert remark(said(text="a\0b\ud800c")).text == "abc"


def test_the_longest_that_slack_takes_is_read_whole():
    assert len(remark(said(text="&amp;" * 40_000)).text) == LONGEST


def test_more_than_slack_takes_is_cut():
    assert len(remark(said(text="x" * 1_000_000)).text) == LONGEST


def test_other_words_are_told_with_what_they_are_now():
    told = changed(said(text="I had a fix."), said())

    assert remark(told) == Remark(Became.REWORDED, THREAD, NAME, "U024BE7LH", "I had a fix.")


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (said(attachments=[{"title": "a preview"}]), said()),
        (said(subtype="tombstone", text="This message was deleted."), said()),
        (said(text="x", bot_id="B1"), said()),
        (said(text="x", thread_ts=None), said()),
        ({}, {}),
    ],
)
def test_a_change_that_is_none_of_a_persons_words_is_none(now, before):
    assert remark(changed(now, before)) is None


def test_words_that_were_taken_back_are_named():
    assert remark(deleted(said())) == Remark(Became.TAKEN_BACK, THREAD, NAME, "U024BE7LH")


@pytest.mark.parametrize("before", [said(bot_id="B1"), said(thread_ts=None), {}, "x", None])
def test_what_is_deleted_elsewhere_is_none(before):
    assert remark(deleted(before)) is None
