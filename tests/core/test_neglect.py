"""A rule that has long not fired is told of twice and then switched off, unless it is kept, fires or has nothing to
hear."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.builders import NOW
from tests.core.routing import ANA, BEN, CID, MAIL_ONLY, PROJECT, WEB, a_directory, steps, told

from tocsin.core.neglect import (
    ALIVE,
    FIRST_WORD,
    LAST_WORD,
    SILENT,
    Notice,
    Owned,
    Stage,
    Step,
    Watched,
    decide,
    is_neglected,
    tell,
)
from tocsin.core.people import Preference, Scope, Team
from tocsin.core.reasons import Reason, Verdict

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
LONG_AGO = NOW - SILENT
SILENT_RULE = Watched(3, changed=LONG_AGO, heard=NOW)


def stage_of(rule: Watched, now=NOW) -> Stage | None:
    return next((step.stage for step in decide([rule], now)), None)


def said(off_in: timedelta, *, last: bool = False) -> Watched:
    notice = Notice(NOW + off_in, first_said=NOW - DAY, last_said=NOW - DAY if last else None)
    return replace(SILENT_RULE, notice=notice)


def test_the_first_word_comes_four_weeks_before_the_end():
    assert decide([SILENT_RULE], NOW) == (Step(3, Stage.FIRST, NOW + FIRST_WORD),)
    assert timedelta(weeks=4) == FIRST_WORD


def test_a_rule_is_not_silent_a_moment_too_early():
    assert stage_of(SILENT_RULE, NOW - TICK) is None


@pytest.mark.parametrize("name", ["changed", "fired", "woken"])
def test_what_it_did_or_had_done_to_it_begins_its_silence_anew(name):
    assert stage_of(replace(SILENT_RULE, **{name: LONG_AGO + TICK})) is None


def test_the_last_word_comes_a_week_before_the_end():
    assert stage_of(said(LAST_WORD + TICK)) is None
    assert decide([said(LAST_WORD)], NOW) == (Step(3, Stage.LAST, NOW + LAST_WORD),)


def test_after_a_pause_a_week_still_lies_between_the_last_word_and_the_end():
    assert decide([said(-DAY)], NOW) == (Step(3, Stage.LAST, NOW + LAST_WORD),)


def test_after_the_last_word_it_is_switched_off_at_its_time():
    assert stage_of(said(TICK, last=True)) is None
    assert stage_of(said(timedelta(), last=True)) is Stage.OFF


def test_one_that_is_kept_is_left_alone():
    assert stage_of(replace(SILENT_RULE, notice=Notice(opted_out=True))) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"fired": NOW - DAY},
        {"is_snoozed": True},
        {"heard": NOW - ALIVE - TICK},
        {"is_default": True},
    ],
)
def test_what_was_said_is_forgotten_when_it_is_silent_no_more(changed):
    assert stage_of(replace(said(timedelta(), last=True), **changed)) is Stage.FORGOTTEN


@pytest.mark.parametrize("heard", [None, NOW - ALIVE - TICK])
def test_a_rule_of_a_project_that_is_quiet_itself_had_nothing_to_fire_for(heard):
    assert not is_neglected(replace(SILENT_RULE, heard=heard), NOW)


def test_the_rule_that_each_project_begins_with_stays():
    assert not is_neglected(replace(SILENT_RULE, is_default=True), NOW)


def test_of_one_that_is_snoozed_for_everyone_somebody_has_decided():
    assert not is_neglected(replace(SILENT_RULE, is_snoozed=True), NOW)


def test_each_rule_of_a_batch_has_its_own_answer():
    rules = [replace(SILENT_RULE, id=1), replace(SILENT_RULE, id=2, fired=NOW), replace(SILENT_RULE, id=4)]

    assert [step.rule_id for step in decide(rules, NOW)] == [1, 4]


@pytest.mark.parametrize(
    ("notice", "fired", "holds"),
    [
        (Notice(NOW, NOW - DAY), None, True),
        (Notice(NOW, NOW - DAY), LONG_AGO, True),
        (Notice(NOW, NOW - DAY), NOW, False),
        (Notice(opted_out=True), None, False),
        (Notice(), None, False),
    ],
)
def test_what_was_said_holds_until_it_fires_or_is_kept(notice, fired, holds):
    assert notice.holds(fired) is holds


# Who is told

OF_NOBODY = Owned(PROJECT, None, None, managers=(BEN.id, CID.id), label="Tell us", cause="rule:3")
NEVER = Preference(40, ANA.id, Scope.USER, 0, "approval", "never")


def hears(owned: Owned, **columns) -> list[str]:
    return told(tell(owned, a_directory(**columns), MAIL_ONLY))


def test_the_owner_is_told():
    outcome = tell(replace(OF_NOBODY, user_id=ANA.id), a_directory(), MAIL_ONLY)

    assert told(outcome) == [ANA.email]
    assert (ANA.subject, Reason.OWNS_RULE) in steps(outcome, Verdict.ADDED)


def test_of_a_team_that_owns_it_the_members_are_told():
    assert hears(replace(OF_NOBODY, team_id=WEB.id)) == [a_directory().people[one].email for one in WEB.members]


def test_without_an_owner_those_of_the_project_who_may_change_it():
    assert hears(OF_NOBODY) == [BEN.email]


def test_where_none_of_them_is_in_the_project_all_who_may():
    assert hears(replace(OF_NOBODY, project_id=0)) == [BEN.email, CID.email]


@pytest.mark.parametrize("owner", [{"user_id": 77}, {"team_id": 77}, {"team_id": 6}])
def test_an_owner_who_is_not_there_is_as_none(owner):
    teams = {**a_directory().teams, 6: Team(6, "empty")}

    assert hears(replace(OF_NOBODY, **owner), teams=teams) == [BEN.email]


def test_an_owner_whose_account_is_off_is_as_none():
    people = {**a_directory().people, ANA.id: replace(ANA, active=False)}

    assert hears(replace(OF_NOBODY, user_id=ANA.id), people=people) == [BEN.email]


def test_an_owner_who_wants_to_hear_nothing_is_as_none():
    assert hears(replace(OF_NOBODY, user_id=ANA.id), preferences={ANA.id: (NEVER,)}) == [BEN.email]
