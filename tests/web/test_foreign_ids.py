"""No page shows or does anything by another organization's id: all pages, read off the list of addresses."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern
from tests.builders import NOW, World, a_delivery, a_notification, a_world, an_event, an_issue

from tocsin.store.models import (
    CodeOwners,
    Delivery,
    ExternalActor,
    Integration,
    Issue,
    LinkOffer,
    MemberRequest,
    Organization,
    Ownership,
    Project,
    ProjectKey,
    Release,
    Rule,
    SavedSearch,
    UserAddress,
)
from tocsin.store.writes import api_tokens, members, rule_tasks
from tocsin.web.urls import urlpatterns

PAGES = {one.name: one for one in urlpatterns if isinstance(one, URLPattern) and one.pattern.converters}
# What names no row of an organization: a secret that is given away to be used, and a service of the catalogue.
NO_ROWS = {"token", "provider"}
# Where strangers ask to be let in: the one page of an organization that is there for everybody.
FOR_STRANGERS = {"join"}
OF_ORGANIZATIONS = sorted(
    name for name, one in PAGES.items() if "organization" in one.pattern.converters and name not in FOR_STRANGERS
)
WITH_IDS = sorted(
    name for name, one in PAGES.items() if set(one.pattern.converters) - {"organization", "project", *NO_ROWS}
)


def a_task(home: Project | Organization) -> str:
    """A rule that waits for its channel."""
    sent = {"name": "Waits", "actions": []}
    waits = rule_tasks.add(
        home, sent, rule_id=None, actor_id=None, is_typed=False, why="", due=NOW, ends=NOW, now=NOW
    )
    return waits.pk.hex


def ids_of(other: World) -> dict[str, object]:
    """A value of an organization for each part of an address; `page:part` where one page needs another."""
    issue = an_issue(other.project)
    notification = a_notification(other.project, issue)
    message = a_delivery(notification, user=other.user, provider="inbox", state="sent")
    integration = Integration.objects.create(
        organization=other.organization,
        provider="slack",
        name="Globex",
        settings=b"",
        date_added=NOW,
        date_updated=NOW,
    )
    waiting = MemberRequest.objects.create(
        organization=other.organization, kind="join", email="new@example.com", date_added=NOW
    )
    members.invite(other.organization.pk, "x@example.com", "member", [], by=other.user.pk, now=NOW)
    api_tokens.issue(user_id=other.user.pk, organization_id=other.organization.pk, name="theirs", now=NOW)
    return {
        "organization": other.organization.slug,
        "project": other.project.slug,
        "version": Release.objects.create(
            project=other.project, version=f"{other.organization.slug}@1.0", first_seen=NOW
        ).version,
        "request_id": waiting.pk,
        "membership_id": other.organization.memberships.get().pk,
        "invitation_id": other.organization.invitations.get().pk,
        "issue_id": issue.pk,
        "event_id": an_event(issue).event_id,
        "rule_id": Rule.objects.create(project=other.project, label="r", data={}, date_added=NOW).pk,
        **dict.fromkeys(
            (f"organization_rule_{page}:rule_id" for page in ("edit", "remove", "switch", "keep")),
            Rule.objects.create(organization=other.organization, label="all", data={}, date_added=NOW).pk,
        ),
        "task": a_task(other.project),
        "organization_rule_task:task": a_task(other.organization),
        "key_id": other.key.pk,
        "file_id": CodeOwners.objects.create(
            project=other.project, raw="* @eve", date_created=NOW, date_updated=NOW
        ).pk,
        "delivery_id": a_delivery(notification, user=other.user, state="failed").pk,
        "inbox_message:delivery_id": message.pk,
        "integration_id": integration.pk,
        "token_id": other.user.api_tokens.get().pk,
        "provider": "slack",
        "team": other.team.slug,
        "search_id": SavedSearch.objects.create(
            organization=other.organization, name="Theirs", query="is:new", date_added=NOW
        ).pk,
        "address_id": UserAddress.objects.create(user=other.user, email="further@example.com", date_added=NOW).pk,
        "link_id": ExternalActor.objects.create(
            organization=other.organization,
            integration=integration,
            provider="slack",
            external_name="@eve",
            external_id="U9",
            user=other.user,
            date_added=NOW,
        ).pk,
        "offer_id": LinkOffer.objects.create(
            integration=integration,
            user=other.user,
            external_id="U8",
            name="eve",
            email=other.user.email,
            date_added=NOW,
        ).pk,
    }


@pytest.fixture
def foreign(world: World) -> dict[str, object]:
    del world
    return ids_of(a_world("globex", "warehouse", "eve@example.com"))


def answers(client: Client, name: str, values: dict[str, object]) -> set[int]:
    """Of the ways to call a page, those that it knows."""
    address = "/" + _address(name, values)
    found = {client.get(address).status_code, client.post(address, {"status": "resolved"}).status_code}
    return found - {405}


def _address(name: str, values: dict[str, object]) -> str:
    pattern = PAGES[name].pattern
    address = str(pattern)
    for part, converter in pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        address = address.replace(f"<{kind}:{part}>", str(values.get(f"{name}:{part}", values[part])))
    assert "<" not in address
    return address


def rows() -> Iterator[list[object]]:
    kept = (Issue, Delivery, Integration, ProjectKey, Rule, Ownership, CodeOwners, UserAddress, SavedSearch)
    for model in (*kept, ExternalActor, LinkOffer):
        yield list(model.objects.order_by("pk").values_list())


@pytest.mark.parametrize("name", OF_ORGANIZATIONS)
def test_anothers_organization_does_not_exist(ana: Client, foreign: dict, name: str):
    before = list(rows())

    assert answers(ana, name, foreign) == {404}
    assert list(rows()) == before


@pytest.mark.parametrize("name", WITH_IDS)
def test_anothers_ids_do_not_exist_in_ones_own_organization_and_project(ana: Client, foreign: dict, name: str):
    before = list(rows())

    assert answers(ana, name, {**foreign, "organization": "acme", "project": "shop"}) == {404}
    assert list(rows()) == before


@pytest.mark.parametrize("name", sorted(name for name in PAGES if "project" in PAGES[name].pattern.converters))
def test_anothers_project_does_not_exist_in_ones_own_organization(ana: Client, foreign: dict, name: str):
    assert answers(ana, name, {**foreign, "organization": "acme"}) == {404}


@pytest.mark.parametrize("name", WITH_IDS)
def test_ones_own_ids_do_exist(ana: Client, world: World, name: str):
    assert 404 not in answers(ana, name, ids_of(world))


def test_there_are_pages_to_ask():
    assert {
        "issue",
        "delivery",
        "rule",
        "integration",
        "walk",
        "inbox_message",
        "token_revoke",
        "codeowners",
    } <= set(WITH_IDS)
    assert {"issues", "deliveries", "replay", "change_issues"} <= set(OF_ORGANIZATIONS)
