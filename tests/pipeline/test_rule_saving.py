"""A rule is saved with the ids of its channels, refused with the reasons, or waits until they are known."""

from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_world
from tests.pipeline.sending import connected
from tests.pipeline.workspace import OPS, Workspace, a_room, refused, too_many
from tocsin.core.rule_check import Refusal
from tocsin.core.sending import Failure
from tocsin.pipeline.rule_saving import (
    BUG,
    MOST_WAITING,
    OVERTAKEN,
    PATIENCE,
    REMEMBERED,
    Saved,
    Waiting,
    finish_due,
    forget,
    save,
)
from tocsin.store.models import AuditEntry, Integration, Rule, RuleTask

SLACK = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction"
MAIL = {"id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners"}


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def slack() -> Workspace:
    return Workspace()


@pytest.fixture
def to_slack(world: World):
    """An action that tells a channel."""
    integration = connected(world)

    def action(channel: str = "#ops", **more):
        return {"id": SLACK, "workspace": str(integration), "channel": channel, **more}

    return action


@pytest.fixture
def saving(world: World, slack: Workspace):
    def saved(*actions, rule: Rule | None = None, **more):
        sent = {"name": "Tell us", "actions": list(actions), **more}
        rule_id = rule.pk if rule else None
        return save(world.project, sent, rule_id=rule_id, actor_id=world.user.pk, now=slack.time, way=slack.way)

    return saved


def channel_of(rule: Rule) -> tuple[str, str]:
    rule.refresh_from_db()
    [action] = rule.data["actions"]
    return action["channel"], action.get("channel_id", "")


def at(found) -> dict[str, str]:
    assert isinstance(found, Refusal)
    return dict(found.at)


def test_a_rule_is_saved_with_the_id_of_its_channel(saving, to_slack):
    assert channel_of(saving(to_slack("OPS")).rule) == ("#ops", OPS["id"])


def test_an_id_that_was_typed_stays_beside_the_one_that_is_written(saving, to_slack):
    rule = saving(to_slack(input_channel_id=OPS["id"])).rule

    assert channel_of(rule) == ("#ops", OPS["id"])
    assert rule.data["actions"][0]["input_channel_id"] == OPS["id"]


def test_a_channel_that_is_not_there_is_refused_at_its_field(saving, to_slack):
    found = saving(MAIL, to_slack("#nowhere"))

    assert "There is no channel #nowhere" in at(found)["actions.1.channel"]
    assert found.reasons["actions"][0].startswith("Action 2: There is no channel #nowhere")
    assert not Rule.objects.exists()


def test_each_channel_that_is_not_there_is_told(saving, to_slack):
    assert set(at(saving(to_slack("#a"), to_slack("#b")))) == {"actions.0.channel", "actions.1.channel"}


def test_what_else_is_wrong_is_told_with_it(saving, to_slack):
    assert set(at(saving(to_slack("#nowhere"), name=""))) == {"name", "actions.0.channel"}


def test_an_action_that_cannot_be_read_is_asked_about_nothing(saving, slack, to_slack):
    saving(to_slack(""))

    assert slack.asked == []


def test_a_connection_of_another_organization_is_asked_nothing(saving, slack, to_slack):
    other = a_world("other", "other", "o@example.com")
    Integration.objects.update(organization=other.organization)

    assert "no Slack integration" in at(saving(to_slack()))["actions.0.workspace"]
    assert slack.asked == []


def test_a_mail_asks_nobody(saving, slack):
    assert isinstance(saving(MAIL), Saved)
    assert slack.asked == []


def test_a_rule_without_a_list_of_actions_is_refused_as_before(saving, world, slack):
    sent = {"name": "Tell us", "actions": "all"}

    found = save(world.project, sent, rule_id=None, actor_id=None, now=NOW, way=slack.way)

    assert set(found.reasons) == {"actions"}


def test_where_nobody_can_tell_the_rule_stands_as_it_was_sent_and_says_so(saving, slack, to_slack):
    slack.next.append(refused("unknown_method"))

    found = saving(to_slack())

    assert channel_of(found.rule) == ("#ops", "")
    assert found.unchecked == ("Slack was not asked about #ops: Slack did not say: unknown_method.",)


def test_a_revoked_token_keeps_nobody_from_saving(saving, slack, to_slack):
    slack.next.append(refused("token_revoked"))

    assert isinstance(saving(to_slack()), Saved)


# --- A rule that is there already


def test_a_rule_that_is_saved_again_keeps_its_id_though_it_was_not_sent(saving, to_slack):
    rule = saving(to_slack()).rule

    again = saving(to_slack(), rule=rule, frequency=60).rule

    assert channel_of(again) == ("#ops", OPS["id"])


