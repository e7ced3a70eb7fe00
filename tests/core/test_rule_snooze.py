"""What may be asked for when a rule is snoozed, and while it lasts."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.core.rule_snooze import Ask, Quieted, RuleSnooze, Whom, by_person, of_everyone, of_persons, read

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("sent", "ask"),
    [
        ({"target": "me"}, Ask(Whom.ME)),
        ({"target": "everyone", "until": None}, Ask(Whom.EVERYONE)),
        ({"target": "me", "until": ""}, Ask(Whom.ME)),
        ({"target": "me", "until": "2026-11-21T10:00:00Z"}, Ask(Whom.ME, LATER)),
        ({"target": "me", "until": "2026-11-21T12:00:00+02:00"}, Ask(Whom.ME, LATER)),
        ({"target": "me", "until": "2026-11-21T10:00:00"}, Ask(Whom.ME, LATER)),
        ({"target": "me", "reason": "  Known,\u202e being mended "}, Ask(Whom.ME, None, "Known, being mended")),
    ],
)
def test_a_snooze_is_for_somebody_until_a_time_or_for_good(sent, ask):
    assert read(sent, NOW) == ask


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ({}, "target"),
        ({"target": "you"}, "target"),
        ({"target": ["me"]}, "target"),
        ({"target": "me", "until": "tomorrow"}, "until"),
        ({"target": "me", "until": 5}, "until"),
        ({"target": "me", "until": "2026-11-21T09:00:00Z"}, "until"),
        ({"target": "me", "until": "0001-01-01T00:00:00+14:00"}, "until"),
        ({"target": "me", "reason": 7}, "reason"),
        ({"target": "me", "reason": "x" * 501}, "reason"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_key(sent, key):
    found = read(sent, NOW)

    assert isinstance(found, dict)
    assert list(found) == [key]


def test_it_is_over_at_its_time_whoever_noticed():
    snooze = RuleSnooze(1, None, LATER)

    assert snooze.is_on(LATER - timedelta(seconds=1))
    assert not snooze.is_on(LATER)


def test_everyones_is_told_from_persons():
    everyone, ana, over = RuleSnooze(1, None), RuleSnooze(2, 7), RuleSnooze(3, 8, NOW)

    assert of_everyone([ana, over, everyone], NOW) == everyone
    assert of_persons([ana, over, everyone], NOW) == {7: ana}


def test_what_each_person_snoozed_of_several_rules():
    mine, theirs, for_all = RuleSnooze(1, 7), RuleSnooze(2, 8, LATER), RuleSnooze(3, None)
    over = RuleSnooze(4, 7, NOW)

    found = by_person([("One", (mine, theirs, for_all)), ("Two", (over, RuleSnooze(5, 8)))], NOW)

    assert found == {
        7: (Quieted("One", mine),),
        8: (Quieted("One", theirs), Quieted("Two", RuleSnooze(5, 8))),
    }
