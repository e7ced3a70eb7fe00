"""Suspect: whose commit most likely brought a new issue, from the release's commits and the stack trace.

Written with the issue, before anybody is told: alerts to an issue's owners reach them too.
"""

from collections.abc import Sequence
from datetime import datetime

from tocsin.core.event import Event, Frame
from tocsin.core.suspects import names, own_paths, suspect
from tocsin.pipeline.reading import Seen
from tocsin.store.queries import suspects as queries
from tocsin.store.queries.projects import ProjectFacts
from tocsin.store.writes import suspects as writes

ISSUES, NAMES = 100, 500  # new ones looked at in a batch, and files asked for


def suspects(seen: Sequence[Seen], projects: dict[int, ProjectFacts], now: datetime) -> None:
    """Keeps who is suspected of the batch's new issues. Asks one question where any of them has a release, more
    only where that lists commits, and nothing otherwise."""
    new = [one for one in seen if one.is_new and one.arrived.event.release][:ISSUES]
    if not new:
        return
    # Most releases list no commits: only for those that do, paths are taken apart, 90 µs an event.
    listed = queries.with_commits({_place(one, projects) for one in new})
    new = [one for one in new if _place(one, projects) in listed]
    calls = {one.issue.id: own_paths(_frames(one.arrived.event), one.arrived.event.platform) for one in new}
    files = sorted(names(call for some in calls.values() for call in some))[:NAMES]
    if not files:
        return
    places = {one.issue.id: _place(one, projects) for one in new}
    touched = queries.touched(set(places.values()), files)
    found = [
        (one.issue.id, one.issue.project_id, who)
        for one in new
        if (who := suspect(calls[one.issue.id], touched.get(places[one.issue.id], ())))
    ]
    people = queries.members({(project, who.author) for _, project, who in found})
    writes.suspect(
        [
            (issue, people[project, who.author], who.commit)
            for issue, project, who in found
            if (project, who.author) in people
        ],
        now,
    )


def _place(one: Seen, projects: dict[int, ProjectFacts]) -> tuple[int, str]:
    return projects[one.issue.project_id].organization_id, one.arrived.event.release


def _frames(event: Event) -> tuple[Frame, ...]:
    """The calls of the exception that was raised last; else those of the event itself."""
    return next((one.frames for one in reversed(event.exceptions) if one.frames), event.frames)
