"""What people write in the thread of an alert becomes a comment, by their organization's choice (§8.9, §10.5)."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.builders import NOW, World, a_delivery, a_member, a_notification, a_reference, a_world, an_issue
from tests.chat.pressing import SECRET, TEAM, USER, a_workspace, known, signature
from tocsin.pipeline.comment import LONGEST
from tocsin.store.models import (
    Activity,
    ChatToken,
    Delivery,
    ExternalActor,
    Integration,
    Issue,
    Membership,
    Notification,
    Subscription,
    User,
)

pytestmark = pytest.mark.django_db
PARENT, WORDS = "1355517500.000001", "1355517523.000005"


@pytest.fixture
def world(world) -> World:
    return choosing(world)


@pytest.fixture
def issue(world, workspace) -> Issue:
    """An issue with an alert in #ops."""
    found = an_issue(world.project)
    an_alert(found, workspace)
    return found


def choosing(world: World) -> World:
    world.organization.takes_comments = True
    world.organization.save()
    return world


def an_alert(issue: Issue, workspace: int, channel: str = "C1", ts: str = PARENT, **columns: Any) -> Delivery:
    usual = {
        "provider": "slack",
        "integration_id": workspace,
        "address": {"channel": "#ops", "channel_id": channel},
        "label": f"#{channel}",
        "conversation": f"issue:{issue.pk}",
        "state": "sent",
    }
    sent = a_delivery(a_notification(issue.project, issue), **{**usual, **columns})
    a_reference(sent, channel, ts)
    return sent


_events = iter(range(1, 10_000))


def told(event: dict[str, Any], name: str = "", secret: str = SECRET, team: str = TEAM):
    payload = {
        "type": "event_callback",
        "team_id": team,
        "event_id": name or f"Ev{next(_events)}",
        "event": {"type": "message", "channel": "C1", "channel_type": "channel", **event},
    }
    body = json.dumps(payload).encode()
    return Client().post(
        "/extensions/slack/event/",
        body,
        content_type="application/json",
        headers=signature(body, NOW, secret),
    )


def words(text: str = "I have a fix.", **columns: Any) -> dict[str, Any]:
    return {"user": USER, "text": text, "ts": WORDS, "thread_ts": PARENT, **columns}


def said(text: str = "I have a fix.", **columns: Any):
    return told(words(text, **columns))


def comments() -> list[str]:
    return [one.data["text"] for one in Activity.objects.filter(type="note").order_by("pk")]


def asides() -> list[Delivery]:
    return list(Delivery.objects.filter(notification__kind="chat_answer").order_by("pk"))


# — taken in


def test_a_reply_below_an_alert_is_a_comment_by_whoever_wrote_it(world, issue):
    assert said().status_code == 200

    [made] = Activity.objects.all()
    assert (made.issue, made.user, made.type, made.data["text"]) == (issue, world.user, "note", "I have a fix.")
    assert (made.data["source"], made.data["service"], made.data["said"]) == ("slack", "Slack", f"C1:{WORDS}")


def test_who_wrote_it_follows_the_issue(issue):
    said()

    assert Subscription.objects.get().reason == "comment"


def test_nothing_is_taken_in_unless_the_organization_chose_so(world, issue):
    world.organization.takes_comments = False
    world.organization.save()

    assert said().status_code == 200

    assert (comments(), asides()) == ([], [])


def test_a_private_channel_is_heard_too(issue):
    said(channel_type="group")

    assert comments() == ["I have a fix."]


def test_it_is_not_said_again_where_it_was_written_but_everywhere_else(world, issue, workspace):
    an_alert(issue, workspace, "C2", "99.1")
    other = a_workspace(world, name="Umbra", team="T9")
    an_alert(issue, other, "C9", "99.1")

    said()

    replies = Delivery.objects.filter(notification__kind="comment", detail__act="reply").order_by("pk")
    assert [(one.integration_id, one.label) for one in replies] == [(workspace, "#C2"), (other, "#C9")]


def test_other_followers_are_told_as_of_any_comment(world, issue):
    ben = a_member(world.organization, world.team, email="ben@example.com", name="Ben Ode")
    Subscription.objects.create(issue=issue, project=world.project, user=ben, date_added=NOW)

    said()

    assert [one.user for one in Delivery.objects.filter(provider="inbox")] == [ben]


