"""A rule that does not fire, on its page and in the list: what will become of it, and how it is kept."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.builders import NOW, World, a_member, an_issue

from tocsin.store.models import Firing, NeglectedRule, Rule, Team

LIST = "/acme/projects/shop/rules/"
WORDS = "will be switched off on 19 Dec 2026"


@pytest.fixture
def rule(world: World) -> Rule:
    return Rule.objects.create(project=world.project, label="Tell us", data={}, date_added=NOW - timedelta(days=90))


@pytest.fixture
def told(rule) -> NeglectedRule:
    return NeglectedRule.objects.create(
        rule=rule, disable_date=NOW + timedelta(weeks=4), sent_initial_email_date=NOW - timedelta(hours=2)
    )


@pytest.fixture
def ben(world: World) -> Client:
    """A member of none of the project's teams."""
    other = Team.objects.create(organization=world.organization, slug="other", name="Other", date_added=NOW)
    browser = Client()
    browser.force_login(a_member(world.organization, other, email="ben@example.com"))
    return browser


def read(browser: Client, rule: Rule | None = None) -> str:
    return browser.get(f"{LIST}{rule.pk}/" if rule else LIST).content.decode()


def keep(browser: Client, rule: Rule, do: str = "keep"):
    return browser.post(f"{LIST}{rule.pk}/keep/", {"do": do})


def test_its_page_says_when_it_will_be_off_and_offers_to_keep_it(ana, rule, told):
    shown = read(ana, rule)

    assert WORDS in shown
    assert "It has never fired" in shown
    assert ">Keep it</button>" in shown


def test_the_list_says_it_too_and_leads_there(ana, rule, told):
    shown = read(ana)

    assert "Will be switched off on 19 Dec 2026" in shown
    assert f'href="{LIST}{rule.pk}/#silent"' in shown


def test_who_may_not_change_it_reads_it_and_may_not_keep_it(ben, rule, told):
    assert WORDS in read(ben, rule)
    assert ">Keep it</button>" not in read(ben, rule)
    assert keep(ben, rule).status_code == 403


def test_one_press_keeps_it(ana, rule, told):
    assert keep(ana, rule).status_code == 302

    assert WORDS not in read(ana, rule)
    assert "Kept on, however long" in read(ana, rule)
    assert "Kept on" not in read(ana)


def test_another_press_ends_that(ana, rule):
    keep(ana, rule)
    keep(ana, rule, "end")

    assert not NeglectedRule.objects.exists()


def test_a_rule_that_fired_since_is_safe_before_the_clock_has_looked(ana, rule, told, world):
    issue = an_issue(world.project)
    Firing.objects.create(rule=rule, project=world.project, issue=issue, event_id="", date_added=NOW)

    assert WORDS not in read(ana, rule)
    assert "switched off on" not in read(ana)


def test_what_was_switched_off_says_why_and_is_on_by_one_press(ana, rule, told):
    Rule.objects.update(status="disabled")
    assert "Switched off on 19 Dec 2026: it had never fired" in read(ana, rule)
    assert "Switched off on 19 Dec 2026, as it did not fire" in read(ana)

    ana.post(f"{LIST}{rule.pk}/switch/", {"do": "on"})

    assert Rule.objects.get().status == "active"
    assert "Switched off on" not in read(ana, rule)


def test_another_organizations_rule_cannot_be_kept(ana, rule):
    assert ana.post(f"{LIST}{rule.pk + 7}/keep/").status_code == 404


def test_it_is_kept_by_a_post_alone(ana, rule):
    assert ana.get(f"{LIST}{rule.pk}/keep/").status_code == 405


# Of all projects


@pytest.fixture
def everywhere(world) -> Rule:
    made = Rule.objects.create(organization=world.organization, label="Everywhere", data={}, date_added=NOW)
    off_at = NOW + timedelta(weeks=4)
    NeglectedRule.objects.create(rule=made, disable_date=off_at, sent_initial_email_date=NOW)
    return made


def test_the_list_of_such_rules_says_it_and_leads_to_where_it_is_kept(ana, everywhere):
    shown = ana.get("/acme/rules/").content.decode()

    assert "Will be switched off on 19 Dec 2026" in shown
    assert f'href="/acme/rules/{everywhere.pk}/#silent"' in shown


def test_it_is_kept_there_by_one_press(ana, everywhere):
    address = f"/acme/rules/{everywhere.pk}/"
    assert ">Keep it</button>" in ana.get(address).content.decode()

    assert ana.post(f"{address}keep/").status_code == 302

    assert "Kept on, however long" in ana.get(address).content.decode()


def test_who_manages_nothing_may_not_keep_it(ben, everywhere):
    assert ben.post(f"/acme/rules/{everywhere.pk}/keep/").status_code == 403
    assert ">Keep it</button>" not in ben.get(f"/acme/rules/{everywhere.pk}/").content.decode()


def test_a_projects_rule_is_not_kept_there(ana, rule):
    assert ana.post(f"/acme/rules/{rule.pk}/keep/").status_code == 404
