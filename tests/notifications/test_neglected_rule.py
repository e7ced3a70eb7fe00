"""What is said of alert rules that will be switched off."""

from dataclasses import replace

from tocsin.core.message import Link, Listing, Severity
from tocsin.notifications.neglected_rule import EXAMPLE, render

ONE = replace(EXAMPLE, rules=EXAMPLE.rules[:1])


def listings(message) -> list[Listing]:
    return [one for one in message.blocks if isinstance(one, Listing)]


def test_of_one_rule_the_title_has_its_name_and_the_day():
    assert render(ONE).title == "“Gateway down” will be switched off on 19 December 2026"


def test_the_button_keeps_one_rule_and_leads_to_many():
    assert render(ONE).actions == (Link("Keep it", ONE.rules[0].url),)
    assert render(EXAMPLE).actions == (Link("See the rules", EXAMPLE.url),)


def test_each_rule_says_since_when_it_is_silent_and_leads_to_its_page():
    never, once = listings(render(EXAMPLE))

    assert never.about == "Has not fired since 20 August 2026; will be switched off on 19 December 2026."
    assert once.about == "Last fired on 12 August 2026; will be switched off on 19 December 2026."
    assert [never.title.url, once.title.url] == [one.url for one in EXAMPLE.rules]


def test_those_that_are_not_named_are_counted():
    message = render(replace(EXAMPLE, more=3))

    assert message.title == "5 alert rules will be switched off"
    assert any(block.plain() == "And 3 more." for block in message.blocks)


def test_the_last_word_says_so():
    last = render(replace(ONE, is_last=True))

    assert "last reminder" in last.blocks[-1].plain()
    assert (last.severity, render(ONE).severity) == (Severity.WARNING, Severity.INFO)


def test_rules_of_all_projects_are_said_to_be_of_the_organization():
    assert render(replace(ONE, project="")).summary.startswith("[acme] ")
