"""What fired is written down with whom it reaches and why, in the commit that decided it."""

import json

import pytest

from tests.builders import NOW, a_member
from tests.pipeline.conftest import EVERY_EVENT, MAIL
from tests.pipeline.spooling import a_payload, an_id, digested
from tocsin.core.reasons import Reason
from tocsin.store.models import Delivery, Integration, Issue, Membership, Notification, Preference, Rule, RuleState
from tocsin.store.writes.founding import Founded, found
from tocsin.store.writes.integrations import Columns, saved
from tocsin.store.writes.workflow import set_subscription

SLACK = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction"
SMTP = {"url": "smtp://mail.example.com", "sender": "alerts@example.com"}


@pytest.fixture
def shop(db) -> Founded:
    made = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    Rule.objects.all().delete()
    return made


def connected(shop: Founded, provider: str, name: str = "Acme", **settings) -> int:
    columns = Columns(provider=provider, name=name, external_id="", settings=settings)
    return saved(shop.organization.pk, columns, integration_id=None, actor_id=None, now=NOW).id


def a_rule(shop: Founded, *actions: dict, label: str = "Tell us") -> Rule:
    data = {"conditions": [EVERY_EVENT], "actions": list(actions) or [MAIL]}
    return Rule.objects.create(project=shop.project, label=label, data=data, date_added=NOW)


def to_slack(workspace: int, channel: str = "#ops", **options) -> dict:
    return {"id": SLACK, "workspace": str(workspace), "channel": channel, **options}


def happens(shop: Founded, number: int = 1, **fields) -> Notification:
    digested(shop.project.pk, a_payload(number, **fields), first=number)
    return Notification.objects.get(event_id=an_id(number))


def reasons(notification: Notification) -> set[str]:
    return {step["reason"] for step in notification.trace}


def test_the_notification_holds_all_that_its_message_needs(shop):
    rule = a_rule(shop)

    facts = happens(shop, release="shop@1", tags={"till": "4"}, user={"id": 7}).facts

    issue = Issue.objects.get()
    assert facts["short_id"] == "SHOP-1"
    assert facts["issue_url"] == f"http://testserver/acme/issues/{issue.pk}/"
    assert facts["project_url"] == "http://testserver/acme/projects/shop/"
    assert facts["title"] == "ZeroDivisionError: division by zero"
    assert facts["stack"].startswith("shop/cart.py, line 41, in total")
    assert (facts["release"], facts["users_seen"]) == ("shop@1", 1)
    assert ["till", "4"] in facts["tags"]
    assert facts["rules"] == [
        {"id": rule.pk, "label": "Tell us", "url": f"http://testserver/acme/projects/shop/rules/{rule.pk}/"}
    ]


def test_a_delivery_says_which_rules_reached_it_and_why(shop):
    rule = a_rule(shop)

    happens(shop)

    delivery = Delivery.objects.get(provider="inbox")
    assert delivery.detail["rules"] == [rule.pk]
    assert "every member of the project is told" in delivery.detail["reason"]
    assert delivery.address["user_id"] == shop.user.pk
    assert (delivery.user, delivery.state, delivery.due) == (shop.user, "queued", NOW)


def test_all_that_is_said_about_one_issue_is_one_conversation(shop):
    a_rule(shop)

    happens(shop)

    assert set(Delivery.objects.values_list("conversation", flat=True)) == {f"issue:{Issue.objects.get().pk}"}


def test_every_delivery_has_a_key_of_its_own(shop):
    connected(shop, "email", **SMTP)
    a_member(shop.organization, shop.team, email="ben@example.com")
    a_rule(shop)

    happens(shop)

    keys = list(Delivery.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == 4


def test_without_a_mail_server_mails_are_kept_to_read_and_said_to_be_held_back(shop):
    a_rule(shop)

    notification = happens(shop)

    mail = Delivery.objects.get(provider="email")
    assert (mail.state, mail.due) == ("suppressed", None)
    assert "no such service is connected" in mail.reason
    assert Reason.PROVIDER_NOT_CONNECTED in reasons(notification)


def test_with_a_mail_server_mails_wait_for_the_sender(shop):
    integration = connected(shop, "email", **SMTP)
    a_rule(shop)

    happens(shop)

    mail = Delivery.objects.get(provider="email")
    assert (mail.state, mail.integration_id, mail.label) == ("queued", integration, "ana@example.com")


def test_a_mail_server_set_in_the_environment_reaches_people_too(shop, settings):
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"email_url": "smtp://mail.example.com"})
    a_rule(shop)

    happens(shop)

    mail = Delivery.objects.get(provider="email")
    assert (mail.state, mail.integration_id) == ("queued", None)


def test_a_broken_mail_server_reaches_nobody(shop):
    integration = connected(shop, "email", **SMTP)
    Integration.objects.get(pk=integration).delete()
    row = Integration.objects.get(pk=connected(shop, "email", **SMTP))
    row.broken = "it refuses the password"
    row.save()
    a_rule(shop)

    happens(shop)

    assert Delivery.objects.get(provider="email").state == "suppressed"


