"""Tokens are renewed in time, by one node, and what comes of it is never lost to what stood there before."""

from datetime import timedelta

import pytest
import time_machine

from tests.builders import NOW, World, a_world
from tests.pipeline.installing import an_app, answering, granted
from tests.pipeline.sending import to_slack
from tocsin.core.sending import Gone, Refused, Retry, Unknown
from tocsin.pipeline import renew, schedule
from tocsin.store.models import AuditEntry, Delivery, Integration, Notification
from tocsin.store.queries import integrations
from tocsin.store.writes import breakers
from tocsin.store.writes.integrations import Columns, saved

NEW = granted(token="xoxb-new", refresh_token="xoxe-new", lasts=43200)
GONE = Gone("Slack answered invalid_refresh_token. Add the app to the workspace again.", account=True)


@pytest.fixture(autouse=True)
def _an_app(settings):
    an_app(settings)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db, clock) -> World:
    return a_world()


def rotating(world: World, due=NOW, team: str = "T1") -> int:
    settings = {"token": "xoxb-old", "refresh_token": "xoxe-old", "signing_secret": "own"}
    columns = Columns("slack", team, team, settings, due)
    return saved(world.organization.pk, columns, integration_id=None, actor_id=None, now=NOW).id


def held(world: World, integration_id: int):
    found = integrations.stored(world.organization.pk, integration_id)
    assert found is not None
    return found.settings


def test_a_token_that_is_due_is_exchanged_and_the_rest_stays(world):
    integration = rotating(world)

    assert renew.renew_due(answering(NEW)) == 1

    settings = held(world, integration)
    assert (settings["token"], settings["refresh_token"], settings["signing_secret"]) == (
        "xoxb-new",
        "xoxe-new",
        "own",
    )
    assert Integration.objects.get().renew_at == NOW + timedelta(hours=8)
    assert AuditEntry.objects.filter(event="integration.renew", actor=None).count() == 1


def test_one_that_is_not_due_is_left_alone(world):
    rotating(world, NOW + timedelta(seconds=1))

    assert renew.renew_due(answering(NEW)) == 0


def test_a_token_that_holds_is_never_asked_about(world):
    rotating(world, None)

    assert renew.renew_due(answering(NEW)) == 0


def test_two_nodes_use_a_refresh_token_once(world):
    rotating(world)
    asked: list = []

    def other_node_meanwhile(sending):
        assert renew.renew_due(answering(NEW, asked)) == 0
        return answering(NEW, asked)(sending)

    assert renew.renew_due(other_node_meanwhile) == 1
    assert len(asked) == 1


@pytest.mark.parametrize("outcome", [Retry("later"), Unknown("lost"), Refused("bad_client_secret")])
def test_what_may_pass_is_asked_again_five_minutes_later_and_nothing_is_lost(world, clock, outcome):
    integration = rotating(world)

    renew.renew_due(answering(outcome))
    assert held(world, integration)["refresh_token"] == "xoxe-old"
    assert Integration.objects.get().broken == ""
    assert renew.renew_due(answering(NEW)) == 0

    clock.move_to(NOW + timedelta(minutes=5))
    assert renew.renew_due(answering(NEW)) == 1


def test_a_service_that_does_not_answer_ends_the_run(world):
    rotating(world), rotating(world, team="T2")
    asked: list = []

    renew.renew_due(answering(Retry("later"), asked))

    assert len(asked) == 1


def test_one_that_is_gone_does_not_keep_the_others_waiting(world):
    rotating(world), rotating(world, team="T2")
    asked: list = []

    renew.renew_due(answering(GONE, asked))

    assert len(asked) == 2


def test_what_only_consent_mends_is_told_and_not_asked_again(world):
    rotating(world)

    renew.renew_due(answering(GONE))

    row = Integration.objects.get()
    assert (row.broken, row.renew_at) == (GONE.reason, None)
    assert Notification.objects.get().facts["reason"] == GONE.reason


def test_a_renewal_mends_what_an_expired_token_broke(world):
    integration = rotating(world)
    to_slack(world, integration_id=integration)
    breakers.broke(integration, "token_expired")

    renew.renew_due(answering(NEW))

    assert Integration.objects.get().broken == ""
    assert Delivery.objects.get(provider="slack").state == "queued"


def test_what_was_connected_anew_meanwhile_is_newer(world):
    integration = rotating(world)

    def connected_anew(sending):
        columns = Columns("slack", "T1", "T1", {"token": "xoxb-typed"})
        saved(world.organization.pk, columns, integration_id=integration, actor_id=None, now=NOW)
        return answering(NEW)(sending)

    renew.renew_due(connected_anew)

    assert held(world, integration)["token"] == "xoxb-typed"
    assert Integration.objects.get().renew_at is None


def test_what_was_removed_meanwhile_stays_removed(world):
    rotating(world)

    def removed(sending):
        Integration.objects.all().delete()
        return answering(NEW)(sending)

    renew.renew_due(removed)

    assert not Integration.objects.exists()


def test_without_an_app_nothing_is_asked(world, settings):
    rotating(world)
    an_app(settings, slack_client_id="")

    assert renew.renew_due(answering(NEW)) == 0


def test_the_schedule_does_it():
    assert renew.renew_due in [job.run for job in schedule.JOBS]
