"""How long a page of 50 of 100,000 issues takes, with every filter and every order, on SQLite and on PostgreSQL.

`python -m bench.search` fills one organization with 100,000 issues of 10 projects, each with eight tags, and asks
for the first page of each search below as the stream's page does: the issues, their counts of the last day, how
many match. `value` is the slowest search's best of four.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.kit import world
from bench.kit.frame import ROOT, Result, data_environment, finish, folder, machine, python

ISSUES = 100_000
PROJECTS = 10
BAR = 50.0
TIMES = 4
AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SORTS = ("date", "new", "freq", "user", "priority")
SEARCHES = (
    *("", "is:unresolved", "is:resolved", "is:regressed", "is:unassigned", "is:unresolved !level:info"),
    *("assigned:me", "assigned:my_teams", "assigned:none", "!assigned:me", "assigned:#nobody", "bookmarks:me"),
    *("subscribed:me", "level:fatal", "level:[error, fatal]", "project:shop-3", "environment:staging"),
    *("release:shop@1.7", "release:shop@1.*", "firstRelease:shop@1.7", "age:-24h", "age:+300d", "lastSeen:-1h"),
    *("timesSeen:>900", "usersSeen:0", "browser:Firefox-3", "!browser:Firefox-3", "browser:Fire*", "has:browser"),
    *("!has:browser", "url:/page/77", "url:*7*", "nothing:here", "user:id:7", "ZeroDivision", '"by zero 77"'),
    *("absent-word", "is:unresolved browser:Firefox-3 os:os-2 url:/page/7* zero", "is:unresolved lastSeen:+300d"),
)


def main(issues: int) -> int:
    print(f"{machine()}; {issues:,} issues")
    slowest: dict[str, float] = {}
    for database in ("sqlite", "postgresql"):
        with folder() as place, _a_database(database) as more:
            found = _in_a_process(place, issues, more)
        ordered = sorted(found.items(), key=lambda one: -one[1])
        for words, milliseconds in ordered[:12]:
            print(f"{database:10} {milliseconds:6.1f} ms  {words}")
        slowest[database] = ordered[0][1]
    value = max(slowest.values())
    return finish(Result("search", value, "ms", BAR, value / BAR, value <= BAR, slowest))


@contextmanager
def _a_database(kind: str) -> Iterator[dict[str, str]]:
    if kind == "sqlite":
        yield {}
        return
    sys.path.insert(0, str(ROOT))
    from tests.real_parts.servers import a_database

    with a_database() as url:
        yield {"TOCSIN_DATABASE_URL": url, "TOCSIN_SECRET_KEY": "b" * 40}


def _in_a_process(data: Path, issues: int, more: dict[str, str]) -> dict[str, float]:
    command = python("-m", "bench.search", "--measure", "--issues", str(issues))
    environment = data_environment(data, **more)
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(issues: int) -> dict[str, float]:
    world.set_up()
    organization, person = fill(issues)
    found = {}
    for text in SEARCHES:
        for sort in SORTS if text in SEARCHES[:2] else SORTS[:3:2]:
            found[f"{text or '(all)'}  by {sort}"] = _best(organization, person, text, sort)
    return found


def _best(organization: int, person: int, text: str, sort: str) -> float:
    """CPU and waiting for the database of the quickest: what else the machine does is not the search's."""
    from tocsin.core.search import parse
    from tocsin.store.queries import issues

    search, taken = parse(text), []
    assert not search.faults, search.faults
    for _ in range(TIMES):
        started = time.perf_counter()
        issues.stream(organization, search, person_id=person, now=AT, sort=sort)
        taken.append((time.perf_counter() - started) * 1000)
    return min(taken)


# --- What is searched


