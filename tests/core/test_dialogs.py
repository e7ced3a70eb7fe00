"""What dialogs ask, and what their answers mean."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.core.acts import ARCHIVE_DIALOG, DIALOGS, RESOLVE_DIALOG, wanted
from tocsin.core.commands import Archive, Resolve, check
from tocsin.core.dialog import One
from tocsin.core.dialogs import RefusedAnswers, dialog, word_of
from tocsin.core.subjects import AboutIssue

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


def meant(name: str, **answers: str):
    """The command that the answers ask for, by the way of the word."""
    command = wanted(word_of(name, answers, NOW), NOW).command
    assert command is not None
    check(command, NOW)
    return command


@pytest.mark.parametrize(
    ("answers", "command"),
    [
        ({"until": "escalates"}, Archive(until_escalating=True)),
        ({"until": "events", "count": "25"}, Archive(count=25)),
        ({"until": "events", "count": " 25 ", "window": "60"}, Archive(count=25, window=60)),
        ({"until": "users", "count": "3", "window": "1440"}, Archive(user_count=3, user_window=1440)),
        ({"until": "time", "time": str(int(LATER.timestamp()))}, Archive(until=LATER)),
        ({"until": "forever"}, Archive()),
        ({}, Archive(until_escalating=True)),
    ],
)
def test_archiving_until_whatever_was_answered(answers, command):
    assert meant(ARCHIVE_DIALOG, **answers) == command


@pytest.mark.parametrize(
    ("answers", "command"),
    [
        ({"when": "now"}, Resolve()),
        ({"when": "next"}, Resolve(next_release=True)),
        ({"when": "current"}, Resolve(release="latest")),
        ({"when": "in", "version": " shop@1.2 "}, Resolve(release="shop@1.2")),
        ({}, Resolve()),
    ],
)
def test_resolving_where_it_was_answered(answers, command):
    assert meant(RESOLVE_DIALOG, **answers) == command


@pytest.mark.parametrize("count", ["", "0", "-1", "ten", "1.5", "9" * 40, "٣"])
def test_a_number_that_makes_no_sense_is_refused_at_its_input(count):
    with pytest.raises(RefusedAnswers) as refused:
        word_of(ARCHIVE_DIALOG, {"until": "events", "count": count}, NOW)

    assert refused.value.reasons == {"count": "Say how many: a whole number above 0."}


@pytest.mark.parametrize("time", ["", "soon", "9" * 30])
def test_no_time_is_refused_at_its_input(time):
    with pytest.raises(RefusedAnswers) as refused:
        word_of(ARCHIVE_DIALOG, {"until": "time", "time": time}, NOW)

    assert refused.value.reasons == {"time": "Say until when."}


def test_a_time_that_is_over_is_refused_at_its_input():
    with pytest.raises(RefusedAnswers) as refused:
        word_of(ARCHIVE_DIALOG, {"until": "time", "time": str(int(NOW.timestamp()))}, NOW)

    assert list(refused.value.reasons) == ["time"]


@pytest.mark.parametrize("version", ["", "  ", "v" * 251])
def test_a_release_without_a_name_is_refused_at_its_input(version):
    with pytest.raises(RefusedAnswers) as refused:
        word_of(RESOLVE_DIALOG, {"when": "in", "version": version}, NOW)

    assert list(refused.value.reasons) == ["version"]


def test_a_window_that_nobody_offered_is_none():
    assert meant(ARCHIVE_DIALOG, until="events", count="2", window="61") == Archive(count=2)


def test_a_dialog_that_nobody_offers_means_nothing():
    assert word_of("delete_dialog", {}, NOW) == ""


def test_and_asks_nothing():
    assert dialog("delete_dialog", AboutIssue(1), "SHOP-1", has_releases=True) is None


@pytest.mark.parametrize("name", DIALOGS)
def test_each_choice_that_a_dialog_offers_is_understood(name):
    asked = dialog(name, AboutIssue(1), "SHOP-1", has_releases=True)
    assert asked is not None
    first = asked.inputs[0]
    assert isinstance(first, One)
    rest = {"count": "5", "window": "0", "time": str(int(LATER.timestamp())), "version": "1.0"}

    words = {word_of(name, {first.name: word, **rest}, NOW) for _, word in first.choices}

    assert len(words) == len(first.choices)


def test_where_there_are_no_releases_none_is_offered():
    asked = dialog(RESOLVE_DIALOG, AboutIssue(1), "SHOP-1", has_releases=False)

    assert asked is not None
    assert [one.name for one in asked.inputs] == ["when"]
