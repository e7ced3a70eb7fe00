"""The tags that issues are counted with."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import World, a_world, an_issue
from tocsin.pipeline import tagging
from tocsin.store.models import IssueTag


@pytest.fixture
def world(db) -> World:
    return a_world()


def test_an_issue_has_had_the_tags_of_every_event(world: World):
    issue = an_issue(world.project)

    tagging.remember(
        [(issue.pk, world.project.pk, (("os", "Linux"),)), (issue.pk, world.project.pk, (("os", "BSD"),))]
    )
    tagging.remember([(issue.pk, world.project.pk, (("os", "Linux"),))])

    found = IssueTag.objects.filter(issue=issue).values_list("tag__key", "tag__value")
    assert sorted(found) == [("os", "BSD"), ("os", "Linux")]


def test_what_is_known_costs_no_statement(world: World, django_capture_on_commit_callbacks):
    seen = [(an_issue(world.project).pk, world.project.pk, (("os", "Linux"),))]
    with django_capture_on_commit_callbacks(execute=True):
        tagging.remember(seen)

    with CaptureQueriesContext(connection) as again:
        tagging.remember(seen)

    assert len(again) == 0


def test_what_was_rolled_back_is_not_known(world: World, django_capture_on_commit_callbacks):
    seen = [(an_issue(world.project).pk, world.project.pk, (("os", "Linux"),))]
    with django_capture_on_commit_callbacks(execute=False):
        tagging.remember(seen)
    IssueTag.objects.all().delete()

    tagging.remember(seen)

    assert IssueTag.objects.count() == 1


@pytest.mark.parametrize("value", ["[\\u0000", '{"a": "\\ud83d', "[1"])
def test_a_value_that_a_database_cannot_hold_as_it_is_tags_the_issue_all_the_same(world: World, value: str):
    issue = an_issue(world.project)

    tagging.remember([(issue.pk, world.project.pk, (("state", value),))])

    assert IssueTag.objects.filter(issue=issue).count() == 1
