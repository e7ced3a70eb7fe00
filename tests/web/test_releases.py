"""Releases on their pages."""

import pytest
from django.test import Client
from tests.builders import NOW, World, a_member, a_project, a_world, an_issue

from tocsin.core import code
from tocsin.pipeline import releases
from tocsin.store.models import Release, Resolution

PAGE = "/acme/releases/"


def a_release(world: World, version: str = "shop@1.4.2", **columns) -> None:
    releases.save(world.organization.pk, code.Release(version, ("shop",), **columns), now=NOW)


def a_commit(message: str = "Round the total", **columns) -> code.Commit:
    return code.Commit("7e2d1fa93c55b0", "acme/shop", message, author_name="Ana Ahn", **columns)


def test_without_a_release_the_page_says_how_there_is_one(ana: Client):
    assert "sentry-cli releases new" in ana.get(PAGE).text


def test_the_list_names_each_release_with_what_went_into_it(ana: Client, world: World):
    an_issue(world.project, first_release="shop@1.4.2")
    a_release(world, commits=(a_commit(),))

    page = ana.get(PAGE).text

    assert '<a class="release-name" href="/acme/releases/shop%401.4.2/" title="shop@1.4.2">1.4.2</a>' in page
    assert "1 commit by Ana Ahn" in " ".join(page.split())
    assert "1 new in shop" in page


def test_the_list_takes_as_many_queries_for_any_number(ana: Client, world: World, django_assert_max_num_queries):
    for number in range(60):
        a_release(world, f"shop@1.0.{number}", commits=(code.Commit(f"{number:07x}", "acme/shop", "Work"),))

    with django_assert_max_num_queries(22):
        page = ana.get(PAGE).text

    assert page.count('class="release-name"') == 50
    assert 'rel="next" href="?from=50"' in page


def test_the_list_is_narrowed_by_a_part_of_the_version_and_by_project(ana: Client, world: World):
    a_project(world.organization, world.team, slug="api")
    a_release(world)

    assert "1.4.2" in ana.get(PAGE + "?query=4.2").text
    assert "No release matches" in ana.get(PAGE + "?query=9").text
    assert "No release matches" in ana.get(PAGE + "?project=api").text
    assert "No release matches" in ana.get(PAGE + "?project=nowhere").text


def test_one_release_shows_its_commits_authors_deploys_and_issues(ana: Client, world: World):
    an_issue(world.project, first_release="shop@1.4.2", title="It is new")
    fixed = an_issue(world.project, title="It is fixed")
    a_release(world, commits=(a_commit("Fixes SHOP-2\n\nAs <b>asked</b>."),), ref="main")
    releases.deploy(world.organization.pk, "shop@1.4.2", code.Deploy("production", "night"), NOW)

    page = ana.get(f"{PAGE}shop%401.4.2/").text

    assert Resolution.objects.get().issue == fixed
    for words in (
        "It is new",
        "It is fixed",
        "Fixes SHOP-2",
        "7e2d1fa93c55",
        "Ana Ahn",
        "production",
        "night",
        "main",
    ):
        assert words in page
    assert "As &lt;b&gt;asked&lt;/b&gt;." in page


def test_a_project_narrows_the_issues_of_a_release(ana: Client, world: World):
    a_project(world.organization, world.team, slug="api")
    releases.save(world.organization.pk, code.Release("v1", ("shop", "api")), now=NOW)
    an_issue(world.project, first_release="v1", title="It is the shop's")

    assert "It is the shop" in ana.get(f"{PAGE}v1/?project=shop").text
    assert "It is the shop" not in ana.get(f"{PAGE}v1/?project=api").text


@pytest.mark.parametrize("version", ["feature/x", "a b&c", "<b>1</b>", "é"])
def test_a_release_is_found_by_its_link_whatever_its_version(ana: Client, world: World, version: str):
    a_release(world, version)
    link = ana.get(PAGE).text.split('class="release-name" href="')[1].split('"')[0]

    assert ana.get(link).status_code == 200