def test_a_channel_that_was_renamed_is_followed_when_the_rule_is_saved_again(saving, slack, to_slack):
    rule = saving(to_slack()).rule
    slack.rooms = [{**OPS, "name": "operations"}, a_room("C0000OPS2", "ops")]
    slack.time += timedelta(hours=1)

    again = saving(to_slack(), rule=rule, frequency=60).rule

    assert channel_of(again) == ("#operations", OPS["id"])


def test_a_channel_that_is_gone_gives_way_to_one_of_its_name(saving, slack, to_slack):
    rule = saving(to_slack()).rule
    slack.rooms = [a_room("C0000OPS2", "ops")]
    slack.time += timedelta(hours=1)

    assert channel_of(saving(to_slack(channel_id=OPS["id"]), rule=rule).rule) == ("#ops", "C0000OPS2")


def test_a_channel_that_was_archived_is_refused_when_the_rule_is_saved_again(saving, slack, to_slack):
    rule = saving(to_slack()).rule
    slack.rooms = [{**OPS, "is_archived": True}]
    slack.time += timedelta(hours=1)

    assert "archived" in at(saving(to_slack(), rule=rule))["actions.0.channel"]


def test_a_slack_that_does_not_answer_keeps_nobody_from_changing_a_rule(saving, slack, to_slack):
    rule = saving(to_slack()).rule
    slack.next.append(Failure("could not connect"))
    slack.time += timedelta(hours=1)

    again = saving(to_slack(), rule=rule, frequency=60).rule

    assert (channel_of(again), again.data["frequency"]) == (("#ops", OPS["id"]), 60)


def test_another_channel_is_looked_up(saving, slack, to_slack):
    rule = saving(to_slack()).rule
    slack.rooms = [OPS, a_room("C0000DEV1", "dev")]
    slack.time += timedelta(minutes=1)

    assert channel_of(saving(to_slack("#dev"), rule=rule).rule) == ("#dev", "C0000DEV1")


# --- Renamed in Slack


def test_a_rule_says_the_new_name_of_its_channel_once_slack_told_of_it(saving, slack, to_slack, world):
    rule = saving(to_slack()).rule
    saving(MAIL, name="By mail")
    slack.rooms = [{**OPS, "name": "operations"}]
    slack.time += timedelta(hours=1)

    saving(to_slack("#nowhere"))

    assert channel_of(rule) == ("#operations", OPS["id"])
    [entry] = AuditEntry.objects.filter(event="rule.edit")
    assert (entry.data["because"], entry.actor_id) == ("renamed", None)


def test_a_rule_of_another_connection_keeps_its_name(saving, slack, to_slack, world):
    rule = saving(to_slack()).rule
    Rule.objects.update(data={**rule.data, "actions": [{**rule.data["actions"][0], "workspace": "999"}]})
    slack.rooms = [{**OPS, "name": "operations"}]
    slack.time += timedelta(hours=1)

    saving(to_slack("#nowhere"))

    assert channel_of(rule)[0] == "#ops"


# --- Waiting


def test_a_rule_waits_while_slack_asks_to_wait(saving, slack, to_slack):
    slack.next.append(too_many(30))

    found = saving(to_slack())

    assert isinstance(found, Waiting)
    assert "429" in found.why
    assert not Rule.objects.exists()


def test_a_rule_that_waits_is_saved_once_its_channel_is_known(saving, slack, to_slack, world):
    slack.next.append(too_many(30))
    waiting = saving(to_slack())
    slack.time += timedelta(seconds=30)

    assert finish_due(slack.way) == 1

    task = RuleTask.objects.get(pk=waiting.id)
    assert (task.status, task.rule) == ("success", Rule.objects.get())
    assert channel_of(task.rule) == ("#ops", OPS["id"])
    assert task.rule.created_by == world.user


def test_nobody_is_asked_before_the_time(saving, slack, to_slack):
    slack.next.append(too_many(30))
    saving(to_slack())
    slack.asked.clear()
    slack.time += timedelta(seconds=29)

    assert finish_due(slack.way) == 0
    assert slack.asked == []


def test_a_rule_that_waited_in_vain_is_refused_with_the_reason(saving, slack, to_slack):
    slack.next.append(too_many(1))
    waiting = saving(to_slack("#nowhere"))
    slack.time += timedelta(seconds=5)

    finish_due(slack.way)

    task = RuleTask.objects.get(pk=waiting.id)
    assert task.status == "failed"
    assert "There is no channel #nowhere" in task.at["actions.0.channel"]


def test_a_rule_waits_ten_minutes_and_no_longer(saving, slack, to_slack):
    slack.next.append(too_many(30))
    waiting = saving(to_slack())
    while slack.time < NOW + PATIENCE + timedelta(minutes=1):
        slack.next.append(too_many(60))
        slack.time += timedelta(minutes=1)
        finish_due(slack.way)
        slack.next.clear()

    task = RuleTask.objects.get(pk=waiting.id)
    assert task.status == "failed"
    assert "could not be checked within 10 minutes" in task.refused["actions"][0]


