"""Seed 001: which activities are said in threads, and by which services people hear without having asked.

Its Slack constants and messages are in tests/chat.
"""

import pytest

from tests.builders import a_world, an_issue
from tests.pipeline.test_threads import a_workspace, an_alert, labels, says
from tocsin.core.issue import Happening
from tocsin.pipeline.catalogue import catalogue

# Its thirteen rows but for deploy, which is about no issue.
ROWS = (
    Happening.ASSIGNED,
    Happening.REGRESSION,
    Happening.RESOLVED,
    Happening.RESOLVED_BY_AGE,
    Happening.RESOLVED_IN_COMMIT,
    Happening.RESOLVED_IN_PULL_REQUEST,
    Happening.RESOLVED_IN_RELEASE,
    Happening.UNASSIGNED,
    Happening.ESCALATING,
    Happening.IGNORED,
    Happening.UNRESOLVED,
    Happening.EXTERNAL_ISSUE,
)


@pytest.fixture
def world(db):
    return a_world()


@pytest.mark.parametrize("happening", ROWS)
def test_an_activity_of_each_kind_is_said_in_the_thread_of_the_alert(world, happening):
    issue = an_issue(world.project)
    an_alert(issue, a_workspace(world))

    says(issue, happening, data={})

    assert labels() == ["#ops"]


def test_a_deploy_has_a_kind_of_its_own_for_whoever_follows_the_release():
    assert catalogue().kinds["deploy"].happening == Happening.DEPLOY


def test_people_hear_by_mail_and_slack_without_having_asked():
    providers = catalogue().providers

    assert (providers["email"].on_by_default, providers["slack"].on_by_default) == (True, True)
