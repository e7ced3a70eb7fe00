"""What an organization chooses for the threads of its alerts."""

import re

import pytest
from django.test import Client
from tests.builders import World, a_member
from tests.chat.pressing import a_workspace

from tocsin.providers.slack.manifest import HEARING, SCOPES
from tocsin.store.models import AuditEntry, Integration
from tocsin.store.writes.integrations import Columns, saved

PAGE = "/acme/settings/threads/"
ALL = {"later_alerts": "thread", "threads_activity": "true", "threads_comments": "true", "takes_comments": "true"}


def chosen(world: World) -> tuple[str, bool, bool, bool]:
    world.organization.refresh_from_db()
    found = world.organization
    return found.later_alerts, found.threads_activity, found.threads_comments, found.takes_comments


def test_all_choices_stand_on_one_page(ana: Client):
    page = ana.get(PAGE).text

    for words in ("A later alert", "What happens to an issue", "Comments on an issue", "What people write"):
        assert words in page


def test_what_is_chosen_holds(ana: Client, world: World):
    page = ana.post(PAGE, ALL, follow=True)

    assert "Chosen." in page.text
    assert chosen(world) == ("thread", True, True, True)


def test_what_is_not_ticked_is_off(ana: Client, world: World):
    ana.post(PAGE, {"later_alerts": "anew"})

    assert chosen(world) == ("anew", False, False, False)


def test_the_audit_log_says_what_was_chosen_before(ana: Client, world: World):
    ana.post(PAGE, ALL)

    [entry] = AuditEntry.objects.filter(event="organization.edit")
    assert entry.actor == world.user
    assert entry.data == {
        "later_alerts": {"from": "broadcast", "to": "thread"},
        "takes_comments": {"from": False, "to": True},
    }


def test_the_same_again_is_no_entry(ana: Client):
    for _ in range(2):
        ana.post(PAGE, ALL)

    assert AuditEntry.objects.filter(event="organization.edit").count() == 1


def test_what_nobody_offers_is_refused_at_its_field(ana: Client, world: World):
    page = ana.post(PAGE, {**ALL, "later_alerts": "shouted"})

    assert page.status_code == 422
    assert "must be one of" in page.text
    assert chosen(world)[0] == "broadcast"


def test_a_member_looks_and_does_not_choose(world: World, client: Client):
    client.force_login(a_member(world.organization, email="ben@example.com"))

    assert "Owners, managers and admins" in client.get(PAGE).text
    assert client.post(PAGE, ALL).status_code == 403
    assert chosen(world)[0] == "broadcast"


def test_the_integrations_page_leads_there(ana: Client):
    assert PAGE in ana.get("/acme/integrations/").text


def a_workspace_with(world: World, scopes: str) -> Integration:
    settings = {"token": "xoxb-1", "scopes": scopes}
    columns = Columns(provider="slack", name="Acme HQ", external_id="T1", settings=settings)
    made = saved(
        world.organization.pk, columns, integration_id=None, actor_id=None, now=world.organization.date_added
    )
    return Integration.objects.get(pk=made.id)


def test_a_workspace_that_does_not_let_us_read_is_named_with_what_it_lacks(ana: Client, world: World):
    a_workspace_with(world, "chat:write,channels:history")
    ana.post(PAGE, ALL)

    page = ana.get(PAGE).text

    assert "Acme HQ" in page
    assert "groups:history" in page
    assert "not yet" in page


@pytest.mark.parametrize(
    ("scopes", "words"), [("", "not known"), (",".join([*SCOPES, *HEARING]), "reads"), ("chat:write", "not yet")]
)
def test_whether_a_workspace_lets_us_read_is_said(ana: Client, world: World, scopes: str, words: str):
    a_workspace_with(world, scopes)
    ana.post(PAGE, ALL)

    [said] = re.findall(r'class="badge[^>]*>(?:<svg.*?</svg>)?([^<]+)<', ana.get(PAGE).text, re.DOTALL)
    assert said == words


def test_nobody_is_told_of_scopes_that_they_did_not_ask_for(ana: Client, world: World):
    workspace = a_workspace_with(world, "chat:write")

    assert "groups:history" not in ana.get(PAGE).text
    assert "groups:history" not in ana.get(f"/acme/integrations/{workspace.pk}/").text


def test_a_workspaces_page_tells_of_them_once_comments_are_taken(ana: Client, world: World):
    workspace = a_workspace_with(world, "chat:write")
    ana.post(PAGE, ALL)

    assert "groups:history" in ana.get(f"/acme/integrations/{workspace.pk}/").text


@pytest.mark.parametrize("number", [1, 20])
def test_the_number_of_queries_does_not_grow_with_the_workspaces(
    ana: Client, world: World, django_assert_max_num_queries, number: int
):
    for one in range(number):
        a_workspace(world, name=f"Acme {one}", team=f"T{one}")
    ana.post(PAGE, ALL)

    with django_assert_max_num_queries(8):
        ana.get(PAGE)
