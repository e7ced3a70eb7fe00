"""What is counted in memory to slow down who guesses or storms."""

from django.core.cache import cache

from tocsin.web import throttle


def test_guesses_at_other_addresses_do_not_make_the_count_of_one_forgotten():
    for _ in range(throttle.PER_ADDRESS):
        throttle.failed("ana@example.com", "192.0.2.1")

    for number in range(25_000):
        throttle.failed(f"{number}@example.com", f"198.51.{number // 256}.{number % 256}")

    assert throttle.is_over("ana@example.com", "203.0.113.9")


def test_a_count_that_ran_out_in_between_begins_again(monkeypatch):
    monkeypatch.setattr(cache, "add", lambda *arguments: False)

    assert throttle.may_report_again(1)


def test_organizations_do_not_count_for_each_other():
    for _ in range(throttle.TEST_ERRORS):
        throttle.may_report_again(1)

    assert not throttle.may_report_again(1)
    assert throttle.may_report_again(2)
