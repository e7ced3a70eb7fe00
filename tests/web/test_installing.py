"""The pages from which a service is added by consent, and the app that it needs."""

import json

import pytest
from django.test import Client
from tests.builders import World, a_member
from tests.chat.pressing import a_workspace
from tests.pipeline.installing import an_app

from tocsin.store.writes import breakers

PAGE = "/acme/integrations/"


@pytest.fixture
def app(settings):
    an_app(settings)


def test_without_an_app_there_is_no_button(ana: Client):
    assert "Add to Slack" not in ana.get(PAGE).text


@pytest.mark.usefixtures("app")
def test_with_one_there_is(ana: Client):
    page = ana.get(PAGE)

    assert '<form method="post" action="/acme/integrations/slack/install/">' in page.text
    assert "form-action 'self' https://slack.com;" in page.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("app")
def test_who_may_only_look_has_none(ana: Client, world: World):
    ana.force_login(a_member(world.organization, email="ben@example.com"))

    assert "Add to Slack" not in ana.get(PAGE).text


def test_other_pages_lead_nowhere_else(ana: Client):
    assert "form-action 'self';" in ana.get(PAGE).headers["Content-Security-Policy"]


@pytest.mark.usefixtures("app")
def test_the_manifest_holds_this_instances_addresses(ana: Client):
    page = ana.get(PAGE + "slack/new/")

    manifest = json.loads(page.context["app"].manifest)
    assert manifest["oauth_config"]["redirect_urls"] == ["https://alerts.example.org/extensions/slack/setup/"]
    assert 'data-copy="manifest"' in page.text
    assert "TOCSIN_SLACK_SIGNING_SECRET" in page.text


def test_an_instance_that_slack_cannot_reach_is_told_so(ana: Client):
    assert "Slack cannot reach" in ana.get(PAGE + "slack/new/").text


@pytest.mark.usefixtures("app")
def test_one_that_it_may_reach_is_not(ana: Client):
    assert "Slack cannot reach" not in ana.get(PAGE + "slack/new/").text


def test_mail_has_no_app(ana: Client):
    assert ana.get(PAGE + "email/new/").context["app"] is None


@pytest.mark.usefixtures("app")
def test_a_broken_connection_offers_to_be_added_again(ana: Client, world: World):
    integration = a_workspace(world)
    assert "Add to Slack again" not in ana.get(f"{PAGE}{integration}/").text

    breakers.broke(integration, "The app was removed.")

    assert "Add to Slack again" in ana.get(f"{PAGE}{integration}/").text


def test_what_slack_gives_is_in_no_form(ana: Client, world: World):
    page = ana.get(f"{PAGE}{a_workspace(world)}/").text

    assert 'name="signing_secret"' in page
    assert "refresh_token" not in page
