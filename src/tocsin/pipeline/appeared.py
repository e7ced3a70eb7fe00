"""Appeared: a version is new in a project, so what was resolved in the release to come is fixed in it (§10.4)."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from tocsin.core.releases import Known
from tocsin.core.resolution import next_after
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


def fixed(came: dict[int, str]) -> None:
    """Issues that were resolved in the release to come are fixed in that version, and their timelines say so."""
    if came:
        resolutions.came(came)
        activities.name_release(came)
