"""How long a page of 50 of 100,000 issues takes, with every filter and every order, on SQLite and on PostgreSQL.

`python -m bench.search` fills one organization with 100,000 issues of 10 projects, each with eight tags, and asks
for the first page of each search below as the stream's page does: the issues, their counts of the last day, how
many match. `value` is the slowest median of five.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.kit import world
from bench.kit.frame import ROOT, Result, data_environment, finish, folder, machine, python

ISSUES = 100_000
PROJECTS = 10
BAR = 50.0
TIMES = 5
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
            found[f"{text or '(all)'}  by {sort}"] = _median(organization, person, text, sort)
    return found


def _median(organization: int, person: int, text: str, sort: str) -> float:
    from tocsin.core.search import parse
    from tocsin.store.queries import issues

    search, taken = parse(text), []
    assert not search.faults, search.faults
    for _ in range(TIMES):
        started = time.perf_counter()
        issues.stream(organization, search, person_id=person, now=AT, sort=sort)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


# --- What is searched


def fill(issues: int) -> tuple[int, int]:
    """The organization's id and the person's who searches."""
    from django.db import connection

    from tocsin.core.event import anonymous
    from tocsin.store.models import Bookmark, IssueUser, Project, Subscription, Team, User

    organization, team = world.an_organization(20)
    Team.objects.create(organization=organization, slug="nobody", name="Nobody", date_added=AT)
    person = User.objects.order_by("pk")[0]
    projects = [
        Project.objects.create(organization=organization, slug=f"shop-{number}", name="Shop", date_added=AT)
        for number in range(PROJECTS)
    ]
    _issues(issues, [one.pk for one in projects], person.pk, team.pk)
    _tags(issues, [one.pk for one in projects])
    chosen = range(1, issues, max(1, issues // 300))
    Bookmark.objects.bulk_create(Bookmark(issue_id=one, user=person, date_added=AT) for one in chosen)
    Subscription.objects.bulk_create(
        Subscription(issue_id=one, project=projects[0], user=person, date_added=AT) for one in chosen
    )
    IssueUser.objects.bulk_create(
        IssueUser(issue_id=one, user=anonymous(f"id:{one % 1000}"), last_seen=AT) for one in range(1, issues, 3)
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # as its autovacuum does
            cursor.execute("VACUUM ANALYZE")
    return organization.pk, person.pk


def _issues(issues: int, projects: list[int], person: int, team: int) -> None:
    from tocsin.store.models import Issue, IssueEnvironment

    levels = ("error", "warning", "fatal", "info")
    for start in range(0, issues, 5_000):
        Issue.objects.bulk_create(
            Issue(
                id=n + 1,
                project_id=projects[n % PROJECTS],
                number=n,
                title=f"ZeroDivisionError: integer division or modulo by zero {n % 5_000} in the basket",
                culprit=f"shop.views.basket in total_{n % 700}",
                level=levels[n * 7 % 4],
                status=(0, 0, 0, 1, 2)[n * 3 % 5],
                substatus=(7, 3, 6)[n % 3],
                priority=(25, 50, 75)[n % 3],
                first_seen=AT - timedelta(minutes=n * 5),
                last_seen=AT - timedelta(minutes=(n * 7_919) % issues * 4),
                active_at=AT,
                times_seen=n * 31 % 1_000,
                users_seen=n * 17 % 50,
                first_release=f"shop@1.{n % 200}",
                last_release=f"shop@1.{n % 200}",
                assignee_user_id=person if n % 97 == 0 else None,
                assignee_team_id=team if n % 89 == 1 else None,
            )
            for n in range(start, min(start + 5_000, issues))
        )
    IssueEnvironment.objects.bulk_create(
        (
            IssueEnvironment(issue_id=n + 1, environment=("production", "staging", "test")[n % 3], first_seen=AT)
            for n in range(issues)
        ),
        batch_size=5_000,
    )


def _tags(issues: int, projects: list[int]) -> None:
    """Eight tags each, written as the digest writes them."""
    from tocsin.store.db import one_transaction
    from tocsin.store.writes.tags import tagged

    for start in range(0, issues, 5_000):
        with one_transaction():
            tagged(
                [
                    (n + 1, projects[n % PROJECTS], key, value)
                    for n in range(start, min(start + 5_000, issues))
                    for key, value in _tags_of(n)
                ]
            )


def _tags_of(n: int) -> list[tuple[str, str]]:
    browser = [("browser", f"Firefox-{n % 5}" if n % 2 else f"Chrome-{n % 7}")] if n % 10 else []
    return [
        *browser,
        ("os", f"os-{n % 6}"),
        ("url", f"/page/{n % 2_000}"),
        ("release", f"shop@1.{n % 200}"),
        ("environment", ("production", "staging", "test")[n % 3]),
        ("server_name", f"web-{n % 50}"),
        ("transaction", f"view-{n % 500}"),
        ("handled", "no" if n % 4 else "yes"),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--issues", type=int, default=ISSUES)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.issues)))
    else:
        sys.exit(main(given.issues))
