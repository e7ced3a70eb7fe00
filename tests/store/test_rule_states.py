"""A rule fires for an issue once per frequency, whoever else evaluates at the same time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from tests.builders import NOW, a_world, an_issue
from tocsin.store.db import one_transaction
from tocsin.store.models import Rule, RuleState
from tocsin.store.writes import rule_states

HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def pair(db) -> tuple[int, int]:
    return a_pair()


def a_pair() -> tuple[int, int]:
    world = a_world()
    rule = Rule.objects.create(project=world.project, label="Tell us", data={}, date_added=NOW)
    return rule.pk, an_issue(world.project).pk


def claim(pair, at=NOW, frequency=HALF_HOUR) -> bool:
    return rule_states.claim({pair: at - frequency}, at) == {pair}


def test_the_first_time_a_rule_may_fire(pair):
    assert claim(pair)


def test_within_its_frequency_it_may_not_fire_again(pair):
    claim(pair)

    assert not claim(pair, NOW + HALF_HOUR - timedelta(seconds=1))


def test_once_its_frequency_is_over_it_may_fire_again(pair):
    claim(pair)

    assert claim(pair, NOW + HALF_HOUR)


def test_a_claim_that_is_refused_does_not_put_off_the_next(pair):
    claim(pair)
    claim(pair, NOW + timedelta(minutes=29))

    assert claim(pair, NOW + HALF_HOUR)


def test_the_frequency_that_the_rule_has_now_counts(pair):
    claim(pair)

    assert claim(pair, NOW + timedelta(minutes=5), frequency=timedelta(minutes=5))
    assert not claim(pair, NOW + timedelta(minutes=40), frequency=timedelta(hours=1))


def test_a_moment_on_the_second_compares_with_moments_between_seconds(pair):
    claim(pair, NOW + timedelta(microseconds=1))

    assert not claim(pair, NOW + HALF_HOUR)
    assert claim(pair, NOW + HALF_HOUR + timedelta(microseconds=1))


def test_each_issue_is_its_own(pair):
    rule, issue = pair
    other = an_issue(RuleState._meta.get_field("issue").related_model.objects.get(pk=issue).project)
    claim(pair)

    assert claim((rule, other.pk))


def test_of_many_who_want_the_same_at_once_one_gets_it(database_file):
    pair = a_pair()
    start, won = threading.Barrier(4), []

    def worker():
        start.wait()
        with one_transaction():
            won.append(claim(pair))
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(won) == [False, False, False, True]


def test_what_was_held_back_is_counted_until_it_fires_again(pair):
    claim(pair)
    rule_states.hold({pair: 3})
    rule_states.hold({pair: 4})
    assert RuleState.objects.get().held == 7

    claim(pair, NOW + HALF_HOUR)

    assert RuleState.objects.get().held == 0


def test_more_pairs_than_one_statement_takes_are_claimed_all_the_same(pair):
    project = Rule.objects.get().project
    rules = Rule.objects.bulk_create(Rule(project=project, data={}, date_added=NOW) for _ in range(100))
    issues = [an_issue(project, number=number) for number in range(2, 102)]
    wanted = {(rule.pk, issue.pk): NOW for rule in rules for issue in issues}
    assert len(wanted) > rule_states.PAIRS

    assert rule_states.claim(wanted, NOW) == set(wanted)


def test_a_full_statement_fits_into_what_sqlite_takes_by_default():
    assert rule_states.PAIRS * 4 <= 32_766


def test_nothing_wanted_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rule_states.claim({}, NOW) == set()
        rule_states.hold({})
