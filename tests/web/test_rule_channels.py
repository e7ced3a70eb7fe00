"""The rule editor's channels: suggested as one types, refused at their field, waited for on a page of their own."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.builders import NOW, World, a_member, an_organization
from tests.pipeline.sending import connected
from tests.pipeline.workspace import OPS, Workspace, a_room, by_http, too_many
from tests.web.test_rule_editor import NEW, fields

from tocsin.core.channels import Channel
from tocsin.pipeline.rule_saving import finish_due
from tocsin.store.models import ChannelListing, Integration, Rule, RuleTask
from tocsin.store.writes.channels import seen

CHANNELS = "/acme/projects/shop/rules/channels/"
AT = "at=actions.0.channel&of=actions.0.workspace"


@pytest.fixture
def slack(settings) -> Workspace:
    settings.TOCSIN = settings.TOCSIN.model_copy(update={"outbound_allow": "127.0.0.0/8"})
    return Workspace()


@pytest.fixture
def workspace(world: World, slack: Workspace):
    """The id of a connection whose channels can be looked up."""
    with by_http(slack) as api:
        yield connected(world, api_url=api)


def drafted(ana: Client, **changes: object) -> dict[str, object]:
    """A new rule with a line for Slack, as the form sends it."""
    page = ana.post(NEW, {**fields(ana.get(NEW)), "do": "add:actions:slack"})
    page = ana.post(NEW, {**fields(page), "do": "remove:actions.0"})
    return {**fields(page), "name": "Tell us", "do": "save", **changes}


def written(ana: Client, workspace: int, channel: str):
    draft = drafted(ana, **{"actions.0.workspace": str(workspace), "actions.0.channel": channel})
    return ana.post(NEW, draft)


def test_the_channels_that_are_known_are_suggested(ana, world, workspace):
    seen(workspace, [Channel("C1", "ops"), Channel("C2", "devops", is_private=True)], NOW)

    found = ana.get(f"{CHANNELS}?{AT}&actions.0.workspace={workspace}&actions.0.channel=%23ops").text

    assert re.findall(r'<option value="(\S+)">(\w*)</option>', found) == [("#ops", ""), ("#devops", "private")]


def test_a_hostile_name_is_text(ana, world, workspace):
    seen(workspace, [Channel("C1", 'x"><script>')], NOW)

    found = ana.get(f"{CHANNELS}?{AT}&actions.0.workspace={workspace}&actions.0.channel=x").text

    assert "<script>" not in found


@pytest.mark.parametrize("query", ["", "at=&of=", f"{AT}&actions.0.workspace=x", f"{AT}&actions.0.workspace=99"])
def test_nothing_is_suggested_where_nothing_can_be(ana, world, query):
    found = ana.get(f"{CHANNELS}?{query}")

    assert (found.status_code, found.text.strip()) == (200, "")


def test_a_connection_of_another_organization_suggests_nothing(ana, world, workspace):
    seen(workspace, [Channel("C1", "ops")], NOW)

    Integration.objects.update(organization=an_organization("other"))

    assert "ops" not in ana.get(f"{CHANNELS}?{AT}&actions.0.workspace={workspace}&actions.0.channel=ops").text


def test_who_may_not_edit_is_suggested_nothing(world, workspace):
    reader = Client()
    reader.force_login(a_member(world.organization, email="reader@example.com"))

    assert reader.get(f"{CHANNELS}?{AT}").status_code == 403


def test_the_field_asks_for_suggestions_as_one_types_and_takes_any_text(ana, world, workspace):
    page = ana.post(NEW, {**fields(ana.get(NEW)), "do": "add:actions:slack"}).text

    assert 'list="actions.1.channel-known"' in page
    assert '<datalist id="actions.1.channel-known">' in page


def test_a_rule_is_saved_with_the_id_of_its_channel(ana, world, workspace):
    assert written(ana, workspace, "ops").status_code == 302

    [action] = Rule.objects.get().data["actions"]
    assert (action["channel"], action["channel_id"]) == ("#ops", OPS["id"])


def test_a_channel_that_is_not_there_is_told_at_its_field(ana, world, workspace):
    page = written(ana, workspace, "#nowhere")

    assert page.status_code == 422
    error = re.search(r'id="actions\.0\.channel-error">([^<]+)<', page.text)
    assert error
    assert error[1].startswith("There is no channel #nowhere")


def test_where_a_name_does_not_do_the_field_for_the_id_is_open(ana, world, workspace):
    page = written(ana, workspace, "#nowhere").text

    line = page[page.index('id="actions.0"') :]
    assert line.index('<details class="more" open>') < line.index('name="actions.0.channel_id"')


def test_another_name_is_another_channel_though_the_old_id_is_still_in_the_form(ana, world, workspace, slack):
    written(ana, workspace, "#ops")
    slack.rooms = [OPS, a_room("C0000DEV1", "dev")]
    edit = f"/acme/projects/shop/rules/{Rule.objects.get().pk}/edit/"
    ChannelListing.objects.update(complete_at=NOW - timedelta(hours=1))

    ana.post(edit, {**fields(ana.get(edit)), "do": "save", "actions.0.channel": "#dev"})

    [action] = Rule.objects.get().data["actions"]
    assert (action["channel"], action["channel_id"]) == ("#dev", "C0000DEV1")


def test_the_preview_says_what_saving_asks(ana, world, workspace):
    draft = drafted(ana, **{"actions.0.workspace": str(workspace), "actions.0.channel": "ops"})

    page = ana.post(NEW, {**draft, "do": "preview"}, headers={"HX-Request": "true"})

    assert "Saving asks Slack for #ops." in page.text


def test_a_rule_that_waits_says_so_and_for_what_and_looks_again(ana, world, workspace, slack):
    slack.next.append(too_many(30))

    page = written(ana, workspace, "#ops")

    waiting = ana.get(page.url)
    assert waiting["Refresh"] == "2"
    assert "“Tell us” is not saved yet" in waiting.text
    assert "Slack says that #ops is there" in waiting.text
    assert "429" in waiting.text


def test_a_rule_that_waited_leads_to_its_page_once_it_is_saved(ana, world, workspace, slack):
    slack.next.append(too_many(0))
    page = written(ana, workspace, "#ops")
    RuleTask.objects.update(due=NOW)

    finish_due()

    found = ana.get(page.url)
    assert found.url == f"/acme/projects/shop/rules/{Rule.objects.get().pk}/"


def test_a_rule_that_waited_in_vain_is_in_the_editor_again_with_the_reason(ana, world, workspace, slack):
    slack.next.append(too_many(0))
    page = written(ana, workspace, "#nowhere")
    RuleTask.objects.update(due=NOW)
    finish_due()

    found = ana.get(page.url)

    assert found.status_code == 422
    assert 'value="Tell us"' in found.text
    assert "There is no channel #nowhere" in found.text
    mended = ana.post(page.url, {**fields(found), "do": "save", "actions.0.channel": "#ops"})
    assert mended.url == f"/acme/projects/shop/rules/{Rule.objects.get().pk}/"


@pytest.mark.parametrize("task", ["nothing", "0" * 32])
def test_nothing_waits_by_another_id(ana, world, task):
    assert ana.get(f"/acme/projects/shop/rules/waiting/{task}/").status_code == 404


def test_a_rule_of_all_projects_waits_on_a_page_of_the_organization(ana, world, workspace, slack):
    slack.next.append(too_many(30))
    draft = drafted(ana, **{"actions.0.workspace": str(workspace), "actions.0.channel": "#ops"})

    page = ana.post("/acme/rules/new/", draft)

    assert page.url.startswith("/acme/rules/waiting/")
    assert ana.get(page.url).status_code == 200
