"""What `tocsin up` makes and says when it starts."""

import pytest

from tests.builders import NOW, a_world
from tocsin.ops.errors import WrongInputError
from tocsin.ops.first_start import first_start
from tocsin.store.models import User
from tocsin.store.writes.accounts import chose_password, was_active

pytestmark = pytest.mark.django_db


def test_the_first_accounts_address_is_the_one_that_was_given():
    first_start("me@example.com")

    assert User.objects.get().email == "me@example.com"


def test_an_address_that_is_none_is_one_line():
    with pytest.raises(WrongInputError, match="'me' is no e-mail address"):
        first_start("me")


def test_an_address_that_comes_after_the_first_start_is_said_to_be_unused():
    a_world()

    assert "late@example.com is not used: --email is for the first start." in first_start("late@example.com")


def test_an_address_that_somebody_has_is_passed_over_in_silence():
    world = a_world()

    assert "is not used" not in first_start(world.user.email)


def test_until_somebody_was_here_each_start_prints_a_link():
    first_start("me@example.com")

    assert "/sign-in/link/" in first_start(None)


def test_after_that_and_before_a_password_it_names_the_command_that_prints_one():
    first_start("me@example.com")
    was_active(User.objects.get().pk, NOW)

    words = first_start(None)

    assert "tocsin sign-in me@example.com --data" in words
    assert "/sign-in/link/" not in words


def test_once_somebody_has_a_password_a_start_says_nothing_of_signing_in():
    first_start("me@example.com")
    owner = User.objects.get()
    was_active(owner.pk, NOW)
    chose_password(owner, "three unrelated words", NOW)

    assert "sign-in" not in first_start(None)
