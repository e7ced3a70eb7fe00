"""Everything that can happen to an issue or a release: done over the API, it leaves its line, tells those whom it
concerns and nobody else, and says why.

Ana does it. Ben follows the issue, and wrote the commit. Cleo is on the team and follows nothing. Dan has ended the
issue. Eve followed it and left the project's team.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine

from tests.api.callers import Answer, Caller, a_caller
from tests.api.hooks.telling import a_secret, github_pull, to_github
from tests.builders import NOW, World, a_member, a_world
from tests.pipeline.spooling import a_payload, digested
from tocsin.core.issue import Happening
from tocsin.pipeline import auto_resolve, clock
from tocsin.pipeline.happen import Happened, happen
from tocsin.store.models import Activity, Delivery, Issue, Notification, Project, Subscription, User

RELEASES = "/organizations/acme/releases/"


@dataclass
class Team:
    """The world of a row, its clock, and Ana's client."""

    world: World
    time: time_machine.Traveller
    ana: Caller
    issue: Issue
    people: dict[str, User]

    def put(self, **body: object) -> None:
        self._done(self.ana.put(f"/issues/{self.issue.pk}/", body))

    def post(self, path: str, **body: object) -> None:
        self._done(self.ana.post(path, body))

    def comes_an_event(self, number: int) -> None:
        digested(
            self.world.project.pk,
            a_payload(number),
            first=number,
            received=clock.now().timestamp(),
            now=clock.now(),
        )
        self.time.shift(1)

    def _done(self, answer: Answer) -> None:
        assert answer.status < 300, answer.json
        self.time.shift(60)


def is_assigned(team: Team) -> None:
    team.put(assignedTo=f"user:{team.people['ben'].pk}")


def is_unassigned(team: Team) -> None:
    is_assigned(team)
    Subscription.objects.update_or_create(
        issue=team.issue, user=team.people["ben"], defaults={"reason": "comment", "project": team.world.project}
    )
    team.put(assignedTo="")


def is_deployed(team: Team) -> None:
    commit = {"id": "7e2d1fa", "message": "Round", "repository": "acme/shop", "author_email": "ben@example.com"}
    team.post(RELEASES, version="shop@1.0.0", projects=["shop"], commits=[commit])
    team.post(f"{RELEASES}shop@1.0.0/deploys/", environment="production")


def comes_back(team: Team) -> None:
    team.put(status="resolved")
    team.comes_an_event(2)


def is_resolved(team: Team) -> None:
    team.put(status="resolved")


def is_resolved_by_age(team: Team) -> None:
    Project.objects.update(resolve_age=24)
    team.time.shift(timedelta(hours=25))
    auto_resolve.resolve_old()


def is_resolved_in_a_commit(team: Team) -> None:
    commit = {
        "id": "7e2d1fa",
        "message": "Fixes SHOP-1",
        "repository": "acme/shop",
        "author_email": "ana@example.com",
    }
    team.post(RELEASES, version="shop@1.0.0", projects=["shop"], commits=[commit])


def is_resolved_in_a_pull_request(team: Team) -> None:
    secret = a_secret(team.world, "github")
    assert to_github(secret, "pull_request", github_pull()).status_code == 200


def is_resolved_in_a_release(team: Team) -> None:
    team.post(RELEASES, version="shop@1.0.0", projects=["shop"])
    team.put(status="resolvedInNextRelease")


def escalates(team: Team) -> None:
    team.put(status="ignored", statusDetails={"ignoreCount": 1})
    team.comes_an_event(2)


def is_archived(team: Team) -> None:
    team.put(status="ignored")


def is_reopened(team: Team) -> None:
    team.put(status="ignored")
    team.put(status="unresolved")


def gets_a_ticket(team: Team) -> None:
    data = {"provider": "github", "label": "acme/shop#7", "location": "https://github.com/acme/shop/issues/7"}
    ana = team.people["ana"].pk
    happen([Happened(team.world.project.pk, team.issue.pk, Happening.EXTERNAL_ISSUE, ana, data)], clock.now())


