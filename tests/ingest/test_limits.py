from hypothesis import given
from hypothesis import strategies as st

from tests.ingest.door import OTHER_KEY, a_key
from tocsin.ingest.limits import Rates


def test_a_key_without_a_limit_never_waits():
    rates = Rates()

    assert [rates.take(a_key(), 0.0) for _ in range(1_000)] == [0.0] * 1_000


def test_a_whole_limit_may_come_at_once_and_then_one_at_a_time():
    rates, key = Rates(), a_key(rate_limit=3, rate_window=30)

    assert [rates.take(key, 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 10.0]
    assert [rates.take(key, 10.0) for _ in range(2)] == [0.0, 10.0]


def test_one_key_does_not_use_up_anothers_limit():
    rates = Rates()
    rates.take(a_key(rate_limit=1, rate_window=60), 0.0)

    assert rates.take(a_key(OTHER_KEY, rate_limit=1, rate_window=60), 0.0) == 0.0


def test_a_clock_set_back_neither_gives_nor_takes():
    rates, key = Rates(), a_key(rate_limit=1, rate_window=60)
    rates.take(key, 1_000.0)

    assert rates.take(key, 0.0) == 60.0


@given(
    limit=st.integers(1, 50),
    window=st.integers(1, 100),
    gaps=st.lists(st.floats(0, 20), max_size=60),
)
def test_no_window_lets_through_more_than_twice_the_limit(limit, window, gaps):
    rates, key, now = Rates(), a_key(rate_limit=limit, rate_window=window), 0.0
    taken = []
    for gap in gaps:
        now += gap
        if rates.take(key, now) == 0.0:
            taken.append(now)

    for start in taken:
        assert sum(start <= at < start + window for at in taken) <= 2 * limit
