"""Each check of the doctor can be green and can be red, and says what to do."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings

from tests.builders import NOW, World, a_delivery, a_notification, a_world
from tests.journeys.instance import free_port
from tocsin.ops import checks
from tocsin.ops.checks import CHECKS, examine
from tocsin.ops.settings import Settings
from tocsin.store.models import Integration
from tocsin.store.writes import heartbeats
from tocsin.store.writes.integrations import Columns, saved


@pytest.fixture(autouse=True)
def _the_clock_stands_still(db):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def settings(tmp_path: Path, monkeypatch) -> Settings:
    made = Settings(data=tmp_path, secret_key="", url="https://alerts.example.org", database_url="", broker_url="")
    tmp_path.chmod(0o700)
    made.key()
    monkeypatch.setattr(django_settings, "TOCSIN", made)
    return made


def an_integration(world: World, **columns) -> Integration:
    made = saved(
        world.organization.pk,
        Columns(provider="slack", name="Acme", external_id="", settings={"token": "xoxb-1"}),
        integration_id=None,
        actor_id=None,
        now=NOW,
    )
    Integration.objects.filter(pk=made.id).update(**columns)
    return Integration.objects.get(pk=made.id)


def test_a_folder_of_its_owner_alone_is_good(settings):
    assert examine("data folder", settings).state == "good"


def test_a_folder_that_others_may_enter_is_bad(settings):
    settings.data.chmod(0o755)

    found = examine("data folder", settings)

    assert (found.state, found.todo) == ("bad", f"chmod 700 {settings.data}")


def test_a_folder_that_is_not_there_as_the_database_is_elsewhere_is_a_note(settings):
    elsewhere = settings.model_copy(update={"data": settings.data / "none" / "yet"})

    assert examine("data folder", elsewhere).state == "warn"
    assert examine("disk", elsewhere).state in ("good", "warn")
    assert not elsewhere.data.exists()


def test_a_key_that_others_may_read_is_bad(settings):
    (settings.data / "secret.key").chmod(0o644)

    assert examine("secret key", settings).todo == f"chmod 600 {settings.data}/secret.key"


def test_a_key_that_opens_nothing_that_is_stored_is_bad(settings):
    an_integration(a_world(), settings=b"sealed with another key")

    found = examine("secret key", settings)

    assert found.state == "bad"
    assert found.words == "The secrets of Acme do not open with this key."


def test_a_key_that_opens_everything_is_good(settings):
    an_integration(a_world())

    assert examine("secret key", settings).state == "good"


@pytest.mark.parametrize(("free", "state"), [(10**8, "bad"), (5 * 10**8, "warn"), (10**10, "good")])
def test_room_on_the_disk(settings, monkeypatch, free, state):
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))

    assert examine("disk", settings).state == state


def test_the_database_is_whole_and_of_this_version(settings):
    assert examine("database", settings).state in ("good", "warn")
    assert examine("migrations", settings).state == "good"


def test_a_worker_that_never_reported_is_bad(settings):
    assert examine("worker", settings).state == "bad"


def test_a_worker_that_reports_is_good(settings):
    heartbeats.beat("digest", NOW)
    heartbeats.beat("deliver", NOW)

    assert examine("worker", settings).state == "good"


@pytest.mark.parametrize(("password", "state"), [("right%21", "good"), ("wrong", "bad")])
def test_the_mail_server_is_asked_to_take_the_password(settings, mail_port, monkeypatch, password, state):
    asked = settings.model_copy(update={"email_url": f"smtp://ana:{password}@127.0.0.1:{mail_port}"})
    monkeypatch.setattr(django_settings, "TOCSIN", asked)

    found = examine("mail server", asked)

    assert found.state == state
    assert password not in found.words


def test_a_mail_server_that_another_shell_may_name_is_only_said_to_be_missing_here(settings):
    found = examine("mail server", settings.model_copy(update={"email_url": ""}))

    assert (found.state, found.words) == ("warn", "No TOCSIN_EMAIL_URL is in this shell's environment.")


def test_a_mail_server_that_is_not_there_is_bad(settings):
    asked = settings.model_copy(update={"email_url": f"smtp://127.0.0.1:{free_port()}"})

    assert examine("mail server", asked).state == "bad"


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("", "warn"),
        ("http://localhost:8000", "warn"),
        ("http://alerts.example.org", "warn"),
        ("https://a.example", "good"),
    ],
)
def test_the_address_in_links(settings, url, state):
    assert examine("address", settings.model_copy(update={"url": url})).state == state


def test_a_broken_integration_is_bad_and_an_open_breaker_a_note(settings):
    integration = an_integration(a_world(), breaker="open", breaker_until=NOW)
    assert examine("integrations", settings).words == "Acme (slack) rests until 09:00:00 UTC"

    integration.broken = "token_revoked"
    integration.save()
    found = examine("integrations", settings)

    assert (found.state, found.words) == ("bad", "Acme (slack): token_revoked")


def test_books_that_do_not_hold_are_bad(settings):
    world = a_world()
    a_delivery(a_notification(world.project, intents=1), state="sent")
    assert examine("books", settings).state == "good"

    a_notification(world.project, intents=1, date_added=NOW - timedelta(hours=1))

    assert examine("books", settings).state == "bad"


def test_a_broker_that_does_not_answer_is_bad(settings):
    asked = settings.model_copy(update={"broker_url": f"amqp://u:hush@127.0.0.1:{free_port()}/"})

    found = examine("broker", asked)

    assert found.state == "bad"
    assert "hush" not in found.words


def test_a_check_that_trips_is_a_finding(settings, monkeypatch):
    monkeypatch.setitem(CHECKS, "disk", lambda _: 1 / 0)

    assert examine("disk", settings).words == "It cannot be checked: ZeroDivisionError: division by zero"


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_whatever_is_not_good_says_what_to_do(settings, name):
    found = examine(name, settings)

    assert found.state == "good" or found.todo or name == "worker"  # the worker's words say it themselves
