"""What people do from Slack (§8.3)."""

import pytest
from django.test import Client

from tests.builders import NOW, a_member, a_world, an_issue
from tests.chat.pressing import ANSWER_TO, a_workspace, chosen, press, pressed, said, to_slacks_door, typed
from tocsin.core import code
from tocsin.core.acts import ARCHIVE, RESOLVE
from tocsin.core.issue import Status, Substatus
from tocsin.pipeline import releases
from tocsin.store.models import Activity, Delivery, Lane, Membership, Notification, Snooze, Team

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("word", "status", "substatus"),
    [
        ("resolved", Status.RESOLVED, Substatus.NONE),
        ("ignored:archived_forever", Status.IGNORED, Substatus.FOREVER),
        ("ignored:archived_until_escalating", Status.IGNORED, Substatus.UNTIL_ESCALATING),
        ("ignored:archived_until_condition_met:10", Status.IGNORED, Substatus.UNTIL_CONDITION_MET),
        ("ignored:for:60", Status.IGNORED, Substatus.UNTIL_CONDITION_MET),
    ],
)
def test_a_press_changes_the_issue_as_the_person_who_pressed(world, issue, word, status, substatus):
    assert press(pressed(issue.pk, word)).content == b""

    issue.refresh_from_db()
    assert (issue.status, issue.substatus) == (status, substatus)
    assert Activity.objects.get().user == world.user
    assert said() == []


@pytest.mark.parametrize("word", [choice.does for choice in (*RESOLVE, *ARCHIVE)])
def test_each_line_of_the_menus_can_be_done(world, issue, word):
    releases.save(world.organization.pk, code.Release("shop@1.2.0", (world.project.slug,)), now=NOW)

    press(chosen(issue.pk, word, "Resolve…"))

    issue.refresh_from_db()
    assert (issue.status, said()) == (Status.IGNORED if word.startswith("ignored") else Status.RESOLVED, [])


def test_in_the_current_release_is_in_the_latest_that_was_told_of(world, issue):
    for version in ("shop@1.2.0", "shop@1.3.0"):
        releases.save(world.organization.pk, code.Release(version, (world.project.slug,)), now=NOW)

    press(chosen(issue.pk, "resolved:inCurrentRelease", "Resolve…"))

    assert Activity.objects.get().data["version"] == "shop@1.3.0"


def test_without_a_release_none_is_current_and_that_is_said(issue):
    press(chosen(issue.pk, "resolved:inCurrentRelease", "Resolve…"))

    issue.refresh_from_db()
    assert (issue.status, len(said())) == (Status.UNRESOLVED, 1)


def test_archiving_until_ten_more_remembers_ten(issue):
    press(chosen(issue.pk, "ignored:archived_until_condition_met:10", "Archive…"))

    assert Snooze.objects.get().count == 10


def test_an_archived_issue_is_reopened(world, workspace):
    issue = an_issue(world.project, status=Status.IGNORED, substatus=Substatus.FOREVER)

    press(pressed(issue.pk, "unresolved:ongoing"))

    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED


@pytest.mark.parametrize("kind", ["user", "team"])
def test_an_issue_is_given_to_whoever_is_chosen(world, issue, kind):
    to = world.user if kind == "user" else world.team

    press(chosen(issue.pk, f"{kind}:{to.pk}"))

    issue.refresh_from_db()
    assert (issue.assignee_user or issue.assignee_team) == to


def test_and_taken_away_again(world, issue):
    issue.assignee_user = world.user
    issue.save()

    press(chosen(issue.pk, "none"))

    issue.refresh_from_db()
    assert issue.assignee_user is None


def test_who_is_not_linked_is_asked_to_and_nothing_is_done(world):
    a_workspace(world)
    issue = an_issue(world.project)

    assert press(pressed(issue.pk, "resolved")).status_code == 200

    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED
    row = Delivery.objects.get()
    assert (row.provider, row.address["answer_to"]) == ("slack", ANSWER_TO)
    assert "/extensions/slack/link-identity/" in row.notification.facts["url"]


def test_who_has_left_the_organization_is_told_so(world, issue):
    Membership.objects.filter(user=world.user).delete()

    press(pressed(issue.pk, "resolved"))

    issue.refresh_from_db()
    assert issue.status == Status.UNRESOLVED
    assert said()[0].startswith("Your account has no access to")


def test_who_linked_the_wrong_account_can_unlink_it_at_once(world, issue):
    Membership.objects.filter(user=world.user).delete()

    press(pressed(issue.pk, "resolved"))

    facts = Notification.objects.get(kind="chat_answer").facts
    page = facts["url"].partition("testserver")[2]
    assert (facts["next"], "ana@example.com" in Client().get(page).content.decode()) == (
        "Unlink this account",
        True,
    )


def test_who_is_refused_for_another_reason_is_offered_no_unlinking(world, issue):
    Membership.objects.update(role="billing")

    press(pressed(issue.pk, "resolved"))

    assert Notification.objects.get(kind="chat_answer").facts["url"] == ""


def test_whose_account_is_switched_off_can_do_nothing(world, issue):
    world.user.is_active = False
    world.user.save()

    press(pressed(issue.pk, "resolved"))

    assert said()[0].startswith("Your account has no access to")


