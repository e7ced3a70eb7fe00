"""A person's API tokens on their page."""

import re

import pytest
from django.test import Client
from tests.builders import NOW, World, a_member, a_world

from tocsin.store.models import ApiToken, AuditEntry, Membership
from tocsin.store.queries import api_tokens
from tocsin.store.writes.api_tokens import issue, was_used

PAGE = "/settings/account/tokens/"


def make(client: Client, world: World, name: str = "deploy"):
    return client.post(PAGE, {"name": name, "organization": world.organization.pk})


def shown(text: str) -> str:
    return re.search(r"tocsin_[0-9a-f]{64}", text)[0]


def test_a_token_that_is_made_opens_the_api_as_its_person(ana: Client, world: World):
    token = shown(make(ana, world).text)

    assert api_tokens.find(token).user == world.user


def test_a_token_is_shown_once(ana: Client, world: World):
    token = shown(make(ana, world).text)

    page = ana.get(PAGE).text
    assert token not in page
    assert f"…{token[-4:]}" in page


def test_the_answer_that_shows_a_token_is_kept_by_no_cache(ana: Client, world: World):
    assert "no-store" in make(ana, world)["Cache-Control"]


def test_each_token_stands_with_its_name_and_when_it_was_last_used(ana: Client, world: World):
    make(ana, world, "deploy")
    assert "never used" in ana.get(PAGE).text

    was_used(ApiToken.objects.get().pk, NOW)

    assert "last used" in ana.get(PAGE).text


def test_a_second_token_of_the_same_name_is_refused_and_the_first_stays(ana: Client, world: World):
    token = shown(make(ana, world).text)

    answer = make(ana, world)

    assert answer.status_code == 400
    assert "You have a token of that name." in answer.text
    assert api_tokens.find(token)


def test_a_token_cannot_be_made_for_an_organization_of_others(ana: Client, world: World):
    other = a_world("globex", email="gil@example.com")

    assert make(ana, other).status_code == 400
    assert not ApiToken.objects.exists()


def test_a_token_cannot_be_made_for_an_organization_whose_invitation_waits(ana: Client, world: World):
    other = a_world("globex", email="gil@example.com")
    Membership.objects.create(
        organization=other.organization, user=world.user, role="owner", pending=True, date_added=NOW
    )

    assert make(ana, other).status_code == 400


def test_a_revoked_token_opens_nothing(ana: Client, world: World):
    token = shown(make(ana, world).text)

    ana.post(f"{PAGE}{ApiToken.objects.get().pk}/revoke/")

    assert api_tokens.find(token) is None
    assert "deploy" not in re.sub(r"The token deploy is revoked", "", ana.get(PAGE).text).split("Make a token")[0]


def test_nobody_revokes_or_sees_the_tokens_of_another(ana: Client, world: World):
    other = a_member(world.organization, email="ben@example.com")
    token = issue(user_id=other.pk, organization_id=world.organization.pk, name="bens", now=NOW)

    assert ana.post(f"{PAGE}{ApiToken.objects.get().pk}/revoke/").status_code == 404
    assert "bens" not in ana.get(PAGE).text
    assert api_tokens.find(token)


def test_opening_the_address_of_revoke_revokes_nothing(ana: Client, world: World):
    make(ana, world)

    assert ana.get(f"{PAGE}{ApiToken.objects.get().pk}/revoke/").status_code == 405


@pytest.mark.parametrize("path", ["", "1/revoke/"])
def test_a_stranger_is_asked_to_sign_in(db: None, path: str):
    assert Client().post(f"{PAGE}{path}").status_code == 302


def test_making_and_revoking_are_in_the_audit_log_without_the_token(ana: Client, world: World):
    token = shown(make(ana, world).text)
    ana.post(f"{PAGE}{ApiToken.objects.get().pk}/revoke/")

    entries = list(AuditEntry.objects.order_by("pk"))
    assert [entry.event for entry in entries] == ["api-token.add", "api-token.remove"]
    assert {entry.data["last_four"] for entry in entries} == {token[-4:]}
    assert token not in str([entry.data for entry in entries])


def test_the_account_page_leads_there(ana: Client):
    assert f'href="{PAGE}"' in ana.get("/settings/account/").text
