"""What is told of releases, and what people say of where an issue is fixed."""

from datetime import timedelta

import pytest

from tests.builders import NOW, World, a_member, a_project, a_world, an_issue
from tests.pipeline.spooling import a_payload, digested
from tocsin.core import code
from tocsin.core.commands import InvalidCommandError, Reopen, Resolve
from tocsin.core.issue import Status
from tocsin.pipeline import command, releases
from tocsin.store.models import (
    Activity,
    Delivery,
    Issue,
    IssueLink,
    Notification,
    Preference,
    ReleaseCommit,
    Resolution,
)

LATER = NOW + timedelta(hours=1)
FIX = code.Commit("abc1234", "acme/shop", "Fixes SHOP-1", author_email="ana@example.com")
WORK = code.Commit("def5678", "acme/shop", "Work", author_email="ana@example.com")


@pytest.fixture
def world(db) -> World:
    return a_world()


def a_release(world: World, version: str = "shop@1.0.0", *commits: code.Commit, at=NOW) -> None:
    releases.save(world.organization.pk, code.Release(version, ("shop",), commits=commits or None), now=at)


def do(world: World, issue: Issue, what) -> None:
    command.run(
        organization_id=world.organization.pk, issue_ids=[issue.pk], command=what, actor_id=world.user.pk, now=LATER
    )


def resolution() -> tuple[str, str, bool]:
    row = Resolution.objects.get()
    return row.kind, row.release, row.is_pending


def test_what_a_known_commit_fixes_waits_for_its_release(world):
    a_release(world, "shop@1.0.0", WORK)
    ReleaseCommit.objects.all().delete()
    issue = an_issue(world.project)

    do(world, issue, Resolve(commit="def5678"))
    assert resolution() == ("in_commit", "", True)

    a_release(world, "shop@1.1.0", WORK)
    assert resolution() == ("in_release", "shop@1.1.0", False)
    issue.refresh_from_db()
    assert issue.status == Status.RESOLVED


def test_what_a_released_commit_fixes_is_fixed_in_the_newest_release_that_has_it(world):
    a_release(world, "shop@1.0.0", WORK)
    a_release(world, "shop@1.1.0", WORK, at=LATER)

    do(world, an_issue(world.project), Resolve(commit="def5678", repository="acme/shop"))

    assert resolution() == ("in_release", "shop@1.1.0", False)
    assert Activity.objects.get().type == "set_resolved_in_commit"


@pytest.mark.parametrize("named", [{"commit": "0000000"}, {"commit": "def5678", "repository": "acme/api"}])
def test_a_commit_that_nobody_told_of_is_refused(world, named):
    a_release(world, "shop@1.0.0", WORK)
    issue = an_issue(world.project)

    with pytest.raises(InvalidCommandError, match="Nobody has told of a commit"):
        do(world, issue, Resolve(**named))

    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED


def test_an_issue_that_a_person_reopens_is_not_resolved_by_what_was_linked_before(world):
    issue = an_issue(world.project)
    a_release(world, "shop@1.0.0", FIX)

    do(world, issue, Reopen())

    assert not IssueLink.objects.exists()
    assert not Resolution.objects.exists()


def test_the_latest_release_is_the_greatest_of_its_package(world):
    a_release(world, "shop@1.10.0")
    a_release(world, "shop@1.9.1", at=LATER)

    do(world, an_issue(world.project), Resolve(release="latest"))

    assert resolution()[1] == "shop@1.10.0"


# Deploys are told to whom they concern (behaviour §3.6)


def deployed(world: World) -> None:
    releases.deploy(world.organization.pk, "shop@1.0.0", code.Deploy("production"), LATER)


def told() -> set[str]:
    return set(Delivery.objects.filter(state="queued", provider="inbox").values_list("user__email", flat=True))


