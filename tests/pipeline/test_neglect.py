"""Rules that have long not fired: told of twice, switched off, and back by one press."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, World, a_member, a_world, an_issue
from tests.pipeline.conftest import EVERY_EVENT, MAIL
from tocsin.core.neglect import FIRST_WORD, SILENT
from tocsin.core.rule_snooze import Ask, Whom
from tocsin.pipeline import neglect
from tocsin.pipeline.rule_snooze import snooze
from tocsin.pipeline.rules import save, switch
from tocsin.store.models import (
    AuditEntry,
    Delivery,
    Firing,
    NeglectedRule,
    Notification,
    Organization,
    Preference,
    Rule,
)
from tocsin.store.writes.founding import default_rule

LONG_AGO = NOW - SILENT
DAY = timedelta(days=1)
DATA = {"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 5}


@pytest.fixture
def world(db) -> World:
    made = a_world()
    an_issue(made.project, last_seen=NOW + timedelta(days=60))
    return made


def a_rule(world: World, label: str = "Tell us", **columns) -> Rule:
    columns = {"project": world.project, "data": DATA, "date_added": LONG_AGO, **columns}
    return Rule.objects.create(label=label, **columns)


def look(days: float = 0) -> int:
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        return neglect.look()


def told() -> list[dict]:
    return list(Notification.objects.filter(kind="neglected_rule").order_by("pk").values_list("facts", flat=True))


def fired(rule: Rule, at) -> None:
    issue = rule.project.issues.get()
    Firing.objects.create(project=rule.project, rule=rule, issue=issue, event_id="", date_added=at)


def status(rule: Rule) -> str:
    return Rule.objects.get(pk=rule.pk).status


def test_its_people_are_told_twice_and_then_it_is_off(world):
    rule = a_rule(world)

    assert [look(0), look(20.9), look(21), look(27.9)] == [1, 0, 1, 0]
    assert [one["is_last"] for one in told()] == [False, True]
    assert status(rule) == "active"

    assert [look(28), look(29)] == [1, 0]
    assert status(rule) == "disabled"
    assert len(told()) == 2


def test_the_audit_tells_why_it_is_off(world):
    a_rule(world)
    for days in (0, 21, 28):
        look(days)

    entry = AuditEntry.objects.get(event="rule.disable")
    assert (entry.data["because"], entry.actor) == ("neglected", None)


def test_the_message_leads_to_the_page_where_it_is_kept(world):
    rule = a_rule(world)
    look()

    (one,) = told()[0]["rules"]
    assert one == {
        "label": "Tell us",
        "url": f"http://testserver/acme/projects/shop/rules/{rule.pk}/#silent",
        "since": LONG_AGO.date().isoformat(),
        "off": (NOW + FIRST_WORD).date().isoformat(),
        "fired": False,
    }


def test_one_message_tells_of_all_rules_of_an_owner_in_a_project(world):
    ben = a_member(world.organization, world.team, email="ben@example.com")
    for label in ("One", "Two"):
        a_rule(world, label)
    a_rule(world, "Ben's", owner_user=ben)

    assert look() == 3
    assert [[one["label"] for one in facts["rules"]] for facts in told()] == [["One", "Two"], ["Ben's"]]
    assert {one.user for one in Delivery.objects.filter(notification=Notification.objects.last())} == {ben}


def test_of_many_the_first_are_named_and_the_others_counted(world):
    for number in range(neglect.RULES_SHOWN + 2):
        a_rule(world, f"Rule {number}")
    look()

    assert (len(told()[0]["rules"]), told()[0]["more"]) == (neglect.RULES_SHOWN, 2)


def test_who_fires_in_between_is_forgotten_and_begins_anew(world):
    rule = a_rule(world)
    look(0)
    fired(rule, NOW + 20 * DAY)

    assert look(21) == 1
    assert not NeglectedRule.objects.exists()
    assert look(28) == 0
    assert status(rule) == "active"


def test_who_fired_lately_is_not_silent(world):
    fired(a_rule(world), NOW - SILENT + DAY)

    assert look() == 0


def test_who_was_edited_is_forgotten_at_once(world):
    rule = a_rule(world)
    look()
    save(world.project, {**DATA, "name": "Tell all"}, rule_id=rule.pk, actor_id=None, now=NOW)

    assert not NeglectedRule.objects.exists()
    assert look(89) == 0


def test_switched_on_again_it_begins_anew(world):
    rule = a_rule(world)
    for days in (0, 21, 28):
        look(days)
    switch(world.project, rule.pk, on=True, actor_id=world.user.pk, now=NOW + 30 * DAY)

    assert not NeglectedRule.objects.exists()
    assert look(58) == 0
    assert status(rule) == "active"


def test_one_that_was_off_already_is_left_alone(world):
    a_rule(world, status="disabled")

    assert look() == 0


def test_kept_it_is_told_of_no_more_and_kept_through_edits(world):
    rule = a_rule(world)
    look()

    assert neglect.keep(world.project, rule.pk, kept=True, actor_id=world.user.pk, now=NOW) is True
    save(world.project, {**DATA, "name": "Tell all"}, rule_id=rule.pk, actor_id=None, now=NOW)

    assert [look(21), look(200)] == [0, 0]
    assert AuditEntry.objects.get(event="rule.keep").actor == world.user


def test_kept_no_more_it_is_looked_after_again(world):
    rule = a_rule(world)
    for kept in (True, False):
        neglect.keep(world.project, rule.pk, kept=kept, actor_id=None, now=NOW)

    assert look() == 1


@pytest.mark.parametrize("kept", [True, False])
def test_keeping_twice_changes_nothing_more(world, kept):
    rule = a_rule(world)
    neglect.keep(world.project, rule.pk, kept=kept, actor_id=None, now=NOW)

    assert neglect.keep(world.project, rule.pk, kept=kept, actor_id=None, now=NOW) is False


def test_a_rule_of_another_project_cannot_be_kept(world):
    other = a_world("globex", "shop", "ben@example.com")

    assert neglect.keep(other.project, a_rule(world).pk, kept=True, actor_id=None, now=NOW) is None


def test_one_that_is_snoozed_for_everyone_is_left_alone(world):
    rule = a_rule(world)
    snooze(world.project, rule.pk, Ask(Whom.EVERYONE), actor_id=world.user.pk, now=NOW)

    assert look() == 0


def test_a_snooze_of_one_person_is_nothing_to_it(world):
    rule = a_rule(world)
    snooze(world.project, rule.pk, Ask(Whom.ME), actor_id=world.user.pk, now=NOW)

    assert look() == 1


def test_a_project_that_is_quiet_itself_is_left_alone(world):
    a_rule(world)
    world.project.issues.update(last_seen=NOW - 40 * DAY)

    assert look() == 0


def test_the_rule_that_each_project_begins_with_is_left_alone_whatever_it_is_called(world):
    data = default_rule().data
    actions = [{**one, "uuid": "0b5a0b5a-0b5a-4b5a-8b5a-0b5a0b5a0b5a"} for one in data["actions"]]
    a_rule(world, "Ours", data={**data, "actions": actions})

    assert look() == 0


def test_a_rule_of_all_projects_is_told_to_those_who_may_change_it(world):
    rule = a_rule(world, project=None, organization=world.organization)

    assert look() == 1
    assert told()[0]["rules"][0]["url"].endswith(f"/acme/projects/shop/rules/{rule.pk}/#silent")
    assert {one.user for one in Delivery.objects.all()} == {world.user}


def test_organizations_are_not_mixed(world):
    other = a_world("globex", "shop", "ben@example.com")
    an_issue(other.project, last_seen=NOW)
    a_rule(world)
    a_rule(other)

    assert look() == 2
    assert [one["organization"] for one in told()] == ["acme", "globex"]


def test_a_rule_of_which_nobody_can_be_told_stays_on(world):
    rule = a_rule(world)
    Preference.objects.create(user=world.user, scope="user", scope_id=world.user.pk, type="approval", value="never")

    assert [look(0), look(28), look(60)] == [0, 0, 0]
    assert status(rule) == "active"
    assert not Notification.objects.exists()


# Once


def test_of_two_that_saw_the_same_one_tells(world, monkeypatch):
    a_rule(world)
    both = list(neglect.queries.silent(LONG_AGO))
    look()
    monkeypatch.setattr(neglect.queries, "silent", lambda before: both)

    assert look() == 0
    assert len(told()) == 1


def test_a_crash_leaves_nothing_behind_and_the_next_run_tells(world, monkeypatch):
    a_rule(world)
    with monkeypatch.context() as broken:
        broken.setattr(neglect.announce, "tell", lambda **_: 1 / 0)
        assert look() == 0

    assert not NeglectedRule.objects.exists()
    assert look() == 1


def test_the_number_of_statements_does_not_grow_with_the_rules(world):
    def statements() -> int:
        NeglectedRule.objects.all().delete()
        Organization.objects.update(version=Organization.objects.get().version + 1)
        with CaptureQueriesContext(connection) as seen:
            look()
        return len(seen)

    a_rule(world)
    few = statements()
    for number in range(20):
        a_rule(world, f"Rule {number}")

    assert statements() == few


def test_more_than_one_batch_is_looked_at(world, monkeypatch):
    monkeypatch.setattr(neglect.queries, "AT_ONCE", 2)
    for number in range(5):
        a_rule(world, f"Rule {number}")

    assert look() == 5
