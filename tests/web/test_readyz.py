"""Ready or not, as load balancers and people are told."""

import pytest
from django.conf import settings
from django.test import Client
from tests.builders import NOW

from tocsin.core.readiness import Readiness
from tocsin.pipeline import readiness
from tocsin.store.writes import heartbeats


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(db, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "TOCSIN", settings.TOCSIN.model_copy(update={"data": tmp_path}))


@pytest.fixture
def _watched():
    readiness._seen[:] = [Readiness(("The sender has completed nothing for 8 s.",))]
    yield
    readiness._seen.clear()


def test_while_both_loops_report_it_is_200():
    heartbeats.beat("digest", NOW)
    heartbeats.beat("deliver", NOW)

    said = Client().get("/-/readyz")

    assert said.status_code == 200
    assert said.json() == {"status": "ready", "stuck": [], "behind": []}


def test_one_loop_that_does_not_report_is_503_with_the_reason():
    heartbeats.beat("digest", NOW)

    said = Client().get("/-/readyz")

    assert said.status_code == 503
    assert said.json()["stuck"][0].startswith("The sender does not report.")
    assert said.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("_watched")
def test_pages_say_so_to_who_is_signed_in(ana: Client):
    assert "Tocsin is not at work: The sender has completed nothing" in ana.get("/inbox/").content.decode()


@pytest.mark.usefixtures("_watched")
def test_strangers_are_not_told(db):
    assert "not at work" not in Client().get("/sign-in/").content.decode()


def test_pages_say_nothing_while_all_is_well(ana: Client):
    assert "not at work" not in ana.get("/inbox/").content.decode()