def is_here_too(world: World, workspace: int, person: User, account: str) -> None:
    """Somebody else said who they are in the workspace."""
    ExternalActor.objects.create(
        organization=world.organization,
        integration_id=workspace,
        provider="slack",
        external_name=f"@{account}",
        external_id=account,
        user=person,
        date_added=NOW,
    )


def test_whom_slack_mentions_is_named_and_follows(world, issue, workspace):
    ben = a_member(world.organization, world.team, email="ben@example.com", name="Ben Ode")
    is_here_too(world, workspace, ben, "U2")

    said("<@U2> &amp; <@U3|cy> look at <#C9|ops>: <https://example.com|this>")

    assert comments() == ["@Ben Ode & @cy look at #ops: this (https://example.com)"]
    assert Subscription.objects.get(user=ben).reason == "mentioned"


def test_who_is_mentioned_and_not_in_the_project_is_only_named(world, issue, workspace):
    cleo = a_member(world.organization, email="cleo@example.com", name="Cleo")
    ExternalActor.objects.filter(integration_id=workspace).update(user=world.user)
    is_here_too(world, workspace, cleo, "U2")

    said("<@U2> look")

    assert comments() == ["@Cleo look"]
    assert not Subscription.objects.filter(user=cleo).exists()


def test_a_channel_that_is_called_like_a_team_is_no_mention_of_the_team(world, issue):
    a_member(world.organization, world.team, email="ben@example.com")

    said(f"see <#C9|{world.team.slug}>")

    assert Subscription.objects.count() == 1


def test_a_file_without_words_is_a_comment(issue):
    said("", subtype="file_share", files=[{"name": "trace.txt", "permalink": "https://acme.slack.com/files/F1"}])

    assert comments() == ["trace.txt (https://acme.slack.com/files/F1)"]


@pytest.mark.parametrize("text", ["", "  \n", "\x00\u202e"])
def test_a_reply_that_says_nothing_is_none(issue, text):
    said(text)

    assert (comments(), asides()) == ([], [])


def test_the_longest_reply_is_cut_to_a_comment(issue):
    said("x" * 40_000)

    [text] = comments()
    assert (len(text), text[-1]) == (LONGEST, "…")


def test_backticks_and_marks_stay_as_they_were_written(issue):
    said("`rm -rf` ```<!here>``` *now*")

    assert comments() == ["`rm -rf` ```@here``` *now*"]


# — counted once, and cheap


def test_what_slack_tells_again_is_one_comment(issue):
    for _ in range(3):
        told(words(), "Ev-again")

    assert comments() == ["I have a fix."]


def test_one_remark_is_one_comment_whatever_the_event_is_called(issue):
    told(words(), "Ev-a")
    told(words(), "Ev-b")

    assert comments() == ["I have a fix."]


def test_what_is_written_elsewhere_costs_one_query_and_no_write(issue):
    with CaptureQueriesContext(connection) as captured:
        assert said(thread_ts="77.1").status_code == 200

    asked = [one["sql"] for one in captured if "store_integration" not in one["sql"].partition("WHERE")[0]]
    assert len([sql for sql in asked if "store_reference" in sql]) == len(asked) == 1
    assert not ChatToken.objects.exists()


def test_it_is_found_by_an_index(issue):
    with CaptureQueriesContext(connection) as captured:
        said(thread_ts="77.1")
    [query] = [one["sql"] for one in captured if 'FROM "store_reference"' in one["sql"]]

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + query)
        plan = str(cursor.fetchall())

    assert "references_of_thread" in plan


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": "B1"},
        {"subtype": "bot_message"},
        {"thread_ts": None},
        {"ts": PARENT},
        {"channel_type": "mpim"},
        {"channel": "C2"},
        {"user": ""},
    ],
)
def test_what_is_no_reply_of_a_person_below_an_alert_is_left(issue, event):
    assert said(**event).status_code == 200

    assert (comments(), asides()) == ([], [])


def test_what_one_person_was_sent_has_no_thread_for_all(world, workspace):
    issue = an_issue(world.project)
    an_alert(issue, workspace, user=world.user)

    said()

    assert comments() == []