def test_a_deploy_is_told_to_who_has_a_commit_in_it_and_to_nobody_else(world):
    a_member(world.organization, world.team, email="ben@example.com")
    a_release(world, "shop@1.0.0", WORK)

    deployed(world)

    assert told() == {"ana@example.com"}
    facts = Notification.objects.get().facts
    assert (facts["commit_count"], facts["author_count"], facts["environment"]) == (1, 1, "production")


def test_a_deploy_is_told_to_who_wants_to_hear_of_all(world):
    ben = a_member(world.organization, world.team, email="ben@example.com")
    where = {"scope": "organization", "scope_id": world.organization.pk, "type": "deploy", "value": "always"}
    Preference.objects.create(user=ben, **where)
    a_release(world)

    deployed(world)

    assert told() == {"ben@example.com"}


def test_a_deploy_that_concerns_nobody_is_on_the_timeline_and_in_no_message(world):
    a_release(world)

    deployed(world)

    assert Activity.objects.get().type == "deploy"
    assert not Notification.objects.exists()


def test_a_release_that_is_told_is_the_next_that_issues_were_resolved_in(world):
    a_release(world, "shop@1.0.0")
    do(world, an_issue(world.project), Resolve(next_release=True))

    a_release(world, "shop@1.1.0", at=LATER)

    assert resolution() == ("in_release", "shop@1.1.0", False)
    assert Activity.objects.get().data == {"version": "shop@1.1.0"}


def test_a_release_is_the_next_in_its_own_projects_only(world):
    a_project(world.organization, world.team, slug="till")
    a_release(world, "shop@1.0.0")
    do(world, an_issue(world.project), Resolve(next_release=True))

    releases.save(world.organization.pk, code.Release("shop@1.1.0", ("till",)), now=LATER)

    assert resolution() == ("in_next_release", "", True)


def test_a_release_that_comes_to_a_further_project_is_the_next_there(world):
    releases.save(
        world.organization.pk,
        code.Release("2026-11-a", (a_project(world.organization, world.team, slug="till").slug,)),
        now=NOW,
    )
    a_release(world, "2026-10-z")
    do(world, an_issue(world.project), Resolve(next_release=True))

    a_release(world, "2026-11-a", at=LATER)

    assert resolution() == ("in_release", "2026-11-a", False)


def test_a_release_that_comes_to_a_further_project_brings_what_its_commits_fix_there(world):
    till = a_project(world.organization, world.team, slug="till")
    issue = an_issue(world.project, number=1)
    releases.save(world.organization.pk, code.Release("shop@1.0.0", (till.slug,), commits=(FIX,)), now=NOW)
    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED

    a_release(world, "shop@1.0.0", at=LATER)

    issue.refresh_from_db()
    assert issue.status == Status.RESOLVED
    assert resolution() == ("in_release", "shop@1.0.0", False)


def an_event(world: World, number: int, at=NOW, **fields) -> None:
    digested(world.project.pk, a_payload(number, **fields), first=number, received=at.timestamp(), now=at)


@pytest.mark.parametrize(
    ("which", "status"), [("another", Status.RESOLVED), ("the same", Status.UNRESOLVED)], ids=["another", "its own"]
)
def test_an_event_brings_a_release_to_a_further_project_with_what_its_commits_fix_there(world, which, status):
    """Not the issue that the event is of: it came with that very release."""
    till = a_project(world.organization, world.team, slug="till")
    an_event(world, 1, fingerprint=["the same"])
    releases.save(world.organization.pk, code.Release("shop@1.0.0", (till.slug,), commits=(FIX,)), now=NOW)

    an_event(world, 2, LATER, release="shop@1.0.0", fingerprint=[which])

    assert Issue.objects.get(number=1).status == status


def test_what_came_back_is_not_fixed_again_by_the_release_told_again(world):
    issue = an_issue(world.project, number=1)
    a_release(world, "shop@1.0.0", FIX)
    do(world, issue, Reopen())

    a_release(world, "shop@1.0.0", at=LATER)

    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED
