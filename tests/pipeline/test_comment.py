"""What people say about an issue, and whom they speak to (behaviour §10.5)."""

import pytest

from tests.builders import NOW, World, a_member, a_world, an_issue
from tocsin.core.commands import InvalidCommandError
from tocsin.pipeline.comment import LONGEST, Place, comment, delete, edit
from tocsin.store.models import Activity, Delivery, Issue, Subscription, User


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def ben(world) -> User:
    return a_member(world.organization, world.team, email="ben@example.com", name="Ben Ode")


@pytest.fixture
def issue(world) -> Issue:
    return an_issue(world.project)


def place(world: World, issue: Issue) -> Place:
    return Place(world.organization.pk, world.project.pk, issue.pk)


def say(world: World, issue: Issue, text: str = "I have a fix.", **columns) -> int:
    return comment(place(world, issue), text, author_id=world.user.pk, now=NOW, **columns)


def reasons() -> dict[str, str]:
    return dict(Subscription.objects.values_list("user__email", "reason"))


def test_a_comment_stands_on_the_timeline(world, issue):
    made = say(world, issue)

    row = Activity.objects.get(pk=made)
    assert (row.type, row.user, row.data["text"]) == ("note", world.user, "I have a fix.")


def test_who_comments_follows_the_issue(world, issue):
    say(world, issue)

    assert reasons() == {"ana@example.com": "comment"}


@pytest.mark.parametrize(
    ("text", "mentions"),
    [("@ben look", ()), ("@ben@example.com look", ()), ("@benode look", ()), ("look", ("ben",))],
)
def test_who_is_mentioned_follows_and_is_told(world, issue, ben, text, mentions):
    say(world, issue, text, mentions=[f"user:{ben.pk}" for _ in mentions])

    assert reasons()["ben@example.com"] == "mentioned"
    assert [one.user for one in Delivery.objects.filter(provider="inbox")] == [ben]


def test_members_of_a_mentioned_team_follow_each_for_themselves(world, issue, ben):
    say(world, issue, f"#{world.team.slug} look")

    assert reasons() == {"ana@example.com": "comment", "ben@example.com": "team_mentioned"}


def test_those_who_follow_hear_of_it_and_the_author_does_not(world, issue, ben):
    Subscription.objects.create(issue=issue, project=world.project, user=ben, date_added=NOW)

    say(world, issue)

    assert [one.user for one in Delivery.objects.filter(provider="inbox")] == [ben]


@pytest.mark.parametrize("text", ["", "  \n ", "\x00\u202e"])
def test_a_comment_that_says_nothing_is_refused(world, issue, text):
    with pytest.raises(InvalidCommandError) as refused:
        say(world, issue, text)

    assert (refused.value.field, Activity.objects.count()) == ("text", 0)


def test_a_comment_that_is_too_long_is_refused_with_its_length(world, issue):
    with pytest.raises(InvalidCommandError, match="16,385"):
        say(world, issue, "x" * (LONGEST + 1))


@pytest.mark.parametrize("mention", ["user:99", "99", "team:99", "robot:1", "user:", "user:-1", "x" * 300])
def test_who_does_not_belong_to_the_project_cannot_be_mentioned(world, issue, mention):
    with pytest.raises(InvalidCommandError) as refused:
        say(world, issue, mentions=[mention])

    assert (refused.value.field, Activity.objects.count()) == ("mentions", 0)


def test_a_member_of_another_project_cannot_be_mentioned(world, issue):
    cleo = a_member(world.organization, email="cleo@example.com")

    with pytest.raises(InvalidCommandError):
        say(world, issue, mentions=[f"user:{cleo.pk}"])


def test_an_author_may_change_their_words_and_nobody_is_told_again(world, issue, ben):
    made = say(world, issue, "@ben look")

    assert edit(place(world, issue), made, "@ben look here", author_id=world.user.pk)

    assert Activity.objects.get(pk=made).data["text"] == "@ben look here"
    assert Delivery.objects.filter(provider="inbox").count() == 1


def test_another_persons_words_stay(world, issue, ben):
    made = say(world, issue)

    assert not edit(place(world, issue), made, "No.", author_id=ben.pk)
    assert not delete(place(world, issue), made, author_id=ben.pk)
    assert Activity.objects.get(pk=made).data["text"] == "I have a fix."


def test_an_author_may_take_their_words_back(world, issue):
    assert delete(place(world, issue), say(world, issue), author_id=world.user.pk)

    assert not Activity.objects.exists()


def test_only_comments_can_be_taken_back(world, issue):
    other = Activity.objects.create(
        issue=issue, project=world.project, type="set_resolved", user=world.user, date_added=NOW
    )

    assert not delete(place(world, issue), other.pk, author_id=world.user.pk)
