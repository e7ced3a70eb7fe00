"""Many workers digest what one would have: the same issues, counts and firings, nothing twice."""

import random
import threading
from collections import Counter

import pytest
from django.db import connection

from tests.builders import NOW
from tests.pipeline.conftest import EVERY_EVENT, MAIL
from tests.pipeline.spooling import a_payload, accepted, an_exception
from tests.refusing import refuse
from tocsin.engine.spool import Accepted
from tocsin.pipeline import spooled
from tocsin.pipeline.digest import digest_delivered
from tocsin.store.models import (
    Activity,
    Delivery,
    Event,
    EventSeen,
    Fingerprint,
    Firing,
    Issue,
    IssueEnvironment,
    IssueMinute,
    IssueUser,
    Project,
    RejectedBody,
    Release,
    Rule,
)
from tocsin.store.writes.founding import Founded, create_project, found

WORKERS = 4


@pytest.fixture
def shop(database_file) -> Founded:
    founded = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    data = {"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 60}
    Rule.objects.create(project=founded.project, label="Every event", data=data, date_added=NOW)
    return founded


def a_payload_of(number: int, failure: int) -> dict:
    return a_payload(
        number,
        exception={"values": [an_exception(type=f"Failure{failure}")]},
        user={"id": str(number % 7)},
        environment=("production", "staging")[number % 2],
        release=f"shop@1.{number % 3}",
        timestamp=NOW.timestamp() + number % 4 * 60,
    )


def bodies(project_ids: list[int], count: int = 240) -> list[Accepted]:
    """Events of 20 failures in two projects, and one in eleven that cannot be read."""
    chance = random.Random(7)
    return [
        accepted(
            project_ids[number % 2],
            b"{not json" if number % 11 == 5 else a_payload_of(number, chance.randrange(20)),
            place=number,
        )
        for number in range(1, count + 1)
    ]


def digested_by(workers: int, found_bodies: list[Accepted], *, at_once: int = 10, times: int = 1) -> None:
    """Each worker takes the next batch until none is left; each batch is brought `times` times."""
    batches = [found_bodies[start : start + at_once] for start in range(0, len(found_bodies), at_once)] * times
    failures: list[Exception] = []

    def work() -> None:
        try:
            while batches:
                digest_delivered(batches.pop(0), NOW)
        except IndexError:
            pass
        except Exception as error:  # noqa: BLE001 — raised where it is seen
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not failures


def outcome(project: Project) -> dict:
    """All that must not depend on who digested which batch; numbers do, so names stand for them."""
    issues = Issue.objects.filter(project=project)
    names = dict(issues.values_list("id", "title"))
    return {
        "issues": Counter(
            issues.values_list("title", "times_seen", "users_seen", "first_seen", "last_seen", "status")
        ),
        "numbers": sorted(issues.values_list("number", flat=True)) == list(range(1, len(names) + 1)),
        "last number": Project.objects.get(pk=project.pk).issue_count,
        "hashes": Fingerprint.objects.filter(project=project).count(),
        "minutes": Counter(
            (names[issue], minute, place, count)
            for issue, minute, place, count in IssueMinute.objects.filter(issue__project=project).values_list(
                "issue_id", "minute", "environment", "count"
            )
        ),
        "users": IssueUser.objects.filter(issue__project=project).count(),
        "environments": IssueEnvironment.objects.filter(issue__project=project).count(),
        "releases": Release.objects.filter(project=project).count(),
        "firings": Counter(Firing.objects.filter(project=project).values_list("rule__label", "issue__title")),
        "deliveries": Delivery.objects.filter(notification__project=project).count(),
        "activities": Counter(Activity.objects.filter(project=project).values_list("type", "issue__title")),
        "kept": Event.objects.filter(project=project).count(),
        "ids": EventSeen.objects.filter(project_id=project.pk).count(),
        "rejected": RejectedBody.objects.filter(project_id=project.pk).count(),
    }


def twins(shop: Founded) -> tuple[list[Project], list[Project]]:
    """Two projects for one worker and two for many, with the same rules."""
    made = [create_project(shop.organization, shop.team, name, now=NOW) for name in ("A", "B", "C", "D")]
    for project in made:
        data = {"conditions": [EVERY_EVENT], "actions": [MAIL], "frequency": 60}
        Rule.objects.create(project=project, label="Every event", data=data, date_added=NOW)
    return made[:2], made[2:]


def test_four_workers_do_what_one_does(shop):
    ones, fours = twins(shop)

    digested_by(1, bodies([one.pk for one in ones]))
    digested_by(WORKERS, bodies([one.pk for one in fours]))

    for one, four in zip(ones, fours, strict=True):
        assert outcome(four) == outcome(one)
        assert outcome(one)["rejected"] > 0


def test_what_is_brought_three_times_counts_once(shop):
    ones, threes = twins(shop)

    digested_by(1, bodies([one.pk for one in ones]))
    digested_by(WORKERS, bodies([one.pk for one in threes]), times=3)

    for one, three in zip(ones, threes, strict=True):
        assert outcome(three) == outcome(one)


def test_of_many_workers_with_the_same_new_failure_one_opens_the_issue_and_one_alerts(shop):
    project = shop.project
    found_bodies = [accepted(project.pk, a_payload_of(number, 1), place=number) for number in range(1, 41)]

    digested_by(WORKERS, found_bodies, at_once=1)

    issue = Issue.objects.get(project=project)
    assert (issue.number, issue.times_seen) == (1, 40)
    assert Firing.objects.filter(rule__label="Every event").count() == 1


def test_a_body_that_fails_is_set_aside_once_however_often_it_is_brought(shop, caplog):
    batch = [accepted(shop.project.pk, a_payload_of(number, 1), place=number) for number in range(1, 9)]
    refuse("store_event", "poison", f"NEW.event_id = '{batch[3].event_id}'")

    for _ in range(2):
        spooled.digest_delivered(batch)

    assert Issue.objects.get().times_seen == 7
    assert "poison" in RejectedBody.objects.get().reason
