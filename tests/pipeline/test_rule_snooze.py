"""A rule that is snoozed does not act, what it hid is kept, and its end is announced."""

from datetime import timedelta

import pytest
import time_machine

from tests.builders import NOW, a_member
from tests.pipeline.conftest import EVERY_EVENT, MAIL
from tests.pipeline.spooling import a_payload, an_exception, an_id, digested
from tocsin.core.message import Fields
from tocsin.core.rule_snooze import Ask, Whom
from tocsin.pipeline import pending, rule_snooze, whatif
from tocsin.pipeline.message import message_of
from tocsin.pipeline.rule_snooze import Already, end_by_clock, snooze, wake
from tocsin.store.models import (
    AuditEntry,
    Delivery,
    Firing,
    Membership,
    Notification,
    Preference,
    Rule,
    RuleHidden,
    RuleHour,
    RuleSnooze,
    RuleState,
    Untold,
)
from tocsin.store.queries import rule_snoozes
from tocsin.store.writes.founding import Founded, found

EVERYONE, ME = Ask(Whom.EVERYONE, None, "Mending it"), Ask(Whom.ME)


@pytest.fixture
def shop(db) -> Founded:
    made = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    Rule.objects.all().delete()
    return made


def a_rule(shop: Founded, **data) -> Rule:
    data = {"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 5, **data}
    return Rule.objects.create(project=shop.project, label="Tell us", data=data, date_added=NOW)


def snoozed(shop: Founded, rule: Rule, ask: Ask = EVERYONE, minutes: float = 0):
    at = NOW + timedelta(minutes=minutes)
    return snooze(shop.project, rule.pk, ask, actor_id=shop.user.pk, now=at)


def fail(shop: Founded, *numbers: int, minutes: float = 0, kind: str = "CartError") -> None:
    at = NOW + timedelta(minutes=minutes)
    failure = {"values": [an_exception(type=kind)]}
    payloads = [a_payload(number, timestamp=at.timestamp(), exception=failure) for number in numbers]
    digested(shop.project.pk, *payloads, first=numbers[0], received=at.timestamp(), now=at)


def until(minutes: float) -> Ask:
    return Ask(Whom.EVERYONE, NOW + timedelta(minutes=minutes))


def test_a_rule_snoozed_for_everyone_does_not_act(shop):
    snoozed(shop, a_rule(shop))

    fail(shop, 1)

    assert not Firing.objects.exists()
    assert not Notification.objects.exists()


def test_what_it_hid_is_kept_issue_by_issue_with_how_often(shop):
    rule = a_rule(shop)
    snoozed(shop, rule)

    fail(shop, 1, 2)
    fail(shop, 3, minutes=1)
    fail(shop, 4, minutes=2, kind="TillError")

    quiet = rule_snoozes.latest(rule.pk)
    assert [(one.event_id, one.count) for one in quiet.hid] == [(an_id(4), 1), (an_id(3), 3)]
    assert quiet.total == 4
    assert RuleHour.objects.get().by_snooze == 4


def test_it_claims_nothing_so_the_rule_acts_once_it_is_woken(shop):
    rule = a_rule(shop, frequency=60)
    snoozed(shop, rule)
    fail(shop, 1)

    assert not RuleState.objects.exists()
    assert wake(shop.project, rule.pk, Whom.EVERYONE, actor_id=shop.user.pk, now=NOW)
    fail(shop, 2, minutes=1)

    assert [one.event_id for one in Firing.objects.all()] == [an_id(2)]


def test_at_its_time_the_rule_acts_again_before_anybody_ended_it(shop):
    snoozed(shop, a_rule(shop), until(10))

    fail(shop, 1, minutes=9)
    fail(shop, 2, minutes=10)

    assert [one.event_id for one in Firing.objects.all()] == [an_id(2)]


def test_other_rules_of_the_same_event_act(shop):
    snoozed(shop, a_rule(shop))
    other = a_rule(shop)

    fail(shop, 1)

    assert [one.rule for one in Firing.objects.all()] == [other]


def test_a_wait_that_ends_while_it_is_snoozed_is_hidden(shop):
    rule = a_rule(shop, wait=10)
    fail(shop, 1)
    snoozed(shop, rule)

    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        pending.ask_again()

    assert not Firing.objects.exists()
    assert RuleHidden.objects.get().event_id == an_id(1)


def test_snoozed_for_me_others_are_told_and_i_find_why_not(shop):
    rule = a_rule(shop)
    snoozed(shop, rule, ME)

    fail(shop, 1)

    assert Firing.objects.count() == 1
    assert not Delivery.objects.filter(user=shop.user).exists()
    assert Untold.objects.get(user=shop.user).reason == "rule_snoozed"


def test_the_same_snooze_again_is_told_of(shop):
    rule = a_rule(shop)
    first = snoozed(shop, rule)

    assert snoozed(shop, rule) == Already(first)
    assert isinstance(snoozed(shop, rule, ME), RuleSnooze)


def test_one_whose_time_has_come_makes_room_for_the_next(shop):
    rule = a_rule(shop)
    first = snoozed(shop, rule, until(10))

    second = snoozed(shop, rule, minutes=11)

    assert isinstance(second, RuleSnooze)
    first.refresh_from_db()
    assert first.ended_at == NOW + timedelta(minutes=10)


def test_its_end_is_announced_in_the_audit(shop):
    rule = a_rule(shop)
    snoozed(shop, rule, until(10))

    with time_machine.travel(NOW + timedelta(minutes=12), tick=False):
        assert end_by_clock() == 1
        assert end_by_clock() == 0

    entries = AuditEntry.objects.filter(target=f"rule:{rule.pk}").order_by("pk")
    assert [(one.event, one.actor) for one in entries] == [("rule.snooze", shop.user), ("rule.unsnooze", None)]
    assert RuleSnooze.objects.get().ended_at == NOW + timedelta(minutes=10)


def test_the_audit_does_not_tell_what_a_person_does_not_want_to_hear(shop):
    rule = a_rule(shop)
    snoozed(shop, rule, ME)
    wake(shop.project, rule.pk, Whom.ME, actor_id=shop.user.pk, now=NOW)

    assert not AuditEntry.objects.filter(event__contains="snooze").exists()


def test_a_rule_of_another_project_cannot_be_snoozed(shop):
    assert snooze(shop.project, 0, ME, actor_id=shop.user.pk, now=NOW) is None
    assert not wake(shop.project, 0, Whom.ME, actor_id=shop.user.pk, now=NOW)


def test_a_rule_of_all_projects_is_snoozed_with_the_organizations_audit(shop):
    rule = Rule.objects.create(
        organization=shop.organization, label="All", data={"actions": [MAIL]}, date_added=NOW
    )
    snoozed(shop, rule, until(10))

    fail(shop, 1)
    with time_machine.travel(NOW + timedelta(minutes=12), tick=False):
        end_by_clock()

    assert not Firing.objects.exists()
    assert AuditEntry.objects.filter(organization=shop.organization, event="rule.unsnooze").count() == 1


def test_what_if_says_that_it_is_snoozed(shop):
    snoozed(shop, a_rule(shop))

    with time_machine.travel(NOW, tick=False):
        (supposed,) = whatif.if_alerted(organization_id=shop.organization.pk, project_id=shop.project.pk)

    assert supposed.routed.planned == ()
    assert [step.reason.value for step in supposed.routed.trace] == ["rule_snoozed_for_all"]


# On messages


def said_to(shop: Founded, provider: str = "inbox"):
    (one,) = Delivery.objects.filter(user=shop.user, provider=provider).select_related("notification")
    return message_of("issue_alert", one.notification.facts, one.detail)


def fields_of(message) -> dict[str, str]:
    return {label: value for block in message.blocks if isinstance(block, Fields) for label, value in block.items}


def test_who_snoozed_one_of_the_rules_that_fired_reads_so(shop):
    a_rule(shop)
    quiet = Rule.objects.create(
        project=shop.project,
        label="Quiet one",
        data={"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 5},
        date_added=NOW,
    )
    snoozed(shop, quiet, Ask(Whom.ME, NOW + timedelta(days=1), "known"))

    fail(shop, 1)

    assert (
        fields_of(said_to(shop))["Fired too, snoozed for you"] == "Quiet one, until 22 Nov 2026, 09:00 UTC (known)"
    )


def test_what_one_person_snoozed_is_said_to_no_other(shop):
    ben = a_member(shop.organization, shop.organization.teams.get(), email="ben@example.com")
    snoozed(shop, a_rule(shop), ME)
    a_rule(shop)

    fail(shop, 1)

    (theirs,) = Delivery.objects.filter(user=ben, provider="inbox")
    assert "snoozed" not in theirs.detail


def test_each_person_is_offered_to_snooze_it(shop):
    a_rule(shop)

    fail(shop, 1)

    assert "Snooze this rule" in [link.label for link in said_to(shop).footer]


# Its end is told


def ended(minutes: float = 12) -> int:
    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
        return end_by_clock()


def ends() -> list[Notification]:
    return list(Notification.objects.filter(kind="snooze_over").order_by("pk"))


def test_i_am_told_that_my_snooze_is_over_and_how_much_it_kept_from_me(shop):
    snoozed(shop, a_rule(shop), Ask(Whom.ME, NOW + timedelta(minutes=10), "known"))
    fail(shop, 1)
    fail(shop, 2, minutes=6)

    assert ended() == 1

    (one,) = ends()
    assert (one.facts["hid"], one.facts["why"], one.facts["for_all"]) == (2, "known", False)
    assert {delivery.user for delivery in one.deliveries.all()} == {shop.user}


def test_of_a_snooze_for_everyone_whoever_made_it_is_told(shop):
    a_member(shop.organization, shop.organization.teams.get(), email="ben@example.com")
    rule = a_rule(shop)
    snoozed(shop, rule, until(10))
    fail(shop, 1)

    ended()

    (one,) = ends()
    assert (one.facts["hid"], one.facts["for_all"]) == (1, True)
    assert one.facts["hid_url"].endswith(f"/rules/{rule.pk}/#hidden")
    assert {delivery.user for delivery in one.deliveries.all()} == {shop.user}


def test_it_comes_by_the_services_by_which_they_hear_of_alerts(shop):
    Preference.objects.create(
        user=shop.user, scope="user", scope_id=shop.user.pk, type="alerts", value="never", provider="inbox"
    )
    snoozed(shop, a_rule(shop), Ask(Whom.ME, NOW + timedelta(minutes=10)))

    ended()

    assert {one.state for one in ends()[0].deliveries.filter(provider="inbox")} == {"suppressed"}


def test_it_is_told_once(shop):
    snoozed(shop, a_rule(shop), Ask(Whom.ME, NOW + timedelta(minutes=10)))

    assert [ended(12), ended(13)] == [1, 0]
    assert len(ends()) == 1


def test_who_wakes_it_by_hand_knows(shop):
    rule = a_rule(shop)
    snoozed(shop, rule, Ask(Whom.ME, NOW + timedelta(minutes=10)))
    wake(shop.project, rule.pk, Whom.ME, actor_id=shop.user.pk, now=NOW)

    assert ended() == 0
    assert ends() == []


def test_of_a_rule_that_is_off_there_is_nothing_to_tell(shop):
    rule = a_rule(shop)
    snoozed(shop, rule, Ask(Whom.ME, NOW + timedelta(minutes=10)))
    Rule.objects.filter(pk=rule.pk).update(status="disabled")

    assert ended() == 1
    assert ends() == []


def test_who_has_left_is_not_told(shop):
    snoozed(shop, a_rule(shop), Ask(Whom.ME, NOW + timedelta(minutes=10)))
    Membership.objects.all().delete()

    assert ended() == 1
    assert not Delivery.objects.exists()


def test_one_that_fails_holds_no_other_up_and_is_tried_again(shop, monkeypatch):
    for rule in (a_rule(shop), a_rule(shop)):
        snoozed(shop, rule, Ask(Whom.ME, NOW + timedelta(minutes=10)))
    first = RuleSnooze.objects.earliest("pk")
    with monkeypatch.context() as broken:
        facts = rule_snooze._facts
        broken.setattr(rule_snooze, "_facts", lambda over: 1 / 0 if over.pk == first.pk else facts(over))
        assert ended() == 1

    assert ended() == 1
    assert len(ends()) == 2


def test_a_rule_of_all_projects_leads_to_its_page_in_one_of_them(shop):
    rule = Rule.objects.create(organization=shop.organization, label="All", data={}, date_added=NOW)
    snoozed(shop, rule, Ask(Whom.ME, NOW + timedelta(minutes=10)))

    ended()

    assert ends()[0].facts["rule_url"].endswith(f"/{shop.organization.slug}/projects/shop/rules/{rule.pk}/")
