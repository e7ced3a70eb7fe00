import pytest
from tests.conditions.asking import an_event, ask, facts, in_words, known

from tocsin.core.facts import TAGGED, Need
from tocsin.core.fields import InvalidFieldsError

TAG_FREQUENCY = "tocsin.conditions.tag_frequency.TagFrequencyCondition"
GOLD = an_event(tags=(("customer", "Gold"),))


@pytest.mark.parametrize(("count", "held"), [(3, False), (4, True)])
def test_the_events_with_the_same_value_have_to_be_more_than_the_number(count, held):
    about = facts(GOLD, values=known({Need(TAGGED, 300, detail="customer"): count}))

    assert ask(TAG_FREQUENCY, about, key="Customer", value=3, interval="5m") is held


def test_an_event_without_the_tag_never_holds():
    assert not ask(TAG_FREQUENCY, facts(), key="customer", value=0, interval="5m")


def test_a_new_issue_cannot_have_happened_twice():
    assert not ask(TAG_FREQUENCY, facts(GOLD, is_new=True), key="customer", value=2, interval="5m")


@pytest.mark.parametrize("options", [{"value": 3, "interval": "5m"}, {"key": "a", "value": 3, "interval": "30d"}])
def test_it_needs_a_tag_and_an_interval_of_a_day_at_most(options):
    with pytest.raises(InvalidFieldsError):
        ask(TAG_FREQUENCY, facts(), **options)


def test_it_reads_as_a_sentence():
    words = in_words(TAG_FREQUENCY, key="customer", value=3, interval="1d")

    assert words == "The number of events with the same customer in one day is more than 3"
