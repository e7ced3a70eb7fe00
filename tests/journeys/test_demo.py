"""`tocsin demo` beside a running instance: in a minute there is something to look at."""

import json
from collections.abc import Iterator

import pytest

from tests.journeys.instance import Instance, Received, mail_server
from tocsin.ops.demo_shop.visits import MISHAPS, VERSIONS

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """acme's shop after a demo of 120 visits, all digested and told."""
    mails = Received()
    with mail_server(mails) as smtp:
        instance = Instance(tmp_path_factory.mktemp("demo") / "data", environment={"TOCSIN_EMAIL_URL": smtp})
        said = json.loads(
            instance.run(
                "init", "--organization", "acme", "--project", "shop", "--email", "me@example.com", "--json"
            )
        )
        with instance.up():
            instance.run("demo", "--dsn", said["dsn"], "--seconds", "2", "--rate", "60")
        yield instance  # stopped, which first digests what was accepted
        mails.wait_for(1)


def test_a_dozen_ways_to_fail_become_a_dozen_issues(shown):
    [(issues,)] = shown.rows("SELECT count(*) FROM store_issue")

    assert issues == len(MISHAPS) >= 12


def test_no_visit_is_lost_or_counted_twice(shown):
    assert shown.rows("SELECT sum(times_seen) FROM store_issue") == [(120,)]


def test_issues_come_from_several_releases_and_environments(shown):
    releases = {name for (name,) in shown.rows("SELECT DISTINCT version FROM store_release")}
    environments = {name for (name,) in shown.rows("SELECT DISTINCT name FROM store_environment")}

    assert releases == {version.release for version in VERSIONS}
    assert environments >= {version.environment for version in VERSIONS}


def test_issues_hit_several_users(shown):
    [(most,)] = shown.rows("SELECT max(users_seen) FROM store_issue")

    assert most >= 4


def test_issues_differ_in_level_so_that_not_everything_alerts(shown):
    levels = {level for (level,) in shown.rows("SELECT DISTINCT level FROM store_issue")}

    assert {"error", "warning"} <= levels


def test_its_owner_is_told_of_each_that_matters_once(shown):
    told = shown.rows("SELECT issue_id, count(*) FROM store_notification GROUP BY issue_id")

    assert len(told) >= 6
    assert {count for _, count in told} == {1}
