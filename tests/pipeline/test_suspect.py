"""Whose commit most likely brought a new issue."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, a_member, a_user
from tests.pipeline.spooling import a_payload, digested
from tocsin.core import code
from tocsin.core.suspects import SuspectCommit
from tocsin.pipeline import releases
from tocsin.store.models import Commit, Issue, IssueOwner, Membership, Notification, Repository, UserAddress
from tocsin.store.queries import owners
from tocsin.store.writes.founding import Founded, found

CART = code.ChangedFile("src/shop/cart.py")  # where tests.pipeline.spooling raises


@pytest.fixture
def shop(db) -> Founded:
    return found(organization="Acme", project="Shop", email="ana@example.com", now=NOW)


def a_release(shop: Founded, *commits: code.Commit, version: str = "shop@1") -> None:
    releases.save(shop.organization.pk, code.Release(version, ("shop",), commits=commits), now=NOW)


def a_commit(key: str, email: str, file: code.ChangedFile = CART, day: int = 0) -> code.Commit:
    date = NOW + timedelta(days=day)
    return code.Commit(key, "acme/shop", "Change", author_email=email, date=date, files=(file,))


def suspected() -> list[tuple[str, str]]:
    return list(IssueOwner.objects.values_list("user__email", "commit"))


def test_the_member_who_touched_the_file_last_in_the_release_is_suspected(shop):
    a_member(shop.organization, shop.team, email="ben@example.com")
    a_release(shop, a_commit("new", "ben@example.com", day=2), a_commit("old", "ana@example.com", day=1))

    digested(shop.project.pk, a_payload(1, release="shop@1"))

    assert suspected() == [("ben@example.com", "new")]


def test_a_member_is_known_by_any_address_that_they_verified(shop):
    UserAddress.objects.create(user=shop.user, email="ana@home.example", verified=NOW, date_added=NOW)
    a_release(shop, a_commit("abc", "ana@home.example"))

    digested(shop.project.pk, a_payload(1, release="shop@1"))

    assert suspected() == [("ana@example.com", "abc")]


def test_an_address_that_nobody_verified_is_nobodys(shop):
    UserAddress.objects.create(user=shop.user, email="ana@home.example", date_added=NOW)
    a_release(shop, a_commit("abc", "ana@home.example"))

    digested(shop.project.pk, a_payload(1, release="shop@1"))

    assert suspected() == []


@pytest.mark.parametrize("event", [{"release": "shop@2"}, {}])
def test_commits_of_another_release_are_not_suspected(shop, event):
    a_release(shop, a_commit("abc", "ana@example.com"))

    digested(shop.project.pk, a_payload(1, **event))

    assert suspected() == []


def test_a_commit_that_deleted_the_file_is_not_suspected(shop):
    a_release(shop, a_commit("abc", "ana@example.com", code.ChangedFile("src/shop/cart.py", "D")))

    digested(shop.project.pk, a_payload(1, release="shop@1"))

    assert suspected() == []


def test_who_is_on_no_team_of_the_project_or_still_invited_is_not_suspected(shop):
    outsider = a_user("cal@example.com")
    Membership.objects.create(organization=shop.organization, user=outsider, date_added=NOW)
    a_release(shop, a_commit("abc", "cal@example.com"))
    Membership.objects.filter(user=shop.user).update(pending=True)
    a_release(shop, a_commit("def", "ana@example.com"), version="shop@2")

    digested(shop.project.pk, a_payload(1, release="shop@1"))
    digested(shop.project.pk, a_payload(2, release="shop@2", fingerprint=["b"]), first=2)

    assert suspected() == []


def test_only_a_new_issue_is_looked_into(shop):
    digested(shop.project.pk, a_payload(1, release="shop@1"))
    a_release(shop, a_commit("abc", "ana@example.com"))

    with CaptureQueriesContext(connection) as asked:
        digested(shop.project.pk, a_payload(2, release="shop@1"), first=2)

    assert suspected() == []
    assert not [one for one in asked.captured_queries if "store_commitfile" in one["sql"]]


def test_many_new_issues_are_looked_into_by_as_many_statements_as_one(shop, django_assert_max_num_queries):
    a_release(shop, a_commit("abc", "ana@example.com"))

    def statements(*numbers: int) -> int:
        payloads = [a_payload(number, release="shop@1", fingerprint=[str(number)]) for number in numbers]
        with CaptureQueriesContext(connection) as asked:
            digested(shop.project.pk, *payloads, first=numbers[0])
        return sum("commitfile" in one["sql"] or "issueowner" in one["sql"] for one in asked.captured_queries)

    assert statements(1) == statements(*range(2, 42)) == 3  # whose file, who owns, whom an alert tells
    assert len(suspected()) == 41


def named() -> dict[str, str] | None:
    return Notification.objects.get(kind="issue_alert").facts["suspect"]


def test_the_alert_names_the_commit_and_where_it_is_shown(shop):
    a_release(
        shop, code.Commit("abc", "acme/shop", "Round the sum\n\nAs asked.", "Ana", "ana@example.com", NOW, (CART,))
    )
    Repository.objects.update(url="https://github.com/acme/shop", provider="github")

    digested(shop.project.pk, a_payload(1, release="shop@1"))

    assert named() == {
        "key": "abc",
        "author": "Ana",
        "subject": "Round the sum",
        "url": "https://github.com/acme/shop/commit/abc",
    }


def test_the_alert_shows_no_mail_address_of_the_commit(shop):
    name = "ana@example.com"
    a_release(shop, code.Commit("abc", "acme/shop", "For ben@example.com", name, name, NOW, (CART,)))

    digested(shop.project.pk, a_payload(1, release="shop@1"))

    assert named() == {"key": "abc", "author": "ana", "subject": "For ben", "url": ""}


def test_a_commit_that_a_fork_has_too_is_one_suspect(shop):
    a_release(
        shop,
        a_commit("abc", "ana@example.com"),
        replace(a_commit("abc", "ana@example.com"), repository="acme/fork"),
    )

    digested(shop.project.pk, a_payload(1, release="shop@1"))

    assert [one.made.subject for one in owners.suspects([Issue.objects.get().pk])[Issue.objects.get().pk]] == [
        "Change"
    ]


def test_a_commit_of_which_nothing_is_kept_any_more_is_named_by_its_hash(shop):
    a_release(shop, a_commit("abc", "ana@example.com"))
    digested(shop.project.pk, a_payload(1, release="shop@1"))
    Commit.objects.all().delete()

    [[found]] = owners.suspects([Issue.objects.get().pk]).values()

    assert found.made == SuspectCommit("abc")


def test_an_alert_about_no_known_commit_names_none(shop):
    digested(shop.project.pk, a_payload(1, release="shop@1"))

    assert named() is None


def test_the_alert_leads_to_the_releases_page(shop):
    digested(shop.project.pk, a_payload(1, release="shop@1"))

    facts = Notification.objects.get(kind="issue_alert").facts
    assert facts["release_url"].endswith("/acme/releases/shop%401/?project=shop")
