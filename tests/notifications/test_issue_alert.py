"""The message of an alert."""

from dataclasses import replace

import msgspec
import pytest

from tocsin.core.acts import Now
from tocsin.core.message import Code, Fields, Link, Note, Paragraph, Severity
from tocsin.notifications.issue_alert import EXAMPLE, Facts, RuleFacts, SnoozedRule, render


def an_alert(**facts):
    return render(replace(EXAMPLE, **({"suspect": None} | facts)))


def blocks_of(message, kind):
    return [block for block in message.blocks if isinstance(block, kind)]


@pytest.mark.parametrize(
    ("substatus", "heading"),
    [
        ("new", "New issue"),
        ("regressed", "Regressed issue"),
        ("escalating", "Escalating issue"),
        ("ongoing", "Issue alert"),
        ("", "Issue alert"),
    ],
)
def test_the_heading_says_what_became_of_the_issue(substatus, heading):
    assert an_alert(substatus=substatus).heading == heading


def test_the_title_leads_to_the_issue():
    message = an_alert()

    assert (message.title, message.link) == (EXAMPLE.title, EXAMPLE.issue_url)


def test_the_stack_lines_are_code():
    assert blocks_of(an_alert(), Code) == [Code(EXAMPLE.stack)]


def test_only_the_tags_that_the_action_names_are_shown():
    message = an_alert(show_tags=("customer", "absent"))

    assert Fields((("customer", "gold"),)) in message.blocks


def test_the_release_leads_to_its_page():
    [minor] = blocks_of(an_alert(), Fields)

    assert minor.links == (Link("Release", EXAMPLE.release_url),)


def test_the_release_leads_to_its_page_where_the_action_names_the_tag():
    tags = (("release", EXAMPLE.release), ("customer", "gold"))

    chosen, minor = blocks_of(an_alert(tags=tags, show_tags=("release", "customer")), Fields)

    assert (chosen.items, chosen.links) == (tags, (Link("release", EXAMPLE.release_url),))
    assert minor.links == ()


def test_a_tag_that_an_application_calls_release_leads_nowhere():
    chosen, _ = blocks_of(an_alert(tags=(("release", "blue"),), show_tags=("release",)), Fields)

    assert chosen.links == ()


def test_the_suspect_commit_has_a_line_of_its_own_before_the_notes():
    *_, line, note = an_alert(suspect=EXAMPLE.suspect, notes="Ask Jane").blocks

    assert line.items == (("Suspect commit", "Ben Ode, 3f2a1b9c0d4e: Share the total among all"),)
    assert line.links == (Link("Suspect commit", EXAMPLE.suspect.url),)
    assert note == Note("Ask Jane")


def test_a_service_without_links_is_told_the_words_alone():
    *_, line = an_alert(suspect=EXAMPLE.suspect).blocks

    assert line.plain() == "Suspect commit: Ben Ode, 3f2a1b9c0d4e: Share the total among all"


def test_an_alert_that_was_stored_before_it_named_commits_is_read():
    stored = msgspec.to_builtins(replace(EXAMPLE, suspect=None, release_url=""))
    del stored["suspect"], stored["release_url"]

    assert msgspec.convert(stored, Facts) == replace(EXAMPLE, suspect=None, release_url="")


def test_an_alert_with_a_suspect_commit_is_read_as_it_was_stored():
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(EXAMPLE)), Facts) == EXAMPLE


def test_the_other_tags_are_details_for_services_with_room():
    assert an_alert(show_tags=("customer",)).details == (("browser", "Firefox 144"),)


def test_a_count_of_one_is_not_worth_a_word():
    [minor] = blocks_of(an_alert(times_seen=1, users_seen=1), Fields)

    assert {"Events", "Users"}.isdisjoint(dict(minor.items))


@pytest.mark.parametrize(
    ("suggested", "now", "said"),
    [
        ((), Now(), None),
        (("Ben Ode", "#checkout"), Now(), "Ben Ode, #checkout"),
        (("Ben Ode", "#checkout"), Now(assignee="Ben Ode"), "#checkout"),
        (("Ben Ode",), Now(assignee="Ben Ode"), None),
        (("Ben Ode",), Now(status="resolved"), None),
        (("A", "B", "C", "D", "E"), Now(), "A, B, C and 2 more"),
    ],
)
def test_who_may_take_an_open_issue_is_suggested_but_for_whoever_has_it(suggested, now, said):
    [minor] = blocks_of(an_alert(suggested=suggested, now=now), Fields)

    assert dict(minor.items).get("Suggested") == said