def fill(issues: int) -> tuple[int, int]:
    """The organization's id and the person's who searches."""
    from django.db import connection

    from tocsin.store.models import Project, Team, User

    organization, team = world.an_organization(20)
    Team.objects.create(organization=organization, slug="nobody", name="Nobody", date_added=AT)
    person = User.objects.order_by("pk")[0]
    for number in range(PROJECTS):
        Project.objects.create(organization=organization, slug=f"shop-{number}", name="Shop", date_added=AT)
    known = {
        "issues": issues,
        "projects": PROJECTS,
        "first": Project.objects.order_by("-pk").values_list("pk", flat=True)[PROJECTS - 1],
        "person": person.pk,
        "team": team.pk,
        "apart": max(1, issues // 300),
    }
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
        for statement in _statements(connection.vendor):
            cursor.execute(statement, known)
        if connection.vendor == "postgresql":  # as its autovacuum does
            cursor.execute("VACUUM ANALYZE")
    return organization.pk, person.pk


_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %(issues)s) "
_ISSUES = """
INSERT INTO store_issue (id, project_id, number, title, culprit, level, platform, status, substatus, priority,
    first_seen, last_seen, active_at, times_seen, users_seen, first_release, last_release,
    assignee_user_id, assignee_team_id)
{numbers}
SELECT n, %(first)s + n %% %(projects)s, n,
    'ZeroDivisionError: integer division or modulo by zero ' || (n %% 5000) || ' in the basket',
    'shop.views.basket in total_' || (n %% 700),
    CASE n * 7 %% 4 WHEN 0 THEN 'error' WHEN 1 THEN 'warning' WHEN 2 THEN 'fatal' ELSE 'info' END, 'python',
    CASE n * 3 %% 5 WHEN 3 THEN 1 WHEN 4 THEN 2 ELSE 0 END,
    CASE n %% 3 WHEN 0 THEN 7 WHEN 1 THEN 3 ELSE 6 END, 25 * (1 + n %% 3),
    {first_seen}, {last_seen}, {last_seen}, n * 31 %% 1000, n * 17 %% 50,
    'shop@1.' || (n %% 200), 'shop@1.' || (n %% 200),
    CASE WHEN n %% 97 = 0 THEN %(person)s END, CASE WHEN n %% 89 = 1 THEN %(team)s END
FROM numbers
"""
_TAGS = {
    "browser": "CASE WHEN n %% 10 = 0 THEN NULL WHEN n %% 2 = 1 THEN 'Firefox-' || (n %% 5)"
    " ELSE 'Chrome-' || (n %% 7) END",
    "os": "'os-' || (n %% 6)",
    "url": "'/page/' || (n %% 2000)",
    "release": "'shop@1.' || (n %% 200)",
    "environment": "CASE n %% 3 WHEN 0 THEN 'production' WHEN 1 THEN 'staging' ELSE 'test' END",
    "server_name": "'web-' || (n %% 50)",
    "transaction": "'view-' || (n %% 500)",
    "handled": "CASE WHEN n %% 4 = 0 THEN 'yes' ELSE 'no' END",
}
_TAG = f"""
INSERT INTO store_tag (project_id, key, value)
{_NUMBERS}SELECT DISTINCT %(first)s + n %% %(projects)s, '{{key}}', {{value}} FROM numbers
WHERE {{value}} IS NOT NULL
"""
# By issue, as the digest writes them.
_TAGGED = f"""
INSERT INTO store_issuetag (issue_id, tag_id)
{_NUMBERS}, had(issue_id, key, value) AS ({{had}})
SELECT had.issue_id, store_tag.id FROM had JOIN store_tag
ON store_tag.project_id = %(first)s + had.issue_id %% %(projects)s
AND store_tag.key = had.key AND store_tag.value = had.value ORDER BY 1
"""
_OTHERS = (
    f"""INSERT INTO store_issueenvironment (issue_id, environment, first_seen)
{_NUMBERS}SELECT n, {_TAGS["environment"]}, {{at}} FROM numbers""",
    f"""INSERT INTO store_issueuser (issue_id, "user", last_seen)
{_NUMBERS}SELECT n, CASE WHEN n %% 1000 = 7 THEN '{{somebody}}' ELSE 'user-' || (n %% 1000) END, {{at}}
FROM numbers WHERE n %% 3 = 1""",
    f"""INSERT INTO store_bookmark (issue_id, user_id, date_added)
{_NUMBERS}SELECT n, %(person)s, {{at}} FROM numbers WHERE n %% %(apart)s = 1""",
    f"""INSERT INTO store_subscription (issue_id, project_id, user_id, is_active, reason, date_added)
{_NUMBERS}SELECT n, %(first)s + n %% %(projects)s, %(person)s, {{yes}}, 'commented', {{at}}
FROM numbers WHERE n %% %(apart)s = 1""",
)


def _statements(vendor: str) -> Iterator[str]:
    from tocsin.core.event import anonymous

    def earlier(minutes: str) -> str:
        if vendor == "postgresql":
            return f"TIMESTAMPTZ '{AT.isoformat()}' - ({minutes}) * INTERVAL '1 minute'"
        return f"datetime('{AT:%Y-%m-%d %H:%M:%S}', '-' || ({minutes}) || ' minutes')"

    words = {
        "numbers": _NUMBERS,
        "first_seen": earlier("n * 5"),
        "last_seen": earlier("CAST(n AS bigint) * 7919 %% %(issues)s * 4"),
        "at": earlier("0"),
        "yes": "TRUE",
        "somebody": anonymous("id:7"),
    }
    yield _ISSUES.format(**words)
    for key, value in _TAGS.items():
        yield _TAG.format(key=key, value=value)
    if vendor == "postgresql":
        yield "ANALYZE store_tag"
    had = [f"SELECT n, '{key}', {value} FROM numbers" for key, value in _TAGS.items()]
    yield _TAGGED.format(had=" UNION ALL ".join(had))
    for statement in _OTHERS:
        yield statement.format(**words)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--issues", type=int, default=ISSUES)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.issues)))
    else:
        sys.exit(main(given.issues))
