"""The way back from Slack's consent (§8.1): the browser that began it comes back, and each "no" is a page."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from tests.builders import NOW, World, a_member, a_world
from tests.chat.pressing import a_workspace
from tests.pipeline.installing import an_app, answering, granted
from tocsin.core.sending import Refused
from tocsin.store.models import Integration

BEGIN = "/acme/integrations/slack/install/"
BACK = "/extensions/slack/setup/"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db, clock, settings) -> World:
    an_app(settings)
    return a_world()


@pytest.fixture
def slack(monkeypatch):
    """What Slack makes of the code."""

    def says(outcome):
        monkeypatch.setattr("tocsin.pipeline.outward.ask", lambda sending, _: answering(outcome)(sending))

    says(granted())
    return says


@pytest.fixture
def ana(world, slack) -> Client:
    client = Client()
    client.force_login(world.user)
    return client


def began(client: Client, **more) -> str:
    """Where the button leads: Slack's page; the state in it."""
    answer = client.post(BEGIN, more)
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]


def came_back(client: Client, state: str, **more):
    return client.get(BACK, {"code": "c0de", "state": state} | more)


def test_the_button_leads_to_slacks_page_and_that_leads_back_here(ana):
    page = urlsplit(ana.post(BEGIN).headers["Location"])

    assert (page.netloc, page.path) == ("slack.com", "/oauth/v2/authorize")
    assert parse_qs(page.query)["redirect_uri"] == ["https://alerts.example.org/extensions/slack/setup/"]


def test_a_link_cannot_begin_it(ana):
    assert ana.get(BEGIN).status_code == 405


def test_who_may_not_manage_cannot_begin_it(world, ana):
    ben = a_member(world.organization, email="ben@example.com")
    ana.force_login(ben)

    assert ana.post(BEGIN).status_code == 403


def test_a_foreign_connection_cannot_be_added_again(world, ana):
    theirs = a_workspace(a_world("umbra", "door", "eve@example.com"))

    assert ana.post(BEGIN, {"again": theirs}).status_code == 404
    assert ana.post(BEGIN, {"again": "9" * 40}).status_code == 404


def test_a_service_without_an_app_has_no_such_button(ana):
    assert ana.post("/acme/integrations/email/install/").status_code == 404


def test_who_agreed_comes_back_to_the_connection(ana):
    answer = came_back(ana, began(ana))

    row = Integration.objects.get()
    assert answer.headers["Location"] == f"/acme/integrations/{row.pk}/"
    assert "Slack lets Tocsin into Acme" in ana.get(answer.headers["Location"]).text


def test_what_slack_gave_stands_there_but_no_secret(ana, slack):
    slack(granted(refresh_token="xoxe-1", lasts=43200))

    page = ana.get(came_back(ana, began(ana)).headers["Location"]).text

    assert "acme.slack.com" in page
    assert "xox" not in page.replace("xoxb-…", "")


def test_scopes_that_were_not_given_are_named_there_with_the_button_to_add_it_again(ana):
    page = ana.get(came_back(ana, began(ana)).headers["Location"]).text

    assert "<code>commands</code>" in page
    assert "Add to Slack again" in page


def test_who_did_not_agree_is_told_so(ana):
    answer = came_back(ana, began(ana), code="", error="access_denied")

    assert (answer.status_code, Integration.objects.exists()) == (400, False)
    assert "pressed Cancel" in answer.text
    assert "/acme/integrations/" in answer.text


def test_what_slack_refuses_is_said_in_words(ana, slack):
    slack(Refused("The app was added to a whole Enterprise organization."))

    assert "whole Enterprise organization" in came_back(ana, began(ana)).text


@pytest.mark.parametrize("state", ["", "forged"])
def test_a_wrong_state_is_explained(ana, state):
    answer = came_back(ana, state)

    assert (answer.status_code, Integration.objects.exists()) == (400, False)
    assert "did not begin here" in answer.text


def test_a_state_of_another_browser_is_explained(world, ana):
    state, other = began(ana), Client()
    other.force_login(world.user)

    assert "another browser" in came_back(other, state).text
    assert not Integration.objects.exists()


def test_a_state_that_is_over_is_explained(ana, clock):
    state = began(ana)
    clock.move_to(NOW + timedelta(minutes=10))

    assert "ten minutes" in came_back(ana, state).text


def test_opening_it_again_is_explained(ana):
    state = began(ana)
    came_back(ana, state)

    assert "opened before" in came_back(ana, state).text


def test_another_workspace_than_the_one_to_add_again_is_explained(world, ana):
    integration = a_workspace(world, "Globex", team="T2")

    assert "Acme agreed, and Globex was to be added again" in came_back(ana, began(ana, again=integration)).text


def test_a_robot_that_looks_does_not_use_it_up(ana):
    assert ana.head(BACK, {"code": "c", "state": began(ana)}).status_code == 405


def test_who_is_signed_out_signs_in_first(ana):
    state = began(ana)
    ana.logout()

    assert came_back(ana, state).headers["Location"].startswith("/sign-in/")


def test_nothing_of_what_slack_says_is_taken_for_markup(ana):
    assert "<script>" not in came_back(ana, began(ana), error="<script>alert(1)</script>").text