def test_counts_are_written_for_people():
    [minor] = blocks_of(an_alert(times_seen=33121), Fields)

    assert dict(minor.items)["Events"] == "33,121"


def test_the_first_time_is_a_date_that_people_read():
    [minor] = blocks_of(an_alert(first_seen="2026-11-21T11:00:00+02:00"), Fields)

    assert dict(minor.items)["First seen"] == "21 Nov 2026, 09:00 UTC"


def test_a_first_time_that_is_none_stays_as_it_is():
    [minor] = blocks_of(an_alert(first_seen="yesterday"), Fields)

    assert dict(minor.items)["First seen"] == "yesterday"


def test_the_actions_notes_are_a_note():
    assert Note("Ask @jane") in an_alert(notes="Ask @jane").blocks


def test_a_message_that_the_title_holds_already_is_not_repeated():
    assert not blocks_of(an_alert(message="division by zero"), Paragraph)


def test_another_message_is_shown():
    assert Paragraph("cart was empty") in an_alert(message="cart was empty").blocks


def test_the_reason_is_a_sentence():
    assert an_alert(reason="you own this").reason == "You are told because you own this."


def test_who_is_told_in_person_finds_their_settings():
    assert Link("Notification settings", EXAMPLE.settings_url) in an_alert().footer


def test_a_channel_is_told_without_a_reason_and_has_no_settings():
    message = an_alert(reason="")

    assert message.reason == ""
    assert EXAMPLE.settings_url not in [link.url for link in message.footer]


def test_of_many_rules_three_are_named_and_the_rest_counted():
    rules = tuple(RuleFacts(number, f"rule {number}", "https://t.example/") for number in range(5))

    labels = [link.label for link in an_alert(rules=rules).footer]

    assert "Alert rule rule 2" in labels
    assert "Alert rule rule 3" not in labels
    assert "and 2 more" in labels


@pytest.mark.parametrize(
    ("level", "severity"),
    [("fatal", Severity.FATAL), ("warning", Severity.WARNING), ("sample", Severity.ERROR)],
)
def test_the_level_gives_the_severity_and_an_unknown_one_counts_as_error(level, severity):
    assert an_alert(level=level).severity is severity


def test_the_summary_names_project_title_and_message():
    assert an_alert(message="cart was empty").summary == (
        "[shop] ZeroDivisionError: division by zero: cart was empty"
    )


def test_the_plain_form_says_all_of_it():
    text = an_alert(notes="Ask Jane").plain()

    for part in (EXAMPLE.title, EXAMPLE.issue_url, "return amount / count", "Ask Jane", "own this part"):
        assert part in text


def test_what_was_done_to_the_issue_stands_first():
    message = an_alert(happened="Resolved issue", said="Ana resolved SHOP-12")

    assert message.heading == "Resolved issue"
    assert message.blocks[0] == Paragraph("Ana resolved SHOP-12.")
    assert message.summary == "[shop] Ana resolved SHOP-12: ZeroDivisionError: division by zero"


# Snoozes


def snooze_links(message) -> list[str]:
    return [link.url for link in message.footer if link.label == "Snooze this rule"]


def test_a_person_is_offered_to_snooze_the_rule_on_its_page():
    assert snooze_links(an_alert()) == ["https://tocsin.example/acme/shop/rules/3/?snooze=1"]


def test_a_channel_is_not_as_nobody_reads_it_alone():
    assert snooze_links(an_alert(is_personal=False)) == []


@pytest.mark.parametrize(("rules", "links"), [(2, 2), (3, 0)])
def test_with_many_rules_their_pages_offer_it(rules, links):
    facts = tuple(RuleFacts(number, f"rule {number}", "https://t.example/") for number in range(rules))

    assert len(snooze_links(an_alert(rules=facts))) == links


@pytest.mark.parametrize(
    ("snoozed", "words"),
    [
        (SnoozedRule("Till", "2026-12-01T09:00:00+00:00", "known"), "Till, until 1 Dec 2026, 09:00 UTC (known)"),
        (SnoozedRule("Till"), "Till, until you wake it"),
    ],
)
def test_what_fired_too_and_the_reader_has_snoozed_is_said(snoozed, words):
    [minor] = blocks_of(an_alert(snoozed=(snoozed,)), Fields)

    assert dict(minor.items)["Fired too, snoozed for you"] == words


def test_where_nothing_is_snoozed_nothing_is_said_of_it():
    [minor] = blocks_of(an_alert(snoozed=()), Fields)

    assert not any("snoozed" in label for label, _ in minor.items)