def test_a_rule_that_is_wrong_otherwise_does_not_wait(saving, slack, to_slack):
    slack.next.append(too_many(30))

    assert set(at(saving(to_slack(), name=""))) == {"name"}
    assert not RuleTask.objects.exists()


def test_a_rule_that_is_wrong_anyway_is_not_kept_waiting(saving, slack, to_slack):
    slack.next.extend([refused("channel_not_found"), too_many(30)])

    assert set(at(saving(to_slack("#x", channel_id="C0NOWHERE"), to_slack()))) == {"actions.0.channel"}


def test_a_change_waits_and_the_rule_holds_as_it_was(saving, slack, to_slack):
    rule = saving(MAIL).rule
    slack.next.append(too_many(5))

    saving(to_slack(), rule=rule)

    rule.refresh_from_db()
    assert rule.data["actions"][0]["id"] == MAIL["id"]
    slack.time += timedelta(seconds=5)
    finish_due(slack.way)
    assert channel_of(rule) == ("#ops", OPS["id"])


def test_a_change_that_waits_does_not_undo_what_is_saved_meanwhile(saving, slack, to_slack):
    rule = saving(MAIL).rule
    slack.next.append(too_many(5))
    saving(to_slack(), rule=rule)
    slack.time += timedelta(seconds=1)
    saving(MAIL, rule=rule, name="Saved last")

    slack.time += timedelta(seconds=5)
    assert finish_due(slack.way) == 1

    rule.refresh_from_db()
    assert (rule.label, rule.data["actions"][0]["id"]) == ("Saved last", MAIL["id"])
    task = RuleTask.objects.get()
    assert (task.status, task.refused) == ("failed", {"detail": [OVERTAKEN]})


def test_of_two_changes_that_wait_the_later_holds(saving, slack, to_slack):
    rule = saving(MAIL).rule
    slack.next.extend([too_many(5)])
    saving(to_slack(), rule=rule, name="First")
    slack.time += timedelta(seconds=1)
    saving(to_slack(), rule=rule, name="Second")

    slack.time += timedelta(seconds=10)
    finish_due(slack.way)

    rule.refresh_from_db()
    assert rule.label == "Second"
    assert list(RuleTask.objects.order_by("date_added").values_list("status", flat=True)) == ["failed", "success"]


def test_a_rule_that_cannot_be_saved_for_a_bug_keeps_no_other_waiting(saving, slack, to_slack):
    """What was kept is none that this version can read."""
    slack.next.append(too_many(5))
    broken, other = saving(to_slack()), saving(to_slack(), name="Another")
    RuleTask.objects.filter(pk=broken.id).update(sent=["no", "rule"])

    slack.time += timedelta(seconds=10)
    finish_due(slack.way)

    assert RuleTask.objects.get(pk=broken.id).refused == {"detail": [BUG]}
    assert RuleTask.objects.get(pk=other.id).status == "success"


def test_a_change_of_a_rule_that_was_removed_meanwhile_is_forgotten_with_it(saving, slack, to_slack):
    rule = saving(MAIL).rule
    slack.next.append(too_many(5))
    saving(to_slack(), rule=rule)
    rule.delete()
    slack.time += timedelta(seconds=5)

    assert finish_due(slack.way) == 0
    assert not RuleTask.objects.exists()


def test_what_no_rule_is_made_of_does_not_wait_with_it(saving, slack, to_slack):
    slack.next.append(too_many(30))

    saving(to_slack(), frequency=60, moon="\x00")

    assert RuleTask.objects.get().sent == {"name": "Tell us", "actions": [to_slack()], "frequency": 60}


def test_only_so_many_wait(saving, slack, to_slack):
    for _ in range(MOST_WAITING):
        slack.next.append(too_many(300))
        saving(to_slack())
        slack.time += timedelta(seconds=301)
    slack.next.append(too_many(300))

    assert "wait for their channels already" in saving(to_slack()).reasons["actions"][0]


def test_what_became_of_a_rule_is_remembered_for_a_day(saving, slack, to_slack):
    slack.next.append(too_many(30))
    saving(to_slack())

    assert forget(slack.time + REMEMBERED) == 0
    assert forget(slack.time + REMEMBERED + timedelta(seconds=1)) == 1


def test_a_rule_of_all_projects_is_looked_up_and_waits_alike(world, slack, to_slack):
    sent = {"name": "All", "actions": [to_slack()]}
    slack.next.append(too_many(1))
    save(world.organization, sent, rule_id=None, actor_id=None, now=NOW, way=slack.way)
    slack.time += timedelta(seconds=5)

    finish_due(slack.way)

    assert channel_of(Rule.objects.get(organization=world.organization)) == ("#ops", OPS["id"])