@dataclass(frozen=True)
class Row:
    """What is done, the line that it leaves, who hears of it, and what the trace says of each person."""

    done: Callable[[Team], None]
    left: str
    told: frozenset[str]
    why: dict[str, str]


FOLLOWERS, WITH_ANA = frozenset({"ben"}), frozenset({"ana", "ben"})
OTHERS = {"cleo": "not_subscribed", "dan": "unsubscribed", "eve": "not_a_member"}
BY_ANA = {"ana": "own_activity", "ben": "subscribed", **OTHERS}
BY_ITSELF = {"ana": "subscribed", "ben": "subscribed", **OTHERS}
A_STRANGER = {"ana": "not_subscribed", "ben": "subscribed", **OTHERS}

ROWS = [
    Row(is_assigned, "assigned", FOLLOWERS, A_STRANGER),
    Row(is_unassigned, "unassigned", FOLLOWERS, A_STRANGER),
    Row(is_deployed, "deploy", FOLLOWERS, {"ben": "committed"}),
    Row(comes_back, "set_regression", WITH_ANA, BY_ITSELF),
    Row(is_resolved, "set_resolved", FOLLOWERS, BY_ANA),
    Row(is_resolved_by_age, "set_resolved_by_age", FOLLOWERS, A_STRANGER),
    # Ana follows what her commit resolved from then on: what was said before was not for her.
    Row(is_resolved_in_a_commit, "set_resolved_in_commit", FOLLOWERS, {**A_STRANGER, "ana": "followed_later"}),
    Row(is_resolved_in_a_pull_request, "set_resolved_in_pull_request", FOLLOWERS, A_STRANGER),
    Row(is_resolved_in_a_release, "set_resolved_in_release", FOLLOWERS, BY_ANA),
    Row(escalates, "set_escalating", WITH_ANA, BY_ITSELF),
    Row(is_archived, "set_ignored", FOLLOWERS, BY_ANA),
    Row(is_reopened, "set_unresolved", FOLLOWERS, BY_ANA),
    Row(gets_a_ticket, "create_issue", FOLLOWERS, A_STRANGER),
]


@pytest.fixture
def team(db):
    with time_machine.travel(NOW, tick=False) as time:
        world = a_world()
        names = ("ben", "cleo", "dan", "eve")
        people = {name: a_member(world.organization, world.team, email=f"{name}@example.com") for name in names}
        digested(world.project.pk, a_payload(1), received=NOW.timestamp())
        issue = Issue.objects.get()
        for name in ("ben", "dan", "eve"):
            Subscription.objects.create(
                issue=issue,
                project=world.project,
                user=people[name],
                is_active=name != "dan",
                reason="comment",
                date_added=NOW,
            )
        people["eve"].team_memberships.get().delete()
        time.shift(60)
        yield Team(world, time, a_caller(world.user, world.organization), issue, {"ana": world.user, **people})


@pytest.mark.parametrize("row", ROWS, ids=[row.left for row in ROWS])
def test_what_happens_leaves_its_line_tells_whom_it_concerns_and_says_why(team: Team, row: Row) -> None:
    row.done(team)

    assert Activity.objects.latest("id").type == row.left
    notification = Notification.objects.latest("id")
    assert told(team, notification) == row.told
    assert {name: row.why[name] for name in row.why if row.why[name] in why(team, notification, name)} == row.why


def told(team: Team, notification: Notification) -> set[str]:
    """Who gets something, over any service."""
    going = Delivery.objects.filter(notification=notification).exclude(state="suppressed")
    names = {user.pk: name for name, user in team.people.items()}
    return {names[one.user_id] for one in going if one.user_id}


def why(team: Team, notification: Notification, name: str) -> set[str]:
    """The reasons that the API gives a person."""
    user = team.people[name].pk
    if notification.issue_id is None:
        trace = team.ana.get(f"/organizations/acme/notifications/{notification.pk}/").json["trace"]
        return {step["reason"] for step in trace if step["subject"] == f"user:{user}"}
    latest = team.ana.get(f"/issues/{notification.issue_id}/explain/?user={user}").json[0]
    assert latest["notification"] == str(notification.pk)
    return {step["reason"] for step in latest["steps"] if step["subject"] == f"user:{user}"}
