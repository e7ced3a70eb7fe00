"""`tocsin explain`: why somebody was, or was not, told; and who would be."""

import json

import pytest

from tests.builders import NOW, World, a_member, a_world, an_issue
from tocsin.ops import explaining
from tocsin.ops.errors import WrongInputError
from tocsin.pipeline.assignment import Assignee, By, assign
from tocsin.store.models import Issue, User
from tocsin.store.writes.founding import found


@pytest.fixture
def world(db) -> World:
    return a_world()


@pytest.fixture
def ben(world) -> User:
    return a_member(world.organization, world.team, email="ben@example.com", name="Ben")


@pytest.fixture
def issue(world, ben) -> Issue:
    made = an_issue(world.project)
    assign(
        organization_id=world.organization.pk,
        issue_ids=[made.pk],
        to=Assignee(user_id=ben.pk),
        by=By(world.user.pk),
        now=NOW,
    )
    return made


def test_an_issue_is_found_by_what_people_call_it(issue):
    assert explaining.issue("shop-1", "") == issue


@pytest.mark.parametrize("text", ["", "SHOP", "SHOP-", "SHOP-x", "SHOP-2", "-1", "SHOP-" + "9" * 30])
def test_what_is_no_issue_is_said(issue, text):
    with pytest.raises(WrongInputError):
        explaining.issue(text, "")


def test_of_two_issues_of_one_name_the_organization_says_which(issue):
    theirs = an_issue(a_world("other", email="eve@example.com").project)

    with pytest.raises(WrongInputError, match="--organization"):
        explaining.issue("SHOP-1", "")
    assert explaining.issue("SHOP-1", "other") == theirs


def test_each_notification_is_told_whole(issue):
    (story,) = explaining.of_issue(issue)

    assert story["what"] == "Assigned"
    assert {one["to"] for one in story["deliveries"]} == {"Ben", "ben@example.com"}


def test_a_member_learns_why_they_were_not_told(world, issue):
    (story,) = explaining.of_person(issue, "ana@example.com")

    assert story["what"] == "Assigned: not told"
    assert "hears only of issues that they follow" in story["steps"][0]["sentence"]


def test_an_address_that_nobody_has_is_said(issue):
    with pytest.raises(WrongInputError, match=r"nobody@example\.com"):
        list(explaining.of_person(issue, "nobody@example.com"))


def test_who_would_hear_of_an_assignment(issue):
    (story,) = explaining.supposed_assignment(issue, "#acme")

    assert "Ben" in {one["to"] for one in story["deliveries"]}


@pytest.mark.parametrize("who", ["#nobody", "nobody@example.com"])
def test_nobody_would_have_it(issue, who):
    with pytest.raises(WrongInputError):
        list(explaining.supposed_assignment(issue, who))


def test_who_would_hear_of_each_rule_of_a_project(db):
    found(organization="Acme", project="Till", email="ana@example.com", now=NOW)

    (story,) = explaining.supposed_alerts("till", "")

    assert "ana@example.com" in {one["to"] for one in story["deliveries"]}


def test_a_project_that_is_not_there_is_said(db):
    with pytest.raises(WrongInputError, match="no project"):
        list(explaining.supposed_alerts("nowhere", ""))


def test_what_is_printed_for_machines_is_json(issue):
    json.dumps(list(explaining.of_issue(issue)), default=str)