def test_an_event_without_a_name_is_a_bad_request(issue):
    body = json.dumps({"type": "event_callback", "team_id": TEAM, "event": {"type": "reaction_added"}}).encode()
    headers = signature(body, NOW)

    answer = Client().post("/extensions/slack/event/", body, content_type="application/json", headers=headers)

    assert answer.status_code == 400


# — changed and taken back


def changed(text: str, before: str = "I have a fix.", **columns: Any):
    return told(
        {
            "subtype": "message_changed",
            "ts": "1.1",
            "message": words(text, **columns),
            "previous_message": words(before),
        }
    )


def deleted(**columns: Any):
    return told(
        {"subtype": "message_deleted", "ts": "1.1", "deleted_ts": WORDS, "previous_message": words(**columns)}
    )


def test_other_words_in_slack_are_other_words_of_the_comment(issue):
    said()

    changed("I had a &lt;fix&gt;.")

    [made] = Activity.objects.filter(type="note")
    assert (made.data["text"], made.data["edited"]) == ("I had a <fix>.", True)


def test_a_preview_that_slack_adds_changes_nothing(issue):
    said()

    changed("I have a fix.", attachments=[{"title": "a preview"}])

    assert "edited" not in Activity.objects.get(type="note").data


def test_other_words_of_what_was_never_taken_in_are_left(issue):
    changed("Too late.")

    assert comments() == []


def test_who_has_left_changes_nothing_any_more(world, issue):
    said()
    Membership.objects.filter(user=world.user).delete()

    changed("Gone.")

    assert comments() == ["I have a fix."]


def test_what_is_taken_back_in_slack_is_no_comment_any_more(issue):
    said()

    deleted()

    assert comments() == []


def test_what_is_deleted_elsewhere_takes_no_comment_along(issue):
    said()

    deleted(thread_ts="77.1")

    assert comments() == ["I have a fix."]


# — whose words stay there


def test_a_strangers_words_stay_there_and_they_are_told_how_to_be_known(world, issue):
    ExternalActor.objects.all().delete()

    said()

    [aside] = asides()
    assert comments() == []
    assert (aside.address["channel_id"], aside.address["only_to"], aside.address["message"]) == ("C1", USER, PARENT)
    facts = aside.notification.facts
    assert "/extensions/slack/link-identity/" in facts["url"]
    assert f"SHOP-{issue.number}" in facts["said"]


def test_they_are_told_once_while_their_link_holds(issue):
    ExternalActor.objects.all().delete()

    for number in range(5):
        said(ts=f"1355517523.00010{number}")

    assert len(asides()) == 1


def test_who_has_no_access_is_told_so(world, issue):
    Membership.objects.filter(user=world.user).delete()

    said()

    assert comments() == []
    assert asides()[0].notification.facts["said"].startswith("Your account has no access to")
    assert asides()[0].notification.facts["url"] == ""


def test_a_role_without_issues_is_told_so(issue):
    Membership.objects.update(role="billing")

    said()

    assert comments() == []
    assert asides()[0].notification.facts["said"].endswith("does not include issues.")


# — whose thread it is


def test_another_organizations_connection_takes_nothing_of_this_thread(world, issue):
    other = choosing(a_world("umbra", "door", "eve@example.com"))
    known(other, a_workspace(other, secret="theirs"))

    assert told(words(), secret="theirs").status_code == 200

    assert comments() == []


def test_of_a_workspace_in_two_organizations_the_threads_own_counts(world, issue):
    other = choosing(a_world("umbra", "door", "eve@example.com"))
    known(other, a_workspace(other))

    said()

    assert Activity.objects.get(type="note").user == world.user


def test_an_issue_that_was_deleted_takes_nothing(world, issue):
    Notification.objects.update(issue=None)
    issue.delete()

    assert said().status_code == 200

    assert comments() == []


def test_nothing_of_what_people_write_is_logged(issue, caplog):
    said("sesame, open")
    said("sesame, open", thread_ts="77.1")

    assert "sesame" not in caplog.text


def test_a_workspace_that_is_broken_is_heard_all_the_same(issue):
    Integration.objects.update(broken="It could not be reached.")

    said()

    assert comments() == ["I have a fix."]
