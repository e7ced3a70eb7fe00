"""What can happen to an issue, row by row: done through the API, it leaves its activity, tells those whom it
concerns and no one else, and says of everybody why (behaviour §1.2, §1.4, §3.6).

The people of the table:
- Ana does it, and follows the issue: she hears of what she did not do herself;
- Ben follows the issue, and has a commit in the release;
- Cai wants to hear of all issues and all deploys;
- Dee unsubscribed from the issue;
- Eli is a member of the project who never had to do with the issue;
- Fay follows the issue and has left the project's team;
- Gus belongs to another organization;
- an alert about the issue stands in Slack's #ops.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.api.callers import Caller, a_caller
from tests.api.hooks.telling import a_secret, github_commit, github_pull, github_push, to_github
from tests.builders import NOW, World, a_member, a_world
from tests.pipeline.spooling import a_payload, digested
from tests.pipeline.test_happen import an_alert_in
from tocsin.core.issue import Happening
from tocsin.core.registry import Concern
from tocsin.pipeline import auto_resolve, awaken
from tocsin.pipeline.catalogue import catalogue
from tocsin.pipeline.happen import Happened, happen
from tocsin.store.db import one_transaction
from tocsin.store.models import Activity, Issue, Notification, Preference, Project, Subscription, User

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scene:
    """An issue, and those around it by their first names."""

    world: World
    ana: Caller
    issue: Issue
    people: Mapping[str, User]

    def put(self, **body: Any) -> None:
        assert self.ana.put(f"/issues/{self.issue.pk}/", body).status == 200

    def event(self, number: int, at: timedelta, **fields: Any) -> None:
        digested(self.world.project.pk, a_payload(number, **fields), first=number, now=NOW + at)

    def latest(self) -> dict[str, Any]:
        """The issue's latest activity, as its timeline in the API has it."""
        return self.ana.get(f"/issues/{self.issue.pk}/activities/").json["activity"][0]


@pytest.fixture
def scene(db) -> Scene:
    with time_machine.travel(NOW, tick=False):
        world = a_world()
        a_world("other", email="gus@example.com")
        digested(world.project.pk, a_payload(1, release="shop@1.0.0"))
        issue = world.project.issues.get()
        people = {"ana": world.user}
        for name in ("ben", "cai", "dee", "eli", "fay"):
            team = None if name == "fay" else world.team
            people[name] = a_member(world.organization, team, email=f"{name}@example.com", name=name.title())
        for name in ("ana", "ben", "dee", "fay"):
            Subscription.objects.create(
                issue=issue, project=world.project, user=people[name], is_active=name != "dee", date_added=NOW
            )
        for type_ in ("workflow", "deploy"):
            cai = people["cai"]
            Preference.objects.create(user=cai, scope="user", scope_id=cai.pk, type=type_, value="always")
        an_alert_in(issue, "#ops")
        yield Scene(world, a_caller(world.user, world.organization), issue, people)


def assigned(scene: Scene) -> None:
    scene.put(assignedTo=f"user:{scene.people['ben'].pk}")


def unassigned(scene: Scene) -> None:
    scene.put(assignedTo=f"user:{scene.people['ben'].pk}")
    scene.put(assignedTo=None)


def resolved(scene: Scene) -> None:
    scene.put(status="resolved")


def resolved_by_age(scene: Scene) -> None:
    Project.objects.filter(pk=scene.world.project.pk).update(resolve_age=24)
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        auto_resolve.resolve_old()


def resolved_in_a_commit(scene: Scene) -> None:
    to_github(a_secret(scene.world, "github"), "push", github_push(github_commit("Fixes SHOP-1")))


def resolved_in_a_pull_request(scene: Scene) -> None:
    to_github(a_secret(scene.world, "github"), "pull_request", github_pull("Fixes SHOP-1"))


def resolved_in_a_release(scene: Scene) -> None:
    scene.put(status="resolved", statusDetails={"inRelease": "shop@1.0.0"})


def regressed(scene: Scene) -> None:
    scene.put(status="resolved")
    scene.event(2, DAY)


def archived(scene: Scene) -> None:
    scene.put(status="ignored")


def escalated(scene: Scene) -> None:
    scene.put(status="ignored", statusDetails={"ignoreDuration": 60})
    with time_machine.travel(NOW + DAY, tick=False):
        awaken.by_the_clock()


def reopened(scene: Scene) -> None:
    scene.put(status="ignored")
    scene.put(status="unresolved")


def a_ticket_was_made(scene: Scene) -> None:
    """What a tracker's provider reports."""
    ticket = {"provider": "jira", "label": "PAY-7", "location": "https://jira.example/browse/PAY-7", "new": True}
    with one_transaction():
        happen(
            [
                Happened(
                    scene.world.project.pk,
                    scene.issue.pk,
                    Happening.EXTERNAL_ISSUE,
                    scene.world.user.pk,
                    ticket,
                )
            ],
            NOW,
        )


@dataclass(frozen=True)
class Row:
    """What is done, the activity that it leaves with its data, and who did it as the product sees it."""

    does: Callable[[Scene], None]
    activity: str
    kind: str
    data: Mapping[str, Any]
    by: str = "ana"  # "" for the product itself


