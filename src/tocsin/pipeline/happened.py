"""One thing that became true of an issue, as the stages pass it on to `happen`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tocsin.core.activity import ActivityFacts
from tocsin.core.issue import Happening, short_id
from tocsin.pipeline import links
from tocsin.store.queries.news import IssueNews


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that became true of an issue. `data` is its own, as on the timeline. Of what is `quiet` (many
    issues changed at once) the timeline tells, and the alerts' threads, but no person hears of it by following.
    `thread` is the one that it came from, where it was said already."""

    project_id: int
    issue_id: int
    happening: Happening
    actor_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    quiet: bool = False
    thread: str = ""


def facts_of(one: Happened, issue: IssueNews, names: Mapping[int, str]) -> ActivityFacts:
    """What is said of it; `names` are those of whoever did something, by id."""
    organization = issue.organization_slug
    return ActivityFacts(
        organization=organization,
        project=issue.project_slug,
        project_url=links.project(organization, issue.project_slug),
        issue_id=issue.id,
        short_id=short_id(issue.project_slug, issue.number),
        issue_url=links.issue(organization, issue.id),
        title=issue.title,
        culprit=issue.culprit,
        level=issue.level,
        settings_url=links.preferences(),
        author=names.get(one.actor_id or 0, ""),
        author_id=one.actor_id or 0,
        data=one.data,
    )
