"""Schedulers that ask at one time tell each organization once between them."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from tests.builders import a_world, an_issue
from tocsin.pipeline import clock, neglect, quota, reports, rule_snooze
from tocsin.store.models import Notification, Organization, Rule, RuleSnooze

MONDAY = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SCHEDULERS = 4


@pytest.fixture
def worlds(database_file, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    made = [a_world(f"org-{number}", "shop", f"p{number}@example.com") for number in range(6)]
    for world in made:
        at = MONDAY - timedelta(days=3)
        an_issue(world.project, first_seen=at, last_seen=at)
        quota.keep({world.key.public_key: 3}, MONDAY)
        made_at = MONDAY - timedelta(days=100)
        rule = Rule.objects.create(project=world.project, label="Silent", data={}, date_added=made_at)
        RuleSnooze.objects.create(rule=rule, user=world.user, until=at, date_added=made_at)
    return made


def at_once(job) -> int:
    """What all of them did together."""
    start, done = threading.Barrier(SCHEDULERS), []

    def run() -> None:
        try:
            start.wait()
            done.append(job())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(SCHEDULERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done)


@pytest.mark.parametrize(
    ("job", "kind"),
    [
        (reports.send_due, "weekly_report"),
        (quota.tell_due, "quota"),
        (neglect.look, "neglected_rule"),
        (rule_snooze.end_by_clock, "snooze_over"),
    ],
)
def test_each_organization_is_told_once(worlds, job, kind):
    assert at_once(job) == len(worlds)

    told = Counter(Notification.objects.filter(kind=kind).values_list("organization_id", flat=True))
    assert told == dict.fromkeys(Organization.objects.values_list("pk", flat=True), 1)
