"""What messages offer to do to an issue, and what each press asks for (behaviour §8.3)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.acts import ARCHIVE, DIALOGS, RESOLVE, Now, controls, wanted
from tocsin.core.commands import Archive, InvalidCommandError, Reopen, Resolve, check
from tocsin.core.issue_update import Wanted
from tocsin.core.message import Assign, More, Pick, Press

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
STATES = ("unresolved", "resolved", "archived")


def words(now: Now) -> list[str]:
    """All that can come back from a message that stands so, but for whom it is given to."""
    found = []
    for control in controls(now):
        match control:
            case Press():
                found.append(control.does)
            case Pick() | More():
                found += [choice.does for choice in control.choices]
    return found


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("resolved", Wanted(Resolve())),
        ("resolved:inNextRelease", Wanted(Resolve(next_release=True))),
        ("resolved:inCurrentRelease", Wanted(Resolve(release="latest"))),
        ("unresolved:ongoing", Wanted(Reopen())),
        ("ignored", Wanted(Archive())),
        ("ignored:archived_forever", Wanted(Archive())),
        ("ignored:archived_until_escalating", Wanted(Archive(until_escalating=True))),
        ("ignored:archived_until_condition_met:10", Wanted(Archive(count=10))),
        ("ignored:users:100", Wanted(Archive(user_count=100))),
        ("ignored:events:5:0", Wanted(Archive(count=5))),
        ("ignored:events:5:60", Wanted(Archive(count=5, window=60))),
        ("ignored:users:7:1440", Wanted(Archive(user_count=7, user_window=1440))),
        ("ignored:until:1795255200", Wanted(Archive(until=datetime(2026, 11, 21, 10, 0, tzinfo=UTC)))),
        ("resolved:inRelease:shop@1.2:3", Wanted(Resolve(release="shop@1.2:3"))),
        ("ignored:for:60", Wanted(Archive(until=NOW + timedelta(hours=1)))),
        ("ignored:for:10080", Wanted(Archive(until=NOW + timedelta(days=7)))),
        ("assign:user:7", Wanted(assigned_to="user:7")),
        ("assign:team:2", Wanted(assigned_to="team:2")),
        ("assign:none", Wanted(assigned_to="")),
    ],
)
def test_a_word_asks_for(word, meant):
    assert wanted(word, NOW) == meant


@pytest.mark.parametrize(
    "word",
    [
        "",
        "delete",
        "Resolved",
        "resolved ",
        "resolved:inSomeRelease",
        "assign",
        "assign:",
        "assign:robot:7",
        "ignored:for",
        "ignored:for:",
        "ignored:for:0",
        "ignored:for:-5",
        "ignored:for:1.5",
        "ignored:for:²",
        "ignored:for:an hour",
        "ignored:weeks:3",
        "ignored:users:1:x",
    ],
)
def test_what_nobody_offers_is_refused(word):
    with pytest.raises(InvalidCommandError) as refused:
        wanted(word, NOW)

    assert refused.value.field == "action"


def test_a_refusal_shows_the_beginning_of_the_word():
    with pytest.raises(InvalidCommandError, match=r"'x{80}' is nothing that can be done to an issue") as refused:
        wanted("x" * 5_000, NOW)

    assert len(str(refused.value)) < 150


def test_a_number_of_nine_digits_is_taken():
    assert wanted("ignored:users:999999999", NOW) == Wanted(Archive(user_count=999_999_999))


def test_the_longest_time_is_a_time():
    assert wanted("ignored:for:999999999", NOW).command == Archive(until=NOW + timedelta(minutes=10_000_000))


@pytest.mark.parametrize("before", ["ignored:for", "ignored:users", "ignored:archived_until_condition_met"])
@pytest.mark.parametrize("number", ["1000000000", "9" * 5_000])
def test_a_number_that_nobody_means_is_refused(before, number):
    with pytest.raises(InvalidCommandError):
        wanted(f"{before}:{number}", NOW)


@given(
    st.text(max_size=40) | st.builds("{}:{}".format, st.sampled_from(["ignored:for", "ignored:users"]), st.text())
)
def test_whatever_comes_back_is_understood_or_refused(word):
    try:
        found = wanted(word, NOW)
    except InvalidCommandError:
        return
    assert found != Wanted()


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("has_releases", [False, True])
def test_all_that_is_offered_can_be_done(status, has_releases):
    for word in set(words(Now(status, has_releases=has_releases))) - set(DIALOGS):
        command = wanted(word, NOW).command
        assert command is not None
        check(command, NOW)


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        (Now(), ["Resolve", "Archive…", "Assign to…", "More…"]),
        (Now(has_releases=True), ["Resolve…", "Archive…", "Assign to…", "More…"]),
        (Now("archived"), ["Reopen", "Resolve", "Assign to…"]),
        (Now("resolved"), ["Reopen", "Assign to…"]),
        (Now("resolved", has_releases=True), ["Reopen", "Assign to…"]),
    ],
)
def test_what_is_offered_depends_on_how_the_issue_stands(now, offered):
    assert [control.label for control in controls(now)] == offered


def test_only_resolving_an_open_issue_stands_out():
    standing_out = [
        (status, control.does)
        for status in STATES
        for control in controls(Now(status))
        if isinstance(control, Press) and control.primary
    ]

    assert standing_out == [("unresolved", "resolved")]


def test_releases_are_offered_where_the_project_tells_of_them():
    assert Pick("Resolve…", RESOLVE) in controls(Now(has_releases=True))


def test_archiving_is_offered_in_each_way():
    assert Pick("Archive…", ARCHIVE) in controls(Now())


@pytest.mark.parametrize("status", STATES)
def test_whoever_has_it_stands_in_the_menu(status):
    now = Now(status, assignee="Ben Ode", assigned_to="user:7")

    assert Assign("Assign to…", "assign", "Ben Ode", "user:7") in controls(now)


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("has_releases", [False, True])
def test_no_word_is_offered_twice(status, has_releases):
    found = words(Now(status, has_releases=has_releases))

    assert len(found) == len(set(found))
