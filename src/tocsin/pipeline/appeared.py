"""Appeared: a version is new in a project. What was resolved in the release to come is fixed in it (§10.4), and so
is what its commits fix there, if these were told before.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from tocsin.core.releases import Known
from tocsin.core.resolution import next_after
from tocsin.pipeline import commits
from tocsin.pipeline.commits import Taken
from tocsin.store.queries import commits as commit_queries
from tocsin.store.queries import resolutions as queries
from tocsin.store.writes import activities, resolutions


def appeared(new: Collection[tuple[int, str]], now: datetime) -> None:
    """Within a transaction. `new` are (project, version); for none, as almost always, nothing is asked.

    Nobody is told: who follows the issue heard that it is fixed in the release to come.
    """
    versions: dict[int, list[Known]] = defaultdict(list)
    for project_id, version in new:
        versions[project_id].append(Known(version, now))
    waiting = queries.waiting(versions.keys()) if versions else []
    came = {one.issue_id: next_after(one.current, versions[one.project_id]) for one in waiting}
    fixed({issue_id: version for issue_id, version in came.items() if version})


def joined(new: Collection[tuple[int, str]], now: datetime, but: Collection[int] = ()) -> None:
    """What the commits of versions, told before, resolve in the projects (project, version) that they came to.

    Issues `but` these: an event of that very version says that they are not fixed in it. Within a transaction.
    """
    for organization_id, version, project_ids in commit_queries.told_before(new) if new else ():
        ids = commit_queries.ids_of(organization_id, version)
        landing = commit_queries.landing(organization_id, version, ids, project_ids)
        resolutions.landed([one.issue_id for one in landing if one.issue_id in but], version)
        others = [one for one in landing if one.issue_id not in but]
        commits.land(organization_id, version, others, Taken((), frozenset()), now)


def fixed(came: dict[int, str]) -> None:
    """Issues that were resolved in the release to come are fixed in that version, and their timelines say so."""
    if came:
        resolutions.came(came)
        activities.name_release(came)