def test_a_role_without_issues_does_not_change_them(world, issue):
    Membership.objects.update(role="billing")

    press(pressed(issue.pk, "resolved"))

    assert said() == [f"Your role in {world.organization.name} does not include issues."]


def test_an_issue_that_is_gone_is_said(world, workspace):
    press(pressed(999, "resolved"))

    assert said()[0].startswith("This issue is not there any more")


def test_another_organizations_issue_is_as_if_it_were_not_there(issue):
    theirs = an_issue(a_world("umbra", "door", "eve@example.com").project)

    press(pressed(theirs.pk, "resolved"))

    theirs.refresh_from_db()
    assert theirs.status == Status.UNRESOLVED
    assert said()[0].startswith("This issue is not there any more")


def test_of_a_workspace_in_two_organizations_the_issues_own_counts(world, issue):
    other = a_world("umbra", "door", "eve@example.com")
    a_workspace(other)
    theirs = an_issue(other.project)

    press(pressed(theirs.pk, "resolved"))

    theirs.refresh_from_db()
    assert theirs.status == Status.UNRESOLVED
    assert said()[0].startswith("Tocsin does not know who you are here")


@pytest.mark.parametrize(
    "word", ["exploded", "ignored:for:x", "assign:cat:1", "resolved:inSpace", "assign:user:" + "9" * 30]
)
def test_a_word_that_nobody_offers_is_refused(issue, word):
    press(pressed(issue.pk, word))

    issue.refresh_from_db()
    assert (issue.status, len(said())) == (Status.UNRESOLVED, 1)


def test_a_team_without_the_project_is_refused_with_the_reason(world, issue):
    team = Team.objects.create(organization=world.organization, slug="ops", name="Ops", date_added=NOW)

    press(chosen(issue.pk, f"team:{team.pk}"))

    assert said() == ["This team is not on the issue's project: add it there, or choose another."]


def test_a_link_that_is_only_a_link_does_nothing(issue):
    payload = pressed(issue.pk, "")
    payload["actions"][0].pop("value")

    assert press(payload).status_code == 200
    assert said() == []


# Whom it can be given to


def offered(issue, text: str) -> dict[str, list[str]]:
    found = to_slacks_door(typed(issue.pk, text), "options-load").json()
    return {
        group["label"]["text"]: [one["text"]["text"] for one in group["options"]]
        for group in found.get("option_groups", [])
    }


def test_teams_and_people_of_the_project_are_offered(world, issue):
    name = world.user.name or world.user.email

    assert offered(issue, "") == {"Teams": [f"#{world.team.slug}"], "People": ["Nobody", name]}


@pytest.mark.parametrize(
    ("text", "found"), [("be", True), ("BE", True), ("@be", True), ("stein", True), ("ten", False)]
)
def test_what_is_typed_begins_a_word_of_a_name_whatever_its_case(world, issue, text, found):
    a_member(world.organization, world.team, email="b@example.com", name="Ben Stein")

    assert ("Ben Stein" in offered(issue, text).get("People", [])) == found


def test_people_of_other_projects_are_not_offered(world, issue):
    a_member(world.organization, email="b@example.com", name="Ben Stein")

    assert "Ben Stein" not in offered(issue, "")["People"]


def test_of_very_many_people_the_first_hundred_are_offered(world, issue, django_assert_max_num_queries):
    from tocsin.store.models import TeamMember, User

    people = User.objects.bulk_create(
        User(email=f"p{n}@example.com", name=f"Person {n:05}", date_joined=NOW) for n in range(10_000)
    )
    TeamMember.objects.bulk_create(TeamMember(team=world.team, user=one) for one in people)

    with django_assert_max_num_queries(12):
        found = offered(issue, "person")

    assert len(found["People"]) == 100


def test_another_organizations_people_are_not_offered(issue):
    theirs = an_issue(a_world("umbra", "door", "eve@example.com").project)

    assert offered(theirs, "") == {}


def test_who_is_not_linked_is_offered_nobody(world):
    a_workspace(world)

    assert offered(an_issue(world.project), "") == {}


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/0", "https://hooks.slack.com.evil.example/x", "https://evil.example/", ""]
)
def test_an_answer_goes_to_slack_and_nowhere_else(world, url):
    a_workspace(world)

    press(pressed(an_issue(world.project).pk, "resolved", response_url=url))

    assert not Delivery.objects.exists()


def test_answers_share_few_lanes(world):
    a_workspace(world)
    issue = an_issue(world.project)

    for number in range(30):
        press(pressed(issue.pk, "resolved", trigger_id=str(number)))

    assert Delivery.objects.count() == 30
    assert Lane.objects.count() <= 16


@pytest.mark.parametrize("url", ["https://[", "http://[x]/"])
def test_an_answer_cannot_go_to_what_is_no_address(workspace, url):
    """Who connects an app of their own writes there what they like, and signs it."""
    answer = press(pressed(999, "resolved", response_url=url))

    assert answer.status_code == 200
    assert said() == []


def test_a_question_that_stands_at_no_address_is_not_taken_back(workspace):
    press(pressed(0, "ignore", response_url="https://[") | {"actions": [{"value": "ignore", "block_id": "x"}]})

    assert not Delivery.objects.exists()
