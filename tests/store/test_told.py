"""Who was told of an issue."""

from datetime import timedelta

from tests.builders import NOW, a_delivery, a_notification, a_world, an_issue
from tocsin.store.queries import told


def test_the_latest_twenty_are_told_newest_first_and_all_are_counted(db):
    world = a_world()
    issue = an_issue(world.project)
    for minutes in range(25):
        a_notification(world.project, issue, date_added=NOW - timedelta(minutes=minutes))

    latest, total = told.of_issue(world.organization.pk, issue.pk)

    assert [one.decided for one in latest] == [NOW - timedelta(minutes=minutes) for minutes in range(20)]
    assert total == 25


def test_each_notification_has_its_own_deliveries(db):
    world = a_world()
    issue = an_issue(world.project)
    first, second = a_notification(world.project, issue), a_notification(world.project, issue)
    a_delivery(first, label="one")
    a_delivery(second, label="two")

    latest, _ = told.of_issue(world.organization.pk, issue.pk)

    assert [[delivery.label for delivery in one.deliveries] for one in latest] == [["two"], ["one"]]


def test_another_organization_learns_nothing(db):
    world, stranger = a_world(), a_world("globex", "other", "eve@example.com")
    issue = an_issue(world.project)
    a_notification(world.project, issue)

    assert told.of_issue(stranger.organization.pk, issue.pk) == ((), 0)