def test_of_two_mail_servers_the_older_is_used(shop):
    first = connected(shop, "email", "First", **SMTP)
    connected(shop, "email", "Second", **SMTP)
    a_rule(shop)

    happens(shop)

    assert Delivery.objects.get(provider="email").integration_id == first


def test_a_channel_is_written_to_with_its_own_notes_and_tags(shop):
    slack = connected(shop, "slack", token="xoxb-1")
    a_rule(shop, to_slack(slack, notes="Call Ana", tags="till, user"))

    happens(shop)

    delivery = Delivery.objects.get()
    assert (delivery.provider, delivery.integration_id, delivery.label) == ("slack", slack, "#ops")
    assert (delivery.detail["notes"], delivery.detail["tags"]) == ("Call Ana", ["till", "user"])


def test_another_organizations_integration_is_not_written_to(shop):
    other = found(organization="Other", project="Web", email="ben@example.com", now=NOW)
    foreign = connected(other, "slack", token="xoxb-2")
    a_rule(shop, to_slack(foreign))

    notification = happens(shop)

    assert not Delivery.objects.exists()
    assert Reason.INTEGRATION_MISSING in reasons(notification)


def test_two_rules_that_reach_one_channel_are_one_delivery_that_names_both(shop):
    slack = connected(shop, "slack", token="xoxb-1")
    rules = [a_rule(shop, to_slack(slack), label=label) for label in ("One", "Two")]

    happens(shop)

    assert Delivery.objects.get().detail["rules"] == [rule.pk for rule in rules]


def test_a_choice_made_a_moment_ago_counts(shop):
    a_rule(shop)
    happens(shop, 1, fingerprint=["a"])
    Preference.objects.create(user=shop.user, scope="user", scope_id=0, type="alerts", value="never")

    notification = happens(shop, 2, fingerprint=["b"])

    assert set(notification.deliveries.values_list("state", flat=True)) == {"suppressed"}
    assert Reason.PREFERENCE_NEVER in reasons(notification)


def test_who_unsubscribed_from_an_issue_hears_none_of_its_alerts_and_the_trace_says_so(shop):
    a_rule(shop)
    first = happens(shop, 1, fingerprint=["a"])
    set_subscription((first.issue_id, shop.project.pk), shop.user.pk, is_active=False, now=NOW)
    RuleState.objects.all().delete()

    notification = happens(shop, 2, fingerprint=["a"])

    assert notification.issue_id == first.issue_id
    assert set(notification.deliveries.values_list("state", flat=True)) == {"suppressed"}
    assert Reason.UNSUBSCRIBED in reasons(notification)


def test_a_member_who_joined_a_moment_ago_is_told(shop):
    a_rule(shop)
    happens(shop, 1, fingerprint=["a"])
    ben = a_member(shop.organization, shop.team, email="ben@example.com")

    notification = happens(shop, 2, fingerprint=["b"])

    assert notification.deliveries.filter(user=ben).exists()


def test_a_member_who_left_a_moment_ago_is_not_told(shop):
    a_rule(shop)
    ben = a_member(shop.organization, shop.team, email="ben@example.com")
    happens(shop, 1, fingerprint=["a"])
    Membership.objects.get(user=ben).delete()

    notification = happens(shop, 2, fingerprint=["b"])

    assert not notification.deliveries.filter(user=ben).exists()


@pytest.mark.parametrize("kind", ["assignee_user", "assignee_team"])
def test_whoever_has_the_issue_is_told_and_nobody_falls_through(shop, kind):
    ben = a_member(shop.organization, shop.team, email="ben@example.com")
    a_rule(shop)
    digested(shop.project.pk, a_payload(1))
    Issue.objects.update(**{kind: ben if kind == "assignee_user" else shop.team})
    Rule.objects.all().delete()
    a_rule(shop)

    notification = happens(shop, 2)

    assert Reason.ASSIGNEE in reasons(notification)
    assert Reason.FALLTHROUGH_ALL not in reasons(notification)
    told = {delivery.user.email for delivery in notification.deliveries.all()}
    assert told == {"ben@example.com"} if kind == "assignee_user" else {"ana@example.com", "ben@example.com"}


def test_a_firing_that_reaches_nobody_is_recorded_with_its_reason(shop):
    a_rule(shop, {**MAIL, "fallthroughType": "NoOne"})

    notification = happens(shop)

    assert not Delivery.objects.exists()
    assert Reason.FALLTHROUGH_NOBODY in reasons(notification)


@pytest.mark.sqlite  # PostgreSQL keeps no such rule: see test_postgresql
def test_an_action_that_cannot_be_written_down_loses_no_event_and_is_said(shop):
    slack = connected(shop, "slack", token="xoxb-1")
    a_rule(shop, to_slack(slack, notes="cut \ud83d"), MAIL)

    notification = happens(shop)

    (step,) = [step for step in notification.trace if step["reason"] == Reason.ACTION_UNKNOWN]
    assert "half of a character" in step["detail"]["reason"]
    assert notification.deliveries.exists()


def test_the_trace_can_be_read_by_itself(shop):
    a_rule(shop)

    trace = happens(shop).trace

    assert all(step["sentence"] and step["label"] and step["verdict"] for step in trace)
    assert json.dumps(trace)