def test_an_issue_of_a_release_with_a_strange_name_is_shown(ana: Client, world: World):
    issue = an_issue(world.project, first_release="a\nb/../c", last_release="%")

    assert ana.get(f"/acme/issues/{issue.pk}/").status_code == 200


def test_an_issues_release_leads_to_the_releases_page(ana: Client, world: World):
    issue = an_issue(world.project, first_release="shop@1.4.2")

    assert 'href="/acme/releases/shop%401.4.2/"' in ana.get(f"/acme/issues/{issue.pk}/").text


def test_a_commit_leads_to_where_its_host_shows_it(ana: Client, world: World):
    from tocsin.store.writes import commits

    host = code.Host("github", "acme/shop", "7", "https://github.com/acme/shop")
    commits.hosted(world.organization.pk, host, NOW)
    a_release(world, commits=(a_commit(),))

    assert "https://github.com/acme/shop/commit/7e2d1fa93c55b0" in ana.get(f"{PAGE}shop@1.4.2/").text


def test_another_organizations_release_is_not_there(ana: Client, world: World):
    other = a_world("other", email="ben@example.com")
    Release.objects.create(project=other.project, version="theirs", first_seen=NOW)

    assert ana.get(f"{PAGE}theirs/").status_code == 404
    assert ana.get("/other/releases/").status_code == 404


@pytest.mark.parametrize("begin", ["-1", "x", "9" * 30, "50"])
def test_a_place_that_is_none_begins_or_ends_the_list(ana: Client, world: World, begin: str):
    assert ana.get(f"{PAGE}?from={begin}").status_code == 200


# Code hosts


def test_a_host_is_connected_by_an_address_and_a_secret_that_is_shown_once(ana: Client, world: World):
    made = ana.post("/acme/code-hosts/", {"provider": "github"}).text

    assert "/extensions/github/webhook/acme/" in made
    assert 'id="secret-github"' in made
    assert 'id="secret-github"' not in ana.get("/acme/code-hosts/").text


def test_a_host_is_disconnected(ana: Client, world: World):
    ana.post("/acme/code-hosts/", {"provider": "gitlab"})

    ana.post("/acme/code-hosts/gitlab/remove/")

    assert "never heard yet" not in ana.get("/acme/code-hosts/").text


def test_a_host_that_we_do_not_know_is_not_there(ana: Client):
    assert ana.post("/acme/code-hosts/", {"provider": "sourceforge"}).status_code == 404


def test_who_may_not_manage_connects_nothing(world: World, client: Client):
    client.force_login(a_member(world.organization, world.team, email="ben@example.com"))

    assert "Connect GitHub</button>" not in client.get("/acme/code-hosts/").text
    assert client.post("/acme/code-hosts/", {"provider": "github"}).status_code == 403


def test_a_signing_token_of_gitlab_is_taken_and_never_shown(ana, world):
    token = "whsec_" + "A" * 43 + "="
    ana.post("/acme/code-hosts/", {"provider": "gitlab"})

    page = ana.post("/acme/code-hosts/sign/", {"token": f" {token} "}, follow=True).text

    assert "1 known" in page
    assert token not in page


def test_signing_tokens_are_forgotten(ana, world):
    ana.post("/acme/code-hosts/", {"provider": "gitlab"})
    ana.post("/acme/code-hosts/sign/", {"token": "whsec_" + "A" * 43 + "="})

    assert "1 known" not in ana.post("/acme/code-hosts/sign/", {"forget": "1"}, follow=True).text


def test_what_is_no_signing_token_is_refused_with_what_one_looks_like(ana, world):
    ana.post("/acme/code-hosts/", {"provider": "gitlab"})

    assert "begins with whsec_" in ana.post("/acme/code-hosts/sign/", {"token": "secret"}, follow=True).text


def test_a_signing_token_needs_a_connected_host(ana, world):
    page = ana.post("/acme/code-hosts/sign/", {"token": "whsec_" + "A" * 43 + "="}, follow=True).text

    assert "Connect GitLab first" in page


def test_a_member_gives_no_signing_token(client, world):
    client.force_login(a_member(world.organization, email="ben@example.com"))

    assert client.post("/acme/code-hosts/sign/", {"token": "whsec_"}).status_code == 403
