"""What a mail carries so that its reader can end such mails."""

import pytest

from tests.builders import NOW, World, a_delivery, a_notification, a_world, an_issue
from tocsin.core.unsubscribe import Level
from tocsin.pipeline import deliver
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.unsubscribe_link import opened
from tocsin.store.models import Notification
from tocsin.store.queries.outbox import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


def parcel_of(notification: Notification, provider: str = "email", **columns):
    delivery = a_delivery(notification, provider=provider, **columns)
    return deliver._parcel(jobs([delivery.pk])[0], catalogue().providers[provider])


def ends(link: str):
    found = opened(link.rstrip("/").rpartition("/")[2], NOW)
    assert found is not None
    return found.ends


def test_a_mail_about_an_issue_ends_that_issue(world: World):
    issue = an_issue(world.project)

    parcel = parcel_of(a_notification(world.project, issue), user=world.user)

    found = ends(parcel.unsubscribe)
    assert (found.level, found.id, found.type) == (Level.ISSUE, issue.pk, "alerts")
    assert (found.organization_id, found.project_id) == (world.organization.pk, world.project.pk)


def test_a_mail_about_no_issue_ends_its_type_in_the_project(world: World):
    parcel = parcel_of(a_notification(world.project), user=world.user)

    assert (ends(parcel.unsubscribe).level, ends(parcel.unsubscribe).id) == (Level.PROJECT, world.project.pk)


def test_a_mail_to_a_list_has_no_link_of_one_person(world: World):
    assert parcel_of(a_notification(world.project)).unsubscribe == ""


def test_what_nobody_can_choose_about_cannot_be_ended(world: World):
    assert parcel_of(a_notification(world.project, category="test"), user=world.user).unsubscribe == ""


def test_the_inbox_carries_no_link(world: World):
    parcel = parcel_of(
        a_notification(world.project), "inbox", user=world.user, address={"user_id": world.user.pk, "name": "Ana"}
    )

    assert parcel.unsubscribe == ""
