"""A person's inbox: theirs alone, unread first."""

from datetime import timedelta

from django.test import Client
from tests.builders import NOW, World, a_delivery, a_member, a_notification, a_world, an_issue

from tocsin.store.models import Delivery, Membership


def a_message(world: World, user=None, **columns) -> Delivery:
    notification = a_notification(world.project, an_issue(world.project))
    defaults = {"provider": "inbox", "user": user or world.user, "state": "sent", "address": {}}
    return a_delivery(notification, **{**defaults, **columns})


def ids(client: Client) -> list[int]:
    return [entry.row.id for _, entry in client.get("/inbox/").context["messages_here"]]


def test_the_unread_stand_first_then_the_newest(ana: Client, world: World):
    read = a_message(world, read=NOW, date_added=NOW)
    older = a_message(world, date_added=NOW - timedelta(hours=2))
    newer = a_message(world, date_added=NOW - timedelta(hours=1))

    assert ids(ana) == [newer.pk, older.pk, read.pk]


def test_only_what_arrived_by_the_inbox_is_there(ana: Client, world: World):
    a_message(world, provider="email")
    a_message(world, state="suppressed")

    assert ids(ana) == []


def test_a_page_beyond_the_last_is_empty_however_far(ana: Client, world: World):
    a_message(world)

    assert ana.get("/inbox/", {"page": "9" * 18}).context["messages_here"] == []


def test_the_number_beside_the_inbox_counts_what_the_inbox_shows(ana: Client, world: World):
    there = a_world("left", email="cid@example.com")
    a_message(there, user=world.user)
    a_message(world)

    page = ana.get("/inbox/")

    assert page.wsgi_request.navigation.unread == len(page.context["messages_here"]) == 1


def test_opening_a_message_marks_it_read_and_leads_to_its_issue(ana: Client, world: World):
    message = a_message(world)

    answer = ana.get(f"/inbox/{message.pk}/")

    message.refresh_from_db()
    assert (message.read, answer["Location"]) == (NOW, f"/acme/issues/{message.notification.issue_id}/")


def test_one_is_marked_read_and_unread_again(ana: Client, world: World):
    message = a_message(world)

    ana.post("/inbox/mark/", {"message": message.pk})
    message.refresh_from_db()
    first = message.read
    ana.post("/inbox/mark/", {"message": message.pk, "unread": "1"})
    message.refresh_from_db()

    assert (first, message.read) == (NOW, None)


def test_all_are_marked_read_and_nobody_elses(ana: Client, world: World):
    ben = a_member(world.organization, email="ben@example.com")
    a_message(world)
    a_message(world)
    theirs = a_message(world, ben)

    ana.post("/inbox/mark/")

    assert list(Delivery.objects.filter(read__isnull=True).values_list("pk", flat=True)) == [theirs.pk]


def test_anothers_message_is_not_found_and_stays_unread(ana: Client, world: World):
    ben = a_member(world.organization, email="ben@example.com")
    theirs = a_message(world, ben)

    answer = ana.get(f"/inbox/{theirs.pk}/")
    ana.post("/inbox/mark/", {"message": theirs.pk})

    theirs.refresh_from_db()
    assert (answer.status_code, theirs.read) == (404, None)


def test_what_came_from_an_organization_that_one_left_is_gone(ana: Client, world: World):
    other = a_world("globex", "other", "eve@example.com")
    Membership.objects.create(organization=other.organization, user=world.user, date_added=NOW)
    a_message(other, world.user)
    before = len(ids(ana))

    Membership.objects.filter(organization=other.organization, user=world.user).delete()

    assert (before, ids(ana)) == (1, [])


def test_messages_of_all_ones_organizations_are_there(ana: Client, world: World):
    other = a_world("globex", "other", "eve@example.com")
    Membership.objects.create(organization=other.organization, user=world.user, date_added=NOW)
    a_message(world)
    a_message(other, world.user)

    assert [slug for slug, _ in ana.get("/inbox/").context["messages_here"]] == ["globex", "acme"]


def test_the_number_of_queries_does_not_grow_with_the_messages(
    ana: Client, world: World, django_assert_max_num_queries
):
    for _ in range(60):
        a_message(world)

    with django_assert_max_num_queries(8):
        page = ana.get("/inbox/")
    assert (len(page.context["messages_here"]), page.context["older"]) == (50, 2)


def test_an_empty_inbox_says_what_will_come(ana: Client):
    assert "Nothing to read" in ana.get("/inbox/").text
