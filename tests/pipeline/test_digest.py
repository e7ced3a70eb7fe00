"""Spooled bodies become events, issues, counts and alerts; each once, in one commit."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import NOW, a_project
from tests.examples import examples
from tests.pipeline.spooling import (
    SPOOL,
    a_batch,
    a_frame,
    a_payload,
    accepted,
    an_exception,
    an_id,
    digested,
)
from tests.refusing import refuse
from tocsin.core.issue import Status, Substatus
from tocsin.pipeline.command import set_status
from tocsin.pipeline.digest import digest
from tocsin.store.models import (
    Activity,
    Delivery,
    Environment,
    Event,
    EventSeen,
    Fingerprint,
    Firing,
    Issue,
    IssueMinute,
    IssueUser,
    Notification,
    Project,
    RejectedBody,
    Release,
    SpoolPosition,
)
from tocsin.store.writes.founding import Founded, create_project, found

MINUTE = int(NOW.timestamp()) // 60


@pytest.fixture
def shop(db) -> Founded:
    return founded()


def founded() -> Founded:
    return found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)


def about(topic: str, number: int = 1, **fields) -> dict:
    """An event of the issue that a topic names: the same topic, the same issue."""
    return a_payload(number, fingerprint=[topic], **fields)


def one_issue() -> Issue:
    return Issue.objects.get()


# Issues


def test_the_first_event_opens_shop_1_and_the_default_rule_fires(shop):
    outcome = digested(shop.project.pk, a_payload())

    issue = one_issue()
    assert (issue.number, issue.title, issue.culprit) == (
        1,
        "ZeroDivisionError: division by zero",
        "shop.cart in total",
    )
    assert (issue.status, issue.substatus, issue.times_seen) == (Status.UNRESOLVED, Substatus.NEW, 1)
    assert Notification.objects.get().facts["short_id"] == "SHOP-1"
    assert Firing.objects.get().event_id == an_id(1)
    assert Delivery.objects.filter(provider="inbox", state="queued", user=shop.user).exists()
    assert (outcome.events, outcome.opened, outcome.notifications) == (1, 1, 1)


def test_events_of_one_failure_are_one_issue(shop):
    digested(shop.project.pk, *[a_payload(number) for number in range(1, 6)])

    assert one_issue().times_seen == 5


def test_issues_are_numbered_in_the_order_of_their_first_events(shop):
    digested(shop.project.pk, about("a", 1), about("b", 2), about("a", 3), about("c", 4))

    assert list(Issue.objects.order_by("number").values_list("number", "times_seen")) == [(1, 2), (2, 1), (3, 1)]


def test_numbers_go_on_where_the_last_batch_ended(shop):
    digested(shop.project.pk, about("a", 1), about("b", 2))
    digested(shop.project.pk, about("c", 3), first=3)

    assert list(Issue.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert Project.objects.get(pk=shop.project.pk).issue_count == 3


def test_projects_number_and_group_apart(shop):
    other = create_project(shop.organization, shop.team, "Web", now=NOW)

    digest(
        [accepted(shop.project.pk, about("a", 1)), accepted(other.pk, about("a", 1), place=2)],
        SPOOL,
        NOW,
    )

    assert set(Issue.objects.values_list("project__slug", "number")) == {("shop", 1), ("web", 1)}


def test_a_hash_unseen_beside_a_known_one_leads_to_the_same_issue_from_then_on(shop):
    ours, theirs = a_frame("total"), a_frame("dispatch", in_app=False)
    by_both = an_exception(theirs, ours)
    by_all_calls = an_exception({**theirs}, {**ours, "in_app": False})
    digested(shop.project.pk, a_payload(1, exception=an_exception(ours)))

    digested(shop.project.pk, a_payload(2, exception=by_both), first=2)
    digested(shop.project.pk, a_payload(3, exception=by_all_calls), first=3)

    assert one_issue().times_seen == 3


def test_a_hash_first_seen_beside_a_known_one_counts_within_the_same_batch(shop):
    ours, theirs = a_frame("total"), a_frame("dispatch", in_app=False)
    digested(shop.project.pk, a_payload(1, exception=an_exception(ours)))

    digested(
        shop.project.pk,
        a_payload(2, exception=an_exception(theirs, ours)),
        a_payload(3, exception=an_exception(theirs, {**ours, "in_app": False})),
        first=2,
    )

    assert one_issue().times_seen == 3


def test_an_issue_remembers_when_it_was_first_and_last_seen_whatever_the_order(shop):
    early, late = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    digested(shop.project.pk, a_payload(1, timestamp=late.timestamp()), a_payload(2, timestamp=early.timestamp()))

    issue = one_issue()
    assert (issue.first_seen, issue.last_seen) == (early, late)


def test_the_newest_event_names_the_issue_and_an_older_one_does_not(shop):
    named = [about("a", 1, message="new"), about("a", 2, message="old", timestamp=NOW.timestamp() - 60)]
    for payload in named:
        del payload["exception"]

    digested(shop.project.pk, *named)

    assert one_issue().title == "new"


def test_an_event_without_a_name_does_not_take_an_issues_name_away(shop):
    nameless = about("a", 2)
    del nameless["exception"]
    digested(shop.project.pk, about("a", 1), nameless)

    assert one_issue().title == "ZeroDivisionError: division by zero"


def test_a_new_issue_is_on_its_timeline(shop):
    digested(shop.project.pk, a_payload(1), a_payload(2))

    activity = Activity.objects.get()
    assert (activity.type, activity.data) == ("first_seen", {"event_id": an_id(1)})


def test_a_project_knows_that_it_has_events(shop):
    digested(shop.project.pk, a_payload())

    assert Project.objects.get(pk=shop.project.pk).first_event == NOW


# Repeats


def test_an_event_that_comes_twice_in_a_batch_is_counted_once(shop):
    outcome = digested(shop.project.pk, a_payload(1), a_payload(1))

    assert one_issue().times_seen == 1
    assert (outcome.events, outcome.repeats) == (1, 1)


def test_an_event_that_comes_again_in_a_later_batch_is_counted_once(shop):
    digested(shop.project.pk, a_payload(1))
    digested(shop.project.pk, a_payload(1), a_payload(2), first=2)

    assert one_issue().times_seen == 2
    assert EventSeen.objects.count() == 2


def test_the_same_id_in_two_projects_is_two_events(shop):
    other = create_project(shop.organization, shop.team, "Web", now=NOW)

    digest([accepted(shop.project.pk, a_payload(1)), accepted(other.pk, a_payload(1), place=2)], SPOOL, NOW)

    assert Issue.objects.count() == 2


# Counts


def test_events_are_counted_by_minute_and_environment(shop):
    digested(
        shop.project.pk,
        a_payload(1),
        a_payload(2, timestamp=NOW.timestamp() + 1),
        a_payload(3, timestamp=NOW.timestamp() - 60),
        a_payload(4, environment="staging"),
    )

    counts = set(IssueMinute.objects.values_list("minute", "environment", "count"))
    assert counts == {
        (MINUTE, "production", 2),
        (MINUTE - 1, "production", 1),
        (MINUTE, "staging", 1),
    }


def test_a_minute_that_two_batches_share_is_one_count(shop):
    digested(shop.project.pk, a_payload(1))
    digested(shop.project.pk, a_payload(2), a_payload(3), first=2)

    assert IssueMinute.objects.get().count == 3


def test_distinct_users_are_counted_once_each_however_often_they_come(shop):
    users = [{"id": 7}, {"id": "7"}, {"email": "eve@example.com"}, {}, {"ip_address": "203.0.113.9"}]
    digested(shop.project.pk, *[a_payload(number, user=user) for number, user in enumerate(users, start=1)])
    digested(shop.project.pk, a_payload(9, user={"id": 7}), first=9)

    assert one_issue().users_seen == 3
    assert IssueUser.objects.count() == 3


def test_who_a_user_is_is_not_kept_in_the_count(shop):
    digested(shop.project.pk, a_payload(1, user={"email": "eve@example.com"}))

    assert "eve" not in IssueUser.objects.get().user


def test_environments_and_releases_are_remembered(shop):
    digested(
        shop.project.pk, a_payload(1, release="shop@1.0", environment="staging"), a_payload(2, release="shop@1.1")
    )

    assert set(Environment.objects.values_list("name", flat=True)) == {"staging", "production"}
    assert set(Release.objects.values_list("version", flat=True)) == {"shop@1.0", "shop@1.1"}
    assert (one_issue().first_release, one_issue().last_release) == ("shop@1.0", "shop@1.1")


# States (§10.4)


def resolve(shop: Founded, at=NOW, status: str = "resolved") -> None:
    set_status(
        organization_id=shop.organization.pk, issue_ids=[one_issue().pk], status=status, actor_id=None, now=at
    )


def test_a_new_event_in_a_resolved_issue_is_a_regression(shop):
    digested(shop.project.pk, a_payload(1))
    resolve(shop)

    later = NOW + timedelta(minutes=5)
    digested(shop.project.pk, a_payload(2, release="shop@2"), first=2, received=later.timestamp(), now=later)

    issue = one_issue()
    assert (issue.status, issue.substatus) == (Status.UNRESOLVED, Substatus.REGRESSED)
    assert (issue.resolved_at, issue.active_at) == (None, later)
    activity = Activity.objects.get(type="set_regression")
    assert activity.data == {"event_id": an_id(2), "version": "shop@2"}


def test_of_several_events_after_the_resolution_only_the_first_is_the_regression(shop):
    digested(shop.project.pk, a_payload(1))
    resolve(shop)

    digested(shop.project.pk, *[a_payload(number) for number in range(2, 6)], first=2)

    assert Activity.objects.filter(type="set_regression").count() == 1


def test_an_event_received_before_the_resolution_and_digested_after_is_no_regression(shop):
    digested(shop.project.pk, a_payload(1))
    resolve(shop, at=NOW + timedelta(seconds=10))

    digested(shop.project.pk, a_payload(2), first=2, received=NOW.timestamp() + 5)

    assert (one_issue().status, one_issue().times_seen) == (Status.RESOLVED, 2)
    assert not Activity.objects.filter(type="set_regression").exists()


def test_an_ignored_issue_counts_and_stays_silent(shop, every_event_rule):
    digested(shop.project.pk, a_payload(1))
    resolve(shop, status="ignored")
    told = Notification.objects.count()

    later = NOW + timedelta(days=1)
    digested(shop.project.pk, a_payload(2), first=2, received=later.timestamp(), now=later)

    assert (one_issue().status, one_issue().times_seen) == (Status.IGNORED, 2)
    assert Notification.objects.count() == told


# Once, whatever happens


def test_reading_the_same_spool_rows_again_counts_nothing_twice(shop):
    """The worker died after its commit and before it made the spool forget."""
    batch = a_batch(shop.project.pk, a_payload(1), a_payload(2))
    digest(batch, SPOOL, NOW)

    again = digest(batch, SPOOL, NOW)

    assert again.events == 0
    assert one_issue().times_seen == 2
    assert Notification.objects.count() == 1


def test_a_batch_that_is_half_done_is_taken_up_where_it_ended(shop):
    first = a_batch(shop.project.pk, a_payload(1), a_payload(2))
    digest(first, SPOOL, NOW)
    EventSeen.objects.all().delete()  # so that only the position can tell

    digest([*first, accepted(shop.project.pk, a_payload(3), place=3)], SPOOL, NOW)

    assert one_issue().times_seen == 3
    assert SpoolPosition.objects.get(spool=SPOOL).position == 3


def test_another_spool_file_begins_at_its_own_beginning(shop):
    digest(a_batch(shop.project.pk, a_payload(1)), SPOOL, NOW)

    digest(a_batch(shop.project.pk, a_payload(2)), "another", NOW)

    assert one_issue().times_seen == 2


def test_when_the_batch_fails_late_nothing_of_it_is_left(database_file):
    shop = founded()
    refuse("store_spoolposition", "power cut")

    with pytest.raises(Exception, match="power cut"):
        digested(shop.project.pk, a_payload())

    assert not Issue.objects.exists()
    assert not EventSeen.objects.exists()
    assert not Delivery.objects.exists()
    assert Project.objects.get(pk=shop.project.pk).issue_count == 0


def test_events_of_a_project_that_was_deleted_meanwhile_are_dropped_and_the_others_counted(shop):
    gone = create_project(shop.organization, shop.team, "Gone", now=NOW)
    batch = [accepted(gone.pk, a_payload(1)), accepted(shop.project.pk, a_payload(2), place=2)]
    gone.delete()

    digest(batch, SPOOL, NOW)

    assert [issue.project_id for issue in Issue.objects.all()] == [shop.project.pk]


def test_a_batch_of_a_project_that_was_deleted_moves_the_spool_on(shop):
    pk = shop.project.pk
    shop.project.delete()

    digested(pk, a_payload())

    assert SpoolPosition.objects.get().position == 1


def test_an_issue_deleted_between_two_batches_opens_anew(shop):
    digested(shop.project.pk, a_payload(1))
    Issue.objects.all().delete()

    digested(shop.project.pk, a_payload(2), first=2)

    assert (one_issue().number, one_issue().times_seen) == (2, 1)


# The sample


def test_the_first_fifty_events_are_kept_whole_then_each_tenth(shop):
    digested(shop.project.pk, *[a_payload(number) for number in range(1, 101)])

    assert Event.objects.count() == 55


def test_an_event_that_an_alert_speaks_of_is_always_kept(shop, every_event_rule):
    digested(shop.project.pk, *[a_payload(number) for number in range(1, 51)])
    later = NOW + timedelta(hours=2)

    digested(shop.project.pk, a_payload(51), first=51, received=later.timestamp(), now=later)

    assert Firing.objects.filter(event_id=an_id(51)).exists()
    assert Event.objects.filter(event_id=an_id(51)).exists()


def test_a_kept_event_has_what_a_page_lists_it_by(shop):
    digested(shop.project.pk, a_payload(1, level="fatal", release="shop@1", tags={"till": "4"}))

    event = Event.objects.get()
    assert (event.level, event.release, event.environment, event.timestamp) == (
        "fatal",
        "shop@1",
        "production",
        NOW,
    )
    assert ["till", "4"] in event.tags


# Statements


def statements(project_id: int, *payloads, first: int) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        digested(project_id, *payloads, first=first)
    return len(captured)


@pytest.mark.parametrize(
    ("few", "many"),
    [
        pytest.param(
            [about("a", number) for number in range(10)],
            [about("a", number) for number in range(100, 600)],
            id="10 events or 500",
        ),
        pytest.param(
            [about("topic 0", number, user={"id": 1}, release="1") for number in range(100)],
            [
                about(
                    f"topic {number}",
                    1000 + number,
                    user={"id": number},
                    release=f"{number}",
                    environment=f"{number}",
                )
                for number in range(100)
            ],
            id="one issue or 100, with users, releases and environments",
        ),
    ],
)
def test_the_number_of_statements_does_not_grow_with_the_batch(shop, few, many):
    digested(shop.project.pk, about("z", 999_999))  # compiles the rules and reads the directory

    # Both have a new issue and one that was there.
    first = statements(shop.project.pk, *[*few, about("new", 888_888), about("z", 555_555)], first=2)
    second = statements(shop.project.pk, *[*many, about("newer", 777_777), about("z", 666_666)], first=1000)

    assert first == second


def test_a_batch_takes_some_twenty_statements(shop):
    digested(shop.project.pk, about("z", 999_999))

    assert statements(shop.project.pk, *[about(f"t{n}", n) for n in range(100)], first=2) <= 31


# One batch or many: the same


events = st.lists(
    st.tuples(
        st.integers(1, 12),  # the event's id: some come twice
        st.sampled_from(["own", "both", "all", "other"]),  # which hashes it has
        st.integers(-120, 30),  # seconds
        st.sampled_from(["production", "staging"]),
        st.sampled_from([None, "ana", "ben"]),
    ),
    min_size=1,
    max_size=12,
)

SHAPES = {
    "own": [a_frame("total")],
    "both": [a_frame("dispatch", in_app=False), a_frame("total")],
    "all": [a_frame("dispatch", in_app=False), a_frame("total", in_app=False)],
    "other": [a_frame("dispatch", in_app=False), a_frame("checkout")],
}


def payload_of(number: int, shape: str, seconds: int, environment: str, user: str | None) -> dict:
    return a_payload(
        number,
        exception=an_exception(*SHAPES[shape]),
        timestamp=NOW.timestamp() + seconds,
        environment=environment,
        user={"id": user} if user else None,
    )


def left_by(project: Project) -> dict:
    """What a batch or many leave of a project's events, without the ids of rows."""
    issues = Issue.objects.filter(project=project).order_by("number")
    columns = ("number", "title", "times_seen", "users_seen", "first_seen", "last_seen", "status", "level")
    return {
        "issues": list(issues.values_list(*columns)),
        "hashes": set(Fingerprint.objects.filter(project=project).values_list("hash", "issue__number")),
        "minutes": set(
            IssueMinute.objects.filter(issue__project=project).values_list(
                "issue__number", "minute", "environment", "count"
            )
        ),
        "kept": Counter(Event.objects.filter(project=project).values_list("event_id", flat=True)),
    }


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events, st.integers(1, 12))
def test_the_same_events_leave_the_same_in_one_batch_or_many(shop, rows, size):
    payloads = [payload_of(*row) for row in rows]
    at_once = a_project(shop.organization, shop.team, slug=f"p{Project.objects.count()}")
    in_parts = a_project(shop.organization, shop.team, slug=f"p{Project.objects.count()}")
    spools = f"a{at_once.pk}", f"b{in_parts.pk}"

    digest(a_batch(at_once.pk, *payloads), spools[0], NOW)
    for start in range(0, len(payloads), size):
        digest(a_batch(in_parts.pk, *payloads[start : start + size], first=start + 1), spools[1], NOW)

    assert left_by(at_once) == left_by(in_parts)


def test_nothing_is_rejected_that_can_be_read(shop):
    digested(shop.project.pk, *[about(f"t{n}", n) for n in range(20)])

    assert not RejectedBody.objects.exists()
