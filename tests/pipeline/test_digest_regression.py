"""An event in an issue that was resolved in a release: a regression, or old news (behaviour §10.4)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW
from tests.pipeline.spooling import a_payload, accepted, an_id, digested
from tocsin.core.commands import Resolve
from tocsin.core.issue import Status, Substatus
from tocsin.pipeline import command
from tocsin.pipeline.digest import digest_delivered
from tocsin.store.models import Activity, Issue, Resolution
from tocsin.store.writes.founding import Founded, found

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def shop(db) -> Founded:
    return found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)


def an_event(shop: Founded, number: int, release: str, at=LATER) -> None:
    payload = a_payload(number, release=release)
    digested(shop.project.pk, payload, first=number, received=at.timestamp(), now=at)


def resolve(shop: Founded, **how) -> None:
    issue = Issue.objects.get()
    command.run(
        organization_id=shop.organization.pk,
        issue_ids=[issue.pk],
        command=Resolve(**how),
        actor_id=None,
        now=NOW + timedelta(minutes=1),
    )


@pytest.mark.parametrize(
    ("release", "status"),
    [
        ("shop@1.0.0", Status.RESOLVED),
        ("shop@1.1.0", Status.UNRESOLVED),
        ("shop@1.2.0", Status.UNRESOLVED),
        ("", Status.RESOLVED),
    ],
)
def test_what_was_resolved_in_a_release_comes_back_only_from_it_and_later_ones(shop, release, status):
    an_event(shop, 1, "shop@1.0.0", NOW)
    resolve(shop, release="shop@1.1.0")

    an_event(shop, 2, release)

    assert Issue.objects.get().status == status


def test_what_was_resolved_in_the_next_release_comes_back_from_the_next(shop):
    an_event(shop, 1, "shop@1.0.0", NOW)
    resolve(shop, next_release=True)

    an_event(shop, 2, "shop@1.0.0")
    assert Issue.objects.get().status == Status.RESOLVED

    an_event(shop, 3, "shop@1.0.1")
    assert (Issue.objects.get().status, Issue.objects.get().substatus) == (Status.UNRESOLVED, Substatus.REGRESSED)


def test_a_regression_says_where_it_was_resolved_and_forgets_it(shop):
    an_event(shop, 1, "shop@1.0.0", NOW)
    resolve(shop, release="shop@1.1.0")

    an_event(shop, 2, "shop@1.2.0")

    assert Activity.objects.get(type="set_regression").data == {
        "event_id": an_id(2),
        "version": "shop@1.2.0",
        "resolved_in_version": "shop@1.1.0",
        "follows_semver": True,
    }
    assert not Resolution.objects.exists()


def test_other_versions_are_compared_by_when_they_were_first_heard_of(shop):
    an_event(shop, 1, "abc", NOW)
    an_event(shop, 2, "def", NOW + timedelta(seconds=30))
    resolve(shop, release="def")

    an_event(shop, 3, "abc")
    assert Issue.objects.get().status == Status.RESOLVED

    an_event(shop, 4, "fed")
    assert Issue.objects.get().status == Status.UNRESOLVED


def test_while_its_commit_is_not_released_nothing_is_a_regression(shop):
    an_event(shop, 1, "shop@1.0.0", NOW)
    Issue.objects.update(status=Status.RESOLVED, resolved_at=NOW)
    Resolution.objects.create(
        issue=Issue.objects.get(), kind="in_commit", is_pending=True, commit="a", date_added=NOW
    )

    an_event(shop, 2, "shop@9.0.0")

    assert Issue.objects.get().status == Status.RESOLVED


def test_a_batch_that_meets_no_resolved_issue_asks_nothing_of_resolutions(shop):
    an_event(shop, 1, "shop@1.0.0", NOW)

    with CaptureQueriesContext(connection) as asked:
        an_event(shop, 2, "shop@1.0.0")

    assert not [one for one in asked.captured_queries if "store_resolution" in one["sql"]]


def test_of_two_batches_that_bring_an_issue_back_at_once_one_is_the_regression(database_file):
    shop = found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)
    an_event(shop, 1, "shop@1.0.0", NOW)
    resolve(shop, release="shop@1.1.0")
    start = threading.Barrier(4)

    def bring_back(number: int) -> None:
        start.wait()
        payload = a_payload(number, release="shop@1.2.0")
        digest_delivered([accepted(shop.project.pk, payload, place=number, received=LATER.timestamp())], LATER)
        connection.close()

    workers = [threading.Thread(target=bring_back, args=(number,)) for number in range(2, 6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert Activity.objects.filter(type="set_regression").count() == 1


def fixed_in() -> tuple[str, str]:
    """Where the issue is fixed, and what its timeline says of that."""
    row, said = Resolution.objects.get(), Activity.objects.get(type="set_resolved_in_release")
    return row.release, said.data["version"]


def an_event_elsewhere(shop: Founded, number: int, release: str, at=LATER) -> None:
    payload = a_payload(number, release=release, fingerprint=["another"])
    digested(shop.project.pk, payload, first=number, received=at.timestamp(), now=at)


def test_an_event_of_the_next_release_says_which_that_is(shop):
    an_event(shop, 1, "shop@1.0.0", NOW)
    resolve(shop, next_release=True)
    assert fixed_in() == ("", "")

    an_event_elsewhere(shop, 2, "shop@1.1.0")

    assert fixed_in() == ("shop@1.1.0", "shop@1.1.0")


def test_an_older_release_that_comes_late_is_not_the_next(shop):
    an_event(shop, 1, "shop@1.0.0", NOW)
    resolve(shop, next_release=True)

    an_event_elsewhere(shop, 2, "shop@0.9.9")

    assert fixed_in() == ("", "")


def test_what_is_fixed_in_the_release_that_came_does_not_come_back_from_one_before_it(shop):
    an_event(shop, 1, "shop@1.0.0", NOW)
    resolve(shop, next_release=True)
    an_event_elsewhere(shop, 2, "shop@1.2.0")

    an_event(shop, 3, "shop@1.1.0", LATER + timedelta(hours=1))

    assert Issue.objects.get(first_release="shop@1.0.0").status == Status.RESOLVED


def test_an_issue_that_comes_back_with_the_next_release_was_resolved_in_that(shop):
    an_event(shop, 1, "shop@1.0.0", NOW)
    resolve(shop, next_release=True)

    an_event(shop, 2, "shop@1.1.0")

    assert Activity.objects.get(type="set_resolved_in_release").data == {"version": "shop@1.1.0"}
    assert Activity.objects.get(type="set_regression").data["resolved_in_version"] == "shop@1.1.0"


def test_of_versions_without_numbers_the_next_may_be_out_already(shop):
    an_event(shop, 1, "aaa", NOW)
    an_event_elsewhere(shop, 2, "ccc", NOW + timedelta(seconds=10))
    an_event_elsewhere(shop, 3, "bbb", NOW + timedelta(seconds=20))

    command.run(
        organization_id=shop.organization.pk,
        issue_ids=[Issue.objects.get(first_release="aaa").pk],
        command=Resolve(next_release=True),
        actor_id=None,
        now=NOW + timedelta(minutes=1),
    )

    assert fixed_in() == ("ccc", "ccc")
    assert not Resolution.objects.get().is_pending


def test_of_versions_without_numbers_the_next_is_the_first_that_comes(shop):
    an_event(shop, 1, "fff", NOW)
    resolve(shop, next_release=True)

    an_event_elsewhere(shop, 2, "aaa")

    assert fixed_in() == ("aaa", "aaa")


def test_a_release_that_is_known_asks_nothing_of_what_waits(shop):
    an_event(shop, 1, "shop@1.0.0", NOW)
    an_event(shop, 2, "shop@1.0.0")

    with CaptureQueriesContext(connection) as known:
        an_event(shop, 3, "shop@1.0.0")
    with CaptureQueriesContext(connection) as new:
        an_event(shop, 4, "shop@1.1.0")

    assert len([one for one in known if "is_pending" in one["sql"]]) == 0
    assert len([one for one in new if "is_pending" in one["sql"]]) == 1
