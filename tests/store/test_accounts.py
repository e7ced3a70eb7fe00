"""Sign-in links and what stands beside every page."""

from datetime import timedelta

from tests.builders import NOW, a_delivery, a_notification, a_user, a_world
from tocsin.store.models import Membership, SignInLink
from tocsin.store.queries import accounts
from tocsin.store.writes import accounts as writes

HOUR = timedelta(hours=1)


def test_of_a_links_token_only_its_digest_is_kept(db):
    token = writes.new_sign_in_link(a_user().pk, NOW, HOUR)

    assert SignInLink.objects.get().digest == accounts.digest(token)
    assert token not in str(SignInLink.objects.values().get())


def test_a_link_signs_in_once(db):
    person = a_user()
    token = writes.new_sign_in_link(person.pk, NOW, HOUR)

    assert writes.use_sign_in_link(token, NOW) == person
    assert writes.use_sign_in_link(token, NOW) is None


def test_a_link_ends_at_its_time_and_not_a_second_later(db):
    person = a_user()
    token = writes.new_sign_in_link(person.pk, NOW, HOUR)

    assert writes.use_sign_in_link(token, NOW + HOUR) is None
    assert writes.use_sign_in_link(token, NOW + HOUR - timedelta(seconds=1)) == person


def test_a_new_password_ends_the_links_that_nobody_used(db):
    person, other = a_user(), a_user("ben@example.com")
    token = writes.new_sign_in_link(person.pk, NOW, HOUR)
    others = writes.new_sign_in_link(other.pk, NOW, HOUR)

    writes.chose_password(person, "three unrelated words", NOW)

    assert writes.use_sign_in_link(token, NOW) is None
    assert writes.use_sign_in_link(others, NOW) == other


def test_only_the_inboxs_unread_messages_are_counted(db):
    world = a_world()
    notification = a_notification(world.project)
    a_delivery(notification, provider="inbox", user=world.user, state="sent")
    a_delivery(notification, provider="inbox", user=world.user, state="sent", read=NOW)
    a_delivery(notification, provider="email", user=world.user, state="sent")

    assert accounts.navigation(world.user.pk, world.organization, []).unread == 1


def test_an_invitation_not_yet_accepted_is_no_membership(db):
    world, invited = a_world(), a_user("ben@example.com")
    Membership.objects.create(organization=world.organization, user=invited, pending=True, date_added=NOW)

    assert accounts.memberships(invited.pk) == []
