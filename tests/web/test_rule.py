"""A rule's page: its history as a chart, who was told, and its snooze."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.builders import NOW, World, a_delivery, a_member, a_notification, an_issue

from tocsin.store.models import Firing, Rule, RuleHidden, RuleHour, RuleSnooze, Team

HOUR = int(NOW.timestamp()) // 3600


@pytest.fixture
def rule(world: World) -> Rule:
    return Rule.objects.create(project=world.project, label="Tell us", data={}, date_added=NOW)


@pytest.fixture
def ben(world: World) -> Client:
    """A member of none of the project's teams."""
    other = Team.objects.create(organization=world.organization, slug="other", name="Other", date_added=NOW)
    browser = Client()
    browser.force_login(a_member(world.organization, other, email="ben@example.com"))
    return browser


def address(rule: Rule) -> str:
    return f"/acme/projects/shop/rules/{rule.pk}/"


def page(browser: Client, rule: Rule, query: str = "") -> str:
    answer = browser.get(address(rule) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def snooze(browser: Client, rule: Rule, **sent: str):
    return browser.post(address(rule) + "snooze/", sent)


def fired(rule: Rule, hours: float = 1) -> Firing:
    issue = an_issue(rule.project)
    notification = a_notification(rule.project, issue)
    for label, state in (("#ops", "sent"), ("ana@example.com", "queued"), ("ben@example.com", "suppressed")):
        a_delivery(notification, label=label, state=state, detail={"rules": [rule.pk]})
    return Firing.objects.create(
        rule=rule,
        project=rule.project,
        issue=issue,
        event_id="",
        notification=notification,
        date_added=NOW - timedelta(hours=hours),
    )


def test_a_firing_says_who_was_told_and_leads_to_why(ana, rule):
    one = fired(rule)

    shown = page(ana, rule)

    assert "told #ops, ana@example.com" in shown
    assert "1 of 3 sent" in shown
    assert f"/acme/issues/{one.issue_id}/#told" in shown


@pytest.mark.parametrize(
    ("query", "bars", "words"),
    [("", 14, "21 Nov: fired 2, held back 5"), ("?period=24h", 24, "21 Nov, 08:00: fired 1, held back 5")],
)
def test_the_chart_counts_what_fired_and_what_was_held_back(ana, rule, query, bars, words):
    fired(rule, 1)
    fired(rule, 2)
    RuleHour.objects.create(rule=rule, project=rule.project, hour=HOUR - 1, by_frequency=3, by_limit=2)

    shown = page(ana, rule, query)

    assert shown.count('class="chart-ground"') == bars
    assert f"<title>{words}</title>" in shown
    assert "held by its frequency" in shown


def test_an_unknown_period_is_the_usual_one(ana, rule):
    assert page(ana, rule, "?period=ages").count('class="chart-ground"') == 14


def test_snoozed_for_everyone_it_says_so_with_the_reason_and_until_when(ana, rule):
    snooze(ana, rule, target="everyone", length="1h", reason="Mending <it>")

    shown = page(ana, rule)

    assert "Snoozed for everyone:" in shown
    assert "until 21 Nov 2026, 10:00 UTC" in shown
    assert "Mending &lt;it&gt;" in shown


def test_the_end_of_a_snooze_is_told_in_the_readers_zone_and_names_it(ana, rule, world):
    world.user.time_zone = "Europe/Berlin"
    world.user.save()
    snooze(ana, rule, target="me", length="1h")

    assert "until 21 Nov 2026, 11:00 CET" in page(ana, rule)


def test_woken_it_says_nothing_of_it(ana, rule):
    snooze(ana, rule, target="me", length="")
    snooze(ana, rule, target="me", do="wake")

    assert "Snoozed for you" not in page(ana, rule)


def test_what_a_snooze_hid_is_listed_also_when_it_is_over(ana, rule):
    issue = an_issue(rule.project)
    over = RuleSnooze.objects.create(rule=rule, date_added=NOW - timedelta(days=1), ended_at=NOW)
    RuleHidden.objects.create(snooze=over, issue=issue, count=7, last=NOW)

    shown = page(ana, rule)

    assert "What the last snooze hid" in shown
    assert issue.title in shown
    assert '<span class="small muted">7' in shown


def test_who_is_on_no_team_of_the_project_may_snooze_it_for_themselves_alone(ben, rule):
    assert "For everyone" not in page(ben, rule)
    assert snooze(ben, rule, target="everyone").status_code == 403
    assert snooze(ben, rule, target="me").status_code == 302
    assert "Snoozed for you" in page(ben, rule)


@pytest.mark.parametrize("sent", [{}, {"target": "all"}, {"target": "me", "length": "2y"}])
def test_what_makes_no_sense_snoozes_nothing(ana, rule, sent):
    snooze(ana, rule, **sent)

    assert not RuleSnooze.objects.exists()


def test_the_same_snooze_twice_is_told_of(ana, rule):
    snooze(ana, rule, target="me")

    assert "already" in snooze(ana, rule, target="me", length="").wsgi_request._messages._queued_messages[0].message


def test_the_number_of_queries_does_not_grow_with_the_history(ana, rule, django_assert_max_num_queries):
    for hours in range(12):
        fired(rule, hours)

    with django_assert_max_num_queries(25):
        page(ana, rule)


def test_it_is_switched_off_and_on(ana, rule):
    ana.post(address(rule) + "switch/", {"do": "off"})
    off = page(ana, rule)
    ana.post(address(rule) + "switch/", {"do": "on"})

    assert "Switch on" in off
    assert "Switch off" in page(ana, rule)


def test_a_rule_of_all_projects_is_switched_by_who_manages_them(ana, ben, world, rule):
    rule.project, rule.organization = None, world.organization
    rule.save()

    assert ben.post(address(rule) + "switch/", {"do": "off"}).status_code == 403
    assert ana.post(address(rule) + "switch/", {"do": "off"}).status_code == 302
    rule.refresh_from_db()
    assert rule.status == "disabled"


def test_who_may_not_change_a_rule_cannot_switch_it(ben, rule):
    assert "Switch off" not in page(ben, rule)
    assert ben.post(address(rule) + "switch/", {"do": "off"}).status_code == 403


@pytest.mark.parametrize(("target", "words"), [("me", "snoozed for you"), ("everyone", "snoozed</span>")])
def test_the_list_says_which_rules_are_snoozed(ana, rule, target, words):
    before = ana.get("/acme/projects/shop/rules/").content.decode()
    snooze(ana, rule, target=target, length="1h")

    assert words not in before
    assert words in ana.get("/acme/projects/shop/rules/").content.decode()


def test_a_messages_link_opens_the_form_that_snoozes(ana, rule):
    assert '<details class="menu" open>' in page(ana, rule, "?snooze=1")
    assert '<details class="menu" open>' not in page(ana, rule)