ROWS = [
    Row(assigned, "assigned", "assigned", {"assigneeType": "user", "assigneeEmail": "ben@example.com"}),
    Row(unassigned, "unassigned", "unassigned", {}),
    Row(resolved, "set_resolved", "resolved", {}),
    Row(resolved_by_age, "set_resolved_by_age", "resolved_by_age", {"age": 24}, by=""),
    Row(resolved_in_a_commit, "set_resolved_in_commit", "resolved_in_commit", {"commit": "a" * 40}),
    Row(resolved_in_a_pull_request, "set_resolved_in_pull_request", "resolved_in_pull_request", {}, by=""),
    Row(resolved_in_a_release, "set_resolved_in_release", "resolved_in_release", {"version": "shop@1.0.0"}),
    Row(regressed, "set_regression", "regression", {}, by=""),
    Row(archived, "set_ignored", "archived", {}),
    Row(
        escalated, "set_escalating", "escalating", {"expired_snooze": {"until": "2026-11-21T10:00:00+00:00"}}, by=""
    ),
    Row(reopened, "set_unresolved", "unresolved", {}),
    Row(a_ticket_was_made, "create_issue", "external_issue", {"provider": "jira", "label": "PAY-7"}),
]
each_row = pytest.mark.parametrize("row", ROWS, ids=[row.kind for row in ROWS])


@each_row
def test_it_leaves_its_activity(scene, row):
    row.does(scene)

    activity = scene.latest()
    assert activity["type"] == row.activity
    assert row.data.items() <= activity["data"].items()
    assert (activity["user"] or {}).get("name", "").lower() == row.by


def told_of(scene: Scene, kind: str) -> list[str]:
    """Who has it in their inbox, and in which threads it is said, by the API."""
    found = scene.ana.get(f"/issues/{scene.issue.pk}/notifications/").json
    return sorted(
        one["to"]
        for notification in found
        if notification["kind"] == kind
        for one in notification["deliveries"]
        if one["provider"] in ("inbox", "slack") and one["state"] != "suppressed"
    )


@each_row
def test_it_tells_those_whom_it_concerns_and_no_one_else(scene, row):
    row.does(scene)

    who_did_not_do_it = [] if row.by else ["Ana"]
    assert told_of(scene, row.kind) == ["#ops", *who_did_not_do_it, "Ben", "Cai"]


WHY = {
    "ben": "subscribed",
    "cai": "follows_all",
    "dee": "unsubscribed",
    "eli": "not_subscribed",
    "fay": "not_a_member",
}


@each_row
def test_it_says_of_everybody_why(scene, row):
    row.does(scene)

    name = row.kind
    label = Notification.objects.filter(kind=name).latest("id").trace[0]["label"]
    for person, reason in {"ana": "own_activity" if row.by else "subscribed", **WHY}.items():
        found = scene.ana.get(f"/issues/{scene.issue.pk}/explain/?user={scene.people[person].pk}").json
        steps = next(one["steps"] for one in found if one["kind"] == label)
        assert (person, steps[0]["reason"]) == (person, reason)
        assert steps[0]["sentence"]


def test_who_follows_only_since_is_told_so(scene):
    resolved(scene)
    eli = scene.people["eli"]
    Subscription.objects.create(issue=scene.issue, project=scene.world.project, user=eli, date_added=NOW)

    [latest, *_] = scene.ana.get(f"/issues/{scene.issue.pk}/explain/?user={eli.pk}").json

    assert [step["reason"] for step in latest["steps"]] == ["followed_later"]


def deployed(scene: Scene) -> None:
    """Of a release that has a commit of Ben's."""
    commit = {"id": "b" * 40, "message": "Round the total", "author_email": "ben@example.com"}
    release = {"version": "shop@2.0.0", "projects": ["shop"], "commits": [commit]}
    assert scene.ana.post("/organizations/acme/releases/", release).status == 201
    deploy = {"environment": "production"}
    assert scene.ana.post("/organizations/acme/releases/shop@2.0.0/deploys/", deploy).status == 201


def test_a_deploy_stands_on_the_timeline_of_its_projects(scene):
    deployed(scene)

    activity = Activity.objects.get(type="deploy")
    assert (activity.project, activity.issue, activity.data["version"]) == (scene.world.project, None, "shop@2.0.0")


def the_deploy(scene: Scene) -> dict[str, Any]:
    notification = Notification.objects.get(kind="deploy")
    return scene.ana.get(f"/organizations/acme/notifications/{notification.pk}/").json


def test_a_deploy_tells_those_whom_it_concerns_and_no_thread(scene):
    deployed(scene)

    told = {one["to"] for one in the_deploy(scene)["deliveries"] if one["provider"] in ("inbox", "slack")}
    assert told == {"Ben", "Cai"}


def test_a_deploy_says_why(scene):
    deployed(scene)

    reasons = {}
    for step in the_deploy(scene)["trace"]:
        reasons.setdefault(step["label"], step["reason"])
    assert (reasons["Ben"], reasons["Cai"]) == ("committed", "follows_all")


def test_the_table_leaves_out_only_what_people_write():
    concerning = {slug for slug, kind in catalogue().kinds.items() if kind.concerns is Concern.FOLLOWERS}

    assert concerning - {row.kind for row in ROWS} == {"comment", "feedback"}
