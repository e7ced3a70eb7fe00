"""`tocsin sign-in`: for whoever runs the server and forgot a password."""

import pytest
from click.testing import CliRunner
from django.test import Client

from tests.builders import a_world
from tocsin.ops.sign_in import command

pytestmark = pytest.mark.django_db


def test_the_printed_link_signs_the_person_in():
    world = a_world()

    printed = CliRunner().invoke(command, [world.user.email.upper()]).output.strip()

    browser = Client()
    browser.post(printed.removeprefix("http://testserver"))
    assert browser.session["_auth_user_id"] == str(world.user.pk)


def test_an_unknown_address_is_one_line_and_names_no_other():
    a_world()

    answer = CliRunner().invoke(command, ["nobody@example.com"])

    assert answer.exit_code == 2
    assert "Nobody here has the address nobody@example.com." in answer.output
    assert "ana@example.com" not in answer.output
